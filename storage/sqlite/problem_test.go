package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"github.com/partnerengage/partnerengage/storage"
)

// TestProblems: what errors come to, and whether they can pass.
func TestProblems(t *testing.T) {
	for _, try := range []struct {
		err, want error
		passes    bool
	}{
		{sqlite3.BUSY, ErrBusy, true},
		{sqlite3.BUSY_SNAPSHOT, ErrBusy, true},
		{sqlite3.LOCKED, ErrBusy, true},
		{sqlite3.PROTOCOL, ErrBusy, true},
		{sqlite3.FULL, ErrFull, true},
		{fmt.Errorf("%w: %w", sqlite3.IOERR_WRITE, syscall.ENOSPC), ErrFull, true},
		{syscall.EDQUOT, ErrFull, true},
		{sqlite3.IOERR_FSYNC, ErrInput, true},
		{sqlite3.NOMEM, ErrResources, true},
		{fmt.Errorf("%w: %w", sqlite3.CANTOPEN, syscall.EMFILE), ErrResources, true},
		{sqlite3.CANTOPEN, ErrOpen, false},
		{sqlite3.READONLY, ErrReadOnly, false},
		{sqlite3.PERM, ErrReadOnly, false},
		{sqlite3.AUTH, ErrReadOnly, false},
		{sqlite3.NOTADB, ErrNotDatabase, false},
		{sqlite3.CORRUPT_INDEX, ErrCorrupt, false},
		{sqlite3.MISUSE, sqlite3.MISUSE, false},
		{io.EOF, io.EOF, false},
		{sqlite3.CONSTRAINT_CHECK, storage.ErrInvalid, false},
		{conflict("x"), storage.ErrConflict, false},
		{context.DeadlineExceeded, context.DeadlineExceeded, false},
	} {
		err := explain(t.Context(), "try", try.err)
		if !errors.Is(err, try.want) || !errors.Is(err, try.err) || errors.Is(err, storage.ErrUnavailable) != try.passes {
			t.Errorf("%v becomes %v", try.err, err)
		}
		if again := explain(t.Context(), "try again", err); again.Error() != err.Error() {
			t.Errorf("%v is explained again: %v", err, again)
		}
	}
	if err := explain(t.Context(), "try", nil); err != nil {
		t.Errorf("nothing becomes %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := explain(over, "try", sqlite3.INTERRUPT); err != context.Canceled {
		t.Errorf("an interrupted call returns %v", err)
	}
}

// TestSentences: errors read like sentences whatever of them there is.
func TestSentences(t *testing.T) {
	for _, e := range []*Error{{Op: "try", Problem: ErrFull}, {Op: "try", Err: io.EOF}, {Op: "try", Problem: ErrFull, Err: io.EOF}} {
		if text := e.Error(); !strings.HasPrefix(text, "sqlite: try: ") || strings.Contains(text, "nil") {
			t.Errorf("%#v reads %q", e, text)
		}
	}
}

// TestURI: a path is a path, whatever it looks like.
func TestURI(t *testing.T) {
	for path, want := range map[string]string{
		"a.db":                "file:a.db?modeof=a.db&vfs=partnerengage",
		"/tmp/a b?c#d%e&f.db": "file:/tmp/a%20b%3Fc%23d%25e&f.db?modeof=%2Ftmp%2Fa%20b%3Fc%23d%25e%26f.db&vfs=partnerengage",
		"file:x?mode=ro":      "file:x?mode=ro&vfs=partnerengage",
		"file:x":              "file:x?vfs=partnerengage",
		"file:x?vfs=mine":     "file:x?vfs=mine",
	} {
		if got := uri(path); got != want {
			t.Errorf("%q is opened as %q, not %q", path, got, want)
		}
	}
}
