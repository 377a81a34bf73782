package workflow_test

import (
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// A name that is too long is refused, not cut: whoever typed it can shorten it.
// Blanks of a paste are not in its way.
func TestFriendlyNamesAreNotCut(t *testing.T) {
	w, spy := newWorld(t)
	add := func(name string) (engagement.ParticipationID, error) {
		started, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Engagements: []engagement.ID{pilot},
			Candidate: workflow.Candidate{Location: lisboa, Domain: "contoso.com", FriendlyName: name}})
		if err != nil {
			return "", err
		}
		return started[0].ID, nil
	}
	long := strings.Repeat("ã", engagement.MaxFriendlyName)
	tooLong := long + "x"
	unchanged(t, spy, func() {
		_, err := add(tooLong)
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "friendly_name")
	})
	p, err := add(" \t" + long + "\n")
	ok(t, err)
	equal(t, "the name", w.Row(p).FriendlyName, long)
	unchanged(t, spy, func() {
		_, err := w.Desk.Claims.Update(background, w.Actor.Request(w.Key()), p, workflow.UpdateDetails{FriendlyName: &tooLong})
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "friendly_name")
	})
	spaced := "Big \u00a0\n One"
	ok(t, errOf(w.Desk.Claims.Update(background, w.Actor.Request(w.Key()), p, workflow.UpdateDetails{FriendlyName: &spaced})))
	equal(t, "the name", w.Row(p).FriendlyName, "Big One")
}

// A name is found in texts in whatever spelling.
func TestEraseInEverySpelling(t *testing.T) {
	for _, spelling := range []string{"Ana Silva", "Ana\u00a0Silva", "ANA\u3000SILVA", "A\u00adna Sil\u200bva", "ａｎａ ｓｉｌｖａ", "Ana_Silva"} {
		w, _ := newWorld(t)
		p := reached(t, w, pilot, engagement.StatusConsentReceived)
		ok(t, errOf(w.Desk.Claims.Comment(background, w.Actor.Request(w.Key()), p, workflow.Comment{Text: "said " + spelling + " yesterday"})))
		actor := w.Actor
		actor.User = "ana.silva"
		ok(t, errOf(w.Desk.Claims.Comment(background, actor.Request(w.Key()), p, workflow.Comment{Text: "mine"})))
		_, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Name: "Ana Silva"}, nil)
		ok(t, err)
		view, err := w.Desk.Claims.Get(background, w.Actor, p)
		ok(t, err)
		if got := view.Claim.Comments[0].Text; !strings.Contains(got, "said [erased] yesterday") {
			t.Errorf("%+q stays: %+q", spelling, got)
		}
	}
}
