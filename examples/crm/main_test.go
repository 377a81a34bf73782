package main

import (
	"testing"

	"github.com/partnerengage/partnerengage/examples/internal/storytest"
)

// TestStory holds the list to what it showed last: go run ./examples/crm
// > examples/crm/output.golden writes it anew.
func TestStory(t *testing.T) { storytest.Golden(t, runIn) }
