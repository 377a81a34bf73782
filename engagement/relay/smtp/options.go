package smtp

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
)

// TLS is how a connection is protected.
type TLS int

// The kinds of protection.
const (
	TLSStart    TLS = iota // by STARTTLS, on port 587 as a rule; required
	TLSImplicit            // from the first byte on, on port 465 as a rule
	TLSNone                // not at all: for a server on the same machine, and without a password
)

// Options are what a host decides. Server and From are needed.
type Options struct {
	Server string // host and port: "mail.example.com:587"
	TLS    TLS
	// TLSConfig is for roots of one's own or a client's certificate; nil: the system's
	// roots, and the name of Server. Versions before TLS 1.2 are refused.
	TLSConfig *tls.Config
	Hello     string // by which name this machine greets the server; "": its host name

	// User signs in, with a Password or with a Token of OAuth 2.0 (XOAUTH2). They are asked
	// for each new connection, so that they can change. "": nobody signs in.
	User     string
	Password func(context.Context) (string, error)
	Token    func(context.Context) (string, error)

	From    mail.Address // of whom mails are; without a Name, that of the Theme
	ReplyTo mail.Address // zero: From
	Bounces string       // the address to which mails come back; "": that of From

	// Partner returns the mailbox of a partner as a whole, for messages without a
	// receiver: the partner has named no contacts, or the host has something to do
	// ([engagement.MessageReferralRequest]). The zero Email, or no Partner: the message is
	// given up. With an error it is tried again.
	Partner func(context.Context, workflow.Delivery) (tenant.Email, error)

	// Unsubscribe returns where a receiver can say that it wants no more of such mails,
	// beginning with https:// or mailto:, and "" where it cannot. It is not asked for
	// messages that carry a link: whoever is asked for an answer is asked once. An https
	// address must take the POST of RFC 8058; what it does is the host's. nil: nobody can.
	Unsubscribe func(workflow.Delivery) string

	// Content writes mails; nil: [Standard] with Theme and Words does.
	Content func(workflow.Delivery) (Content, error)
	Theme   *words.Theme     // nil: plain
	Words   *words.Catalogue // that of workflow.Options; nil: words.Standard

	Timeout time.Duration // for one message, connecting included; 0: a minute. Less than the five minutes of Relay
	Idle    time.Duration // how long a connection is kept for the next message; 0: 10 seconds
}

// Fixed is a Password or Token that does not change.
func Fixed(secret string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return secret, nil }
}

// longest is the most time that one message may take, of the five minutes after which
// another process takes it up.
const longest = 4 * time.Minute

// New returns a Sender. Every mistake in the options is in the joined error; it does not
// connect yet.
func New(o Options) (*Sender, error) {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("smtp: "+format, args...)) }
	host, text, err := net.SplitHostPort(o.Server)
	port, err2 := strconv.ParseUint(text, 10, 16)
	if err != nil || err2 != nil || host == "" || port == 0 {
		bad("the server has to be given as in mail.example.com:587")
	}
	if o.TLS < TLSStart || o.TLS > TLSNone {
		bad("there is no TLS %d", o.TLS)
	}
	switch {
	case o.Password != nil && o.Token != nil:
		bad("a user signs in with a password or with a token, not with both")
	case (o.User == "") != (o.Password == nil && o.Token == nil):
		bad("signing in takes a user, and a password or a token")
	case o.User != "" && o.TLS == TLSNone:
		bad("a password or token goes over TLS only")
	}
	for _, a := range []struct {
		field, address string
		needed         bool
	}{{"from", o.From.Address, true}, {"reply-to", o.ReplyTo.Address, false}, {"bounces", o.Bounces, false}} {
		if _, err := tenant.ParseEmail(a.address); err != nil && (a.needed || a.address != "") {
			bad("%s is not an e-mail address", a.field)
		}
	}
	if o.Timeout < 0 || o.Timeout > longest || o.Idle < 0 {
		bad("a message may take up to %s, and a connection be kept for no less than nothing", longest)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	o.Timeout, o.Idle = cmp.Or(o.Timeout, time.Minute), cmp.Or(o.Idle, 10*time.Second)
	o.From.Name = cmp.Or(o.From.Name, o.Theme.Brand().Name)
	if o.Words == nil {
		o.Words = words.Standard()
	}
	if o.Content == nil {
		o.Content = func(d workflow.Delivery) (Content, error) { return Standard(d, o.Theme, o.Words) }
	}
	return &Sender{o: o, host: host, port: int(port), turn: make(chan struct{}, 1)}, nil
}

// domain returns what follows the @ of an address.
func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
