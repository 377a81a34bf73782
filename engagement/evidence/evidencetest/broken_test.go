package evidencetest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement/evidence"
	"github.com/partnerengage/partnerengage/engagement/evidence/evidencetest"
)

// TestBrokenStores shows that the kit fails stores which are broken on purpose,
// each in the cases that are there for it, and that no case is there for nothing.
func TestBrokenStores(t *testing.T) {
	caught := map[string]bool{}
	for _, broken := range []struct {
		name  string
		cases []string // that must fail
		open  func(m *evidencetest.Memory) (a, b evidence.Store)
	}{
		{"written in place", []string{"failing content", "context ends", "under way"}, both(func(m *evidencetest.Memory) evidence.Store { return &inPlace{Memory: m} })},
		{"one temporary file for all", []string{"one whole"}, both(func(m *evidencetest.Memory) evidence.Store { return &oneTemporary{Memory: m} })},
		{"content cut off", []string{"content"}, both(func(m *evidencetest.Memory) evidence.Store { return cutOff{m} })},
		{"lines translated", []string{"content"}, both(func(m *evidencetest.Memory) evidence.Store { return translated{m} })},
		{"stops at an empty read", []string{"content"}, both(func(m *evidencetest.Memory) evidence.Store { return impatient{m} })},
		{"first content stays", []string{"replace", "visible"}, both(func(m *evidencetest.Memory) evidence.Store { return firstStays{m} })},
		{"longer content shines through", []string{"replace"}, both(func(m *evidencetest.Memory) evidence.Store { return overwritten{m} })},
		{"missing is empty", []string{"missing", "delete", "failing content"}, both(func(m *evidencetest.Memory) evidence.Store { return emptyIfMissing{m} })},
		{"missing is an error of its own", []string{"missing", "delete"}, both(func(m *evidencetest.Memory) evidence.Store { return ownMissing{m} })},
		{"delete by prefix", []string{"delete", "keys apart"}, both(func(m *evidencetest.Memory) evidence.Store { return prefixDelete{m} })},
		{"delete of nothing fails", []string{"delete nothing"}, both(func(m *evidencetest.Memory) evidence.Store { return strictDelete{m} })},
		{"a cache in each handle", []string{"visible"}, func(m *evidencetest.Memory) (a, b evidence.Store) { return &cache{Memory: m}, &cache{Memory: m} }},
		{"one reader for all", []string{"own reader"}, both(func(m *evidencetest.Memory) evidence.Store {
			return &oneReader{Memory: m, open: map[string]io.Reader{}}
		})},
		{"read as it is now", []string{"open content"}, both(func(m *evidencetest.Memory) evidence.Store { return live{m} })},
		{"any key", []string{"keys refused"}, both(func(m *evidencetest.Memory) evidence.Store { return anyKey{m} })},
		{"reads before it refuses", []string{"keys refused"}, both(func(m *evidencetest.Memory) evidence.Store { return readsFirst{m} })},
		{"no upper case", []string{"keys apart"}, both(func(m *evidencetest.Memory) evidence.Store { return folded{m} })},
		{"contexts not heard", []string{"ended context", "context ends"}, both(func(m *evidencetest.Memory) evidence.Store { return deaf{m} })},
		{"errors of its own", []string{"failing content", "context ends"}, both(func(m *evidencetest.Memory) evidence.Store { return ownErrors{m} })},
		{"a failure is an end", []string{"failing content"}, both(func(m *evidencetest.Memory) evidence.Store { return failureIsEnd{m} })},
		{"one Put at a time", []string{"one whole", "come and go"}, both(func(m *evidencetest.Memory) evidence.Store { return &busy{Memory: m} })},
	} {
		t.Run(broken.name, func(t *testing.T) {
			for _, c := range evidencetest.Cases() {
				if !slices.Contains(broken.cases, c.Name) {
					continue
				}
				a, b := broken.open(&evidencetest.Memory{})
				err := c.Run(t.Context(), a, b)
				if err == nil {
					t.Errorf("case %q passes", c.Name)
				} else if !strings.HasPrefix(err.Error(), c.Rule+"\n") {
					t.Errorf("the error of %q does not begin with the rule: %v", c.Name, err)
				}
				caught[c.Name] = true
				broken.cases = slices.DeleteFunc(broken.cases, func(name string) bool { return name == c.Name })
			}
			if len(broken.cases) > 0 {
				t.Errorf("there are no cases %q", broken.cases)
			}
		})
	}
	for _, c := range evidencetest.Cases() {
		if !caught[c.Name] {
			t.Errorf("no broken store is there for case %q", c.Name)
		}
	}
}

// both opens one handle as two.
func both(open func(m *evidencetest.Memory) evidence.Store) func(m *evidencetest.Memory) (a, b evidence.Store) {
	return func(m *evidencetest.Memory) (a, b evidence.Store) {
		s := open(m)
		return s, s
	}
}

// inPlace shows a content while it comes.
type inPlace struct{ *evidencetest.Memory }

func (s *inPlace) Put(ctx context.Context, key string, content io.Reader) error {
	var came []byte
	for p := make([]byte, 16<<10); ; {
		n, err := content.Read(p)
		came = append(came, p[:n]...)
		if err := s.Memory.Put(ctx, key, bytes.NewReader(came)); err != nil {
			return err
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// oneTemporary collects all contents in one place.
type oneTemporary struct {
	*evidencetest.Memory
	mu        sync.Mutex
	temporary []byte
}

func (s *oneTemporary) Put(ctx context.Context, key string, content io.Reader) error {
	s.add(true, nil)
	for p := make([]byte, 512); ; {
		n, err := content.Read(p)
		came := s.add(false, p[:n])
		if err == io.EOF {
			return s.Memory.Put(ctx, key, bytes.NewReader(came))
		}
		if err != nil {
			return err
		}
		runtime.Gosched() // so that another one adds something
	}
}

// add adds to what came, if not anew, and returns all of it.
func (s *oneTemporary) add(anew bool, p []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if anew {
		s.temporary = nil
	}
	s.temporary = append(s.temporary, p...)
	return slices.Clip(s.temporary)
}

// cutOff keeps no more than a form field may have.
type cutOff struct{ *evidencetest.Memory }

func (s cutOff) Put(ctx context.Context, key string, content io.Reader) error {
	return s.Memory.Put(ctx, key, io.LimitReader(content, 1<<20))
}

// translated takes every content for text.
type translated struct{ *evidencetest.Memory }

func (s translated) Put(ctx context.Context, key string, content io.Reader) error {
	all, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	return s.Memory.Put(ctx, key, bytes.NewReader(bytes.ReplaceAll(all, []byte("\r\n"), []byte("\n"))))
}

// impatient takes a read of nothing for the end.
type impatient struct{ *evidencetest.Memory }

func (s impatient) Put(ctx context.Context, key string, content io.Reader) error {
	return s.Memory.Put(ctx, key, impatientReader{content})
}

type impatientReader struct{ io.Reader }

func (r impatientReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

// firstStays does not replace.
type firstStays struct{ *evidencetest.Memory }

func (s firstStays) Put(ctx context.Context, key string, content io.Reader) error {
	if slices.Contains(s.Keys(), key) {
		return nil
	}
	return s.Memory.Put(ctx, key, content)
}

// overwritten does not cut off what a shorter content leaves of a longer one.
type overwritten struct{ *evidencetest.Memory }

func (s overwritten) Put(ctx context.Context, key string, content io.Reader) error {
	all, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	if old, err := s.Memory.Open(ctx, key); err == nil {
		if before, _ := io.ReadAll(old); len(before) > len(all) {
			all = append(all, before[len(all):]...)
		}
	}
	return s.Memory.Put(ctx, key, bytes.NewReader(all))
}

// emptyIfMissing opens what is not there.
type emptyIfMissing struct{ *evidencetest.Memory }

func (s emptyIfMissing) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	content, err := s.Memory.Open(ctx, key)
	if errors.Is(err, fs.ErrNotExist) {
		return io.NopCloser(bytes.NewReader(nil)), nil
	}
	return content, err
}

// ownMissing has its own error for what is not there.
type ownMissing struct{ *evidencetest.Memory }

func (s ownMissing) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	content, err := s.Memory.Open(ctx, key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("404")
	}
	return content, err
}

// prefixDelete deletes what begins like the key.
type prefixDelete struct{ *evidencetest.Memory }

func (s prefixDelete) Delete(ctx context.Context, key string) error {
	if err := s.Memory.Delete(ctx, key); err != nil {
		return err
	}
	for _, k := range s.Keys() {
		if strings.HasPrefix(k, key) {
			if err := s.Memory.Delete(ctx, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// strictDelete wants something to delete.
type strictDelete struct{ *evidencetest.Memory }

func (s strictDelete) Delete(ctx context.Context, key string) error {
	if _, err := s.Memory.Open(ctx, key); err != nil {
		return err
	}
	return s.Memory.Delete(ctx, key)
}

// cache remembers what its own handle put.
type cache struct {
	*evidencetest.Memory
	own evidencetest.Memory
}

func (s *cache) Put(ctx context.Context, key string, content io.Reader) error {
	var all bytes.Buffer
	if err := s.Memory.Put(ctx, key, io.TeeReader(content, &all)); err != nil {
		return err
	}
	return s.own.Put(ctx, key, &all)
}

func (s *cache) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if content, err := s.own.Open(ctx, key); err == nil {
		return content, nil
	}
	return s.Memory.Open(ctx, key)
}

// oneReader gives everybody the reader that it gave the first one.
type oneReader struct {
	*evidencetest.Memory
	mu   sync.Mutex
	open map[string]io.Reader
}

func (s *oneReader) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[key] == nil {
		content, err := s.Memory.Open(ctx, key)
		if err != nil {
			return nil, err
		}
		s.open[key] = content
	}
	return io.NopCloser(s.open[key]), nil
}

// live reads, each time, what is there by then.
type live struct{ *evidencetest.Memory }

func (s live) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if _, err := s.Memory.Open(ctx, key); err != nil {
		return nil, err
	}
	return &liveReader{ctx: ctx, s: s.Memory, key: key}, nil
}

type liveReader struct {
	ctx  context.Context
	s    evidence.Store
	key  string
	read int64
}

func (r *liveReader) Read(p []byte) (int, error) {
	now, err := r.s.Open(r.ctx, r.key)
	if err != nil {
		return 0, io.EOF
	}
	if _, err := io.CopyN(io.Discard, now, r.read); err != nil {
		return 0, err
	}
	n, err := now.Read(p)
	r.read += int64(n)
	return n, err
}

func (r *liveReader) Close() error { return nil }

// anyKey takes every key.
type anyKey struct{ *evidencetest.Memory }

func (s anyKey) Put(ctx context.Context, key string, content io.Reader) error {
	if err := s.Memory.Put(ctx, key, content); !errors.As(err, new(*evidence.KeyError)) {
		return err
	}
	return nil
}

// readsFirst reads the content and looks at the key afterwards.
type readsFirst struct{ *evidencetest.Memory }

func (s readsFirst) Put(ctx context.Context, key string, content io.Reader) error {
	all, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	return s.Memory.Put(ctx, key, bytes.NewReader(all))
}

// folded does not tell upper-case letters from lower-case ones.
type folded struct{ *evidencetest.Memory }

func (s folded) Put(ctx context.Context, key string, content io.Reader) error {
	return s.Memory.Put(ctx, strings.ToLower(key), content)
}

func (s folded) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	return s.Memory.Open(ctx, strings.ToLower(key))
}

func (s folded) Delete(ctx context.Context, key string) error {
	return s.Memory.Delete(ctx, strings.ToLower(key))
}

// deaf does not hear that a context has ended.
type deaf struct{ *evidencetest.Memory }

func (s deaf) Put(ctx context.Context, key string, content io.Reader) error {
	return s.Memory.Put(context.WithoutCancel(ctx), key, content)
}

func (s deaf) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	return s.Memory.Open(context.WithoutCancel(ctx), key)
}

func (s deaf) Delete(ctx context.Context, key string) error {
	return s.Memory.Delete(context.WithoutCancel(ctx), key)
}

// ownErrors does not say why.
type ownErrors struct{ *evidencetest.Memory }

func (s ownErrors) Put(ctx context.Context, key string, content io.Reader) error {
	if err := s.Memory.Put(ctx, key, content); err != nil {
		return errors.New("not kept")
	}
	return nil
}

// failureIsEnd keeps what came until the content failed.
type failureIsEnd struct{ *evidencetest.Memory }

func (s failureIsEnd) Put(ctx context.Context, key string, content io.Reader) error {
	came, failure := io.ReadAll(content)
	return errors.Join(s.Memory.Put(ctx, key, bytes.NewReader(came)), failure)
}

// busy refuses a Put while another one reads.
type busy struct {
	*evidencetest.Memory
	mu sync.Mutex
}

func (s *busy) Put(ctx context.Context, key string, content io.Reader) error {
	if !s.mu.TryLock() {
		return errors.New("busy")
	}
	defer s.mu.Unlock()
	time.Sleep(time.Millisecond) // until the others have come
	return s.Memory.Put(ctx, key, content)
}
