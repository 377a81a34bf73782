package record

import (
	"fmt"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Value is everything that has a stored form. All fields of a value are stored, with the
// exception of the Participations of a PartnerRecord, which are values of their own, and
// of what of it is Unreadable.
type Value interface {
	engagement.Participation | engagement.PartnerRecord | engagement.CustomerEngagement |
		engagement.Shown | engagement.Room | engagement.Evaluation | engagement.ExternalHoldings |
		engagement.Customer | engagement.Event | engagement.Message |
		storage.CommandRecord | storage.Sending
}

// Encode returns the stored form of a value: the same bytes for the same value, on
// every machine. Times are stored to the microsecond, as UTC.
//
// Its error is a *ValueError, which matches storage.ErrInvalid: an enumeration or an
// amount has a value that it cannot have, a time is outside of the years 1 to 9999, or
// the value is larger than 16 MiB or has more than 131,072 elements in its lists.
func Encode[T Value](v T) ([]byte, error) {
	c := coder{mode: writing, out: make([]byte, 0, 1024)}
	row(&c, &v)
	if len(c.out) > maxRow {
		c.number = 0
		c.fail(fmt.Sprintf("would have %d bytes, and a row has at most %d", len(c.out), maxRow))
	}
	if bad, ok := c.err.(*ValueError); ok {
		bad.Field = nameOf(bad.Message, bad.number)
		return nil, bad
	}
	return c.out, nil
}

// Decode returns the value that Encode has made the bytes of. It keeps nothing of
// the bytes themselves; the texts of a value share memory with each other.
//
// Its error is a *NewerError for a row that a newer version of the library wrote, of
// which this one does not know everything; else a *MalformedError. Neither is a
// reason to change the row: it is to stay as it is stored. No value is returned with
// an error. What Decode returns Encode takes, and what that returns is the same value.
func Decode[T Value](bytes []byte) (v T, err error) {
	if len(bytes) > maxRow {
		return v, &MalformedError{Problem: fmt.Sprintf("has %d bytes, and at most %d are read", len(bytes), maxRow)}
	}
	read := struct { // in one piece of memory
		c coder
		v T
	}{c: coder{mode: reading, in: string(bytes), end: len(bytes)}}
	read.c.advance()
	row(&read.c, &read.v)
	read.c.finish()
	if read.c.err != nil {
		return v, read.c.err
	}
	return read.v, nil
}

// row goes over the fields of a row.
func row(c *coder, v any) {
	switch v := v.(type) {
	case *engagement.Participation:
		participation(c, v)
	case *engagement.PartnerRecord:
		partnerRecord(c, v)
	case *engagement.CustomerEngagement:
		customerEngagement(c, v)
	case *engagement.Shown:
		shown(c, v)
	case *engagement.Room:
		room(c, v)
	case *engagement.Evaluation:
		evaluation(c, v)
	case *engagement.ExternalHoldings:
		externalHoldings(c, v)
	case *engagement.Customer:
		customer(c, v)
	case *engagement.Event:
		event(c, v)
	case *engagement.Message:
		message(c, v)
	case *storage.CommandRecord:
		commandRecord(c, v)
	case *storage.Sending:
		sending(c, v)
	default:
		panic(fmt.Sprintf("record: %T has no stored form", v))
	}
}

// rows are what row knows, for Schema.
func rows() []func(*coder) {
	return []func(*coder){
		of[engagement.Participation], of[engagement.PartnerRecord], of[engagement.CustomerEngagement],
		of[engagement.Shown], of[engagement.Room], of[engagement.Evaluation], of[engagement.ExternalHoldings],
		of[engagement.Customer], of[engagement.Event], of[engagement.Message],
		of[storage.CommandRecord], of[storage.Sending],
	}
}

func of[T Value](c *coder) { row(c, new(T)) }
