package postgres_test

import (
	"net"
	"strconv"
	"testing"
)

// front stands before the server: whoever connects to it has a connection to the server
// behind it.
type front struct{ listener net.Listener }

// newFront begins one, which is told of both ends of each connection.
func newFront(t testing.TB, port int, connected func(client, server *net.TCPConn)) front {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	behind := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", behind)
			if err != nil {
				_ = client.Close()
				continue
			}
			connected(client.(*net.TCPConn), server.(*net.TCPConn))
		}
	}()
	return front{l}
}

func (f front) port() string { return strconv.Itoa(f.listener.Addr().(*net.TCPAddr).Port) }
