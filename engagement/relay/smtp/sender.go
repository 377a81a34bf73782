package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	gomail "github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"
)

// Sender is a [workflow.Notifier]. It sends one message at a time, over a connection that
// it keeps for a while, and is safe for concurrent use.
type Sender struct {
	o    Options
	host string
	port int

	turn chan struct{} // held by whoever uses what follows
	kept *connection   // nil: there is none
	idle *time.Timer   // ends the connection that is kept
}

var _ workflow.Notifier = (*Sender)(nil)

// connection is one to the server, signed in.
type connection struct {
	raw    net.Conn // to be closed whatever state the rest is in
	client *gomail.Client
	smtp   *gosmtp.Client
}

// Notify hands a message to the server. See the package comment for its errors. When the
// context ends it returns at once, with the context's error, and ends the connection.
func (s *Sender) Notify(ctx context.Context, d workflow.Delivery) error {
	m, err := s.compose(ctx, d)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
		err = s.send(limited, m)
	case <-limited.Done():
		err = &Error{Stage: StageConnect, err: errBusy}
	}
	if err == nil || ctx.Err() == nil {
		return err
	}
	return ctx.Err() // rather than how a connection breaks that is torn down
}

// Close ends the connection that is kept. A Notify that comes later makes another one.
func (s *Sender) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.quit()
	return nil
}

// send hands a message over, on the connection that is kept or, where that has come to
// its end meanwhile, on a new one.
func (s *Sender) send(ctx context.Context, m *letter) error {
	if s.idle != nil {
		s.idle.Stop()
	}
	for {
		fresh := s.kept == nil
		if fresh {
			var err error
			if s.kept, err = s.connect(ctx); err != nil {
				return err
			}
		}
		err := s.kept.send(ctx, m)
		if err == nil {
			s.keep()
			return nil
		}
		if !err.usable {
			s.drop()
		} else {
			s.keep()
		}
		if fresh || !err.over() || ctx.Err() != nil {
			return err
		}
	}
}

// keep has the connection end unless it is used again soon.
func (s *Sender) keep() {
	if s.kept == nil {
		return
	}
	s.idle = time.AfterFunc(s.o.Idle, func() {
		select {
		case s.turn <- struct{}{}: // nobody uses it
			s.quit()
			<-s.turn
		default:
		}
	})
}

// drop forgets the connection.
func (s *Sender) drop() {
	if s.kept != nil {
		_ = s.kept.raw.Close()
		s.kept = nil
	}
}

// quit ends the connection as one should, but waits for no server.
func (s *Sender) quit() {
	if s.kept == nil {
		return
	}
	_ = s.kept.raw.SetDeadline(time.Now().Add(time.Second))
	_ = s.kept.smtp.Quit()
	s.drop()
}

// connect makes a connection and signs in.
func (s *Sender) connect(ctx context.Context) (*connection, error) {
	c, config := &connection{}, s.tlsConfig()
	stop := func() bool { return true }
	defer func() { stop() }()
	options := []gomail.Option{
		gomail.WithPort(s.port), gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithTLSConfig(config),
		gomail.WithTimeout(2 * longest), // the context is what ends it
		// A notification of failure with the headers only: it needs no link.
		gomail.WithDSNMailReturnType(gomail.DSNMailReturnHeadersOnly), gomail.WithDSNRcptNotifyType(gomail.DSNRcptNotifyFailure),
		gomail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
			raw, err := new(net.Dialer).DialContext(dialing, network, address)
			if err != nil {
				return nil, err
			}
			c.raw, stop = raw, context.AfterFunc(ctx, func() { _ = raw.Close() }) // from here on nobody looks at the context
			if s.o.TLS != TLSImplicit {
				return raw, nil
			}
			secure := tls.Client(raw, config)
			return secure, secure.HandshakeContext(dialing)
		}),
	}
	if s.o.TLS == TLSStart {
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.o.Hello != "" {
		options = append(options, gomail.WithHELO(s.o.Hello))
	}
	if s.o.User != "" {
		auth, err := s.signIn(ctx)
		if err != nil {
			return nil, err
		}
		options = append(options, gomail.WithSMTPAuthCustom(auth))
	}
	var err error
	if c.client, err = gomail.NewClient(s.host, options...); err != nil {
		return nil, &Error{Stage: StageConnect, err: err}
	}
	if c.smtp, err = c.client.DialToSMTPClientWithContext(ctx); err != nil {
		if c.raw != nil {
			_ = c.raw.Close()
		}
		return nil, connectError(ctx, err)
	}
	return c, nil
}

func (s *Sender) tlsConfig() *tls.Config {
	config := &tls.Config{}
	if s.o.TLSConfig != nil {
		config = s.o.TLSConfig.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = s.host
	}
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	return config
}

// send hands a message over. It has been sent if the server has taken it, whatever
// becomes of the connection afterwards.
func (c *connection) send(ctx context.Context, m *letter) *Error {
	stop := context.AfterFunc(ctx, func() { _ = c.raw.Close() })
	defer stop()
	international, _ := c.smtp.Extension("SMTPUTF8")
	if m.international && !international {
		return &Error{Stage: StageRecipient, usable: true, err: errors.Join(errInternational, workflow.ErrUndeliverable)}
	}
	c.smtp.SkipSMTPUTF8(!m.international) // else no server that lacks it could take the mail on
	err := c.client.SendWithSMTPClient(c.smtp, m.msg)
	if err == nil || m.msg.IsDelivered() {
		return nil
	}
	return sendError(ctx, err)
}
