package postgres_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

var long = flag.Duration("force", 2*time.Second, "how long each of the tests with a broken connection or server works")

// worked runs a workload on a pool while something is done to its connections,
// lets what is left be done in peace, and looks at everything.
func worked(t *testing.T, c *cluster, through *pgxpool.Pool, harm func(ctx context.Context)) {
	t.Helper()
	direct := c.pool(t, modes["exec"], 4)
	schema := newSchema()
	store(t, direct, schema)
	began := time.Now()
	var mu sync.Mutex
	var lines []string
	w, err := newWorkload(store(t, through, schema), began, func(line string) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, line)
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), *long)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { harm(ctx) })
	if err := w.run(ctx, 8, 0, 1<<30); err != nil {
		t.Error(err)
	}
	wg.Wait()

	s := store(t, direct, schema)
	after, err := newWorkload(s, began, w.tell)
	if err != nil {
		t.Fatal(err)
	}
	last := lastCustomer(lines)
	if err := after.run(t.Context(), 2, max(0, last-12), 14); err != nil {
		t.Error(err)
	}
	audit(t, direct, schema, s, w.clock())
	acknowledged(t, s, lines)
	same(t, lines)
	t.Logf("%d commands acknowledged, %d tried again, none lost", w.commands.Load(), w.retries.Load())
}

func TestTerminatedBackends(t *testing.T) {
	c := running(t)
	dsn := c.DSN() + " application_name=terminated"
	var n atomic.Int64
	worked(t, c, poolOf(t, dsn, modes["cached"], 8), func(ctx context.Context) {
		admin := c.pool(t, modes["exec"], 1)
		for ctx.Err() == nil {
			time.Sleep(rand.N(20 * time.Millisecond))
			tag, err := admin.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE application_name = 'terminated' ORDER BY random() LIMIT 1) b")
			if err == nil {
				n.Add(tag.RowsAffected())
			}
		}
	})
	t.Logf("%d backends terminated", n.Load())
}

func TestServerRestarts(t *testing.T) {
	c := own(t)
	n := 0
	worked(t, c, c.pool(t, modes["cached"], 8), func(ctx context.Context) {
		for ctx.Err() == nil {
			time.Sleep(100*time.Millisecond + rand.N(300*time.Millisecond))
			c.Stop([]syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL, syscall.SIGINT}[n%3])
			if err := c.Restart(); err != nil {
				t.Error(err)
				return
			}
			n++
		}
	})
	t.Logf("the server was shut down %d times", n)
}

func TestBrokenConnections(t *testing.T) {
	c := running(t)
	p := newProxy(t, c.Port())
	worked(t, c, poolOf(t, c.with("port", p.port()), modes["cached"], 8), func(ctx context.Context) {
		p.harm.Store(true)
		<-ctx.Done()
		p.harm.Store(false)
	})
	t.Logf("%d connections cut, %d reset, %d delayed", p.cuts.Load(), p.resets.Load(), p.delays.Load())
}

// proxy stands before the server, and cuts, resets and delays connections: before
// a request is passed on, or instead of its answer.
type proxy struct {
	front
	harm                 atomic.Bool
	deaf                 atomic.Int64  // so many answers are lost, and their connections
	shut                 atomic.Bool   // nothing is passed on any more
	far                  time.Duration // how long everything is on its way
	cuts, resets, delays atomic.Int64
	open                 sync.Map // connections
}

// stop ends all connections, and lets none begin.
func (p *proxy) stop() {
	p.shut.Store(true)
	_ = p.listener.Close()
	p.open.Range(func(client, _ any) bool {
		_ = client.(*net.TCPConn).Close()
		return true
	})
}

func newProxy(t testing.TB, port int) *proxy {
	t.Helper()
	p := &proxy{}
	p.front = newFront(t, port, func(client, server *net.TCPConn) {
		p.open.Store(client, nil)
		if p.shut.Load() {
			_ = client.Close()
		}
		go p.pass(client, server, false)
		go p.pass(server, client, true)
	})
	return p
}

// pass passes on what one side says until it or the other goes.
func (p *proxy) pass(from, to *net.TCPConn, answers bool) {
	defer func() { _, _ = from.Close(), to.Close() }()
	buffer := make([]byte, 4096)
	if p.far > 0 { // or what is long would be on its way several times
		buffer = make([]byte, 1<<18)
	}
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		time.Sleep(p.far)
		if answers && p.deaf.Add(-1) >= 0 {
			return
		}
		if p.harm.Load() {
			switch rand.N(120) {
			case 0:
				p.cuts.Add(1)
				_, _ = to.Write(buffer[:rand.N(n)]) // a part of it
				return
			case 1:
				p.resets.Add(1)
				_, _ = from.SetLinger(0), to.SetLinger(0)
				return
			case 2:
				p.resets.Add(1)
				_, _ = to.Write(buffer[:n])
				time.Sleep(rand.N(5 * time.Millisecond))
				_ = from.SetLinger(0) // it has been passed on; nobody hears what came of it
				return
			case 3, 4, 5:
				p.delays.Add(1)
				time.Sleep(rand.N(30 * time.Millisecond))
			}
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
