package stress_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
)

const processes = 4

// books are what all processes together have written down.
type books struct {
	tally
	versions map[engagement.RecordKey]map[int64]int // how often each version of a record was written, and, without a partner, of what is shared
	made     map[engagement.MessageID]engagement.Message
	sent     map[engagement.MessageID]int
	gone     map[engagement.MessageID]int // taken from the outbox: sent, or pointless
	leases   map[engagement.MessageID][]line
}

func newBooks() *books {
	return &books{
		tally:    tally{Done: map[string]int{}, Refused: map[string]int{}},
		versions: map[engagement.RecordKey]map[int64]int{}, made: map[engagement.MessageID]engagement.Message{},
		sent: map[engagement.MessageID]int{}, gone: map[engagement.MessageID]int{}, leases: map[engagement.MessageID][]line{},
	}
}

// Four processes, whose clocks differ, do together whatever one could spoil for the
// other, and nothing is spoilt.
func TestManyProcesses(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			d := newDatabase(t, kind)
			n := *total / slowdown
			many := max(12, n/100)
			dir := t.TempDir()
			began := time.Now()
			b := newBooks()
			c := &clock{began: began}
			looks := looking(t, d, c)
			runAll(t, d, n, many, dir, c)
			if looks() == 0 {
				t.Error("nobody looked at everything while they worked")
			}
			took := time.Since(began)
			for i := range processes {
				b.read(t, ledgerOf(dir, i))
			}
			if t.Failed() {
				return
			}
			reminders := audit(t, d, b, dir, many, c.now())
			done, refused := sum(b.Done), sum(b.Refused)
			late := 0 // refusals because of what another partner has
			for reason, n := range b.Refused {
				if reason == "taken" || strings.Contains(reason, "not eligible") {
					late += n
				}
			}
			// With few commands it is chance whether partners meet in a grant; the
			// whole number makes it sure.
			if done == 0 || b.Conflicts == 0 || reminders == 0 || late == 0 && slowdown == 1 {
				t.Errorf("this proves little: %d commands done, %d conflicts, %d reminders, %d refused because of another partner", done, b.Conflicts, reminders, late)
			}
			t.Logf("%d processes, %d customers, %d commands: %d done (%s), %d refused (%s), %d given twice, %d crowded out; %d conflicts, %d messages made, %d sent, %d reminders; %.1f s, and %.1f s to verify",
				processes, many, done+refused+b.Crowded, done, words(b.Done), refused, words(b.Refused), b.Again, b.Crowded, b.Conflicts,
				len(b.made), len(b.sent), reminders, took.Seconds(), (time.Since(began) - took).Seconds())
		})
	}
}

// runAll runs all processes until they have carried out the commands. A day passes
// with as many of them as there are customers.
func runAll(t *testing.T, d database, commands, customers int, dir string, c *clock) {
	t.Helper()
	var all [processes]*exec.Cmd
	var days [processes]io.Writer
	var said [processes]io.Reader
	for i := range all {
		text, err := json.Marshal(task{
			Database: d, Process: i, Commands: commands / processes, Customers: customers, Began: c.began.UnixMicro(), Ahead: 7 * (i - 1),
			Ledger: ledgerOf(dir, i),
		})
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childTask+"="+string(text))
		cmd.Stderr = &strings.Builder{}
		out, err := cmd.StdoutPipe()
		in, err2 := cmd.StdinPipe()
		if err := errors.Join(err, err2, cmd.Start()); err != nil {
			t.Fatal(err)
		}
		all[i], days[i], said[i] = cmd, in, out
	}
	var mu sync.Mutex
	done := 0
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			for in := bufio.NewScanner(said[i]); in.Scan(); {
				mu.Lock()
				if done++; done%customers == 0 {
					c.day.Add(1)
					for _, w := range days {
						_, _ = fmt.Fprintln(w, c.day.Load()) // one that has ended needs no more
					}
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for i, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Errorf("process %d: %v: %s", i, err, cmd.Stderr)
		}
	}
}

func ledgerOf(dir string, process int) string {
	return filepath.Join(dir, fmt.Sprintf("%d.jsonl", process))
}

// read adds what a process has written down.
func (b *books) read(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	ended := false
	for dec := json.NewDecoder(bufio.NewReaderSize(file, 1<<20)); dec.More(); {
		var l line
		if err := dec.Decode(&l); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		ended = l.End != nil
		b.add(t, l)
	}
	if !ended {
		t.Errorf("%s does not end", path)
	}
}

func (b *books) add(t *testing.T, l line) {
	t.Helper()
	switch l.What {
	case "record", "shared":
		if b.versions[l.Record] == nil {
			b.versions[l.Record] = map[int64]int{}
		}
		b.versions[l.Record][l.Version]++
		if most := limits[l.Record.Engagement]; l.Granted > most {
			t.Errorf("version %d of %v has %d consents, and %d is the most", l.Version, l.Record, l.Granted, most)
		}
	case "made":
		b.made[l.Message] = *l.Made
	case "leased":
		b.leases[l.Message] = append(b.leases[l.Message], l)
	case "sent":
		b.sent[l.Message]++
	case "gone":
		b.gone[l.Message]++
	case "end":
		for kind, n := range l.End.Done {
			b.Done[kind] += n
		}
		for kind, n := range l.End.Refused {
			b.Refused[kind] += n
		}
		b.Again += l.End.Again
		b.Crowded += l.End.Crowded
		b.Conflicts += l.End.Conflicts
	}
}

func sum(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

func words(counts map[string]int) string {
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, fmt.Sprintf("%d %s", counts[kind], kind))
	}
	return strings.Join(out, ", ")
}
