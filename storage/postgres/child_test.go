package postgres_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/storage/postgres"
)

var kills = flag.Int("kills", 10, "how many processes TestKilledProcesses kills")

// childTask is the environment variable that makes a process of this test a child
// which works until it is killed: schema, first customer, and when the clock began.
const (
	childTask = "PE_POSTGRES_CHILD"
	childDSN  = "PE_POSTGRES_CHILD_DSN"

	childLossy = "PE_POSTGRES_CHILD_LOSSY" // whether what has been acknowledged can be lost since
)

// child works. Each line that it prints has been acknowledged.
func child() int {
	if err := work(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func work() error {
	var schema string
	var first int
	var began int64
	if _, err := fmt.Sscan(os.Getenv(childTask), &schema, &first, &began); err != nil {
		return err
	}
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, os.Getenv(childDSN))
	if err != nil {
		return err
	}
	defer pool.Close()
	s, err := postgres.New(ctx, pool, &postgres.Options{Schema: schema})
	if err != nil {
		return err
	}
	var mu sync.Mutex
	w, err := newWorkload(s, time.UnixMicro(began), func(line string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(line) // one write, so that it is whole
	})
	if err != nil {
		return err
	}
	w.lossy = os.Getenv(childLossy) != ""
	fmt.Println("begun")
	return w.run(ctx, 4, first, 1<<30)
}

// TestKilledProcesses kills a process in the midst of its commands, again and
// again, while another one works on.
func TestKilledProcesses(t *testing.T) {
	c := running(t)
	pool := c.pool(t, modes["cached"], 4)
	schema := newSchema()
	s := store(t, pool, schema)
	began := time.Now()
	n := *kills
	if testing.Short() {
		n = 3
	}
	var mu sync.Mutex
	var lines []string
	tell := func(line string) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, line)
	}
	first := 0
	for kill := range n {
		lines = append(lines, killed(t, c, schema, first, began)...)
		if kill%5 == 4 || kill == n-1 {
			// What was under way when the process was killed is done again, and
			// what was acknowledged gives the same result again.
			w, err := newWorkload(s, began, tell)
			if err != nil {
				t.Fatal(err)
			}
			last := lastCustomer(lines)
			if err := w.run(t.Context(), 2, max(first, last-8), 9); err != nil {
				t.Fatal(err)
			}
			audit(t, pool, schema, s, w.clock())
			first = last + 1
		}
	}
	acknowledged(t, s, lines)
	same(t, lines)
	t.Logf("%d processes killed, %d commands acknowledged, none lost", n, len(lines))
}

// killed lets a process work for a while, kills it, and returns what it said.
func killed(t *testing.T, c *cluster, schema string, first int, began time.Time) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %d", childTask, schema, first, began.UnixMicro()), childDSN+"="+c.DSN())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var problem strings.Builder
	cmd.Stderr = &problem
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for in := bufio.NewScanner(out); in.Scan(); {
		if in.Text() == "begun" {
			time.AfterFunc(20*time.Millisecond+rand.N(150*time.Millisecond), func() { _ = cmd.Process.Kill() })
			continue
		}
		lines = append(lines, in.Text())
	}
	_ = cmd.Wait() // it was killed
	if problem.Len() > 0 {
		t.Fatalf("the process failed before it was killed: %s", problem.String())
	}
	return lines
}

// lastCustomer returns the highest number of a customer that was added.
func lastCustomer(lines []string) int {
	last := 0
	for _, l := range lines {
		if f := strings.Fields(l); f[0] == "add" {
			_, number, _ := strings.Cut(f[1], "-")
			n, _ := strconv.Atoi(number)
			last = max(last, n)
		}
	}
	return last
}

// same checks that a command which was done again gave the same result.
func same(t *testing.T, lines []string) {
	t.Helper()
	results := map[string]string{}
	for _, l := range lines {
		f := strings.Fields(l)
		key := f[0] + " " + f[1]
		if f[0] == "mail" {
			continue
		}
		if was, ok := results[key]; ok && was != f[2] {
			t.Errorf("%s gave %s, and when it was done again %s", key, was, f[2])
		}
		results[key] = f[2]
	}
}
