package smtp_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is an SMTP server on the loopback, whose answers a test chooses.
type server struct {
	Addr string
	TLS  *tls.Config // for its clients

	listener net.Listener
	cert     tls.Certificate
	implicit bool
	running  sync.WaitGroup

	mu       sync.Mutex
	offers   []string                          // what EHLO tells besides STARTTLS, which it leaves out where there is noTLS
	noTLS    bool                              // it offers no STARTTLS
	password string                            // "": anybody may send
	answer   func(verb, command string) string // "" for what a server usually says, or hang, drop
	got      []received
	conns    map[net.Conn]bool
	opened   int
	commands []string
}

// What a server does instead of answering.
const (
	hang = "hang"
	drop = "drop"
)

// received is a mail that the server has taken.
type received struct{ From, To, Data string }

// serve starts a server, which stops with the test.
func serve(t testing.TB, change func(*server)) *server {
	t.Helper()
	s := &server{conns: map[net.Conn]bool{}, offers: []string{"8BITMIME", "ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN", "DSN"}}
	s.certify(t)
	if change != nil {
		change(s)
	}
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.Addr = s.listener.Addr().String()
	s.running.Go(func() {
		for {
			conn, err := s.listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns[conn] = true
			s.opened++
			s.mu.Unlock()
			s.running.Go(func() { s.talk(conn) })
		}
	})
	t.Cleanup(func() {
		_ = s.listener.Close()
		s.hangUp()
		s.running.Wait()
	})
	return s
}

// certify makes a certificate for the loopback.
func (s *server) certify(t testing.TB) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "loopback"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	s.cert, s.TLS = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, &tls.Config{RootCAs: roots}
}

// hangUp ends all connections.
func (s *server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.conns {
		_ = conn.Close()
	}
}

// set changes the server while it runs.
func (s *server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// mails returns what the server has taken.
func (s *server) mails() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.got...)
}

// connections returns how many there have been.
func (s *server) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// said returns what the server was told.
func (s *server) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.commands, "\n")
}

// talk serves a connection.
func (s *server) talk(conn net.Conn) {
	raw := conn
	defer func() {
		_ = raw.Close()
		s.mu.Lock()
		delete(s.conns, raw)
		s.mu.Unlock()
	}()
	secure := s.implicit
	if secure {
		conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
	}
	in := bufio.NewReader(conn)
	var from, to string
	// say answers, and reports whether to go on.
	say := func(verb, command, usual string) bool {
		s.mu.Lock()
		s.commands = append(s.commands, command)
		answer := ""
		if s.answer != nil {
			answer = s.answer(verb, command)
		}
		s.mu.Unlock()
		switch answer {
		case hang:
			_, _ = in.ReadByte() // until the other side has gone
			return false
		case drop:
			return false
		case "":
			answer = usual
		}
		_, err := conn.Write([]byte(answer + "\r\n"))
		return err == nil
	}
	if !say("greeting", "", "220 loopback") {
		return
	}
	for {
		command, err := in.ReadString('\n')
		if err != nil {
			return
		}
		command = strings.TrimRight(command, "\r\n")
		verb, rest, _ := strings.Cut(command, " ")
		switch verb = strings.ToUpper(verb); verb {
		case "EHLO":
			s.mu.Lock()
			lines := append([]string{"loopback"}, s.offers...)
			if !secure && !s.noTLS {
				lines = append(lines, "STARTTLS")
			}
			s.mu.Unlock()
			if !say(verb, command, "250-"+strings.Join(lines[:len(lines)-1], "\r\n250-")+"\r\n250 "+lines[len(lines)-1]) {
				return
			}
		case "STARTTLS":
			if !say(verb, command, "220 go ahead") {
				return
			}
			secure, conn = true, tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
			in = bufio.NewReader(conn)
		case "AUTH":
			usual := "535 5.7.8 not you: " + command
			if _, encoded, _ := strings.Cut(rest, " "); s.password != "" {
				if secret, _ := base64.StdEncoding.DecodeString(encoded); strings.HasSuffix(string(secret), "\x00"+s.password) {
					usual = "235 2.7.0 welcome"
				}
			}
			if !say(verb, verb, usual) {
				return
			}
		case "MAIL":
			from = rest
			if !say(verb, command, "250 2.1.0 fine") {
				return
			}
		case "RCPT":
			to = rest
			if !say(verb, command, "250 2.1.5 fine") {
				return
			}
		case "DATA":
			if !say(verb, command, "354 go ahead") {
				return
			}
			s.mu.Lock()
			refused := s.answer != nil && s.answer(verb, command) != ""
			s.mu.Unlock()
			if refused {
				continue
			}
			var data strings.Builder
			for {
				l, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				data.WriteString(strings.TrimPrefix(l, "."))
			}
			s.mu.Lock()
			if s.answer == nil || s.answer("CONTENT", "") == "" {
				s.got = append(s.got, received{from, to, data.String()})
			}
			s.mu.Unlock()
			if !say("CONTENT", "content", "250 2.0.0 taken") {
				return
			}
		case "RSET", "NOOP":
			if !say(verb, command, "250 2.0.0 fine") {
				return
			}
		case "QUIT":
			say(verb, command, "221 2.0.0 bye")
			return
		default:
			if !say(verb, command, "500 5.5.1 what?") {
				return
			}
		}
	}
}
