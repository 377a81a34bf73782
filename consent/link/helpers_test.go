package link_test

import (
	"encoding/binary"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"
)

var start = time.Date(2026, 9, 30, 9, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// contact is somebody with this address.
func contact(address string) link.Contact {
	e, err := tenant.ParseEmail(address)
	if err != nil {
		panic(err)
	}
	return link.Contact{Email: e}
}

// numbers is a source of "random" bytes in which every eight are different.
type numbers struct{ n uint64 }

func (r *numbers) Read(p []byte) (int, error) {
	for i := range p {
		if i%8 == 0 {
			r.n++
		}
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], r.n)
		p[i] = b[7-i%8]
	}
	return len(p), nil
}
