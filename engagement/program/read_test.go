package program_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility/criteria"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/program"
)

func readWhole(t testing.TB) *program.Program {
	t.Helper()
	p, err := program.Documents{}.ReadFS(os.DirFS("testdata/whole"))
	require.NoError(t, err)
	return p
}

func plain(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("testdata/plain/program.json")
	require.NoError(t, err)
	return string(data)
}

func TestRead(t *testing.T) {
	p := readWhole(t)
	require.Equal(t, "whole", p.Name)
	e := p.Engagements[0]
	require.Equal(t, "America/Sao_Paulo", e.Zone.String())
	require.Equal(t, 20, e.Windows.Consent)
	require.Equal(t, "7a", e.CustomerRules.Version())
	require.Equal(t, "everything/customer", e.CustomerRules.ID())
	require.Equal(t, "America/Sao_Paulo", e.CustomerRules.TimeZone().String())
	require.Equal(t, e.CustomerRules.EffectiveTo(), e.LaterCustomerRules[0].EffectiveFrom())
	require.Equal(t, []claim.ProofItem{}, e.LaterProof[0].Value, "nothing to prove")
	require.Nil(t, e.LaterProof[1].Value, "the published items")

	e = p.Engagements[1]
	require.Equal(t, "2026.1", e.Version)
	require.Equal(t, "Europe/Lisbon", e.Zone.String())
	require.Equal(t, 10, e.Windows.Consent, "of its type")
	require.Equal(t, "1000.00 EUR", e.Rates[0].Amount.String())
	require.Equal(t, e.Opens, e.Rates[0].From)

	l := p.Partners[0].Locations[0]
	require.False(t, l.Enrolled, "whatever the fact says")
	percent, _ := criteria.IntuneEnrolledPercent.Get(l.Facts)
	require.Equal(t, "39.90", percent.StringFixed(2))
	require.Equal(t, engagement.LocationID("2"), p.Partners[0].Locations[1].ID)
}

// Every mistake is told at once, each at its place, and what follows from another is
// not told.
func TestMistakesAtOnce(t *testing.T) {
	document := `{
	"program": "x", "versoin": "2026.1", "version": "1", "currency": "ABC", "time_zone": "Local",
	"types": [{"type": "workshop", "windows": {"consent": 1}}],
	"engagements": [
		{"id": "a b", "name": "", "solution_area": "S", "type": "seminar", "opens": "2026-02-30", "closes": "2027-01-01", "rate": "5",
		 "location": [["program_enroled", "is", true], ["rooms", "is", "5"]], "customer": {"rules": []}, "name": "N", "claim_limit": 1.5,
		 "translations": {"Hello": {"pt-PT": "Olá"}}},
		{"id": "c", "name": "C", "solution_area": "S", "type": "workshop", "opens": "2026-01-01", "closes": "2027-01-01",
		 "rate": "5.00 USD", "rates": [{"from": "2026-01-01", "amount": "5.00 USD"}], "payment": "cash", "translations": {"Hello": {"pt-PT": "Olá"}, "C": {"pt_PT": "C"}},
		 "proof": [{"kind": "a", "title": ""}], "later_location": [{"effective_from": "2026-06-01", "rules": [["rooms", "is", 5]]}], "location": [["rooms", "is", 5]]}
	],
	"partners": [
		{"id": "p", "name": "P", "domains": ["outlook.com"], "locations": [{"id": "1", "rooms": "five", "payee": "valid"}, {"id": "1", "payee_url": "http://x"}]},
		{"id": "p", "name": null, "locations": {}}
	]
}`
	_, err := program.Documents{}.Read("p.json", []byte(document))
	want := []string{
		`p.json#/versoin is no member here: use program, version, currency, time_zone, types, engagements, partners`,
		`p.json#/engagements/0/opens is "2026-02-30": write an existing day`,
		`p.json#/engagements/0/name is there twice: keep one`,
		`p.json#/engagements/0/claim_limit is 1.5, and has to be a whole number, as in 30`,
		`p.json#/engagements/1/payment is "cash": use one of fixed, variable`,
		`p.json#/partners/0/locations/0/rooms is a text, and has to be a whole number, as in 30`,
		`p.json#/partners/0/locations/0/payee is no member here: use id, name, enrolled, payee_profile, payee_url, area, `,
		`p.json#/partners/1/name is null: leave it out`,
		`p.json#/partners/1/locations is an object, and has to be a list`,
		`p.json#/currency is "ABC", which is no currency here: use a code of ISO 4217, as in USD`,
		`p.json#/time_zone is "Local", which is no time zone here: use a name of the IANA database, as in "Europe/Lisbon"`,
		`p.json#/types/0 is one of the published ones`,
		`p.json#/engagements/0/location/0/0 is "program_enroled", which is no fact here: `,
		`p.json#/engagements/0/location/1/2 is a text`,
		`p.json#/engagements/0/customer/rules has no rules: `,
		`p.json#/engagements/0/id holds ' '`,
		`p.json#/engagements/0/windows are missing: the type "seminar" has no default`,
		`p.json#/engagements/1/rate stands beside rates: keep one of them`,
		`p.json#/engagements/1/customer is missing: write a list of rules, because without any every customer would be eligible`,
		`p.json#/engagements/1/proof/0/title `,
	}
	lines := strings.Split(err.Error(), "\n")
	for i, w := range want {
		require.True(t, i < len(lines) && strings.HasPrefix(lines[i], w), "line %d: %s\nin\n%s", i, w, err)
	}
	require.Regexp(t, `^and \d+ more$`, lines[20])
}

// What the first twenty leave no room for.
func TestMistakesAtTheirPlaces(t *testing.T) {
	for change, want := range map[[2]string]string{
		{`"rate": "4000.00"`, `"rate": "-4.00"`}:                                                     `#/engagements/0/rate is "-4.00 EUR": use an amount`,
		{`"rate": "4000.00"`, `"rate": "4.001"`}:                                                     `#/engagements/0/rate is "4.001 EUR": `,
		{`"currency": "EUR",`, ``}:                                                                   `#/engagements/0/rate is "4000.00", without a currency: `,
		{`"rate": "4000.00"`, `"rates": [{"from": "2026-08-01", "amount": "4.00 EUR"}]`}:             `#/engagements/0/rates are in force on no day from 2026-07-01 to 2026-07-31`,
		{`"rate": "4000.00"`, `"rates": [{"from": "2026-07-01", "amount": "4.00 XXQ"}]`}:             `#/engagements/0/rates/0/amount is "4.00 XXQ"`,
		{`"rate": "4000.00"`, `"later_texts": [{"from": "2026-08-01", "value": {"name": ""}}]`}:      `#/engagements/0/later_texts/0/value/name is empty`,
		{`"rate": "4000.00"`, `"time_zone": "Mars/Base"`}:                                            `#/engagements/0/time_zone is "Mars/Base"`,
		{`"rate": "4000.00"`, `"translations": {"Hello": {"pt-PT": "Olá"}}`}:                         `#/engagements/0/translations/Hello is of no text of the engagement`,
		{`"rate": "4000.00"`, `"translations": {"Calls & Meetings": {"pt_PT": "x"}}`}:                `#/engagements/0/translations/Calls & Meetings/pt_PT is not`,
		{`"rate": "4000.00"`, `"a/b~c": 1`}:                                                          `#/engagements/0/a~1b~0c is no member here`,
		{`"rate": "4000.00"`, `"later_location": [{"rules": [["rooms", "is", 5]], "version": "2"}]`}: `#/engagements/0/location have the versions "2026.1" and "2" in force at once`,
		{`"payee_profile": "none"`, `"payee_profile": "a\u202eb"`}:                                   `#/partners/0/locations/1/payee_profile `,
		{`"payee_profile": "none"`, `"payee_url": "http://x"`}:                                       `#/partners/0/locations/1/payee_url is no address`,
		{`"id": "4711203"`, `"id": "4711201"`}:                                                       `#/partners/0/locations/1/id is "4711201", as p.json#/partners/0/locations/0/id is`,
		{`"country": "PT"`, `"country": "\ufdd0\u0000"`}:                                             ``,
		{`"designations": ["Modern Work"],`, `"designations": "Modern Work",`}:                       `#/partners/0/locations/0/designations is a text, and has to be a list`,
		{`"designations": ["Modern Work"],`, `"last_assessment": "yesterday",`}:                      `#/partners/0/locations/0/last_assessment is "yesterday": write`,
		{`{`, `[`}:                     ` is not JSON: line `,
		{`"program": "small"`, ``}:     ` is not JSON: line 2, column 3: `,
		{`"program": "small"`, "\x80"}: ` is not UTF-8`,
	} {
		changed := strings.Replace(plain(t), change[0], change[1], 1)
		require.NotEqual(t, plain(t), changed, change)
		_, err := program.Documents{}.Read("p.json", []byte(changed))
		if want == "" {
			require.NoError(t, err)
			continue
		}
		var refused *program.DocumentError
		require.ErrorAs(t, err, &refused, change)
		require.Len(t, strings.Split(err.Error(), "\n"), 1, err)
		require.Contains(t, err.Error(), "p.json"+want)
		require.Equal(t, "invalid_input", refused.Code())
	}
}

// Files are parts of one program.
func TestReadFS(t *testing.T) {
	d := program.Documents{}
	files := fstest.MapFS{
		"a.json":      {Data: []byte("\ufeff" + plain(t))},
		"b.json":      {Data: []byte(`{"version": "2026.1", "partners": [{"id": "fabrikam", "name": "Fabrikam"}]}`)},
		"more/c.json": {Data: []byte(`{"partners": [{"id": "fabrikam", "name": "Fabrikam", "locations": [{"id": "4711201"}]}], "version": "2"}`)},
		"notes.txt":   {Data: []byte(`x`)},
	}
	p, err := d.ReadFS(files)
	require.NoError(t, err)
	require.Len(t, p.Partners, 2)
	p, err = d.ReadFS(files, "b.*", "*.json")
	require.NoError(t, err, "a file that two patterns name is read once")
	require.Len(t, p.Partners, 2)

	_, err = d.ReadFS(files, "*.json", "*/*.json")
	require.EqualError(t, err, `more/c.json#/version is "2", and "2026.1" in a.json: say it once
more/c.json#/partners/0/id is "fabrikam", as b.json#/partners/0/id is: give each an ID of its own
more/c.json#/partners/0/locations/0/id is "4711201", as a.json#/partners/0/locations/0/id is: give each an ID of its own`)
	_, err = d.ReadFS(files, "*.yaml")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = d.ReadFS(files, "[")
	require.ErrorContains(t, err, "syntax error in pattern")
	_, err = d.ReadFS(fstest.MapFS{"a.json": {Mode: fs.ModeDir}})
	require.Error(t, err)
	require.False(t, errors.As(err, new(*program.DocumentError)), "that is not the document's fault")
}
