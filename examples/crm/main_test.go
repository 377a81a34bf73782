package main

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/partnerengage/partnerengage/storage/postgres/postgrestest"
)

// TestStory holds the list to what it showed last: go run ./examples/crm
// > examples/crm/output.golden writes it anew.
func TestStory(t *testing.T) {
	want, err := os.ReadFile("output.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"memory", "sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			in := ""
			if kind == "postgres" {
				in = database(t)
			}
			var out bytes.Buffer
			if err := runIn(t.Context(), &out, kind, in); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out.Bytes(), want) {
				t.Errorf("the list is different:\n%s", out.Bytes())
			}
		})
	}
}

// database starts a PostgreSQL server. Where none is installed the test is skipped,
// except where everything has to run.
func database(t *testing.T) string {
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
