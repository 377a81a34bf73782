package engagement_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
)

const tick = time.Microsecond

// An engagement is active from the first moment of its opening day to the first
// moment of its closing day, in its zone.
func TestAvailability(t *testing.T) {
	for _, c := range []struct {
		name          string
		opens, closes string
		zone          *time.Location
		from, until   string // the first moments of being active and of being over
	}{
		{"utc", "2026-07-01", "2027-07-01", nil, "2026-07-01T00:00:00Z", "2027-07-01T00:00:00Z"},
		{"lisbon, where it is summer", "2026-07-01", "2027-01-01", zone("Europe/Lisbon"), "2026-06-30T23:00:00Z", "2027-01-01T00:00:00Z"},
		{"west of utc", "2026-07-01", "2027-07-01", zone("America/Los_Angeles"), "2026-07-01T07:00:00Z", "2027-07-01T07:00:00Z"},
		{"leap day", "2028-02-29", "2028-03-01", nil, "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := offer()
			e.Opens, e.Closes, e.Zone = date(c.opens), date(c.closes), c.zone
			require.NoError(t, e.Validate())
			from, until := at(c.from), at(c.until)
			require.Equal(t, engagement.AvailabilityUpcoming, e.AvailabilityAt(from.Add(-tick)))
			require.Equal(t, engagement.AvailabilityActive, e.AvailabilityAt(from))
			require.Equal(t, engagement.AvailabilityActive, e.AvailabilityAt(until.Add(-tick)))
			require.Equal(t, engagement.AvailabilityExpired, e.AvailabilityAt(until))
			require.Equal(t, from, e.ClaimableFrom())
			require.Equal(t, until, e.ClaimableUntil())
			require.False(t, e.ClaimableAt(from.Add(-tick)))
			require.True(t, e.ClaimableAt(from))
			require.True(t, e.ClaimableAt(until.Add(-tick)))
			require.False(t, e.ClaimableAt(until))
		})
	}
}

// Where there is a last claim day, customers can be added and claimed until it
// is over, and the engagement stays active.
func TestLastClaimDay(t *testing.T) {
	e := offer()
	e.Opens, e.Closes, e.LastClaimDay = date("2026-07-01"), date("2027-07-01"), date("2026-10-25")
	over := at("2026-10-26T00:00:00Z")
	require.Equal(t, over, e.ClaimableUntil())
	require.True(t, e.ClaimableAt(over.Add(-tick)))
	require.False(t, e.ClaimableAt(over))
	require.Equal(t, engagement.AvailabilityActive, e.AvailabilityAt(over))

	e.Zone = zone("Europe/Lisbon") // the last claim day has 25 hours
	require.Equal(t, at("2026-10-26T00:00:00Z"), e.ClaimableUntil())
	e.LastClaimDay = date("2026-10-24")
	require.Equal(t, at("2026-10-24T23:00:00Z"), e.ClaimableUntil())

	e.LastClaimDay = date("2028-01-01")
	require.Equal(t, e.ClaimableUntil(), at("2027-06-30T23:00:00Z"), "never longer than the engagement is active")
	e.LastClaimDay = e.Opens
	require.NoError(t, e.Validate())
	require.Equal(t, at("2026-07-01T23:00:00Z"), e.ClaimableUntil())
}

// A day begins with its first moment, also where the clocks change about
// midnight: found here by looking at every minute around it.
func TestFirstMomentOfDay(t *testing.T) {
	for _, c := range []struct{ zone, day string }{
		{"Africa/Cairo", "2026-04-24"},      // no midnight: the day begins at 1:00
		{"Africa/Cairo", "2026-10-30"},      // the hour before midnight is there twice
		{"America/Havana", "2026-11-01"},    // midnight is there twice
		{"America/Havana", "2026-03-08"},    // no midnight
		{"Asia/Beirut", "2026-03-29"},       // no midnight
		{"America/Sao_Paulo", "2018-11-04"}, // no midnight
		{"America/St_Johns", "2010-11-07"},  // a minute of the day, then an hour of the day before again
		{"America/St_Johns", "2010-03-14"},  // the clocks change a minute after midnight
		{"Australia/Lord_Howe", "2026-04-05"},
		{"Pacific/Apia", "2011-12-31"}, // the day before was left out
		{"Asia/Kathmandu", "2026-04-05"},
		{"Europe/Lisbon", "2026-03-29"},
		{"Europe/Lisbon", "2026-10-25"},
		{"UTC", "2028-02-29"},
	} {
		loc := zone(c.zone)
		first := must(time.Parse(time.DateOnly, c.day)).Add(-15 * time.Hour)
		for first.In(loc).Format(time.DateOnly) != c.day {
			first = first.Add(time.Minute)
		}
		e := offer()
		e.Opens, e.Closes, e.Zone = date(c.day), date("2030-01-01"), loc
		e.Rates = nil
		require.NoError(t, e.Validate())
		require.Equal(t, first, e.ClaimableFrom(), "%s in %s", c.day, c.zone)
	}
}

func TestValidate(t *testing.T) {
	require.NoError(t, offer().Validate())

	utcByName := time.FixedZone("UTC", 3600)
	for _, c := range []struct {
		name   string
		change func(*engagement.Engagement)
		fields []string
	}{
		{"no id", func(e *engagement.Engagement) { e.ID = "" }, []string{"id"}},
		{"blank in the id", func(e *engagement.Engagement) { e.ID = "azure migration" }, []string{"id"}},
		{"line break in the id", func(e *engagement.Engagement) { e.ID = "azure\n" }, []string{"id"}},
		{"slash in the id", func(e *engagement.Engagement) { e.ID = "../x" }, []string{"id"}},
		{"letters beyond ASCII in the id", func(e *engagement.Engagement) { e.ID = "migração" }, []string{"id"}},
		{"long id", func(e *engagement.Engagement) { e.ID = engagement.ID(make([]byte, 101)) }, []string{"id"}},
		{"no version", func(e *engagement.Engagement) { e.Version = "" }, []string{"version"}},
		{"no name", func(e *engagement.Engagement) { e.Name = "" }, []string{"name"}},
		{"no solution area", func(e *engagement.Engagement) { e.SolutionArea = "" }, []string{"solution_area"}},
		{"no type", func(e *engagement.Engagement) { e.Type = "" }, []string{"type"}},
		{"a type of the program's own without windows", func(e *engagement.Engagement) { e.Type = "seminar" }, []string{"windows"}},
		{"a type that cannot be read", func(e *engagement.Engagement) {
			e.Type, e.Windows = "\u200b", engagement.DefaultWindows(engagement.TypeWorkshop)
		}, []string{"type"}},
		{"no days", func(e *engagement.Engagement) { e.Opens, e.Closes = eligibility.Date{}, eligibility.Date{} }, []string{"opens", "closes"}},
		{"never opens", func(e *engagement.Engagement) { e.Opens = eligibility.Never() }, []string{"opens"}},
		{"never closes", func(e *engagement.Engagement) { e.Closes = eligibility.Never() }, []string{"closes"}},
		{"closes when it opens", func(e *engagement.Engagement) { e.Closes = e.Opens }, []string{"closes"}},
		{"closes before it opens", func(e *engagement.Engagement) { e.Closes = e.Opens.AddDays(-1) }, []string{"closes"}},
		{"last claim day before it opens", func(e *engagement.Engagement) { e.LastClaimDay = e.Opens.AddDays(-1) }, []string{"last_claim_day"}},
		{"last claim day never", func(e *engagement.Engagement) { e.LastClaimDay = eligibility.Never() }, []string{"last_claim_day"}},
		{"the machine's zone", func(e *engagement.Engagement) { e.Zone = time.Local }, []string{"zone"}},
		{"a zone without a name", func(e *engagement.Engagement) { e.Zone = time.FixedZone("", 3600) }, []string{"zone"}},
		{"a zone that nobody knows", func(e *engagement.Engagement) { e.Zone = time.FixedZone("Atlantis/City", 0) }, []string{"zone"}},
		{"a zone under another's name", func(e *engagement.Engagement) { e.Zone = utcByName }, []string{"zone"}},
		{"a zone without its summer", func(e *engagement.Engagement) { e.Zone = time.FixedZone("Europe/Lisbon", 0) }, []string{"zone"}},
		{"one window", func(e *engagement.Engagement) { e.Windows.Consent = 30 }, []string{"windows"}},
		{"a negative window", func(e *engagement.Engagement) {
			e.Windows = engagement.DefaultWindows(e.Type)
			e.Windows.Dispute = -1
		}, []string{"windows"}},
		{"hours for days", func(e *engagement.Engagement) {
			e.Windows = engagement.DefaultWindows(e.Type)
			e.Windows.ReviewDone *= 24 * 60
		}, []string{"windows"}},
		{"review before submission", func(e *engagement.Engagement) {
			e.Windows = engagement.DefaultWindows(e.Type)
			e.Windows.ReviewDone = e.Windows.FirstSubmission - 1
		}, []string{"windows"}},
		{"negative claim limit", func(e *engagement.Engagement) { e.ClaimLimit = -1 }, []string{"claim_limit"}},
		{"a rate without a day", func(e *engagement.Engagement) { e.Rates = []engagement.Rate{{Amount: money("1.00 USD")}} }, []string{"rates[0].from"}},
		{"a rate without an amount", func(e *engagement.Engagement) { e.Rates = []engagement.Rate{{From: e.Opens}} }, []string{"rates[0].amount"}},
		{"a negative rate", func(e *engagement.Engagement) {
			e.Rates = []engagement.Rate{{From: e.Opens, Amount: money("-1.00 USD")}}
		}, []string{"rates[0].amount"}},
		{"rates out of order", func(e *engagement.Engagement) {
			e.Rates = []engagement.Rate{{From: date("2026-07-01"), Amount: money("1.00 USD")}, {From: date("2026-02-01"), Amount: money("2.00 USD")}}
		}, []string{"rates[1].from"}},
		{"two rates from one day", func(e *engagement.Engagement) {
			e.Rates = []engagement.Rate{{From: date("2026-07-01"), Amount: money("1.00 USD")}, {From: date("2026-07-01"), Amount: money("2.00 USD")}}
		}, []string{"rates[1].from"}},
		{"proof without a kind", func(e *engagement.Engagement) { e.Proof = []claim.ProofItem{{Title: "Invoice"}} }, []string{"proof[0].kind"}},
		{"proof with a blank in its kind", func(e *engagement.Engagement) {
			e.Proof = []claim.ProofItem{{Kind: "the invoice", Title: "Invoice"}}
		}, []string{"proof[0].kind"}},
		{"proof that cannot be used", func(e *engagement.Engagement) {
			e.Proof = []claim.ProofItem{{Kind: "a"}, {Kind: "b", Title: "B", AtLeast: 99}, {Kind: "c", Title: "C", MaxSize: -1},
				{Kind: "d", Title: "D", MediaTypes: []string{"PDF"}}, {Kind: "e", Title: "E", Survey: &survey.Form{}}}
		}, []string{"proof[0].title", "proof[1].at_least", "proof[2].max_size", "proof[3].media_types", "proof[4].survey"}},
		{"proof twice", func(e *engagement.Engagement) {
			e.Proof = []claim.ProofItem{{Kind: "invoice", Title: "Invoice"}, {Kind: "invoice", Title: "Invoice"}}
		}, []string{"proof[1].kind"}},
		{"no rules", func(e *engagement.Engagement) { e.LocationRules, e.CustomerRules = nil, nil }, []string{"location_rules", "customer_rules"}},
		{"nothing", func(e *engagement.Engagement) { *e = engagement.Engagement{} },
			[]string{"id", "version", "name", "solution_area", "type", "opens", "closes", "location_rules", "customer_rules"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := offer()
			c.change(&e)
			invalid(t, e.Validate(), c.fields...)
		})
	}

	e := offer()
	e.Zone, e.ClaimLimit, e.LastClaimDay = zone("Europe/Lisbon"), 3, date("2027-01-01")
	e.Windows = engagement.Windows{Consent: 1, FirstSubmission: 1, ReviewDone: 1, Dispute: 1, AfterDispute: 3650}
	e.Rates = []engagement.Rate{{From: date("2026-01-01"), Amount: money("0.00 USD")}, {From: date("2026-02-01"), Amount: money("2.00 EUR")}}
	e.Proof = []claim.ProofItem{}
	require.NoError(t, e.Validate())
}

// The windows and the proof are the engagement's own, or else the defaults.
func TestTermsAndProof(t *testing.T) {
	e := offer()
	require.Equal(t, engagement.Terms{Version: "1", Windows: engagement.DefaultWindows(engagement.TypeAssessment), Zone: "UTC", Proof: claim.DefaultProof()}, engagement.TermsOf(e, start))
	require.Equal(t, claim.DefaultProof(), e.ProofAt(start))
	for _, p := range claim.DefaultProof() {
		require.True(t, p.Required, p.Kind)
	}
	require.Equal(t, []string{"findings", "invoice", "partner-survey", "customer-survey"}, proofKinds(claim.DefaultProof()))

	e.Version, e.Zone, e.AsksReferral = "2", zone("Europe/Lisbon"), true
	e.Windows = engagement.Windows{Consent: 14, FirstSubmission: 20, ReviewDone: 40, Dispute: 5, AfterDispute: 6}
	e.Proof = []claim.ProofItem{{Kind: "invoice", Title: "Invoice", Required: true}}
	require.Equal(t, engagement.Terms{Version: "2", Windows: e.Windows, Zone: "Europe/Lisbon", Proof: e.Proof, AsksReferral: true}, engagement.TermsOf(e, start))
	require.Equal(t, e.Proof, e.ProofAt(start))
	e.ProofAt(start)[0].Kind = "changed"
	require.Equal(t, "invoice", e.Proof[0].Kind, "what is handed out is the caller's")

	require.Equal(t, 1, engagement.Engagement{}.Limit())
	require.Equal(t, 2, engagement.Engagement{ClaimLimit: 2}.Limit())
}

func proofKinds(items []claim.ProofItem) []string {
	var out []string
	for _, p := range items {
		out = append(out, p.Kind)
	}
	return out
}

// A participation keeps the zone it began under: its deadlines are counted in it
// also by those who read it back, and in UTC where it is not known.
func TestTermsKeepTheirZone(t *testing.T) {
	e := offer()
	e.Zone = zone("Europe/Lisbon")
	var terms engagement.Terms
	require.NoError(t, json.Unmarshal(must(json.Marshal(engagement.TermsOf(e, start))), &terms))
	require.Equal(t, engagement.TermsOf(e, start), terms)
	require.Equal(t, "Europe/Lisbon", terms.Location().String())
	require.Equal(t, at("2026-04-14T08:00:00Z"), terms.Deadline(at("2026-03-15T09:00:00Z"), 30))

	require.Equal(t, time.UTC, engagement.Terms{}.Location())
	terms.Zone = "Atlantis/City"
	require.Equal(t, time.UTC, terms.Location())
}

// The rate is the one in force on the day, which begins in the engagement's zone.
func TestRateAt(t *testing.T) {
	e := offer()
	e.Zone = zone("Europe/Lisbon")
	e.Rates = []engagement.Rate{
		{From: date("2026-07-01"), Amount: money("5000.00 USD")},
		{From: date("2026-10-01"), Amount: money("4000.00 USD")},
	}
	_, ok := e.RateAt(at("2026-06-30T22:59:59.999999Z"))
	require.False(t, ok, "before the first rate there is none")
	for when, want := range map[string]string{
		"2026-06-30T23:00:00Z":        "5000.00 USD",
		"2026-09-30T22:59:59.999999Z": "5000.00 USD",
		"2026-09-30T23:00:00Z":        "4000.00 USD",
		"2030-01-01T00:00:00Z":        "4000.00 USD",
	} {
		got, ok := e.RateAt(at(when))
		require.True(t, ok, when)
		require.Equal(t, want, got.Amount.String(), when)
	}
	e.Rates = nil
	_, ok = e.RateAt(start)
	require.False(t, ok)
}
