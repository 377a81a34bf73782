package record_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/partnerengage/partnerengage/storage/record"
)

// A field that is not known, wherever it stands, is a reason to leave the row as it is:
// it is refused, and never read without the field.
func TestWhatANewerVersionWroteIsRefused(t *testing.T) {
	for _, k := range kinds(t) {
		for name, body := range kept(t, k) {
			messages := 0
			within(k.message, body, func(_ string, body []byte) []byte { messages++; return body })
			for i := range messages {
				for _, field := range [][]byte{
					binary.AppendUvarint(binary.AppendUvarint(nil, 1000<<3), 1),      // a number
					append(binary.AppendUvarint(nil, 1000<<3|1), make([]byte, 8)...), // a time
					append(binary.AppendUvarint(nil, 1000<<3|2), "\x04text"...),      // a text
					append(binary.AppendUvarint(nil, 1000<<3|2), "\x02\x08\x01"...),  // a message
				} {
					at, in := 0, ""
					newer := within(k.message, body, func(message string, body []byte) []byte {
						if at++; at != i+1 {
							return body
						}
						in = message
						return append(body, field...)
					})
					_, err := k.decode(newer)
					var unknown *record.NewerError
					if !errors.As(err, &unknown) || unknown.Field != 1000 || unknown.Message != in || !errors.As(err, new(*record.NewerError)) {
						t.Fatalf("%s with an unknown field in %s: %v", name, in, err)
					}
				}
			}
		}
	}
}

// So is a row in a format, or with something published, that is not known.
func TestNewerFormatsAreRefused(t *testing.T) {
	for _, k := range kinds(t) {
		for name, body := range kept(t, k) {
			newer := slices.Concat([]byte{8, 2}, body[2:])
			if _, err := k.decode(newer); !errors.As(err, new(*record.NewerError)) || err.Error() != fmt.Sprintf(
				"record: the format of %s is not known here: a newer version of the library wrote this row; read it with that one", k.message) {
				t.Errorf("%s in format 2: %v", name, err)
			}
		}
	}
	published := map[string]bool{}
	for _, k := range kinds(t) {
		for name, body := range kept(t, k) {
			newer := within(k.message, body, func(message string, body []byte) []byte {
				for _, p := range parts(message, body) {
					if p.field.Name == "published" {
						published[message] = true
						return append([]byte{8, 99}, body[2:]...)
					}
				}
				return body
			})
			if string(newer) == string(body) {
				continue
			}
			if _, err := k.decode(newer); !errors.As(err, new(*record.NewerError)) {
				t.Errorf("%s with something published that there is not: %v", name, err)
			}
		}
	}
	if len(published) != 4 {
		t.Errorf("nothing published is in the rows but of %v", published)
	}
}

func ExampleNewerError() {
	err := &record.NewerError{Message: "Claim", Field: 24}
	fmt.Println(err)
	fmt.Println(errors.As(err, new(*record.NewerError)))
	// Output:
	// record: field 24 of Claim is not known here: a newer version of the library wrote this row; read it with that one
	// true
}
