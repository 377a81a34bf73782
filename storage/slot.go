package storage

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"
)

// Slot is where everything lies that is written about one customer: a number from 1
// to Slots, by which an adapter can spread its tables so that a command about one
// customer touches one part of each. 0 is a slot that is not known.
type Slot int

// Slots is how many slots there are. It never changes.
const Slots = 1024

// SlotOf returns the slot of a customer: 1 more than the first two bytes of the
// SHA-256 of its key, modulo Slots.
func SlotOf(customer tenant.Key) Slot {
	sum := sha256.Sum256([]byte(customer))
	return slotOf(sum[:])
}

// SlotOfHash returns the slot of what no customer places, by its hash in the same way.
func SlotOfHash(h link.Hash) Slot { return slotOf(h[:]) }

func slotOf(b []byte) Slot { return Slot(binary.BigEndian.Uint16(b)%Slots) + 1 }

// SlotIn returns the slot that an ID of a participation or a message carries, or 0 for
// an ID that carries none: one from before IDs did, or somebody else's text. IDs that
// carry one are UUIDs of version 8 (RFC 9562) whose last three digits are the slot: that
// of the customer whom the participation or the message is about.
func SlotIn(id string) Slot {
	if len(id) != 36 || id[14] != '8' || id[23] != '-' {
		return 0
	}
	n, err := strconv.ParseUint(id[33:], 16, 16)
	if err != nil || n < 1 || n > Slots {
		return 0
	}
	return Slot(n)
}

// LinkKey names what a link opens.
type LinkKey struct {
	Hash link.Hash
	Slot Slot // that the link carries, and a token in another is not meant; 0: it may be in any
}
