package record_test

import (
	"encoding/binary"
	"strings"

	"github.com/partnerengage/partnerengage/storage/record"
)

// The tests take rows apart by themselves, by nothing but the schema.

// part is a field of a row as it stands there.
type part struct {
	field record.Field
	raw   []byte // with tag and length
	inner []byte // of a message: what is in it
}

// parts returns the fields of a message. It panics where the bytes are no such message.
func parts(message string, body []byte) []part {
	var all []part
	for len(body) > 0 {
		tag, n := binary.Uvarint(body)
		if n <= 0 {
			panic("no tag")
		}
		p := part{field: fieldOf(message, int(tag>>3))}
		at := n
		switch tag & 7 {
		case 0:
			_, n := binary.Uvarint(body[at:])
			at += n
		case 1:
			at += 8
		case 2:
			length, n := binary.Uvarint(body[at:])
			p.inner = body[at+n : at+n+int(length)]
			at += n + int(length)
		default:
			panic("no such wire type")
		}
		p.raw, body = body[:at], body[at:]
		all = append(all, p)
	}
	return all
}

func fieldOf(message string, number int) record.Field {
	for _, m := range schema {
		for _, f := range m.Fields {
			if m.Name == message && f.Number == number {
				return f
			}
		}
	}
	panic("no such field")
}

var schema = record.Schema()

// isMessage reports whether a field holds a message, and not a map.
func isMessage(f record.Field) bool { return strings.ToUpper(f.Type[:1]) == f.Type[:1] }

// within calls do for the message and for every message in it, and returns the message
// with what do makes of each.
func within(message string, body []byte, do func(message string, body []byte) []byte) []byte {
	var out []byte
	for _, p := range parts(message, body) {
		if !isMessage(p.field) {
			out = append(out, p.raw...)
			continue
		}
		inner := within(p.field.Type, p.inner, do)
		out = binary.AppendUvarint(out, uint64(p.field.Number)<<3|2)
		out = binary.AppendUvarint(out, uint64(len(inner)))
		out = append(out, inner...)
	}
	return do(message, out)
}
