package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/storage/verify"
)

// feedOf returns everything that happened, in the order of the commits.
func feedOf(t *testing.T, s storage.Store) []storage.FeedEvent {
	t.Helper()
	var all []storage.FeedEvent
	q := storage.FeedQuery{Limit: 500}
	for {
		page, err := s.Feed(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Events...)
		if q.After = page.Next; !page.More {
			return all
		}
	}
}

// only fails when there is something else in a folder.
func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if fmt.Sprint(got) != fmt.Sprint(names) {
		t.Errorf("in the folder are %v, not %v", got, names)
	}
}

// TestBackupWhileOthersWrite: each copy is sound, and is the database as it was at one
// moment between the call and its return.
func TestBackupWhileOthersWrite(t *testing.T) {
	path := newFile(t)
	s := open(t, path, relaxed)
	other := open(t, path, relaxed)                                                               // as of another process
	run(t, openDB(t, path), "CREATE TABLE host (x); INSERT INTO host VALUES (zeroblob(3000000))") // more than one step
	d, err := newDesk(s, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	d2, err := newDesk(other, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var writers sync.WaitGroup
	for worker, desk := range []*desk{d, d, d2} {
		writers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				err := desk.story(ctx, "northwind", fmt.Sprintf("r1-%d.example", 3*i+worker), i, func(step) {})
				if err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	dir := t.TempDir()
	type moment struct {
		path          string
		before, after int
	}
	var moments []moment
	for n := range 5 {
		for want := len(feedOf(t, s)) + 20; len(feedOf(t, s)) < want && !t.Failed(); { // some is written in between
		}
		m := moment{path: filepath.Join(dir, fmt.Sprintf("%d.db", n)), before: len(feedOf(t, s))}
		ctx, giveUp := context.WithCancel(t.Context())
		var steps, last int64
		err := s.Backup(ctx, m.path, &sqlite.BackupOptions{Progress: func(copied, total int64) {
			if copied <= last {
				t.Errorf("after %d bytes it is at %d", last, copied)
				giveUp()
			}
			for want := len(feedOf(t, other)) + 5; copied < total && len(feedOf(t, other)) < want && !t.Failed(); { // in the midst of it, too
			}
			steps, last = steps+1, copied
		}})
		giveUp()
		if err != nil || steps < 2 {
			t.Fatalf("after %d steps: %v", steps, err)
		}
		m.after = len(feedOf(t, s))
		moments = append(moments, m)
	}
	cancel()
	writers.Wait()
	only(t, dir, "0.db", "1.db", "2.db", "3.db", "4.db")
	all := feedOf(t, s)
	for _, m := range moments {
		backup := open(t, m.path, relaxed)
		have := feedOf(t, backup)
		if len(have) < m.before || len(have) > m.after {
			t.Errorf("the copy has %d events: there were %d when it was begun, and %d when it was done", len(have), m.before, m.after)
		}
		if !reflect.DeepEqual(have, all[:min(len(have), len(all))]) {
			t.Error("the copy has other events than the database had")
		}
		if found := check(t, backup, d.now, verify.Check); len(found) > 0 {
			t.Errorf("the copy is not sound: %+v", found)
		}
	}
}

// TestBackupIsWhole: the copy has what the database has, a host's own tables included,
// and nobody else can read it.
func TestBackupIsWhole(t *testing.T) {
	path, dir := newFile(t), t.TempDir()
	s := open(t, path, relaxed)
	db := openDB(t, path)
	run(t, db, "CREATE TABLE host (x); INSERT INTO host VALUES (1), (2); DELETE FROM host WHERE x = 1")
	now := verifiedStory(t, s)
	to := filepath.Join(dir, "a ?#%.db")
	var copied, total int64
	if err := s.Backup(t.Context(), to, &sqlite.BackupOptions{Progress: func(c, of int64) { copied, total = c, of }}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(to)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != total || copied != total {
		t.Errorf("it is %v with %d bytes, and %d of %d were copied: %v", info.Mode(), info.Size(), copied, total, err)
	}
	only(t, dir, "a ?#%.db")
	backup := open(t, to, relaxed)
	if found := check(t, backup, now, verify.Check); len(found) > 0 {
		t.Errorf("it is not sound: %+v", found)
	}
	if was, is := dump(t, path), dump(t, to); was != is {
		t.Error("it has other rows")
	}
	var rowid int
	if err := openDB(t, to).QueryRowContext(t.Context(), "SELECT rowid FROM host").Scan(&rowid); err != nil || rowid != 2 {
		t.Errorf("the host's row has the number %d: %v", rowid, err)
	}
}

// dump is every row of every table.
func dump(t *testing.T, path string) string {
	t.Helper()
	db := openDB(t, path)
	rows, err := db.QueryContext(t.Context(), "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, name, all(t, db, name))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestBackupTakesNobodysPlace: what is there stays, unless it is to be replaced, and a
// database that is in use does even then.
func TestBackupTakesNobodysPlace(t *testing.T) {
	path, dir := newFile(t), t.TempDir()
	s := open(t, path, relaxed)
	apply(t, s, changed(known(1)))
	replace := &sqlite.BackupOptions{Replace: true}
	taken := filepath.Join(dir, "taken.db")
	if err := os.WriteFile(taken, []byte("of somebody"), 0o644); err != nil {
		t.Fatal(err)
	}
	trouble(t, "a file that is there", s.Backup(t.Context(), taken, nil), sqlite.ErrExists, false)
	if content, err := os.ReadFile(taken); err != nil || string(content) != "of somebody" {
		t.Errorf("it has become %q: %v", content, err)
	}
	if err := s.Backup(t.Context(), taken, replace); err != nil {
		t.Fatal(err)
	}
	only(t, dir, "taken.db")
	copied := open(t, taken, relaxed)
	if loaded, err := copied.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{known(1).Key}}); err != nil || loaded.Records[known(1).Key].Version != 1 {
		t.Errorf("the copy has %+v: %v", loaded.Records, err)
	}
	trouble(t, "a database that somebody has open", s.Backup(t.Context(), taken, replace), sqlite.ErrInUse, false)
	apply(t, copied, changed(known(2)))
	trouble(t, "a database with its log beside it", s.Backup(t.Context(), taken, replace), sqlite.ErrInUse, false)
	trouble(t, "the database itself", s.Backup(t.Context(), path, replace), sqlite.ErrInUse, false)
	link := filepath.Join(dir, "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	trouble(t, "the database by another name", s.Backup(t.Context(), link, replace), sqlite.ErrInUse, false)
	abandoned := filepath.Join(dir, "abandoned.db")
	if err := os.WriteFile(abandoned+"-wal", []byte("a log"), 0o600); err != nil {
		t.Fatal(err)
	}
	trouble(t, "a log without its database", s.Backup(t.Context(), abandoned, nil), sqlite.ErrInUse, false)
	if err := s.Backup(t.Context(), filepath.Join(dir, "none", "x.db"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	apply(t, s, changed(known(3)))
}

// TestBackupIsGivenUp: when the context ends in the midst of it, nothing is left.
func TestBackupIsGivenUp(t *testing.T) {
	path, dir := newFile(t), t.TempDir()
	s := open(t, path, relaxed)
	for n := range 20 {
		apply(t, s, changed(known(n)))
	}
	run(t, openDB(t, path), "CREATE TABLE host (x); INSERT INTO host VALUES (zeroblob(3000000))") // more than one step
	to := filepath.Join(dir, "b.db")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told := 0
	err := s.Backup(ctx, to, &sqlite.BackupOptions{Progress: func(copied, total int64) {
		if told++; copied < total {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || told != 1 {
		t.Errorf("it was told %d times of: %v", told, err)
	}
	only(t, dir)
	if err := s.Backup(t.Context(), to, nil); err != nil {
		t.Fatal(err)
	}
	apply(t, s, changed(known(30)))
}

// TestBackupOutsideOnly: a transaction has no state that could be copied.
func TestBackupOutsideOnly(t *testing.T) {
	db, s := host(t)
	inside := s.WithTx(begin(t, db)).(*sqlite.Store)
	to := newFile(t)
	var e *sqlite.Error
	if err := inside.Backup(t.Context(), to, nil); !errors.As(err, &e) {
		t.Errorf("in a transaction: %v", err)
	}
	only(t, filepath.Dir(to))
}
