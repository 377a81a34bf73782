package workflow_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// unreadable are texts that nobody could read, or not as what they are.
var unreadable = map[string]string{
	"nothing to see":      "\u200b\u200b",
	"another direction":   "Contoso\u202e",
	"a control character": "over\x00the cap",
	"no text":             "caf\xe9",
}

// What people have to read later has something to see; names look like what they
// are.
func TestTextsThatNobodyCanRead(t *testing.T) {
	w, _ := newWorld(t)
	started, err := w.Desk.AddCustomer(background, w.Actor, workflow.AddCustomer{Key: w.Key(), Engagements: []engagement.ID{pilot},
		Candidate: workflow.Candidate{Location: lisboa, Domain: "contoso.com"}})
	ok(t, err)
	id := started[0].ID
	for what, text := range unreadable {
		name := text
		for field, try := range map[string]func() error{
			"friendly_name": func() error {
				_, err := w.Desk.AddCustomer(background, w.Actor, workflow.AddCustomer{Key: w.Key(), Engagements: []engagement.ID{pilot},
					Candidate: workflow.Candidate{Location: lisboa, Domain: "adatum.com", FriendlyName: name}})
				return err
			},
			"reason": func() error {
				return w.Desk.Cancel(background, w.Actor, id, workflow.CancelParticipation{Key: w.Key(), Reason: text})
			},
		} {
			prose := field == "reason"
			if prose && what == "another direction" || !prose && (what == "a control character" || what == "no text") {
				continue // in prose it is seen what is meant; names are cleaned of these
			}
			err := try()
			var bad *workflow.InputError
			if !errors.As(err, &bad) || bad.Field != field {
				t.Errorf("%s of %s: %v", field, what, err)
			}
		}
	}
}

// A name is found in texts in whatever spelling.
func TestEraseInEverySpelling(t *testing.T) {
	for _, spelling := range []string{"Ana Silva", "Ana\u00a0Silva", "ANA\u3000SILVA", "A\u00adna Sil\u200bva", "ａｎａ ｓｉｌｖａ", "Ana_Silva"} {
		w, _ := newWorld(t)
		p := reached(t, w, pilot, engagement.CustomerConsentReceived)
		ok(t, w.Desk.Comment(background, w.Actor, p, workflow.Comment{Key: w.Key(), Text: "said " + spelling + " yesterday"}))
		actor := w.Actor
		actor.User = "ana.silva"
		ok(t, w.Desk.Comment(background, actor, p, workflow.Comment{Key: w.Key(), Text: "mine"}))
		_, err := w.Desk.ErasePerson(background, w.Actor, workflow.Person{Name: "Ana Silva"})
		ok(t, err)
		view, err := w.Desk.Claim(background, w.Actor, p)
		ok(t, err)
		if got := view.Claim.Comments[0].Text; !strings.Contains(got, "said [erased] yesterday") {
			t.Errorf("%+q stays: %+q", spelling, got)
		}
	}
}
