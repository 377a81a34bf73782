package webhook_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement/relay/webhook"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2a00:1450:4001:80b::200e": true, "127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "fe80::1": false, "fd00:ec2::254": false, "0.0.0.0": false, "::": false, "100.64.1.1": false, "224.0.0.1": false, "255.255.255.255": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:100.64.1.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:0:1::": false, "198.18.0.1": false, "fe80::1%eth0": false,
	} {
		if got := webhook.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
}

// Nothing is sent into the host's own network, whatever an address says; redirects are
// not followed; and an answer without end does not keep anybody.
func TestGuard(t *testing.T) {
	followed := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/target", http.StatusTemporaryRedirect)
		case "/target":
			followed = true
		case "/endless":
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}
	}))
	defer server.Close()
	for _, try := range []struct {
		what, url string
		change    func(*webhook.Options)
		want      string
	}{
		{"its own network", server.URL, func(o *webhook.Options) { o.Allow = nil }, "not allowed"},
		{"its own network, by name", strings.Replace(server.URL, "127.0.0.1", "localhost", 1), func(o *webhook.Options) { o.Allow = nil }, "not allowed"},
		{"in clear", server.URL, func(o *webhook.Options) { o.AllowHTTP = false }, "https://"},
		{"a file", "file:///etc/passwd", nil, "address"},
		{"a user", "https://ana:hunter2@portal.example/", nil, "holds a user"},
		{"a redirect", server.URL + "/moved", nil, "answered 307"},
		{"an endless answer", server.URL + "/endless", nil, ""},
	} {
		f := newFeed(1)
		n, err := sender(t, f, []webhook.Endpoint{endpoint("crm", try.url)}, try.change).Send(t.Context())
		switch {
		case try.want == "" && (err != nil || n != 1):
			t.Errorf("%s: %d, %v", try.what, n, err)
		case try.want != "" && (err == nil || n > 0 || !strings.Contains(err.Error(), try.want) || strings.Contains(err.Error(), "hunter2")):
			t.Errorf("%s: %d, %v", try.what, n, err)
		}
	}
	if followed {
		t.Error("a redirect was followed")
	}
}
