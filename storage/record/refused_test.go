package record_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
)

// What is not stored is refused when it is written, and not when it is read.
func TestValuesThatCannotBeStored(t *testing.T) {
	claimed := func(change func(*claim.State)) engagement.Participation {
		p := engagement.Participation{Claim: &claim.State{}}
		change(p.Claim)
		return p
	}
	for _, c := range []struct {
		v    engagement.Participation
		want string
	}{
		{engagement.Participation{Origin: "found"}, "record: Participation.origin is none of the texts that it can be"},
		{engagement.Participation{StartedAt: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}, "record: Participation.started_at is no time of the years 1 to 9999"},
		{claimed(func(s *claim.State) { s.Cap = eligibility.Money{Amount: decimal.New(1, 0), Currency: "eur"} }), "record: Claim.cap is no amount with a currency of three capital letters"},
		{claimed(func(s *claim.State) {
			s.Cap = eligibility.Money{Amount: decimal.New(1, 1_000_000_000), Currency: "EUR"}
		}), "record: Claim.cap has more digits than any amount needs"},
		{claimed(func(s *claim.State) { s.Reviews = []claim.Review{{Codes: []claim.RejectionCode{"bad"}}} }), "record: Review.codes holds none of the texts that it can hold"},
		{engagement.Participation{Labels: make([]string, 1<<17+1)}, "record: Participation.labels has more elements, with those of other lists, than the 131072 that a row can have"},
		{engagement.Participation{Reason: strings.Repeat("x", 16<<20)}, "record: Participation would have 16777223 bytes, and a row has at most 16777216"},
	} {
		body, err := record.Encode(c.v)
		if err == nil || body != nil || err.Error() != c.want || !errors.As(err, new(*record.ValueError)) || !errors.Is(err, storage.ErrInvalid) {
			t.Errorf("%v\nwant: %s", err, c.want)
		}
	}
}

// What is not UTF-8 is stored as JSON has it.
func TestTextThatIsNotUTF8(t *testing.T) {
	p := engagement.Participation{FriendlyName: "a\xffb", Labels: []string{"\xc3"}, Claim: &claim.State{}}
	got := must(record.Decode[engagement.Participation](must(record.Encode(p))))
	if got.FriendlyName != "a\ufffdb" || got.Labels[0] != "\ufffd" {
		t.Errorf("%q %q", got.FriendlyName, got.Labels)
	}
}

// A time is stored to the microsecond, and read in UTC.
func TestTimesAreStoredToTheMicrosecond(t *testing.T) {
	for _, c := range []struct{ in, want time.Time }{
		{time.Date(2026, 7, 1, 2, 0, 0, 1_999, time.FixedZone("", 7200)), time.Date(2026, 7, 1, 0, 0, 0, 1_000, time.UTC)},
		{time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC)},
		{time.Unix(0, 0), time.Unix(0, 0).UTC()},
		{time.Time{}.Add(1), time.Time{}},
		{time.Time{}.Add(time.Microsecond), time.Time{}.Add(time.Microsecond)},
	} {
		got := must(record.Decode[engagement.ExternalHoldings](must(record.Encode(engagement.ExternalHoldings{AsOf: c.in}))))
		if got.AsOf != c.want {
			t.Errorf("%v is read as %v", c.in, got.AsOf)
		}
	}
}

// Bytes that Encode does not write are refused, with the field that is wrong.
func TestMalformedRows(t *testing.T) {
	for _, c := range []struct{ name, row, want string }{
		{"nothing", "", "record: field 1 of ExternalHoldings is missing, and every row begins with it"},
		{"JSON", `{"consented":1}`, "record: field 1 of ExternalHoldings is missing, and every row begins with it"},
		{"no format", "\x10\x01", "record: field 1 of ExternalHoldings is missing, and every row begins with it"},
		{"format 0", "\x08\x00", "record: field 1 of ExternalHoldings is there, and has no value"},
		{"a zero", "\x08\x01\x10\x00", "record: field 2 of ExternalHoldings is there, and has no value"},
		{"cut off", "\x08\x01\x10", "record: field 2 of ExternalHoldings holds a number that is cut off, too long or too large"},
		{"a long form", "\x08\x01\x10\x81\x00", "record: field 2 of ExternalHoldings holds a number that is cut off, too long or too large"},
		{"too large", "\x08\x01\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "record: field 2 of ExternalHoldings holds a number that is cut off, too long or too large"},
		{"twice", "\x08\x01\x10\x01\x10\x01", "record: field 2 of ExternalHoldings is out of order, there twice, or of another type"},
		{"another order", "\x08\x01\x18\x01\x10\x01", "record: field 2 of ExternalHoldings is out of order, there twice, or of another type"},
		{"another type", "\x08\x01\x12\x01a", "record: field 2 of ExternalHoldings is out of order, there twice, or of another type"},
		{"a short time", "\x08\x01\x21\x01\x02", "record: field 4 of ExternalHoldings is cut off"},
		{"no time", "\x08\x01\x21" + string(binary.LittleEndian.AppendUint64(nil, 1<<63)), "record: field 4 of ExternalHoldings is no time of the years 1 to 9999"},
		{"field 0", "\x08\x01\x00", "record: field 1 of ExternalHoldings is followed by a field without a number"},
	} {
		_, err := record.Decode[engagement.ExternalHoldings]([]byte(c.row))
		if err == nil || err.Error() != c.want || !errors.As(err, new(*record.MalformedError)) {
			t.Errorf("%s: %v\nwant: %s", c.name, err, c.want)
		}
	}
	for _, c := range []struct{ name, row, want string }{
		{"longer than the row", "\x08\x01\x12\x05a", "record: field 2 of Participation is longer than what is left"},
		{"an enormous length", "\x08\x01\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "record: field 2 of Participation is longer than what is left"},
		{"not UTF-8", "\x08\x01\x12\x01\xff", "record: field 2 of Participation is not text in UTF-8"},
		{"an empty message", "\x08\x01\x2a\x00", "record: field 5 of Participation is there, and has no value"},
		{"a short GUID", "\x08\x01\x2a\x03\x0a\x01a", "record: field 1 of Identity has another length"},
		{"the usual key", "\x08\x01\x32\x00", "record: field 6 of Participation is there, and what it is without"},
		{"no such origin", "\x08\x01\x5a\x05found", "record: field 11 of Participation is none of the texts that it can be"},
		{"no money", "\x08\x01\xa2\x01\x0501 EU", "record: field 20 of Participation is no amount with a currency of three capital letters"},
		{"no UTF-8 in a list", "\x08\x01\xb2\x01\x01\xff", "record: field 22 of Participation holds what it cannot hold"},
		{"a longer message than the one around it", "\x08\x01\x72\x03\x12\x05a", "record: field 2 of Terms is longer than what is left"},
	} {
		_, err := record.Decode[engagement.Participation]([]byte(c.row))
		if err == nil || err.Error() != c.want || !errors.As(err, new(*record.MalformedError)) {
			t.Errorf("%s: %v\nwant: %s", c.name, err, c.want)
		}
	}
	if _, err := record.Decode[storage.CommandRecord](make([]byte, 16<<20+1)); err == nil || !strings.Contains(err.Error(), "16777217 bytes") {
		t.Error(err)
	}
}

// The decision of a row says what its findings come to.
func TestDecisionsThatContradictThemselves(t *testing.T) {
	p := draft(t)
	body := must(record.Encode(p))
	body = bytes.Replace(body, []byte("\x22\x08eligible"), []byte("\x22\x0aineligible"), 1)
	forged := within("Participation", bytes.Replace(must(record.Encode(p)), []byte("\x1a\x04pass"), []byte("\x1a\x04fail"), 1),
		func(_ string, body []byte) []byte { return body })
	if _, err := record.Decode[engagement.Participation](forged); err == nil || err.Error() != "record: field 4 of Decision is not what the findings come to" {
		t.Error(err)
	}
	if _, err := record.Decode[engagement.Participation](body); err == nil {
		t.Error("a decision whose length is another one is read")
	}
}

// However large the numbers in a row are, no more memory is used than so many times the
// row itself.
func TestHostileRowsTakeLittleMemory(t *testing.T) {
	links := bytes.Repeat([]byte{5<<3 | 2, 0}, 1<<20) // a million links with nothing in them
	row := append([]byte{8, 1}, binary.AppendUvarint(binary.AppendUvarint(nil, 16<<3|2), uint64(len(links)))...)
	row = append(row, links...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := record.Decode[engagement.Participation](row)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "131072") {
		t.Error(err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 4*uint64(len(row)) {
		t.Errorf("%d bytes are used for a row of %d", used, len(row))
	}
}

// An error says nothing of what stands in the row, which can be about people.
func TestErrorsRepeatNothing(t *testing.T) {
	p := engagement.Participation{Consent: consent.State{Status: "ana@contoso.com"}}
	if _, err := record.Encode(p); err == nil || strings.Contains(err.Error(), "ana") {
		t.Error(err)
	}
}
