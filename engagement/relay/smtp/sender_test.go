package smtp_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/relay/smtp"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
)

// token stands in every link of these tests, and nowhere else.
const token = "dG9rZW4tb2YtdGhlLWxpbms"

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func address(t testing.TB, s string) tenant.Email {
	t.Helper()
	e, err := tenant.ParseEmail(s)
	ok(t, err)
	return e
}

// asking is a message with a link.
func asking(t testing.TB, to string) workflow.Delivery {
	link := "https://portal.example/consent/" + token
	return workflow.Delivery{
		Message: engagement.Message{
			ID: "0198c5c7-6b00-8001-8abc-000000000123", Kind: engagement.MessageConsentRequest, Partner: "northwind", Participation: "p-1",
			To: address(t, to), Language: "en", Link: "l-1",
		},
		Link: link, Name: "Ana Sousa", Subject: "Northwind requests your consent: Azure Migration",
		Body: "Hello Ana Sousa,\n\nPlease answer before 1 October:\n\n" + link + "\n\nThe link is meant for you alone.\n\n-- \nImprint: https://portal.example/imprint",
	}
}

// options are those of a host at this server.
func (s *server) options() smtp.Options {
	return smtp.Options{Server: s.Addr, TLSConfig: s.TLS, Hello: "portal.example", From: mail.Address{Name: "Portal", Address: "portal@portal.example"}}
}

func sender(t testing.TB, o smtp.Options) *smtp.Sender {
	t.Helper()
	s, err := smtp.New(o)
	ok(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// discreet fails the test if an error, or what a log makes of it, tells a secret or a
// receiver.
func discreet(t testing.TB, err error) {
	t.Helper()
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Error("it failed", "error", err)
	for _, secret := range []string{token, "hunter2", "aHVudGVyMg", "ana@contoso.com", "ana"} {
		if text := err.Error() + log.String(); strings.Contains(text, secret) {
			t.Errorf("the error tells %q: %s", secret, text)
		}
	}
}

// What the server answers says whether a message is sent, is tried again, or never can
// be delivered; and the next message goes out in any case.
func TestAnswers(t *testing.T) {
	const sent, again, never = "sent", "again", "never"
	for _, try := range []struct {
		verb, answer string
		want         string
		code         int
		status       string
	}{
		{"CONTENT", "250 taken", sent, 0, ""},
		{"RSET", "451 4.3.0 not now", sent, 0, ""}, // it has been taken
		{"RSET", drop, sent, 0, ""},
		{"RCPT", "450 4.2.0 greylisted ana@contoso.com", again, 450, "4.2.0"},
		{"RCPT", "421 4.7.0 too many", again, 421, "4.7.0"},
		{"RCPT", "550 5.1.1 no ana@contoso.com here", never, 550, "5.1.1"},
		{"RCPT", "550 no ana@contoso.com here", never, 550, ""},
		{"RCPT", "553 5.1.3 no address", never, 553, "5.1.3"},
		{"RCPT", "556 5.1.10 takes no mail", never, 556, "5.1.10"},
		{"RCPT", "550 5.4.1 recipient address rejected: access denied", never, 550, "5.4.1"},
		{"RCPT", "550 5.2.1 closed", never, 550, "5.2.1"},
		{"RCPT", "552 5.2.2 full", again, 552, "5.2.2"},
		{"RCPT", "554 5.7.1 relay access denied", again, 554, "5.7.1"},
		{"RCPT", "554 no", again, 554, ""},
		{"RCPT", "550 5.7.1 your address is on a list", again, 550, "5.7.1"},
		{"MAIL", "550 5.1.8 bad sender", again, 550, "5.1.8"},
		{"MAIL", "550 no", again, 550, ""},
		{"MAIL", "451 4.3.2 later", again, 451, "4.3.2"},
		{"DATA", "554 5.5.1 no", again, 554, "5.5.1"},
		{"CONTENT", "452 4.3.1 no room", again, 452, "4.3.1"},
		{"CONTENT", "552 5.2.3 too long", never, 552, "5.2.3"},
		{"CONTENT", "554 5.6.0 cannot be converted", never, 554, "5.6.0"},
		{"CONTENT", "554 5.7.1 looks like " + token, again, 554, "5.7.1"},
		{"CONTENT", "550 5.4.5 quota exceeded", again, 550, "5.4.5"},
		{"CONTENT", "554 no", again, 554, ""},
		{"greeting", "421 not now", again, 421, ""},
		{"greeting", "hunter2 speaks something else", again, 0, ""},
		{"EHLO", drop, again, 0, ""},
		{"STARTTLS", "454 4.7.0 no TLS just now", again, 454, "4.7.0"},
		{"greeting", drop, again, 0, ""},
		{"MAIL", drop, again, 0, ""},
		{"RCPT", drop, again, 0, ""},
		{"DATA", drop, again, 0, ""},
		{"CONTENT", drop, again, 0, ""},
	} {
		t.Run(try.verb+" "+try.answer, func(t *testing.T) {
			s := serve(t, func(s *server) {
				s.answer = func(verb, _ string) string {
					if verb == try.verb {
						return try.answer
					}
					return ""
				}
			})
			mails := sender(t, s.options())
			err := mails.Notify(t.Context(), asking(t, "ana@contoso.com"))
			switch {
			case try.want == sent:
				ok(t, err)
			case err == nil:
				t.Fatal("it is said to be sent")
			default:
				equal(t, "never", errors.Is(err, workflow.ErrUndeliverable), try.want == never)
				var e *smtp.Error
				if !errors.As(err, &e) {
					t.Fatalf("%T: %v", err, err)
				}
				equal(t, "code", e.Code, try.code)
				equal(t, "status", e.Status, try.status)
				discreet(t, err)
			}
			s.set(func() { s.answer = nil })
			before := len(s.mails())
			ok(t, mails.Notify(t.Context(), asking(t, "rui@contoso.com")))
			equal(t, "mails", len(s.mails()), before+1)
		})
	}
}

// Whatever the server is silent at, a message ends with its context, or its time.
func TestSilence(t *testing.T) {
	for _, verb := range []string{"greeting", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "CONTENT"} {
		t.Run(verb, func(t *testing.T) {
			silent := make(chan struct{}, 1)
			s := serve(t, func(s *server) {
				s.answer = func(v, _ string) string {
					if v != verb {
						return ""
					}
					select {
					case silent <- struct{}{}:
					default:
					}
					return hang
				}
			})
			o := s.options()
			ctx, cancel := context.WithCancel(t.Context())
			mails, ended := sender(t, o), make(chan error, 1)
			go func() { ended <- mails.Notify(ctx, asking(t, "ana@contoso.com")) }()
			<-silent
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("when the context ended: %v", err)
			}
			o.Timeout = 100 * time.Millisecond
			err := sender(t, o).Notify(t.Context(), asking(t, "ana@contoso.com"))
			if err == nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, workflow.ErrUndeliverable) || !strings.Contains(err.Error(), "did not answer in time") {
				t.Errorf("when the time was over: %v", err)
			}
			s.set(func() { s.answer = nil })
			ok(t, mails.Notify(t.Context(), asking(t, "ana@contoso.com")))
		})
	}
}

// Nothing is said in clear unless the host says so, and not to somebody else.
func TestTLS(t *testing.T) {
	ctx, d := t.Context(), asking(t, "ana@contoso.com")
	plain := serve(t, func(s *server) { s.noTLS, s.password = true, "hunter2" })
	err := sender(t, plain.options()).Notify(ctx, d)
	if err == nil || !strings.Contains(err.Error(), "no STARTTLS") {
		t.Errorf("without STARTTLS: %v", err)
	}
	o := plain.options()
	o.User, o.Password = "portal", smtp.Fixed("hunter2")
	if err := sender(t, o).Notify(ctx, d); err == nil || len(plain.mails()) > 0 {
		t.Errorf("without STARTTLS, with a password: %v", err)
	}
	if said := plain.said(); strings.Contains(said, "MAIL") || strings.Contains(said, "AUTH") {
		t.Errorf("in clear it was said: %s", said)
	}
	o = plain.options()
	o.TLS = smtp.TLSNone
	ok(t, sender(t, o).Notify(ctx, d))

	s := serve(t, nil)
	o = s.options()
	o.TLSConfig = nil
	err = sender(t, o).Notify(ctx, d)
	var unknown *tls.CertificateVerificationError
	if !errors.As(err, &unknown) {
		t.Errorf("to a server that nobody vouches for: %v", err)
	}
	if strings.Contains(s.said(), "MAIL") {
		t.Error("it was told who writes")
	}

	implicit := serve(t, func(s *server) { s.implicit, s.password = true, "hunter2" })
	o = implicit.options()
	o.TLS, o.User, o.Password = smtp.TLSImplicit, "portal", smtp.Fixed("hunter2")
	ok(t, sender(t, o).Notify(ctx, d))
	equal(t, "mails", len(implicit.mails()), 1)
	o.TLSConfig = nil
	if err := sender(t, o).Notify(ctx, d); !errors.As(err, &unknown) {
		t.Errorf("to a server that nobody vouches for: %v", err)
	}
}

// The password is asked for each connection, and stands in no error.
func TestSignIn(t *testing.T) {
	ctx, d := t.Context(), asking(t, "ana@contoso.com")
	s := serve(t, func(s *server) { s.password = "hunter2" })
	o := s.options()
	o.User = "portal"
	password := "hunter2-of-yesterday"
	o.Password = func(context.Context) (string, error) { return password, nil }
	mails := sender(t, o)
	err := mails.Notify(ctx, d)
	var e *smtp.Error
	if !errors.As(err, &e) || e.Stage != smtp.StageSignIn || e.Code != 535 || errors.Is(err, workflow.ErrUndeliverable) {
		t.Errorf("with a wrong password: %v", err)
	}
	discreet(t, err)
	password = "hunter2"
	ok(t, mails.Notify(ctx, d))
	o.Password = func(context.Context) (string, error) { return "", errors.New("the vault says hunter2") }
	err = sender(t, o).Notify(ctx, d)
	if err == nil {
		t.Error("without a password")
	}
	discreet(t, err)
	o.Password, o.Token = nil, smtp.Fixed("hunter2")
	err = sender(t, o).Notify(ctx, d)
	if err == nil || !strings.Contains(err.Error(), "no way of signing in") {
		t.Errorf("a token at a server without XOAUTH2: %v", err)
	}
	discreet(t, err)
}

// Messages share a connection. One that has ended meanwhile is replaced, and costs no
// message; nobody waits for it to end.
func TestConnectionIsKept(t *testing.T) {
	ctx, d := t.Context(), asking(t, "ana@contoso.com")
	s := serve(t, nil)
	mails := sender(t, s.options())
	for range 5 {
		ok(t, mails.Notify(ctx, d))
	}
	equal(t, "connections", s.connections(), 1)
	s.hangUp()
	ok(t, mails.Notify(ctx, d))
	equal(t, "connections after the server hung up", s.connections(), 2)

	refused := false
	s.set(func() {
		s.answer = func(verb, _ string) string { // as servers do after so many mails
			if verb == "MAIL" && !refused {
				refused = true
				return "421 4.7.0 that is enough"
			}
			return ""
		}
	})
	ok(t, mails.Notify(ctx, d))
	equal(t, "connections after the server had enough", s.connections(), 3)
	s.set(func() {
		s.answer = func(verb, _ string) string { return map[string]string{"RCPT": "550 5.1.1 nobody"}[verb] }
	})
	for range 3 {
		if err := mails.Notify(ctx, d); !errors.Is(err, workflow.ErrUndeliverable) {
			t.Error(err)
		}
	}
	equal(t, "connections after receivers were refused", s.connections(), 3)
	s.set(func() { s.answer = nil })

	ok(t, mails.Close())
	if !strings.HasSuffix(s.said(), "QUIT") {
		t.Error("it did not take its leave")
	}
	ok(t, mails.Notify(ctx, d))
	equal(t, "connections after Close", s.connections(), 4)

	left := make(chan struct{})
	s.set(func() {
		s.answer = func(verb, _ string) string {
			if verb == "QUIT" {
				close(left)
			}
			return ""
		}
	})
	ok(t, mails.Close())
	<-left
	left = make(chan struct{})
	o := s.options()
	o.Idle = time.Millisecond
	ok(t, sender(t, o).Notify(ctx, d))
	<-left // by itself
}

// Many at once each send their message.
func TestManyAtOnce(t *testing.T) {
	s := serve(t, nil)
	mails := sender(t, s.options())
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := mails.Notify(t.Context(), asking(t, "ana@contoso.com")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	equal(t, "mails", len(s.mails()), 20)
	equal(t, "connections", s.connections(), 1)
}

// A server that is not there is no fault of the receiver's.
func TestNoServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	at := l.Addr().String()
	ok(t, l.Close())
	err = sender(t, smtp.Options{Server: at, From: mail.Address{Address: "portal@portal.example"}}).Notify(t.Context(), asking(t, "ana@contoso.com"))
	if err == nil || errors.Is(err, workflow.ErrUndeliverable) || !strings.Contains(err.Error(), "connecting failed") {
		t.Error(err)
	}
	discreet(t, err)
}

// An address that needs SMTPUTF8 is written to where the server has it, and given up
// where it has not; a mail that does not need it does not ask for it.
func TestInternationalAddresses(t *testing.T) {
	s := serve(t, nil)
	mails := sender(t, s.options())
	if err := mails.Notify(t.Context(), asking(t, "joão@contoso.com")); !errors.Is(err, workflow.ErrUndeliverable) {
		t.Errorf("without SMTPUTF8: %v", err)
	}
	s = serve(t, func(s *server) { s.offers = append(s.offers, "SMTPUTF8") })
	mails = sender(t, s.options())
	ok(t, mails.Notify(t.Context(), asking(t, "joão@contoso.com")))
	ok(t, mails.Notify(t.Context(), asking(t, "ana@contoso.com")))
	got := s.mails()
	equal(t, "the receiver", strings.Contains(got[0].To, "<joão@contoso.com>"), true)
	equal(t, "SMTPUTF8", strings.Contains(got[0].From, "SMTPUTF8"), true)
	equal(t, "SMTPUTF8 for others", strings.Contains(got[1].From, "SMTPUTF8"), false)
	equal(t, "bounces without the content", strings.Contains(got[1].From, "RET=HDRS") && strings.Contains(got[1].To, "NOTIFY=FAILURE"), true)
}

func TestOptions(t *testing.T) {
	good := smtp.Options{Server: "mail.example.com:587", From: mail.Address{Address: "portal@example.com"}}
	_, err := smtp.New(good)
	ok(t, err)
	for what, change := range map[string]func(*smtp.Options){
		"server":     func(o *smtp.Options) { o.Server = "mail.example.com" },
		"from":       func(o *smtp.Options) { o.From.Address = "" },
		"bounces":    func(o *smtp.Options) { o.Bounces = "a@b\r\nRCPT TO:<x@y>" },
		"reply-to":   func(o *smtp.Options) { o.ReplyTo.Address = "nobody" },
		"a user":     func(o *smtp.Options) { o.Password = smtp.Fixed("x") },
		"with both":  func(o *smtp.Options) { o.User, o.Password, o.Token = "u", smtp.Fixed("x"), smtp.Fixed("x") },
		"TLS only":   func(o *smtp.Options) { o.TLS, o.User, o.Password = smtp.TLSNone, "u", smtp.Fixed("x") },
		"no TLS 9":   func(o *smtp.Options) { o.TLS = 9 },
		"may take":   func(o *smtp.Options) { o.Timeout = time.Hour },
		"a password": func(o *smtp.Options) { o.User = "u" },
	} {
		o := good
		change(&o)
		if _, err := smtp.New(o); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
