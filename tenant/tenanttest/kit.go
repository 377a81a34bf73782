package tenanttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
)

// T is what the kit needs of a *testing.T.
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// Case is a domain and what the directory under test must say about it.
type Case struct {
	Domain      tenant.Domain
	Want        []tenant.Entry // in any order; none means not found
	Unavailable bool           // the directory cannot be asked about this one, and must say so
}

// Directory checks that a directory keeps the rules of [tenant.Directory], and
// reports each rule that it breaks. newDirectory returns a directory that has
// not been asked anything yet; all that it returns know what cases say. There
// must be a case that is found and one that is not, and there should be an
// ambiguous one and an unavailable one where the directory can be either. Run
// it with the race detector on.
func Directory(t T, newDirectory func() tenant.Directory, cases []Case) {
	t.Helper()
	k := &kit{t: t, fresh: newDirectory, cases: cases}
	if !k.casesAreUsable() {
		return
	}
	k.answers()
	k.exactDomains()
	k.slicesAreTheCallers()
	k.endedContext()
	k.manyAtOnce()
}

type kit struct {
	t     T
	fresh func() tenant.Directory
	cases []Case
	hung  atomic.Bool // a lookup did not return; asking on would only wait again
}

func (k *kit) casesAreUsable() bool {
	k.t.Helper()
	var found, unknown bool
	for _, c := range k.cases {
		found = found || len(c.Want) > 0
		unknown = unknown || len(c.Want) == 0 && !c.Unavailable
		switch {
		case c.Domain.IsZero():
			k.t.Errorf("a case has no domain")
			return false
		case c.Unavailable && len(c.Want) > 0:
			k.t.Errorf("%s: a case is either unavailable or has entries", c.Domain)
			return false
		}
		for _, e := range c.Want {
			if e.Key() == "" {
				k.t.Errorf("%s: every entry has a Tenant or a TPID, but the case wants %+v", c.Domain, e)
				return false
			}
		}
	}
	if !found || !unknown {
		k.t.Errorf("the kit needs a case that is found and one that is not")
	}
	return found && unknown
}

// answers asks everything twice, because what remembers may remember wrongly.
func (k *kit) answers() {
	k.t.Helper()
	dir := k.fresh()
	for _, round := range []string{"first", "second"} {
		for _, c := range k.cases {
			if problem := c.check(k.lookup(context.Background(), dir, c.Domain)); problem != "" {
				k.t.Errorf("%s, %s lookup: %s", c.Domain, round, problem)
			}
		}
	}
}

func (k *kit) exactDomains() {
	k.t.Helper()
	dir := k.fresh()
	for _, c := range k.cases {
		if len(c.Want) == 0 {
			continue
		}
		others := []string{"subdomain-of." + c.Domain.String()}
		_, parent, _ := strings.Cut(c.Domain.String(), ".")
		others = append(others, parent)
		for _, text := range others {
			other, err := tenant.ParseDomain(text)
			if err != nil || slices.ContainsFunc(k.cases, func(c Case) bool { return c.Domain == other }) {
				continue // a top-level domain, a name too long, or one with a case of its own
			}
			got := k.lookup(context.Background(), dir, other)
			for _, e := range got.entries {
				if slices.ContainsFunc(c.Want, func(w tenant.Entry) bool { return w.Key() == e.Key() }) {
					k.t.Errorf("%s: a directory answers for exactly the domain it is asked, but this one answers with the customer of %s", other, c.Domain)
					break
				}
			}
		}
	}
}

func (k *kit) slicesAreTheCallers() {
	k.t.Helper()
	dir := k.fresh()
	for _, c := range k.cases {
		if len(c.Want) == 0 {
			continue
		}
		for range 2 { // what was asked for, and what was remembered
			entries := k.lookup(context.Background(), dir, c.Domain).entries
			for i := range entries {
				entries[i] = tenant.Entry{TPID: 666, Name: "changed by the caller"}
			}
		}
		if problem := c.check(k.lookup(context.Background(), dir, c.Domain)); problem != "" {
			k.t.Errorf("%s: the caller may change the slice it was given, but after it did: %s", c.Domain, problem)
		}
	}
}

func (k *kit) endedContext() {
	k.t.Helper()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range k.cases {
		dir := k.fresh()
		got := k.lookup(ended, dir, c.Domain)
		switch {
		case got.err != nil && !c.Unavailable && !errors.Is(got.err, context.Canceled):
			k.t.Errorf("%s: a lookup whose context has ended returns an error that wraps the context's, but got %v", c.Domain, got.err)
			continue
		case got.err == nil:
			if problem := c.check(got); problem != "" {
				k.t.Errorf("%s: a lookup whose context has ended answers rightly or returns an error, but %s", c.Domain, problem)
				continue
			}
		}
		if problem := c.check(k.lookup(context.Background(), dir, c.Domain)); problem != "" {
			k.t.Errorf("%s: a lookup is not hurt by an earlier one whose context had ended, but %s", c.Domain, problem)
		}
	}
}

func (k *kit) manyAtOnce() {
	k.t.Helper()
	dir := k.fresh()
	const each = 8
	problems := make(chan string, each*len(k.cases))
	var wg sync.WaitGroup
	start := make(chan struct{})
	for range each {
		for _, c := range k.cases {
			wg.Go(func() {
				<-start
				if problem := c.check(k.lookup(context.Background(), dir, c.Domain)); problem != "" {
					problems <- fmt.Sprintf("%s: %s", c.Domain, problem)
				}
			})
		}
	}
	close(start)
	wg.Wait()
	close(problems)
	seen := make(map[string]bool)
	for problem := range problems {
		if !seen[problem] {
			k.t.Errorf("many goroutines may ask at once, but when they did: %s", problem)
		}
		seen[problem] = true
	}
}

type answer struct {
	entries []tenant.Entry
	err     error
}

// check returns what is wrong with an answer, "" if it is right.
func (c Case) check(got answer) string {
	switch {
	case got.err != nil && takenForARefusal(got.err):
		return fmt.Sprintf("an error of a directory is no refusal of package tenant, but got: %v", got.err)
	case c.Unavailable && got.err == nil:
		return fmt.Sprintf("a directory that cannot be asked returns an error, but got %d entries and none", len(got.entries))
	case c.Unavailable:
		return ""
	case got.err != nil && len(c.Want) == 0:
		return fmt.Sprintf("not found is no entry and no error, but got the error: %v", got.err)
	case got.err != nil:
		return fmt.Sprintf("this domain is known, but got the error: %v", got.err)
	case !sameEntries(got.entries, c.Want):
		return fmt.Sprintf("got the entries %+v, want %+v", got.entries, c.Want)
	}
	return ""
}

func takenForARefusal(err error) bool {
	return slices.ContainsFunc([]any{
		new(*tenant.MalformedError), new(*tenant.NotFoundError), new(*tenant.AmbiguousError), new(*tenant.ConsumerDomainError), new(*tenant.ReasonRequiredError),
	}, func(refusal any) bool { return errors.As(err, refusal) })
}

func sameEntries(a, b []tenant.Entry) bool {
	if len(a) != len(b) {
		return false
	}
	rest := slices.Clone(b)
	for _, e := range a {
		i := slices.Index(rest, e)
		if i < 0 {
			return false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return true
}

// patience is how long a lookup may take before the kit says that it hangs.
const patience = 30 * time.Second

var errHangs = errors.New("no answer after " + patience.String())

// lookup asks a directory, and does not wait for one that hangs.
func (k *kit) lookup(ctx context.Context, dir tenant.Directory, d tenant.Domain) answer {
	if k.hung.Load() {
		return answer{err: errHangs}
	}
	got := make(chan answer, 1)
	go func() {
		entries, err := dir.Lookup(ctx, d)
		got <- answer{entries, err}
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case a := <-got:
		return a
	case <-timer.C:
		k.hung.Store(true)
		return answer{err: errHangs}
	}
}
