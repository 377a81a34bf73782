package smtp

import (
	"context"
	"errors"
	"slices"

	gosmtp "github.com/wneessen/go-mail/smtp"
)

// signIn returns what signs in on a new connection.
func (s *Sender) signIn(ctx context.Context) (gosmtp.Auth, error) {
	source := s.o.Password
	if s.o.Token != nil {
		source = s.o.Token
	}
	secret, err := source(ctx)
	if err != nil {
		return nil, &Error{Stage: StageSignIn, err: errNoSecret} // which says nothing of the host's vault
	}
	if s.o.Token != nil {
		return &signingIn{mechanisms: []mechanism{{"XOAUTH2", gosmtp.XOAuth2Auth(s.o.User, secret)}}}, nil
	}
	return &signingIn{mechanisms: []mechanism{
		{"SCRAM-SHA-256", gosmtp.ScramSHA256Auth(s.o.User, secret)},
		{"PLAIN", gosmtp.PlainAuth("", s.o.User, secret, s.host, false)},
		{"LOGIN", gosmtp.LoginAuth(s.o.User, secret, s.host, false)},
	}}, nil
}

type mechanism struct {
	name string
	auth gosmtp.Auth
}

// signingIn takes the first of the mechanisms that the server offers.
type signingIn struct {
	mechanisms []mechanism
	chosen     gosmtp.Auth
}

var (
	errNoSecret    = errors.New("the password or token is not to be had")
	errNoMechanism = errors.New("the server offers no way of signing in that is known here")
	errNoTLS       = errors.New("a password or token goes over TLS only")
)

func (a *signingIn) Start(server *gosmtp.ServerInfo) (string, []byte, error) {
	if !server.TLS {
		return "", nil, errNoTLS
	}
	for _, m := range a.mechanisms {
		if slices.Contains(server.Auth, m.name) {
			a.chosen = m.auth
			return m.auth.Start(server)
		}
	}
	return "", nil, errNoMechanism
}

func (a *signingIn) Next(fromServer []byte, more bool) ([]byte, error) {
	return a.chosen.Next(fromServer, more)
}
