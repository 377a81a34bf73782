package former_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/storage/former"
)

// When a customer was disassociated stood under another name.
func TestDisassociatedCustomer(t *testing.T) {
	c, err := former.CustomerOf([]byte(`{"key":{"partner":"northwind","customer":"tenant:00000000-0000-4000-8000-000000000041"},"known_since":"2025-10-11T09:00:00Z","parked_since":"2026-09-01T09:00:00Z"}`))
	if want := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC); err != nil || !c.DisassociatedAt.Equal(want) || !c.Known() || c.Associated() {
		t.Fatalf("%+v with %v", c, err)
	}
}
