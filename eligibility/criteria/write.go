package criteria

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// WriteDocument writes a rule set as [Registry.ReadDocument] reads it: always
// in the same form, every rule with its ID and doc, the time zone by its name.
// It reads what it has written, and returns a *[DocumentError] for each place
// that would not come back as it was: a fact or an operator that is not
// registered, a fact registered with another kind, a Go function that is not
// [eligibility.Check.Named], a time zone of the host's own making.
func (r *Registry) WriteDocument(set *eligibility.RuleSet) ([]byte, error) {
	return readBack(set, write, r.ReadDocument)
}

// readBack returns what write makes of a rule set, if read makes the same of it.
func readBack(set *eligibility.RuleSet, write func(*eligibility.RuleSet) ([]byte, error), read func([]byte) (*eligibility.RuleSet, error)) ([]byte, error) {
	data, err := write(set)
	if err != nil {
		return nil, err
	}
	again, err := read(data)
	if err != nil {
		return nil, err
	}
	second, err := write(again)
	if err != nil {
		return nil, err
	}
	if !sameZone(set.TimeZone(), again.TimeZone()) {
		return nil, &DocumentError{Path: "time_zone", Problem: fmt.Sprintf("is %q, but not the zone of that name: use time.LoadLocation", set.TimeZone())}
	}
	if !bytes.Equal(data, second) {
		return nil, &DocumentError{Path: "rules", Problem: "do not read back as they are: an operand is read as another value than it is written as"}
	}
	return data, nil
}

// sameZone compares the offsets over a year, which tells a zone from one that
// was only given its name.
func sameZone(a, b *time.Location) bool {
	for month := time.January; month <= time.December; month++ {
		t := time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC)
		_, offsetA := t.In(a).Zone()
		_, offsetB := t.In(b).Zone()
		if offsetA != offsetB {
			return false
		}
	}
	return true
}

func write(set *eligibility.RuleSet) ([]byte, error) {
	w := writer{}
	w.raw("{\n  \"id\": ").text("id", set.ID())
	w.raw(",\n  \"version\": ").text("version", set.Version())
	if t := set.EffectiveFrom(); !t.IsZero() {
		w.raw(",\n  \"effective_from\": ").text("effective_from", momentText(t, set.TimeZone()))
	}
	if t := set.EffectiveTo(); !t.IsZero() {
		w.raw(",\n  \"effective_to\": ").text("effective_to", momentText(t, set.TimeZone()))
	}
	if zone := set.TimeZone().String(); zone != "UTC" {
		w.raw(",\n  \"time_zone\": ").text("time_zone", zone)
	}
	w.raw(",\n  \"rules\": [")
	for i, rule := range set.Rules() {
		if i > 0 {
			w.raw(",")
		}
		path := "rules[" + strconv.Itoa(i) + "]"
		w.raw("\n    {\n      \"id\": ").text(path+".id", rule.ID)
		w.raw(",\n      \"doc\": ").text(path+".doc", rule.Doc)
		w.raw(",\n      \"check\": ").check(path+".check", rule.Check)
		w.raw("\n    }")
	}
	w.raw("\n  ]\n}\n")
	return w.Bytes(), problems.Join(w.errs...)
}

// momentText is the day, if t is its first moment in zone, and else the time.
func momentText(t time.Time, zone *time.Location) string {
	if t = t.In(zone); startOfDay(t, zone).Equal(t) {
		return t.Format(time.DateOnly)
	}
	return t.UTC().Format(time.RFC3339Nano)
}

type writer struct {
	bytes.Buffer
	errs []error
}

func (w *writer) raw(s string) *writer {
	w.WriteString(s)
	return w
}

func (w *writer) text(path, s string) *writer {
	if !utf8.ValidString(s) {
		w.errs = append(w.errs, &DocumentError{Path: path, Problem: "is " + strconv.Quote(short(s)) + ", which is not UTF-8: JSON cannot hold it"})
	}
	w.json(path, s)
	return w
}

func (w *writer) json(path string, v any) {
	enc := json.NewEncoder(&w.Buffer)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		w.errs = append(w.errs, &DocumentError{Path: path, Problem: "cannot be written as JSON: " + err.Error(), Err: err})
		return
	}
	w.Truncate(w.Len() - 1) // the line feed that Encode ends with
}

func (w *writer) check(path string, c eligibility.Check) {
	s := c.Spec()
	if s.Op == "" {
		w.errs = append(w.errs, &DocumentError{Path: path, Problem: "is a Go function, which no document can hold: give it a name by Check.Named, and register an operator of that name"})
		return
	}
	w.raw("[")
	at := 0
	if s.Fact != "" {
		w.text(path+"[0]", s.Fact)
		w.raw(", ")
		at++
	}
	w.text(path+"["+strconv.Itoa(at)+"]", string(s.Op))
	w.raw(", ")
	path += "[" + strconv.Itoa(at+1) + "]"
	switch {
	case s.Op == eligibility.OpNot:
		w.check(path, s.Parts[0])
	case len(s.Parts) > 0:
		w.raw("[")
		for i, p := range s.Parts {
			if i > 0 {
				w.raw(", ")
			}
			w.check(path+"["+strconv.Itoa(i)+"]", p)
		}
		w.raw("]")
	default:
		w.operand(path, s.Op, s.Operand)
	}
	w.raw("]")
}

func (w *writer) operand(path string, op eligibility.Op, operand any) {
	switch v := operand.(type) {
	case string:
		w.text(path, v)
	case decimal.Decimal:
		w.text(path, v.StringFixed(max(0, -v.Exponent())))
	case eligibility.When:
		w.text(path, v.String())
	case int:
		if op == eligibility.OpOlderThan {
			w.text(path, strconv.Itoa(v)+" days")
		} else {
			w.json(path, v)
		}
	case []any:
		w.raw("[")
		for i, item := range v {
			if i > 0 {
				w.raw(", ")
			}
			w.operand(path+"["+strconv.Itoa(i)+"]", op, item)
		}
		w.raw("]")
	default: // money and dates are texts in JSON too, and a host's type is what it says
		w.json(path, v)
	}
}
