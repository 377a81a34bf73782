package record_test

import (
	"bytes"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
)

func FuzzParticipation(f *testing.F) { fuzz[engagement.Participation](f, "participation") }
func FuzzCustomer(f *testing.F)      { fuzz[engagement.Customer](f, "customer") }
func FuzzEvent(f *testing.F)         { fuzz[engagement.Event](f, "event") }
func FuzzMessage(f *testing.F)       { fuzz[engagement.Message](f, "message") }
func FuzzEvaluation(f *testing.F)    { fuzz[engagement.Evaluation](f, "evaluation") }
func FuzzElsewhere(f *testing.F)     { fuzz[engagement.Elsewhere](f, "elsewhere") }
func FuzzCommandRecord(f *testing.F) { fuzz[storage.CommandRecord](f, "command") }
func FuzzSending(f *testing.F)       { fuzz[storage.Sending](f, "sending") }

// fuzz decodes whatever it is given. What can be read can be written, and is read as
// the same value again: it is the same bytes that are written of it.
func fuzz[T record.Value](f *testing.F, name string) {
	for _, row := range kept(f, kind{name: name}) {
		f.Add(row)
	}
	f.Fuzz(func(t *testing.T, row []byte) {
		v, err := record.Decode[T](row)
		if err != nil {
			return
		}
		body, err := record.Encode(v)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := record.Decode[T](body)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if twice, err := record.Encode(again); err != nil || !bytes.Equal(twice, body) {
			t.Fatalf("it is another value: %v", err)
		}
	})
}
