package stress_test

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// kept is what one has to know to ask for all that is in a kept store.
type kept struct {
	Now    time.Time   `json:"now"`    // when it is read
	Keys   int         `json:"keys"`   // idempotency keys are "key-1" to "key-" and this
	Repeat keptComment `json:"repeat"` // a command that can be given again
	Links  []keptLink  `json:"links"`  // that went out
}

type keptComment struct {
	Participation engagement.ParticipationID `json:"participation"`
	Key           string                     `json:"key"`
	Text          string                     `json:"text"`
}

type keptLink struct {
	Kind          engagement.MessageKind     `json:"kind"`
	Participation engagement.ParticipationID `json:"participation"`
	Token         string                     `json:"token"`
}

// openKept returns a copy of a kept store, brought up to date.
func openKept(t *testing.T, kind, name string) storage.Store {
	t.Helper()
	if kind == "postgres" {
		text, err := os.ReadFile(name + ".sql")
		if err != nil {
			t.Fatal(err)
		}
		config := emptyDatabase(t)
		conn, err := pgx.ConnectConfig(t.Context(), config.ConnConfig.Copy()) // of its own, because the dump changes its settings
		if err == nil {
			_, err = conn.PgConn().Exec(t.Context(), string(text)).ReadAll()
			err = errors.Join(err, conn.Close(t.Context()))
		}
		if err != nil {
			t.Fatal(err)
		}
		pool, err := pgxpool.NewWithConfig(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pool.Close)
		s, err := postgres.New(t.Context(), pool, nil)
		if err == nil {
			err = s.Migrate(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	packed, err := os.Open(name + ".sqlite.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(z)
	path := filepath.Join(t.TempDir(), "kept.db")
	if err := errors.Join(err, os.WriteFile(path, content, 0o600)); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), path, &sqlite.Options{Relaxed: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// emptyDatabase makes a database of its own on the server of the tests: a dump
// names its schema.
func emptyDatabase(t *testing.T) *pgxpool.Config {
	t.Helper()
	d := newDatabase(t, "postgres")
	config, err := pgxpool.ParseConfig(d.Where + " pool_max_conns=4")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), d.Where)
	if err == nil {
		_, err = conn.Exec(t.Context(), "CREATE DATABASE "+d.Names)
		err = errors.Join(err, conn.Close(t.Context()))
	}
	if err != nil {
		t.Fatal(err)
	}
	config.ConnConfig.Database = d.Names
	return config
}

// compareTexts says which lines of a text are missing and which are too many, the
// first few of them.
func compareTexts(t *testing.T, what, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	lack, extra := lacking(want, got), lacking(got, want)
	if len(lack)+len(extra) == 0 {
		t.Errorf("%s: the lines are in another order", what)
	}
	const shown = 5
	for _, line := range lack[:min(shown, len(lack))] {
		t.Errorf("%s: missing\n%s", what, line)
	}
	for _, line := range extra[:min(shown, len(extra))] {
		t.Errorf("%s: read instead\n%s", what, line)
	}
	if n := len(lack) + len(extra) - 2*shown; n > 0 {
		t.Errorf("%s: and about %d lines more", what, n)
	}
}

// lacking returns the lines of one text that another has not, or has less often,
// each with the line at the margin under which it stands.
func lacking(text, other string) []string {
	times := map[string]int{}
	each := func(text string, do func(heading, line string)) {
		heading := ""
		for line := range strings.SplitSeq(text, "\n") {
			if strings.HasPrefix(line, "\t") {
				do(heading, line)
				continue
			}
			heading = line
			do("", line)
		}
	}
	each(other, func(_, line string) { times[line]++ })
	var out []string
	each(text, func(heading, line string) {
		if times[line]--; times[line] < 0 {
			out = append(out, strings.TrimPrefix(heading+"\n"+line, "\n"))
		}
	})
	return out
}
