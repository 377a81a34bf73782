package stress_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
)

// commands is how many there are in a history.
const commands = 24

// record lets clients ask at the same time, through handles whose answers get lost,
// and returns what they asked and were told. Messages go out through the stores
// that lie below.
func record(t *testing.T, stores, below [2]storage.Store, mail *mailbox, e engagement.ID, customer int) []porcupine.Operation {
	t.Helper()
	h := &history{engagement: e, customer: customer, partners: limits[e] + 1, mail: mail}
	now := func() time.Time { return start.Add(time.Duration(customer) * time.Hour) }
	var wg sync.WaitGroup
	clients := 2 * h.partners
	for n := range clients {
		handle := n / h.partners
		d, err := newDesk(stores[handle], mail, now)
		if err != nil {
			t.Fatal(err)
		}
		relay, err := newDesk(below[handle], mail, now)
		if err != nil {
			t.Fatal(err)
		}
		c := &client{history: h, partner: n % h.partners, desk: d, relay: relay}
		wg.Go(func() { c.run(t.Context(), commands/clients) })
	}
	wg.Wait()
	return h.ops
}

// verdict is why a history is refused, "" when it is not.
func verdict(ops []porcupine.Operation) string {
	switch porcupine.CheckOperationsTimeout(program, ops, time.Minute) {
	case porcupine.Ok:
		return ""
	case porcupine.Unknown:
		return "nobody can say in a minute whether this is linearizable:\n" + tell(ops)
	}
	return "in no order does the program answer so:\n" + tell(ops)
}

func tell(ops []porcupine.Operation) string {
	ops = slices.Clone(ops)
	slices.SortFunc(ops, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	var b strings.Builder
	for _, o := range ops {
		fmt.Fprintf(&b, "%4d to %4d  %v -> %v\n", o.Call, min(o.Return, 9999), o.Input, o.Output)
	}
	return b.String()
}

// Whatever partners and their customer do at the same time, they are told what
// they would be told if they did it one after the other.
func TestLinearizable(t *testing.T) {
	for _, kind := range []string{"memory", "sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			below := handles(t, kind)
			began := time.Now()
			var lost atomic.Int64
			var stores [2]storage.Store
			for i := range stores {
				stores[i] = shaky{below[i], &lost}
			}
			mail := newMailbox()
			asked, unknown, refused := 0, 0, map[string]int{}
			n := *histories / slowdown
			for i := range n {
				ops := record(t, stores, below, mail, []engagement.ID{once, twice}[i%2], i)
				if why := verdict(ops); why != "" {
					t.Fatalf("history %d of customer %s in %s: %s", i, domainOf(i), []engagement.ID{once, twice}[i%2], why)
				}
				for _, o := range ops {
					asked++
					switch got := o.Output.(answer); {
					case got.unknown:
						unknown++
					case got.refused != "":
						refused[got.refused]++
					}
				}
			}
			t.Logf("%d histories, %d commands: %d refused for %d reasons, %d without an answer (%d answers lost); %.1f s",
				n, asked, sum(refused), len(refused), unknown, lost.Load(), time.Since(began).Seconds())
			t.Log(words(refused))
		})
	}
}

// The same check finds out about each store that is broken on purpose.
func TestBrokenStoresAreCaught(t *testing.T) {
	for name, broken := range map[string]func(storage.Store) storage.Store{
		"without a guard of versions":      func(s storage.Store) storage.Store { return unguarded{s} },
		"with stale reads":                 newStale,
		"that forgets what it has written": func(s storage.Store) storage.Store { return forgetful{s} },
		"that forgets commands":            func(s storage.Store) storage.Store { return doubling{s} },
	} {
		t.Run(name, func(t *testing.T) {
			s := memory.New()
			below := [2]storage.Store{s, s}
			b := broken(s)
			slow := shaky{b, &atomic.Int64{}}
			mail := newMailbox()
			for i := range 500 {
				e := []engagement.ID{once, twice}[i%2]
				if why := verdict(record(t, [2]storage.Store{slow, slow}, below, mail, e, i)); why != "" {
					t.Logf("caught by history %d: %s", i+1, why)
					return
				}
			}
			t.Error("500 histories look as if nothing were wrong")
		})
	}
}
