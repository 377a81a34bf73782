package workflow_test

import (
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

func revisionOf(t *testing.T, w *workflowtest.World, p engagement.ParticipationID) workflow.Revision {
	t.Helper()
	v, err := w.Desk.Claims.Participation(background, w.Actor, p)
	ok(t, err)
	if v.Revision == "" {
		t.Fatal("it has no revision")
	}
	return v.Revision
}

// A revision moves with everything that is shown of a participation, and with nothing
// else: neither by mails, reminders, sweeps that change no status, nor other partners.
func TestRevisionMoves(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	moves := func(what string, want bool, do func()) {
		t.Helper()
		before := revisionOf(t, w, p)
		do()
		equal(t, what+" moves it", revisionOf(t, w, p) != before, want)
	}
	owner := "rui"
	moves("a request", true, func() {
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "ana@contoso.com"))
		ok(t, err)
	})
	moves("the mail", false, func() { w.Relayed() })
	moves("another owner", true, func() {
		_, err := w.Desk.Claims.Update(background, w.Actor.Request(w.Key()), p, workflow.UpdateDetails{Owner: &owner})
		ok(t, err)
	})
	moves("another partner", false, func() { w.As(workflowtest.Fabrikam).Added(migration, "ana@contoso.com") })
	moves("a reminder", false, func() {
		w.Advance(25 * day)
		w.Swept()
		w.Relayed()
	})
	moves("the consent", true, func() { w.Accepted(p) })
	w.Proved(p)
	moves("the submission", true, func() { w.Submitted(p) })
	moves("a review", true, func() { w.Reviewed(p) })
	w.AskedForAction(p, "Sign it.")
	moves("a deadline", true, func() { w.Advance(200 * day) })
	moves("its record", false, func() { w.Swept() })
}

// Of many who decide on one revision one is carried out, and the others are told what
// there is now.
func TestFirstRevisionWins(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	seen := revisionOf(t, w, p)
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = w.Desk.Claims.Comment(background, w.Actor.Request(w.Key()).If(seen), p, workflow.Comment{Text: "Mine."})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		var stale *workflow.StaleError
		if !errors.As(err, &stale) || !workflow.HasCode(err, workflow.CodeStale) || len(stale.Now.Claim.Comments) != 1 || stale.Now.Revision == seen {
			t.Errorf("the refusal is %v", err)
		}
	}
	equal(t, "how many won", won, 1)
	equal(t, "the comments", len(part(t, w, p).Claim.Comments), 1)
}

// A repeated command is answered whatever has changed since, with what there is now.
func TestRepetitionShowsThePresent(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	req := w.Actor.Request(w.Key()).If(revisionOf(t, w, p))
	first, err := w.Desk.Claims.Comment(background, req, p, workflow.Comment{Text: "Mine."})
	ok(t, err)
	equal(t, "the first time", first.Repeated, false)
	w.Surveyed(p, claim.ProofCustomerSurvey)
	w.Advance(time.Hour)
	again, err := w.Desk.Claims.Comment(background, req, p, workflow.Comment{Text: "Mine."})
	ok(t, err)
	equal(t, "the second time", []any{again.Repeated, again.ID, len(again.Claim.Comments)}, []any{true, p, 1})
	equal(t, "its revision", again.Revision, revisionOf(t, w, p))
	if again.Revision == first.Revision {
		t.Error("it does not show what has changed since")
	}
	_, err = w.Desk.Customers.Add(background, w.Actor.Request(w.Key()).If(first.Revision), add(w, "it@adatum.com", pilot))
	equal(t, "of nothing", refused[*workflow.InputError](t, err).Field, "if_revision")
}

// Every command with a request looks at its revision: what is not there any more is
// refused, and nothing is stored. The walk finds the commands by their methods.
func TestEveryCommandLooksAtTheRevision(t *testing.T) {
	w, spy := newWorld(t)
	calls := readableCalls(t, w)
	draft := calls["Claims.Comment"]()[1]
	calls["Claims.Submit"] = func() []any { return []any{w.Actor, draft, workflow.SubmitClaim{}} }
	calls["Documents.Remove"] = func() []any { return []any{w.Actor, draft, workflow.RemoveEvidence{Evidence: "one"}} }
	found := 0
	for _, m := range deskMethods(w.Desk) {
		if m.Type().NumIn() < 2 || m.Type().In(1) != reflect.TypeFor[workflow.Request]() {
			continue
		}
		found++
		if calls[m.name] == nil {
			t.Errorf("%s has no valid call in readableCalls", m.name)
			continue
		}
		args := readableArguments(m.Value, calls[m.name]())
		req := args[1].Interface().(workflow.Request)
		req.Key = m.name
		args[1].Set(reflect.ValueOf(req.If("another")))
		before := spy.count()
		err := errorsOf(m.Call(args))
		var input *workflow.InputError
		if !errors.As(err, new(*workflow.StaleError)) && (!errors.As(err, &input) || input.Field != "if_revision") {
			t.Errorf("%s: the error is %v", m.name, err)
		}
		if spy.count() != before {
			t.Errorf("%s: something is stored", m.name)
		}
	}
	if found < 25 {
		t.Errorf("only %d commands were found", found)
	}
}
