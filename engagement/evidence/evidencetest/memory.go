package evidencetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"github.com/partnerengage/partnerengage/engagement/evidence"
)

// Memory is a store that forgets everything when the process ends. The zero
// Memory is empty and ready. It must not be copied after its first use.
type Memory struct {
	mu       sync.Mutex
	contents map[string][]byte // a slice does not change once it is here
}

var _ evidence.Store = (*Memory)(nil)

// Put keeps content under the key.
func (m *Memory) Put(ctx context.Context, key string, content io.Reader) error {
	if err := ready(ctx, key); err != nil {
		return err
	}
	all, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.contents == nil {
		m.contents = make(map[string][]byte)
	}
	m.contents[key] = all
	return nil
}

// Open returns what is kept under the key.
func (m *Memory) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := ready(ctx, key); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	content, ok := m.contents[key]
	if !ok {
		return nil, fmt.Errorf("there is no evidence %q: %w", key, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

// Delete removes what is kept under the key.
func (m *Memory) Delete(ctx context.Context, key string) error {
	if err := ready(ctx, key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.contents, key)
	return nil
}

// Keys returns the keys of all that is kept, sorted.
func (m *Memory) Keys() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.contents))
}

func ready(ctx context.Context, key string) error {
	if err := evidence.CheckKey(key); err != nil {
		return err
	}
	return ctx.Err()
}
