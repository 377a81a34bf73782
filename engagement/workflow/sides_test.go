package workflow_test

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/evidence/evidencetest"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// reviewedWorld is a world with a claim that has been through everything which a side
// writes for itself: each of these texts says "secret".
func reviewedWorld(t *testing.T) (w *workflowtest.World, spy *spy, p engagement.ParticipationID, kept *evidencetest.Memory) {
	t.Helper()
	kept = &evidencetest.Memory{}
	w, spy = newWorld(t, func(sc *workflowtest.Scenario) {
		sc.Options.Evidence = kept
		sc.Engagements[0].Proof = claim.DefaultProof()
	})
	p = grantedAt(t, w, porto)
	must(w.Desk.Documents.Add(background, w.Actor.Request(w.Key()), p, pdf(claim.ProofFindings), strings.NewReader("findings")))
	must(w.Desk.Documents.Record(background, w.Actor.Request(w.Key()), p, recorded("s3://secret-bucket/7")))
	w.Surveyed(p, claim.ProofPartnerSurvey)
	link := sendSurvey(t, w, p, "ana@contoso.com")
	v, err := w.Desk.Links.SurveyView(background, link)
	ok(t, err)
	answers := answersTo(v)
	answers["comments"] = "secret words of the customer"
	_, err = w.Desk.Links.AnswerSurvey(background, link, answers)
	ok(t, err)
	w.Submitted(p)

	vera := w.Reviewer()
	vera.User = "secret-reviewer"
	ok(t, errOf(w.Desk.Reviews.Start(background, vera.Request(w.Key()), p, workflow.StartReview{})))
	ok(t, errOf(w.Desk.Claims.Comment(background, vera.Request(w.Key()), p, workflow.Comment{Text: "For the partner to read."})))
	ok(t, errOf(w.Desk.Reviews.RequestAction(background, vera.Request(w.Key()), p, workflow.RequestAction{Items: []claim.ActionItem{{Text: "Sign it, partner."}}})))
	w.Submitted(p)
	ok(t, errOf(w.Desk.Reviews.Start(background, vera.Request(w.Key()), p, workflow.StartReview{})))
	ok(t, errOf(w.Desk.Reviews.Approve(background, vera.Request(w.Key()), p, workflow.ApproveClaim{
		Amount: w.Money("6000.00 USD"), Override: "secret reason for more", Text: "Well done, partner.",
	})))
	ok(t, errOf(w.Desk.Reviews.RecordPayment(background, vera.Request(w.Key()), p, workflow.RecordPayment{Amount: w.Money("1.00 USD"), Reference: "R-1 for the partner", Reason: "secret reason to pay"})))
	w.Relayed()
	return w, spy, p, kept
}

// What each side must not see comes through no query, command or error: not as a
// text, not as bytes, however deep it lies.
func TestWhatEachSideSees(t *testing.T) {
	hidden := func(w *workflowtest.World, p engagement.ParticipationID, kept *evidencetest.Memory) []string {
		out := append([]string{"s3://secret-bucket"}, kept.Keys()...)
		for _, token := range slices.Concat(w.Links(p), w.SurveyLinks(p)) {
			hash := token.Hash()
			out = append(out, token.Secret(), hex.EncodeToString(hash[:]))
		}
		return out
	}
	sides := []struct {
		name   string
		actor  workflow.Actor
		hidden []string
	}{
		{"partner", workflowtest.Northwind, []string{"secret"}},
		{"program", workflowtest.Vendor.For("northwind"), nil},
	}
	seen := map[string]string{} // what each side sees of the participation
	for _, side := range sides {
		for _, c := range calls() {
			t.Run(side.name+"/"+c.name, func(t *testing.T) {
				w, _, p, kept := reviewedWorld(t)
				actor := side.actor
				if c.act == workflow.MayAdministerProgram {
					actor = workflowtest.Vendor
				}
				result, err := c.do(w, actor, p)
				all := textsIn(result)
				if err != nil {
					all = append(all, err.Error())
					all = append(all, textsIn(err)...)
				}
				seen[side.name] += strings.Join(all, "\n")
				for _, secret := range append(hidden(w, p, kept), side.hidden...) {
					for _, text := range all {
						if strings.Contains(text, secret) {
							t.Errorf("it shows %q", text)
						}
					}
				}
			})
		}
	}
	for side, texts := range map[string][]string{
		"partner": {"For the partner to read.", "Sign it, partner.", "Well done, partner.", "R-1 for the partner"},
		"program": {"For the partner to read.", "secret-reviewer", "secret reason for more", "secret reason to pay", "secret words of the customer"},
	} {
		for _, text := range texts {
			if !strings.Contains(seen[side], text) {
				t.Errorf("the %s does not see %q", side, text)
			}
		}
	}
}

// A history tells the partner that the program did something, and what was meant for
// it; no event of either side shows a salt.
func TestHistoryOfEachSide(t *testing.T) {
	w, spy, p, _ := reviewedWorld(t)
	key := engagement.CustomerKey{Partner: w.Actor.Partner, Customer: w.Customer("contoso.com")}
	stored, err := spy.History(background, storage.HistoryQuery{Customer: key, Limit: 1000})
	ok(t, err)
	for _, e := range stored {
		if e.Person != nil && len(e.Person.Salt) < 16 {
			t.Errorf("%s is stored with the salt %q", e.Kind, e.Person.Salt)
		}
	}
	for _, actor := range []workflow.Actor{w.Actor, w.Reviewer()} {
		view, err := w.Desk.Claims.Get(background, actor, p)
		ok(t, err)
		reviewers := 0
		for _, e := range view.History {
			if e.Person != nil && e.Person.Salt != "" {
				t.Errorf("%s shows its salt", e.Kind)
			}
			if e.By == engagement.ByProgram && userOf(e) != "" {
				reviewers++
			}
		}
		if reviewed := actor.User != w.Actor.User; (reviewers > 0) != reviewed {
			t.Errorf("%s sees %d events with a reviewer", actor.User, reviewers)
		}
	}
}

// The partner reads what the customer answered if the form says so, and what it
// answered itself.
func TestWhoReadsAnswers(t *testing.T) {
	for _, reads := range []bool{false, true} {
		w, _ := newWorld(t, func(sc *workflowtest.Scenario) {
			proof := claim.DefaultProof()
			proof[3].Survey.PartnerReads = reads
			sc.Engagements[0].Proof = proof
		})
		p := w.Granted(migration, "ana@contoso.com")
		ok(t, errOf(w.Desk.Surveys.Answer(background, w.Actor.Request(w.Key()), p, workflow.AnswerPartnerSurvey{
			Survey: claim.ProofPartnerSurvey, Answers: map[string]string{"delivered": "yes", "findings": "yes", "outcome": "5"},
		})))
		w.Surveyed(p, claim.ProofCustomerSurvey)
		shown, err := w.Desk.Claims.Get(background, w.Actor, p)
		ok(t, err)
		reviewed, err := w.Desk.Claims.Get(background, w.Reviewer(), p)
		ok(t, err)
		equal(t, "what the partner alone can do", []bool{len(shown.Actions) > 0, len(reviewed.Actions) > 0}, []bool{true, false})
		equal(t, "its own", len(surveyShown(*shown.Claim, claim.ProofPartnerSurvey).Answers), 3)
		equal(t, "the customer's", len(surveyShown(*shown.Claim, claim.ProofCustomerSurvey).Answers) > 0, reads)
		equal(t, "that there are some", surveyOf(t, w, p).Response.IsZero(), false)
	}
}

// textsIn returns every text within a value, and every run of bytes in hexadecimal
// digits.
func textsIn(v any) []string {
	var out []string
	var walk func(v reflect.Value, depth int)
	walk = func(v reflect.Value, depth int) {
		if depth > 40 {
			panic(fmt.Sprint("too deep: ", v.Type()))
		}
		switch v.Kind() {
		case reflect.String:
			out = append(out, v.String())
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				walk(v.Elem(), depth+1)
			}
		case reflect.Struct:
			if v.Type().PkgPath() == "time" {
				return
			}
			for i := range v.NumField() {
				walk(v.Field(i), depth+1)
			}
		case reflect.Map:
			for it := v.MapRange(); it.Next(); {
				walk(it.Key(), depth+1)
				walk(it.Value(), depth+1)
			}
		case reflect.Slice, reflect.Array:
			if v.Type().Elem().Kind() == reflect.Uint8 {
				b := make([]byte, v.Len())
				for i := range b {
					b[i] = byte(v.Index(i).Uint())
				}
				out = append(out, string(b), hex.EncodeToString(b))
				return
			}
			for i := range v.Len() {
				walk(v.Index(i), depth+1)
			}
		}
	}
	walk(reflect.ValueOf(v), 0)
	return out
}

// The walk finds what lies deep, in any form: else it would prove nothing.
func TestTexts(t *testing.T) {
	hash := link.Hash{7, 8}
	deep := any([]any{map[string]*claim.Comment{"k": {Text: "deep"}}, consent.State{Links: []link.Link{{Tokens: []link.Hash{hash}}}}})
	found := strings.Join(textsIn(deep), " ")
	for _, want := range []string{"k", "deep", hex.EncodeToString(hash[:])} {
		if !strings.Contains(found, want) {
			t.Errorf("%q is not found", want)
		}
	}
}
