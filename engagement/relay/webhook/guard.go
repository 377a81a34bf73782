package webhook

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

var errForbidden = errors.New("the endpoint's name leads to an address that is not allowed")

// guarded is a transport that connects to addresses that are allowed only: it looks at
// the address that a name resolved to, at the moment of connecting, so that none can
// change in between. It uses no proxy.
func guarded(allow func(netip.Addr) bool) http.RoundTripper {
	dialer := &net.Dialer{Timeout: 10 * time.Second, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !allow(at.Addr().Unmap().WithZone("")) {
			return errForbidden
		}
		return nil
	}}
	return &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
	}
}

// notPublic are addresses that lead to this machine, to networks behind it, or through
// a gateway to either, besides those that netip knows.
var notPublic = func() (all []netip.Prefix) {
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		all = append(all, netip.MustParsePrefix(p))
	}
	return all
}()

// Public reports whether an address is one of the public internet: neither this machine
// nor a private, local or reserved network, metadata services of clouds included.
func Public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// checkURL returns what is wrong with an endpoint's address, or "".
func checkURL(address string, plain bool) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return "is no address"
	case u.Scheme != "https" && (u.Scheme != "http" || !plain):
		return "does not begin with https://"
	case u.User != nil || u.Fragment != "":
		return "holds a user or a fragment"
	}
	return ""
}
