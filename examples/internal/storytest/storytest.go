// Package storytest holds an example to what it printed last, in each store.
package storytest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/partnerengage/partnerengage/storage/postgres/postgrestest"
)

// Golden runs an example in each kind of store, as stores.Open names them, and compares
// what it prints with output.golden in the example's folder.
func Golden(t *testing.T, run func(ctx context.Context, out io.Writer, kind, in string) error) {
	want, err := os.ReadFile("output.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"memory", "sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			in := ""
			if kind == "postgres" {
				in = Database(t)
			}
			var out bytes.Buffer
			if err := run(t.Context(), &out, kind, in); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out.Bytes(), want) {
				t.Errorf("it prints something else:\n%s", out.Bytes())
			}
		})
	}
}

// Database starts a PostgreSQL server. Where none is installed the test is skipped,
// except where everything has to run.
func Database(t *testing.T) string {
	t.Helper()
	cluster, err := postgrestest.Start()
	if errors.Is(err, postgrestest.ErrNotInstalled) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Remove)
	return cluster.DSN()
}
