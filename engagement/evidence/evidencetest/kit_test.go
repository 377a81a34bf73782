package evidencetest_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/partnerengage/partnerengage/engagement/evidence"
	"github.com/partnerengage/partnerengage/engagement/evidence/evidencetest"
)

func TestMemoryKeepsTheRules(t *testing.T) {
	for _, c := range evidencetest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			m := &evidencetest.Memory{}
			if err := c.Run(t.Context(), m, m); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMemoryKeys(t *testing.T) {
	var m evidencetest.Memory
	if got := m.Keys(); len(got) != 0 {
		t.Errorf("an empty one has the keys %q", got)
	}
	for _, key := range []string{"b", "a/2", "a/1", "b"} {
		if err := m.Put(t.Context(), key, strings.NewReader(key)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Delete(t.Context(), "a/2"); err != nil {
		t.Error(err)
	}
	if got := m.Keys(); !slices.Equal(got, []string{"a/1", "b"}) {
		t.Errorf("it has the keys %q", got)
	}
}

var errDown = errors.New("the storage is down")

// failing is a store that fails once it was called so often.
type failing struct {
	evidence.Store
	left atomic.Int64
}

func (f *failing) Put(ctx context.Context, key string, content io.Reader) error {
	if f.left.Add(-1) < 0 {
		return errDown
	}
	return f.Store.Put(ctx, key, content)
}

func (f *failing) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if f.left.Add(-1) < 0 {
		return nil, errDown
	}
	return f.Store.Open(ctx, key)
}

func (f *failing) Delete(ctx context.Context, key string) error {
	if f.left.Add(-1) < 0 {
		return errDown
	}
	return f.Store.Delete(ctx, key)
}

// TestFailuresAreReported shows that no case passes over a failure, whichever
// of the calls that it makes is the first to fail.
func TestFailuresAreReported(t *testing.T) {
	for _, c := range evidencetest.Cases() {
		for works := range int64(40) {
			s := &failing{Store: &evidencetest.Memory{}}
			s.left.Store(works)
			err := c.Run(t.Context(), s, s)
			if s.left.Load() >= 0 {
				break // it makes no more calls than that
			}
			if err == nil || !strings.HasPrefix(err.Error(), c.Rule+"\n") {
				t.Errorf("case %q of a store that fails after %d calls gives %v", c.Name, works, err)
			}
		}
	}
}

// unreadable is a store whose contents fail when they are read, or when they
// are closed.
type unreadable struct {
	evidence.Store
	closeOnly bool
}

func (u unreadable) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	content, err := u.Store.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	if u.closeOnly {
		return unclosable{content}, nil
	}
	return torn{content}, nil
}

type torn struct{ io.Closer }

func (torn) Read([]byte) (int, error) { return 0, errDown }

type unclosable struct{ io.Reader }

func (unclosable) Close() error { return errDown }

// panicking is a store that has only its name.
type panicking struct{ evidence.Store }

func TestCasesFailOneByOne(t *testing.T) {
	for name, s := range map[string]evidence.Store{
		"unreadable": unreadable{Store: &evidencetest.Memory{}},
		"unclosable": unreadable{Store: &evidencetest.Memory{}, closeOnly: true},
		"panicking":  panicking{},
	} {
		for _, c := range evidencetest.Cases() {
			switch c.Name {
			case "missing", "keys refused", "delete nothing": // open nothing that is there
				if name != "panicking" {
					continue
				}
			case "open content": // may fail
				if name == "unclosable" {
					continue
				}
			case "under way", "one whole", "come and go": // a panic of a goroutine is not theirs to catch
				if name == "panicking" {
					continue
				}
			}
			if err := c.Run(t.Context(), s, s); err == nil || !strings.HasPrefix(err.Error(), c.Rule+"\n") {
				t.Errorf("case %q of an %s store gives %v", c.Name, name, err)
			}
		}
	}
}
