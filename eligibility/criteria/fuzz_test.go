package criteria_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
)

// What can be read can be written, reads back to the same document, and
// decides the same; everything else is a DocumentError. Nothing panics.
func FuzzReadDocument(f *testing.F) {
	f.Add([]byte(written))
	for _, rules := range []string{
		`[["segment", "one of", ["enterprise", "corporate"]], ["entra_p1_seats", "at least", 1000]]`,
		`[["any of", [["segment", "is", "smb"], ["not", ["rooms", "below", 5]]]]]`,
		`[["all of", [["ratio", "between", [0.5, "1.50"]], ["budget", "at most", "5.00 EUR"]]]]`,
		`[["last_assessment", "before", "365 days ago or never"], ["founded", "after", "2026-07-01"], ["founded", "older than", "30 days"]]`,
		`[["government_cloud", "is", "true"], ["government_cloud", "is", false], ["designations", "contains", "é\u00e9\ud800"]]`,
		`[["employees", "within", {"center": 10, "radius": 2}], ["segment", "ends with", "b"], ["on", ["Sunday"]]]`,
		`[["ratio", "is", 1e9], ["rooms", "is", -0], ["rooms", "is", 9223372036854775807]]`,
		`[{"id": "a", "doc": "b", "check": ["rooms", "at leest", 5], "check": null}] x`,
	} {
		f.Add([]byte(`{"id": "a", "version": "1", "rules": ` + rules + `}`))
	}
	f.Add([]byte(`{"id": "a", "version": "1", "effective_from": "0001-01-02", "effective_to": "2026-07-01T08:00:00.5+02:00", "time_zone": "America/Sao_Paulo", "rules": [["rooms", "is", 5]]}`))
	f.Add([]byte(`{"id": "a", "version": "1", "effective_to": "1911-12-31T23:59:59Z", "time_zone": "Europe/Lisbon", "rules": [["rooms", "is", 5]]}`))
	if program, err := os.ReadFile("testdata/program.json"); err == nil {
		f.Add(program)
	}

	registry := testRegistry(f)
	somebody := eligibility.Facts{}
	for name, text := range map[string]string{
		"segment": "smb", "rooms": "4", "ratio": "0.75", "founded": "2026-08-01", "government_cloud": "false", "designations": "Security", "employees": "12",
	} {
		if err := registry.Set(&somebody, name, text); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := registry.ReadDocument(data)
		if err != nil {
			if set != nil || !errors.As(err, new(*criteria.DocumentError)) {
				t.Fatalf("a rule set %v with the error %v", set, err)
			}
			return
		}
		first, err := registry.WriteDocument(set)
		if err != nil {
			t.Fatalf("cannot be written: %v\n%s", err, data)
		}
		again, err := registry.ReadDocument(first)
		if err != nil {
			t.Fatalf("does not read back: %v\n%s", err, first)
		}
		second, err := registry.WriteDocument(again)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("another document: %v\n%s\n%s", err, first, second)
		}
		if !set.EffectiveFrom().Equal(again.EffectiveFrom()) || !set.EffectiveTo().Equal(again.EffectiveTo()) {
			t.Fatalf("another period: %s\n%s", data, first)
		}
		for _, facts := range []eligibility.Facts{{}, somebody} {
			d, err := set.Decide(facts, noon)
			e, errAgain := again.Decide(facts, noon)
			if !d.Equal(e) || (err == nil) != (errAgain == nil) {
				t.Fatalf("decides otherwise: %v %v\n%s\n%s", err, errAgain, data, first)
			}
		}
	})
}
