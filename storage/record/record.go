package record

import (
	"fmt"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Value is everything that has a stored form.
type Value interface {
	engagement.Participation | engagement.Customer | engagement.Event | engagement.Message |
		engagement.Evaluation | engagement.Elsewhere | storage.CommandRecord | storage.Sending
}

// Encode returns the stored form of a value: the same bytes for the same value, on
// every machine. Times are stored to the microsecond, as UTC.
//
// Its error is a *ValueError: an enumeration or an amount has a value that it cannot
// have, a time is outside of the years 1 to 9999, or the value is larger than 16 MiB
// or has more than 131,072 elements in its lists.
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
// an error. What Decode accepts, Encode returns again, byte by byte.
func Decode[T Value](row []byte) (T, error) {
	var v, none T
	if len(row) > maxRow {
		return none, &MalformedError{Problem: fmt.Sprintf("has %d bytes, and at most %d are read", len(row), maxRow)}
	}
	if err := read(row, &v); err != nil {
		return none, err
	}
	return v, nil
}

func read[T Value](bytes []byte, v *T) error {
	c := coder{mode: reading, in: string(bytes), end: len(bytes)}
	c.advance()
	row(&c, v)
	c.finish()
	return c.err
}

// row goes over the fields of a row.
func row(c *coder, v any) {
	switch v := v.(type) {
	case *engagement.Participation:
		participation(c, v)
	case *engagement.Customer:
		customer(c, v)
	case *engagement.Event:
		event(c, v)
	case *engagement.Message:
		message(c, v)
	case *engagement.Evaluation:
		evaluation(c, v)
	case *engagement.Elsewhere:
		elsewhere(c, v)
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
		of[engagement.Participation], of[engagement.Customer], of[engagement.Event], of[engagement.Message],
		of[engagement.Evaluation], of[engagement.Elsewhere], of[storage.CommandRecord], of[storage.Sending],
	}
}

func of[T Value](c *coder) { row(c, new(T)) }
