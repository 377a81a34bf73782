package storage_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/storage"
)

// Each slot stands in an ID and in a token.
func TestSlots(t *testing.T) {
	if storage.Slots != link.MaxSlot {
		t.Errorf("there are %d slots and tokens carry %d", storage.Slots, link.MaxSlot)
	}
	for id, want := range map[string]storage.Slot{
		"01890a5d-ac96-8001-8abc-0123456789ab": 0, // 0x9ab is none
		"01890a5d-ac96-8001-8abc-012345678001": 1,
		"01890a5d-ac96-8001-8abc-012345678400": 1024,
		"01890a5d-ac96-8001-8abc-012345678401": 0,
		"01890a5d-ac96-8001-8abc-012345678000": 0,
		"01890a5d-ac96-7001-8abc-012345678001": 0, // from before IDs carried one
		"P-1":                                  0,
		"":                                     0,
	} {
		if got := storage.SlotIn(id); got != want {
			t.Errorf("SlotIn(%q) = %d, want %d", id, got, want)
		}
	}
	if a, b := storage.SlotOf("tenant:a"), storage.SlotOf("tenant:b"); a < 1 || a > storage.Slots || a == b {
		t.Errorf("SlotOf gave %d and %d", a, b)
	}
}
