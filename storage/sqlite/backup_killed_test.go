package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/storage/verify"
)

// backUp makes one backup after the other until it is killed.
func backUp(ctx context.Context, path, to string) error {
	s, err := sqlite.Open(ctx, path, nil)
	if err != nil {
		return err
	}
	for {
		if err := s.Backup(ctx, to, &sqlite.BackupOptions{Replace: true}); err != nil {
			return err
		}
		fmt.Println("done")
	}
}

// TestBackupKilled: whatever a process that backs up is killed within, under the name is
// a whole backup.
func TestBackupKilled(t *testing.T) {
	path, dir := newFile(t), t.TempDir()
	to := filepath.Join(dir, "b.db")
	s := open(t, path, relaxed)
	now := verifiedStory(t, s)
	run(t, openDB(t, path), "CREATE TABLE host (x); INSERT INTO host VALUES (zeroblob(3000000))")
	within := 0
	for round := range 10 {
		var said strings.Builder
		cmd := exec.Command(os.Args[0])
		cmd.Env, cmd.Stderr = append(os.Environ(), victimPath+"="+path, victimBackup+"="+to), &said
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if lines := bufio.NewScanner(out); lines.Scan() { // the first backup of this process
			go func() {
				for lines.Scan() {
				}
			}()
			time.Sleep(rand.N(30 * time.Millisecond))
		}
		_ = cmd.Process.Kill()
		if err := cmd.Wait(); said.Len() > 0 || err == nil || err.Error() != "signal: killed" {
			t.Fatalf("the process that was to be killed ended with %v: %s", err, said.String())
		}
		left, err := filepath.Glob(to + ".partial-*")
		if err != nil {
			t.Fatal(err)
		}
		within += len(left)
		for _, file := range left {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
		only(t, dir, "b.db")
		backup, err := sqlite.Open(t.Context(), to, relaxed)
		if err != nil {
			t.Fatalf("after kill %d: %v", round, err)
		}
		if found := check(t, backup, now, verify.Check); len(found) > 0 {
			t.Errorf("after kill %d it is not sound: %+v", round, found)
		}
		db, err := sqlite.OpenDB(t.Context(), to, relaxed)
		if err != nil {
			t.Fatal(err)
		}
		var state string
		if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&state); err != nil || state != "ok" {
			t.Errorf("after kill %d it is %s: %v", round, state, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := backup.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if within == 0 {
		t.Error("no process was killed within a backup")
	}
}
