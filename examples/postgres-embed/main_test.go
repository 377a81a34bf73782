package main

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"testing"

	"github.com/partnerengage/partnerengage/storage/postgres/postgrestest"
)

// participation is an ID, which is another one each time.
var participation = regexp.MustCompile(`participation [0-9a-f-]{36}`)

func TestBothOrNeither(t *testing.T) {
	cluster, err := postgrestest.Start()
	if errors.Is(err, postgrestest.ErrNotInstalled) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Remove()
	var out bytes.Buffer
	if err := run(t.Context(), &out, cluster.DSN()); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("output.golden")
	if err != nil {
		t.Fatal(err)
	}
	if got := participation.ReplaceAllString(out.String(), "participation …"); got != string(want) {
		t.Errorf("it prints\n%s\nnot\n%s", got, want)
	}
}
