package engagement_test

import (
	"encoding/json"
	"testing"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/stretchr/testify/require"
)

// asks are items of proof that are documents.
func asks(kinds ...string) []claim.ProofItem {
	var items []claim.ProofItem
	for _, k := range kinds {
		items = append(items, claim.ProofItem{Kind: k, Title: k, Required: true})
	}
	return items
}

// Everything that has versions has one on every day of the engagement, and no two:
// what leaves days uncovered is refused, and the error names them.
func TestEveryVersionCoversTheEngagement(t *testing.T) {
	type days struct{ from, until string }
	day := func(text string) eligibility.Date {
		if text == "" {
			return eligibility.Date{}
		}
		return date(text)
	}
	first := days{"2026-01-01", "2026-07-01"} // the engagement is open from then until 2027-07-01
	for _, c := range []struct {
		name        string
		later       []days
		field, want string // "": nothing is wrong
	}{
		{"until the next", []days{{"2026-07-01", ""}}, "", ""},
		{"exactly", []days{{"2026-07-01", "2027-07-01"}}, "", ""},
		{"three", []days{{"2026-07-01", "2026-08-01"}, {"2026-08-01", ""}}, "", ""},
		{"it ends too early", []days{{"2026-07-01", "2027-06-30"}}, "%s", "2027-06-30 to 2027-06-30"},
		{"a gap", []days{{"2026-07-01", "2026-08-01"}, {"2026-08-03", ""}}, "%s", "2026-08-01 to 2026-08-02"},
		{"two at once", []days{{"2026-07-01", "2026-08-02"}, {"2026-08-01", ""}}, "%s", "at once"},
		{"no first day", []days{{"", "2026-08-02"}}, "%s.from", "missing"},
		{"backwards", []days{{"2026-07-01", "2026-07-01"}}, "%s.until", "not after"},
	} {
		for _, of := range []struct {
			field, version string
			put            func(*engagement.Engagement)
		}{
			{"rates", "rates[1]", func(e *engagement.Engagement) {
				e.Rates = []engagement.Rate{{From: day(first.from), Until: day(first.until), Amount: money("1.00 USD")}}
				for _, d := range c.later {
					e.Rates = append(e.Rates, engagement.Rate{From: day(d.from), Until: day(d.until), Amount: money("2.00 USD")})
				}
			}},
			{"proof", "later_proof[0]", func(e *engagement.Engagement) {
				for _, d := range c.later {
					e.LaterProof = append(e.LaterProof, engagement.Dated[[]claim.ProofItem]{From: day(d.from), Until: day(d.until), Value: asks("report")})
				}
			}},
			{"texts", "later_texts[0]", func(e *engagement.Engagement) {
				for _, d := range c.later {
					e.LaterTexts = append(e.LaterTexts, engagement.Dated[engagement.Texts]{From: day(d.from), Until: day(d.until), Value: engagement.Texts{Name: "Later"}})
				}
			}},
		} {
			t.Run(of.field+": "+c.name, func(t *testing.T) {
				e := offer()
				of.put(&e)
				err := e.Validate()
				if c.field == "" {
					require.NoError(t, err)
					var again engagement.Engagement
					require.NoError(t, json.Unmarshal(must(json.Marshal(e)), &again))
					require.Equal(t, e.LaterProof, again.LaterProof)
					require.Equal(t, e.LaterTexts, again.LaterTexts)
					require.Equal(t, e.Rates, again.Rates)
					return
				}
				want := of.field
				if c.field != "%s" {
					want = of.version + c.field[len("%s"):]
				}
				var invalid *engagement.InvalidError
				require.ErrorAs(t, err, &invalid)
				require.Equal(t, want, invalid.Field)
				require.Contains(t, invalid.Problem, c.want)
			})
		}
	}

	e := offer()
	e.Rates[0].From = date("2026-02-01")
	require.ErrorContains(t, e.Validate(), "rates are in force on no day from 2026-01-01 to 2026-01-31")
	e.Rates = nil
	require.NoError(t, e.Validate(), "what it pays can be unknown")
}

// changing is an engagement of which everything changes on 2026-10-01.
func changing(ratesBy, proofBy engagement.Anchor) engagement.Engagement {
	e := offer()
	e.RatesBy, e.ProofBy = ratesBy, proofBy
	e.Rates = append(e.Rates, engagement.Rate{From: date("2026-10-01"), Amount: money("4000.00 USD")})
	e.Proof = asks("report", "photo")
	e.LaterProof = []engagement.Dated[[]claim.ProofItem]{{From: date("2026-10-01"), Value: append(asks("report", "invoice"), claim.DefaultProof()[3])}}
	e.LaterTexts = []engagement.Dated[engagement.Texts]{{From: date("2026-10-01"), Value: engagement.Texts{Name: "Cloud Migration", Summary: "Newer."}}}
	return e
}

func TestTextsOfTheDay(t *testing.T) {
	e := changing("", "")
	require.NoError(t, e.Validate())
	require.Equal(t, "Azure Migration", e.WithTextsAt(at("2026-09-30T23:59:59Z")).Name)
	later := e.WithTextsAt(at("2026-10-01T00:00:00Z"))
	require.Equal(t, engagement.Texts{Name: "Cloud Migration", Summary: "Newer."}, engagement.Texts{Name: later.Name, Summary: later.Summary})
}

// A claim stands on the versions of the day that the engagement names, and says so.
func TestAnchors(t *testing.T) {
	for _, c := range []struct{ rates, proof, rateFrom, proofFrom string }{
		{"", "", "2026-10-01", "2026-10-01"},
		{"consent", "start", "2026-10-01", "2026-01-01"},
		{"start", "consent", "2026-01-01", "2026-10-01"},
		{"start", "submission", "2026-01-01", "2026-10-01"},
	} {
		e := changing(engagement.Anchor(c.rates), engagement.Anchor(c.proof))
		require.NoError(t, e.Validate())
		p := began(northwind, engagement.OriginAdded) // on 2026-09-01
		p.Terms = engagement.TermsOf(e, p.StartedAt)
		require.Equal(t, []string{"report", "photo"}, proofKinds(p.Terms.Proof))
		p = must(engagement.OpenClaim(p, e, at("2026-10-02T00:00:00Z")))
		require.Equal(t, [2]string{c.rateFrom, c.proofFrom}, [2]string{p.Claim.RateFrom.String(), p.Claim.ProofFrom.String()})
		require.Equal(t, c.proofFrom == "2026-01-01", proofKinds(p.Claim.Proof)[1] == "photo")
		require.Equal(t, c.rateFrom == "2026-01-01", p.Claim.Rate.String() == "5000.00 USD")
	}
	for _, e := range []engagement.Engagement{changing("submission", ""), changing("soon", ""), changing("", "soon")} {
		var invalid *engagement.InvalidError
		require.ErrorAs(t, e.Validate(), &invalid)
	}
	require.Error(t, json.Unmarshal([]byte(`"soon"`), new(engagement.Anchor)))
}

// By the day of submission, a draft has to prove what is asked for now; what was
// handed in stays, and a claim that was submitted stays as it is.
func TestProofByTheDayOfSubmission(t *testing.T) {
	e := changing("", engagement.AnchorSubmission)
	before, after := at("2026-09-30T23:59:59Z"), at("2026-10-01T00:00:00Z")
	p := began(northwind, engagement.OriginAdded)
	p = must(engagement.OpenClaim(p, e, before))
	p.Claim.Evidence = []claim.Evidence{{ID: "e-1", Kind: "photo"}, {ID: "e-2", Kind: "report"}}
	require.Equal(t, p, must(p.WithProofAt(e, before)), "nothing has changed")
	q := must(p.WithProofAt(e, after))
	require.Equal(t, []string{"report", "invoice", "customer-survey"}, proofKinds(q.Claim.Proof))
	require.Equal(t, "2026-10-01", q.Claim.ProofFrom.String())
	require.Equal(t, p.Claim.Evidence, q.Claim.Evidence)
	require.Len(t, q.Claim.Surveys, 1)
	require.Len(t, q.Claim.Missing(), 2)
	require.Empty(t, p.Claim.Missing(), "it is another value")
	require.Equal(t, q, must(q.WithProofAt(e, after)))

	sent := must(engagement.ApplyClaim(p, claim.Submit{}, before))
	require.Equal(t, sent, must(sent.WithProofAt(e, after)))
	e.ProofBy = ""
	require.Equal(t, p, must(p.WithProofAt(e, after)))
}

// A survey that was sent stays when it is not asked for any more: its contact may
// still answer. One that nobody has seen goes.
func TestProofKeepsSurveysThatWereSent(t *testing.T) {
	all := claim.DefaultProof()
	for _, sent := range []bool{false, true} {
		s := must(claim.Open(claim.Opening{At: start, SubmitBy: on(60), ReviewBy: on(90), Proof: all}))
		want := 0
		if sent {
			s = must(claim.Apply(s, claim.SendSurvey{Survey: claim.ProofCustomerSurvey, Contact: link.Contact{Email: email("ana@contoso.com")}, Language: "en", Link: "l-1"}, start))
			want = 1
		}
		s = must(s.WithProof(asks("report"), date("2026-10-01")))
		require.Len(t, s.Surveys, want)
		s = must(s.WithProof(all, date("2026-11-01")))
		require.Len(t, s.Surveys, 2)
		kept := must(s.Survey(claim.ProofCustomerSurvey))
		require.Len(t, kept.Sendings, want)
	}
}

// Within one engagement a kind of proof is always a survey, or never.
func TestProofKindsStayWhatTheyAre(t *testing.T) {
	e := offer()
	e.LaterProof = []engagement.Dated[[]claim.ProofItem]{{From: date("2026-10-01"), Value: asks(claim.ProofCustomerSurvey)}}
	require.ErrorContains(t, e.Validate(), "as a survey in one version")
}
