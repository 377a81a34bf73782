package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/partnerengage/partnerengage/examples/internal/program"
)

// TestStory holds the story to what it told last: go run ./examples/quickstart
// > examples/quickstart/output.golden writes it anew.
func TestStory(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out, program.Files); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("output.golden")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("the story is told differently:\n%s", out.Bytes())
	}
}
