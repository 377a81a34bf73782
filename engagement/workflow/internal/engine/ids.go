package engine

import (
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// NewID returns an ID about a customer, behind those that the unit has made before.
func (u *Unit) NewID(customer tenant.Key) string {
	u.ids++
	return u.engine.newID(u.Now, u.ids, storage.SlotOf(customer))
}

// newID returns an ID that sorts by the time at which it was made and then by n, and
// carries a slot as storage.SlotIn finds it: a version 8 UUID of RFC 9562 that is like
// one of version 7 with n as its counter.
func (e *Engine) newID(now time.Time, n uint16, slot storage.Slot) string {
	var b [16]byte
	e.fill(b[:])
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now.UnixMilli()))
	copy(b[:6], ms[2:])
	binary.BigEndian.PutUint16(b[6:8], 0x8000|n&0x0fff)
	b[8] = b[8]&0x3f | 0x80
	b[14] = b[14]&0xf0 | byte(slot>>8)&0x0f
	b[15] = byte(slot)
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// readable leaves out what people misread: I, L, O, U.
var readable = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// NewNumber returns 60 random bits that people can read out and type.
func (e *Engine) NewNumber() string {
	var b [8]byte
	e.fill(b[:])
	text := readable.EncodeToString(b[:])
	return text[:4] + "-" + text[4:8] + "-" + text[8:12]
}

func (e *Engine) randomText(n int) string {
	b := make([]byte, n)
	e.fill(b)
	return hex.EncodeToString(b)
}

// fill fills b with random bytes. A source that cannot is a broken machine.
func (e *Engine) fill(b []byte) {
	if _, err := io.ReadFull(e.Random, b); err != nil {
		panic(fmt.Sprintf("workflow: no random bytes: %v", err))
	}
}
