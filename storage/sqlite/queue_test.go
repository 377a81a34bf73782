package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/driver"
)

func newTestStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "queue.db"), &Options{Relaxed: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := s.writer.db.ExecContext(t.Context(), "CREATE TABLE done (n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Store) done(t *testing.T) []int64 {
	t.Helper()
	var found []number
	err := s.read(t.Context(), "read", func(se *session) (err error) {
		found, err = collect(se, (*number).fields, "SELECT n FROM done ORDER BY n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []int64
	for _, n := range found {
		out = append(out, n.n)
	}
	return out
}

func insertDone(n int) func(*session) error {
	return func(se *session) error {
		_, err := se.exec("INSERT INTO done VALUES (?)", n)
		return err
	}
}

// whileHeld starts writes while nobody can write, so that they are committed together,
// and returns their errors.
func whileHeld(t *testing.T, s *Store, writes ...func() error) []error {
	t.Helper()
	<-s.queue.turn
	errs := make([]error, len(writes))
	var wg sync.WaitGroup
	for i, write := range writes {
		wg.Go(func() { errs[i] = write() })
	}
	for waiting := 0; waiting < len(writes); time.Sleep(time.Millisecond) {
		s.queue.mu.Lock()
		waiting = len(s.queue.waiting)
		s.queue.mu.Unlock()
	}
	s.queue.turn <- struct{}{}
	wg.Wait()
	return errs
}

// TestCommittedTogether: each of those that wait is done whole or not at all, whatever
// becomes of the others.
func TestCommittedTogether(t *testing.T) {
	s := newTestStore(t)
	failure := errors.New("it cannot be done")
	begun := 0
	write := func(do func(*session) error) func() error {
		return func() error {
			return s.write(t.Context(), "write", func(se *session) error {
				begun++
				return do(se)
			})
		}
	}
	errs := whileHeld(t, s,
		write(insertDone(1)),
		write(func(se *session) error { return errors.Join(insertDone(2)(se), failure) }),
		write(insertDone(3)),
		write(func(se *session) error {
			_, err := se.exec("INSERT INTO done VALUES ('no number', 4)")
			return errors.Join(insertDone(5)(se), err)
		}),
		write(insertDone(6)),
	)
	for i, err := range errs {
		if failed := i == 1 || i == 3; (err != nil) != failed {
			t.Errorf("write %d returns %v", i, err)
		}
	}
	if !errors.Is(errs[1], failure) {
		t.Errorf("the one that failed returns %v", errs[1])
	}
	if got := s.done(t); !slices.Equal(got, []int64{1, 3, 6}) {
		t.Errorf("done are %v", got)
	}
	if begun != len(errs) {
		t.Errorf("%d writes were begun %d times", len(errs), begun)
	}
}

// TestLostTogether: one that takes the transaction with it takes none of the others.
func TestLostTogether(t *testing.T) {
	s := newTestStore(t)
	var writes []func() error
	for n := range 6 {
		writes = append(writes, func() error {
			return s.write(t.Context(), "write", func(se *session) error {
				if err := insertDone(n)(se); err != nil || n != 3 {
					return err
				}
				if _, err := se.tx.Exec("ROLLBACK"); err != nil { // as SQLite does where the disk is full
					return err
				}
				return errors.New("the disk is full")
			})
		})
	}
	for n, err := range whileHeld(t, s, writes...) {
		if (err != nil) != (n == 3) {
			t.Errorf("write %d returns %v", n, err)
		}
	}
	if got := s.done(t); !slices.Equal(got, []int64{0, 1, 2, 4, 5}) {
		t.Errorf("done are %v", got)
	}
}

// TestCommonCommitFails: where the commit itself fails, each that is committed by it is
// told and nothing of it is there; then it goes on.
func TestCommonCommitFails(t *testing.T) {
	s := newTestStore(t)
	commits := func(succeed bool) {
		conn, err := s.writer.db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		err = conn.Raw(func(c any) error {
			c.(driver.Conn).Raw().CommitHook(func() bool { return succeed })
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var writes []func() error
	for n := range 6 {
		writes = append(writes, func() error { return s.write(t.Context(), "write", insertDone(n)) })
	}
	commits(false)
	for n, err := range whileHeld(t, s, writes...) {
		if err == nil {
			t.Errorf("write %d has succeeded", n)
		}
	}
	if got := s.done(t); len(got) > 0 {
		t.Errorf("done are %v", got)
	}
	commits(true)
	for n, err := range whileHeld(t, s, writes...) {
		if err != nil {
			t.Errorf("write %d returns %v", n, err)
		}
	}
	if got := s.done(t); !slices.Equal(got, []int64{0, 1, 2, 3, 4, 5}) {
		t.Errorf("done are %v", got)
	}
}

// TestWaitingIsGivenUp: whose context ends while it waits is not done, and whose ends
// while it is done is done whole or not at all.
func TestWaitingIsGivenUp(t *testing.T) {
	s := newTestStore(t)
	early, cancel := context.WithCancel(t.Context())
	within, end := context.WithCancel(t.Context())
	<-s.queue.turn
	errs := make(chan error)
	go func() { errs <- s.write(early, "write", insertDone(1)) }()
	for waiting := 0; waiting == 0; time.Sleep(time.Millisecond) {
		s.queue.mu.Lock()
		waiting = len(s.queue.waiting)
		s.queue.mu.Unlock()
	}
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up gets %v", err)
	}
	s.queue.turn <- struct{}{}
	err := s.write(within, "write", func(se *session) error {
		if err := insertDone(2)(se); err != nil {
			return err
		}
		end()
		return insertDone(3)(se)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("whose context ended within gets %v", err)
	}
	if err := s.write(t.Context(), "write", insertDone(4)); err != nil {
		t.Fatal(err)
	}
	if got := s.done(t); !slices.Equal(got, []int64{4}) {
		t.Errorf("done are %v", got)
	}
}

// TestManyWrites: all of many are done once.
func TestManyWrites(t *testing.T) {
	s := newTestStore(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var want []int64
	for n := range 200 {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n)*time.Millisecond/4)
			defer cancel()
			err := s.write(ctx, "write", func(se *session) error {
				if n%7 == 0 {
					return errors.Join(insertDone(n)(se), fmt.Errorf("no %d", n))
				}
				return insertDone(n)(se)
			})
			if err == nil {
				mu.Lock()
				want = append(want, int64(n))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(want)
	if got := s.done(t); !slices.Equal(got, want) {
		t.Errorf("done are %v, and those that returned for are %v", got, want)
	}
}
