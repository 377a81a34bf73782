package tenanttest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/tenanttest"
)

var (
	one        = tenant.Entry{Tenant: tenant.ID{15: 1}, Name: "Contoso", Cloud: tenant.CloudPublic}
	two        = tenant.Entry{Tenant: tenant.ID{15: 2}, TPID: 7, Cloud: tenant.CloudPublic}
	twoChina   = tenant.Entry{Tenant: tenant.ID{15: 3}, Cloud: tenant.CloudChina}
	subsidiary = tenant.Entry{TPID: 8}

	records = []tenanttest.Record{
		{Domain: domain("contoso.com"), Entry: one},
		{Domain: domain("two.example"), Entry: two},
		{Domain: domain("two.example"), Entry: twoChina},
		{Domain: domain("branch.two.example"), Entry: subsidiary},
		{Domain: domain("deep.below.example"), Entry: one},
	}
	cases = []tenanttest.Case{
		{Domain: domain("contoso.com"), Want: []tenant.Entry{one}},
		{Domain: domain("two.example"), Want: []tenant.Entry{twoChina, two}},
		{Domain: domain("branch.two.example"), Want: []tenant.Entry{subsidiary}},
		{Domain: domain("deep.below.example"), Want: []tenant.Entry{one}},
		{Domain: domain("nobody-here.example")},
		{Domain: domain("down.example"), Unavailable: true},
	}
)

type lookup func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error)

func (f lookup) Lookup(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	return f(ctx, d)
}

// right is a directory that keeps every rule.
func right() lookup {
	static := tenanttest.NewStatic(records...)
	return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
		if d == domain("down.example") {
			return nil, tenanttest.ErrDown
		}
		return static.Lookup(ctx, d)
	}
}

func TestDirectoryPassesWhatIsRight(t *testing.T) {
	tenanttest.Directory(t, func() tenant.Directory { return right() }, cases)
}

// heard collects what the kit reports.
type heard struct{ reports []string }

func (*heard) Helper() {}
func (h *heard) Errorf(format string, args ...any) {
	h.reports = append(h.reports, fmt.Sprintf(format, args...))
}

// Each of these breaks one rule; the kit must say which.
func TestDirectoryFailsWhatIsBroken(t *testing.T) {
	for name, test := range map[string]struct {
		broken func() lookup
		want   string
	}{
		"answers for subdomains": {func() lookup {
			dir := right()
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				entries, err := dir(ctx, d)
				if _, parent, _ := strings.Cut(d.String(), "."); err == nil && len(entries) == 0 && strings.Contains(parent, ".") {
					return dir(ctx, domain(parent))
				}
				return entries, err
			}
		}, "subdomain-of.contoso.com: a directory answers for exactly the domain it is asked"},
		"answers for the parent": {func() lookup {
			dir := right()
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				if d == domain("below.example") {
					return dir(ctx, domain("deep.below.example"))
				}
				return dir(ctx, d)
			}
		}, "below.example: a directory answers for exactly the domain it is asked"},
		"not found is an error": {func() lookup {
			dir := right()
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				entries, err := dir(ctx, d)
				if err == nil && len(entries) == 0 {
					return nil, errors.New("no such domain")
				}
				return entries, err
			}
		}, "not found is no entry and no error, but got the error: no such domain"},
		"unavailable is not found": {func() lookup {
			dir := right()
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				entries, err := dir(ctx, d)
				if errors.Is(err, tenanttest.ErrDown) {
					return nil, nil
				}
				return entries, err
			}
		}, "a directory that cannot be asked returns an error"},
		"down with an error of another kind": {func() lookup {
			dir := right()
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				entries, err := dir(ctx, d)
				if errors.Is(err, tenanttest.ErrDown) {
					err = fmt.Errorf("%w: %w", err, &tenant.NotFoundError{Domain: d})
				}
				return entries, err
			}
		}, "is no refusal of package tenant"},
		"always down": {func() lookup {
			return func(context.Context, tenant.Domain) ([]tenant.Entry, error) { return nil, tenanttest.ErrDown }
		}, "this domain is known, but got the error"},
		"takes the first of several": {func() lookup {
			dir := right()
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				entries, err := dir(ctx, d)
				return entries[:min(len(entries), 1)], err
			}
		}, "two.example, first lookup: got the entries"},
		"repeats an entry in place of another": {func() lookup {
			dir := right()
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				entries, err := dir(ctx, d)
				if len(entries) == 2 {
					entries[1] = entries[0]
				}
				return entries, err
			}
		}, "two.example, first lookup: got the entries"},
		"forgets the second time": {func() lookup {
			dir := right()
			var mu sync.Mutex
			asked := make(map[tenant.Domain]bool)
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				mu.Lock()
				defer mu.Unlock()
				if asked[d] && d != domain("down.example") {
					return nil, nil
				}
				asked[d] = true
				return dir(ctx, d)
			}
		}, "contoso.com, second lookup: got the entries []"},
		"keeps the slice it gave": {func() lookup {
			dir := right()
			var mu sync.Mutex
			kept := make(map[tenant.Domain][]tenant.Entry)
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				mu.Lock()
				defer mu.Unlock()
				if entries, ok := kept[d]; ok {
					return entries, nil
				}
				entries, err := dir(ctx, d)
				if err == nil {
					kept[d] = entries
				}
				return entries, err
			}
		}, "the caller may change the slice it was given"},
		"gives what it keeps the second time": {func() lookup {
			dir := right()
			var mu sync.Mutex
			kept := make(map[tenant.Domain][]tenant.Entry)
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				mu.Lock()
				defer mu.Unlock()
				if entries, ok := kept[d]; ok {
					return entries, nil
				}
				entries, err := dir(ctx, d)
				if err == nil {
					kept[d] = slices.Clone(entries)
				}
				return entries, err
			}
		}, "the caller may change the slice it was given"},
		"remembers an ended context": {func() lookup {
			dir := right()
			var mu sync.Mutex
			kept := make(map[tenant.Domain]error)
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				mu.Lock()
				defer mu.Unlock()
				if err := kept[d]; err != nil {
					return nil, err
				}
				entries, err := dir(ctx, d)
				kept[d] = err
				return entries, err
			}
		}, "a lookup is not hurt by an earlier one whose context had ended"},
		"an ended context is not found": {func() lookup {
			dir := right()
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				if ctx.Err() != nil && d != domain("down.example") {
					return nil, nil
				}
				return dir(ctx, d)
			}
		}, "a lookup whose context has ended answers rightly or returns an error"},
		"hides why the context ended": {func() lookup {
			dir := right()
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				entries, err := dir(ctx, d)
				if errors.Is(err, context.Canceled) {
					err = errors.New("stopped")
				}
				return entries, err
			}
		}, "returns an error that wraps the context's, but got stopped"},
		"does not stop when the context ends": {func() lookup {
			dir := right()
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				if ctx.Err() != nil {
					time.Sleep(time.Hour)
				}
				return dir(ctx, d)
			}
		}, "no answer after 30s"},
		"takes one caller at a time": {func() lookup {
			dir := right()
			var inside atomic.Int32
			return func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
				defer inside.Add(-1)
				busy := inside.Add(1) > 1
				time.Sleep(time.Millisecond) // in a bubble: until all have come in
				if busy {
					return nil, errors.New("busy")
				}
				return dir(ctx, d)
			}
		}, "many goroutines may ask at once, but when they did"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var h heard
				tenanttest.Directory(&h, func() tenant.Directory { return test.broken() }, cases)
				time.Sleep(2 * time.Hour) // until whoever hangs has gone
				if all := strings.Join(h.reports, "\n"); !strings.Contains(all, test.want) {
					t.Errorf("the kit reports\n%s\nwithout %q", all, test.want)
				}
			})
		})
	}
}

func TestDirectoryNeedsUsableCases(t *testing.T) {
	known := tenanttest.Case{Domain: domain("contoso.com"), Want: []tenant.Entry{one}}
	unknown := tenanttest.Case{Domain: domain("nobody-here.example")}
	for name, test := range map[string]struct {
		cases []tenanttest.Case
		want  string
	}{
		"none":                    {nil, "the kit needs a case that is found and one that is not"},
		"none found":              {[]tenanttest.Case{unknown}, "the kit needs a case"},
		"none unknown":            {[]tenanttest.Case{known, {Domain: domain("down.example"), Unavailable: true}}, "the kit needs a case"},
		"no domain":               {[]tenanttest.Case{known, unknown, {}}, "a case has no domain"},
		"unavailable with a want": {[]tenanttest.Case{known, unknown, {Domain: domain("down.example"), Unavailable: true, Want: known.Want}}, "either unavailable or has entries"},
		"a want without an ID":    {[]tenanttest.Case{unknown, {Domain: domain("contoso.com"), Want: []tenant.Entry{{Name: "x"}}}}, "every entry has a Tenant or a TPID"},
	} {
		t.Run(name, func(t *testing.T) {
			var h heard
			tenanttest.Directory(&h, func() tenant.Directory { t.Error("a directory was made"); return right() }, test.cases)
			if len(h.reports) != 1 || !strings.Contains(h.reports[0], test.want) {
				t.Errorf("the kit reports %q, want %q", h.reports, test.want)
			}
		})
	}
}
