package evidence_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSweep(t *testing.T) {
	dir, folder := newDir(t)
	put(t, dir, "a/b", "kept")
	put(t, dir, "put-c", "kept")
	now := time.Now()
	for name, age := range map[string]time.Duration{".put-1": 2 * time.Hour, "a+/.put-2": 2 * time.Hour, "a+/.put-3": time.Minute, "a+/.other": 2 * time.Hour, "d+/e+/.put-4": 2 * time.Hour} {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600), os.Chtimes(path, now, now.Add(-age))); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := dir.Sweep(ended, now.Add(-time.Hour)); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context, it sweeps %d and returns %v", n, err)
	}
	for _, want := range []int{3, 0} {
		if n, err := dir.Sweep(t.Context(), now.Add(-time.Hour)); n != want || err != nil {
			t.Errorf("it sweeps %d, want %d: %v", n, want, err)
		}
	}
	if got, want := files(t, folder), []string{"a+/.other", "a+/.put-3", "a+/b", "put-c"}; !slices.Equal(got, want) {
		t.Errorf("the folder has %q, want %q", got, want)
	}
	if _, err := os.Stat(filepath.Join(folder, "d+")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder is left: %v", err)
	}
}

// TestSweepOfAPutUnderWay shows what becomes of a Put that was taken for dead.
func TestSweepOfAPutUnderWay(t *testing.T) {
	dir, folder := newDir(t)
	put(t, dir, "a/b", "old")
	err := dir.Put(t.Context(), "a/b", io.MultiReader(strings.NewReader("new"), during(func() {
		if n, err := dir.Sweep(t.Context(), time.Now().Add(time.Hour)); n != 1 || err != nil {
			t.Errorf("it sweeps %d: %v", n, err)
		}
	})))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Put returns %v", err)
	}
	expect(t, dir, "a/b", "old")
	if got := files(t, folder); !slices.Equal(got, []string{"a+/b"}) {
		t.Errorf("the folder has %q", got)
	}
}
