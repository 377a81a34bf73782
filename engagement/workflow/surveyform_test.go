package workflow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// A portal shows the partner its own survey and takes the answers, without a mail; of
// the customer's it shows what is asked.
func TestSurveyWithinTheClaim(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	reader := w.Actor
	reader.Language = "pt"
	get := func(actor workflow.Actor, kind string) survey.View {
		t.Helper()
		v, err := w.Desk.Surveys.Get(background, actor, p, kind)
		ok(t, err)
		return v
	}
	own := get(reader, claim.ProofPartnerSurvey)
	equal(t, "the page", []any{string(own.Language), own.Title, own.OfPartner, own.MayAnswer, own.Status},
		[]any{"pt-PT", survey.PartnerForm().Titles["pt-PT"], true, true, survey.StatusNotSent})
	equal(t, "the program answers nothing", get(w.Reviewer(), claim.ProofPartnerSurvey).MayAnswer, false)
	theirs := get(w.Actor, claim.ProofCustomerSurvey)
	equal(t, "the customer's", []any{theirs.OfPartner, theirs.MayAnswer, len(theirs.Questions)}, []any{false, false, len(survey.CustomerForm().Questions)})

	answers := map[string]string{}
	for _, q := range own.Questions {
		answers[q.ID] = "Correu bem."
		if choices := q.Kind.Choices(); len(choices) > 0 {
			answers[q.ID] = choices[0]
		}
	}
	ok(t, errOf(w.Desk.Surveys.Answer(background, w.Actor.Request(w.Key()), p, workflow.AnswerPartnerSurvey{Survey: claim.ProofPartnerSurvey, Answers: answers})))
	done := get(reader, claim.ProofPartnerSurvey)
	equal(t, "once it is answered", []any{done.Status, done.MayAnswer, done.AnsweredAt.Equal(w.Now())}, []any{survey.StatusDone, false, true})

	for _, none := range []struct {
		p    engagement.ParticipationID
		kind string
	}{{p, "gossip"}, {p, claim.ProofInvoice}, {w.Added(pilot, "it@adatum.com"), claim.ProofPartnerSurvey}} {
		_, err := w.Desk.Surveys.Get(background, w.Actor, none.p, none.kind)
		equal(t, "the refusal", *refused[*workflow.NotFoundError](t, err), workflow.NotFoundError{Kind: "survey", Value: none.kind})
	}
}

// A notifier can make a link of its own; what is logged, printed or kept of a message
// opens nothing.
func TestDeliveryHidesItsToken(t *testing.T) {
	w, _ := newWorld(t)
	w.Requested(w.Added(migration, "ana@contoso.com"))
	w.Relayed()
	d := w.Messages()[0]
	secret := d.Token().Secret()
	if !strings.HasSuffix(d.Link, secret) || !strings.Contains(d.Body, secret) {
		t.Fatalf("%q is not the token of %q", secret, d.Link)
	}
	for what, shown := range map[string]string{
		"printed": fmt.Sprintf("%v %+v %#v %s %q", d, d, &d, d, d), "logged": d.LogValue().String(), "JSON": asJSON(t, d),
	} {
		if strings.Contains(shown, secret) || strings.Contains(shown, "ana@contoso.com") {
			t.Errorf("%s: %s", what, shown)
		}
	}
	if text := asJSON(t, d); !strings.Contains(text, string(d.Message.ID)) {
		t.Errorf("nobody knows which message %s is", text)
	}
}
