package main

import (
	"bytes"
	"os"
	"testing"
)

// TestReview holds the review to what it printed last: go run ./examples/reviewer
// > examples/reviewer/output.golden writes it anew.
func TestReview(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("output.golden")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("the review goes differently:\n%s", out.Bytes())
	}
}
