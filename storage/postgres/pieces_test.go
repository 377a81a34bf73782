package postgres_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/partnerengage/partnerengage/storage/postgres/internal/scripts"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

// TestInPieces runs the contract through a pooler that has the server take each
// statement of what is sent together by itself, as distributed engines do.
func TestInPieces(t *testing.T) {
	c := running(t)
	p := newPieces(t, c.Port())
	for _, mode := range []string{"cached", "exec"} {
		t.Run(mode, func(t *testing.T) {
			pool := poolOf(t, c.with("port", p.port(), "sslmode", "disable"), modes[mode], 10)
			for _, k := range storagetest.Cases() {
				if k.Name == "model" && mode != "cached" {
					continue
				}
				t.Run(k.Name, func(t *testing.T) {
					s := store(t, pool, newSchema())
					if err := k.Run(t.Context(), s, s); err != nil {
						t.Error(err)
					}
				})
			}
		})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n < 20 {
		t.Errorf("only %d statements were taken by themselves: the test shows nothing", p.n)
	}
	if len(p.several) > 0 {
		t.Errorf("several statements in one text, of which such an engine takes none: %.200q", p.several)
	}
}

// pieces stands before the server, and has it end its implicit transaction after
// each statement. To the client that cannot be seen but by what stays after an
// error.
type pieces struct {
	front
	mu      sync.Mutex
	n       int      // statements after which it did
	several []string // texts of several statements
}

func newPieces(t *testing.T, port int) *pieces {
	t.Helper()
	p := &pieces{}
	p.front = newFront(t, port, p.serve)
	return p
}

// serve passes on what both sides say.
func (p *pieces) serve(client, server *net.TCPConn) {
	// Whose each ReadyForQuery will be, in order: the client's or ours.
	ours := make(chan bool, 1<<16)
	ours <- false // that of the connection itself
	go func() {
		defer func() { _, _ = client.Close(), server.Close() }()
		p.ask(bufio.NewReader(client), server, ours)
	}()
	go func() {
		defer func() { _, _ = client.Close(), server.Close() }()
		answer(bufio.NewReader(server), client, ours)
	}()
}

// The messages that matter here, by their types.
const (
	execute       = 'E' // of the client
	flush         = 'S' // of the client: Sync
	simpleQuery   = 'Q' // of the client
	errorResponse = 'E' // of the server
	readyForQuery = 'Z' // of the server
)

var syncMessage = []byte{flush, 0, 0, 0, 4}

// ask passes on what the client says, and a Sync after each Execute.
func (p *pieces) ask(client io.Reader, server io.Writer, ours chan<- bool) {
	for typed := false; ; typed = true { // all but the first message have a type
		kind, message, err := read(client, typed)
		if err != nil {
			return
		}
		if kind == flush || kind == simpleQuery {
			ours <- false
		}
		if text := string(message[min(5, len(message)):]); kind == simpleQuery && len(scripts.Statements(strings.TrimSuffix(text, "\x00"))) > 1 {
			p.mu.Lock()
			p.several = append(p.several, text)
			p.mu.Unlock()
		}
		if kind == execute {
			message = append(message, syncMessage...)
			ours <- true
			p.mu.Lock()
			p.n++
			p.mu.Unlock()
		}
		if _, err := server.Write(message); err != nil {
			return
		}
	}
}

// answer passes on what the server says, but for the answers to our own Syncs, and
// for what follows an error until the client's.
func answer(server io.Reader, client io.Writer, ours <-chan bool) {
	failed := false
	for {
		kind, message, err := read(server, true)
		if err != nil {
			return
		}
		if kind == readyForQuery {
			if <-ours {
				continue
			}
			failed = false
		}
		if failed {
			continue
		}
		failed = kind == errorResponse
		if _, err := client.Write(message); err != nil {
			return
		}
	}
}

// read returns the next message, whole, and its type.
func read(from io.Reader, typed bool) (kind byte, message []byte, err error) {
	head := 4
	if typed {
		head = 5
	}
	message = make([]byte, head)
	if _, err := io.ReadFull(from, message); err != nil {
		return 0, nil, err
	}
	rest := make([]byte, binary.BigEndian.Uint32(message[head-4:])-4)
	if _, err := io.ReadFull(from, rest); err != nil {
		return 0, nil, err
	}
	if typed {
		kind = message[0]
	}
	return kind, append(message, rest...), nil
}
