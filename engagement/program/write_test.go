package program_test

import (
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/program"
)

// A document in its shortest form is written as it was read, and any other reads back as
// the same program.
func TestWrittenAsRead(t *testing.T) {
	d := program.Documents{}
	p, err := d.Read("p.json", []byte(plain(t)))
	require.NoError(t, err)
	written, err := d.Write(p)
	require.NoError(t, err)
	require.Equal(t, plain(t), string(written))

	whole := readWhole(t)
	written, err = d.Write(whole)
	require.NoError(t, err)
	again, err := d.Read("p.json", written)
	require.NoError(t, err)
	require.NoError(t, again.Follows(whole))
	require.NoError(t, whole.Follows(again))
	require.Equal(t, len(whole.Partners), len(again.Partners))
	for i, p := range whole.Partners {
		q := again.Partners[i]
		for j, l := range p.Locations {
			require.True(t, l.Facts.Equal(q.Locations[j].Facts), l.ID)
			l.Facts, q.Locations[j].Facts = eligibility.Facts{}, eligibility.Facts{}
			require.Equal(t, l, q.Locations[j])
		}
		p.Locations, q.Locations = nil, nil
		require.Equal(t, p, q)
	}
	require.Equal(t, whole.Types, again.Types)
	for i, e := range whole.Engagements {
		require.Equal(t, e.Translations, again.Engagements[i].Translations)
		require.Equal(t, e.Windows, again.Engagements[i].Windows)
		require.Equal(t, e.Proof, again.Engagements[i].Proof)
	}
}

// The test's documents together have every field of an engagement, a partner and a
// location: one that is added is read and written, or fails here.
func TestNothingIsForgotten(t *testing.T) {
	p := readWhole(t)
	for _, v := range []any{p.Engagements[0], p.Partners[0], p.Partners[0].Locations[0]} {
		value := reflect.ValueOf(v)
		for i := range value.NumField() {
			name := value.Type().Name() + "." + value.Type().Field(i).Name
			if value.Field(i).IsZero() && !slices.Contains([]string{"Location.Enrolled", "Engagement.LaterLocationRules"}, name) {
				t.Errorf("%s: no document says it", name)
			}
		}
	}
}

// What no document can hold is refused.
func TestWhatCannotBeWritten(t *testing.T) {
	d := program.Documents{}
	valid := func() *program.Program { return readWhole(t) }
	rules := func(check eligibility.Check) *eligibility.RuleSet {
		set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "x", Version: "1", Rules: []eligibility.Rule{{ID: "r", Doc: "d", Check: check}}})
		require.NoError(t, err)
		return set
	}
	for want, change := range map[string]func(p *program.Program){
		`#/engagements/1/customer/rules/0/check is a Go function`: func(p *program.Program) {
			p.Engagements[1].CustomerRules = rules(eligibility.Func(func(eligibility.Facts, time.Time) (eligibility.Finding, error) { return eligibility.Finding{}, nil }))
		},
		`is "consultants", which is no fact here`: func(p *program.Program) {
			p.Engagements[1].LocationRules = rules(eligibility.AtLeast(eligibility.NewFact[int64]("consultants"), 3))
		},
		`#/partners/0/locations/1/consultants is a fact that the registry does not have`: func(p *program.Program) {
			eligibility.NewFact[int64]("consultants").Set(&p.Partners[0].Locations[1].Facts, 3)
		},
		`#/partners/0/locations/1/rooms is a fact that the registry does not have with this kind`: func(p *program.Program) {
			eligibility.NewFact[string]("rooms").Set(&p.Partners[0].Locations[1].Facts, "3")
		},
		`#/partners/0/locations/1 has facts that cannot be used`: func(p *program.Program) {
			criteria.Area.Set(&p.Partners[0].Locations[1].Facts, "\xff")
		},
		`a name or a version that is not UTF-8`: func(p *program.Program) { p.Name = "\xff" },
		`engagement "everything": zone `:        func(p *program.Program) { p.Engagements[0].Zone = time.FixedZone("Europe/Lisbon", 5*60*60) },
		`engagement "everything": id stands twice in the program`: func(p *program.Program) {
			p.Engagements = append(p.Engagements, p.Engagements[0])
		},
		`partner "leaving": id stands twice in the program`: func(p *program.Program) { p.Partners = append(p.Partners, p.Partners[1]) },
		`"2" is a location of the partner "northwind", too`: func(p *program.Program) {
			p.Partners[1].Locations = []engagement.Location{{ID: "2"}}
		},
		`the program: currency is "XXQ"`:   func(p *program.Program) { p.Currency = "XXQ" },
		`type "workshop": type is one of`:  func(p *program.Program) { p.Types[0].Type = engagement.TypeWorkshop },
		`type "": type is missing`:         func(p *program.Program) { p.Types[0].Type = "" },
		`"proof of concept": type has no`:  func(p *program.Program) { p.Types[0].Windows = engagement.Windows{} },
		`"proof of concept": type stands `: func(p *program.Program) { p.Types = append(p.Types, p.Types[0]) },
	} {
		p := valid()
		change(p)
		_, err := d.Write(p)
		require.ErrorContains(t, err, want)
	}

	registry := criteria.NewRegistry()
	require.NoError(t, registry.AddFact(eligibility.NewFact[string]("name"), ""))
	p := valid()
	eligibility.NewFact[string]("name").Set(&p.Partners[0].Locations[1].Facts, "x")
	_, err := program.Documents{Registry: registry}.Write(p)
	require.ErrorContains(t, err, "/partners/0/locations/1/name is a fact")
}

// What can be read can be written and reads back as the same document, and every mistake
// is a DocumentError with the file's name.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"testdata/plain/program.json", "testdata/whole/1-program.json", "testdata/whole/2-partners.json"} {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(data)
	}
	for _, document := range []string{
		`{}`, `[]`, `{"a/b~": 1}`, "\ufeff{\"program\": \"x\"}", `{"engagements": null, "partners": [{}]}`,
		`{"types": [{"type": "x", "windows": {"consent": 1, "first_submission": 2, "review_done": 3, "dispute": 4, "after_dispute": 5}}], "time_zone": "Asia/Tokyo"}`,
		`{"partners": [{"id": "p", "name": "P", "locations": [{"id": "1", "last_assessment": "2026-01-01", "intune_enrolled_percent": 1e3, "rooms": 9223372036854775807}]}]}`,
	} {
		f.Add([]byte(document))
	}
	d := program.Documents{}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := d.Read("p.json", data)
		if err != nil {
			for _, err := range err.(interface{ Unwrap() []error }).Unwrap() {
				if refused, ok := err.(*program.DocumentError); !ok || refused.File != "p.json" {
					t.Fatalf("%T: %v", err, err)
				}
			}
			return
		}
		written, err := d.Write(p)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := d.Read("again", written)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := d.Write(again); err != nil || string(second) != string(written) {
			t.Fatalf("another document: %v\n%s\n%s", err, written, second)
		}
	})
}
