package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

// relaxed is for tests that kill no machine.
var relaxed = &sqlite.Options{Relaxed: true}

// open opens a file, and closes it with the test.
func open(t testing.TB, path string, opts *sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func newFile(t testing.TB) string { return filepath.Join(t.TempDir(), "engage.db") }

// TestContract runs every case on two handles of one file.
func TestContract(t *testing.T) {
	for _, c := range storagetest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			path := newFile(t)
			if err := c.Run(t.Context(), open(t, path, relaxed), open(t, path, relaxed)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestCompare compares with a plain list, step by step.
func TestCompare(t *testing.T) {
	for seed := range uint64(4) {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			path := newFile(t)
			if err := storagetest.Compare(t.Context(), open(t, path, relaxed), open(t, path, relaxed), 100+seed, 1000/slowdown); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestErasedDataIsOverwritten: after an erasure and a checkpoint the person is
// nowhere in the file.
func TestErasedDataIsOverwritten(t *testing.T) {
	path := newFile(t)
	s := open(t, path, nil)
	c := storyOf(t, s)
	if n := occurrences(t, path, "ana-the-user"); n == 0 {
		t.Fatal("the person is not in the file before")
	}
	events, err := s.History(t.Context(), storage.HistoryQuery{Customer: c.Key, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var erasure storage.Changes
	for _, e := range events {
		erasure.Erased = append(erasure.Erased, e.Erase())
	}
	apply(t, s, erasure)
	if err := s.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := occurrences(t, path, "ana-the-user"); n > 0 {
		t.Errorf("an erased person is in the file %d times", n)
	}
}

// occurrences counts a text in the file and its write-ahead log.
func occurrences(t *testing.T, path, text string) int {
	t.Helper()
	n := 0
	for _, name := range []string{path, path + "-wal"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n += bytes.Count(content, []byte(text))
	}
	return n
}
