package workflow_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// as is the user in the role of a partner's admin, and of the Program.
func as(user string) (partner, program workflow.Actor) {
	partner = workflow.Actor{Partner: "northwind", User: user, Roles: []workflow.Role{workflow.RoleIncentivesAdmin}}
	program = workflow.Actor{User: user, Roles: []workflow.Role{workflow.RoleProgram}}
	return partner, program.For("northwind")
}

// reviewCalls returns the calls that are the Program's review of a claim.
func reviewCalls() []call {
	return slices.DeleteFunc(calls(), func(c call) bool { return c.act != workflow.MayReviewClaims })
}

func refusesReviews(t *testing.T, w *workflowtest.World, spy *spy, actor workflow.Actor, p engagement.ParticipationID) {
	t.Helper()
	for _, c := range reviewCalls() {
		unchanged(t, spy, func() {
			_, err := c.do(w, actor, p)
			if e := refused[*workflow.FourEyesError](t, err); e.Participation != p || !workflow.HasCode(err, workflow.CodeForbidden) {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
	view, err := w.Desk.Claims.Get(background, actor, p)
	ok(t, err)
	equal(t, "the reviews that it is offered", len(view.Reviews), 0)
}

// Whatever a user did for the partner on a claim, by whichever command, it reviews
// that claim no more, with whatever roles.
func TestFourEyes(t *testing.T) {
	acted := map[string]bool{}
	for _, c := range slices.Concat(partnerCalls(), claimCalls()) {
		if !slices.Contains(aboutParticipations, c.name) || c.act == workflow.MayReviewClaims {
			continue
		}
		for at, prepare := range map[string]func(w *workflowtest.World) engagement.ParticipationID{
			"added":     func(w *workflowtest.World) engagement.ParticipationID { return w.Added(migration, "ana@contoso.com") },
			"consented": func(w *workflowtest.World) engagement.ParticipationID { return w.Granted(migration, "ana@contoso.com") },
			"asked": func(w *workflowtest.World) engagement.ParticipationID {
				p := w.Added(migration, "ana@contoso.com")
				w.Requested(p)
				w.Advance(day)
				return p
			},
			"proved": func(w *workflowtest.World) engagement.ParticipationID {
				p := w.Granted(migration, "ana@contoso.com")
				w.Proved(p)
				return p
			},
			"surveyed": func(w *workflowtest.World) engagement.ParticipationID {
				p := w.Granted(migration, "ana@contoso.com")
				sendSurvey(t, w, p, "ana@contoso.com")
				return p
			},
			"rejected": func(w *workflowtest.World) engagement.ParticipationID {
				p := w.Granted(migration, "ana@contoso.com")
				w.Submitted(p)
				w.Reviewed(p)
				w.Rejected(p, "Nothing came.")
				return p
			},
			"submitted": func(w *workflowtest.World) engagement.ParticipationID {
				p := w.Granted(migration, "ana@contoso.com")
				w.Submitted(p)
				return p
			},
		} {
			t.Run(c.name+" "+at, func(t *testing.T) {
				w, spy := newWorld(t)
				asksReferral(t, w, migration)
				p := prepare(w)
				partner, program := as("Tom")
				before := spy.count()
				if _, err := c.do(w, partner, p); err != nil || spy.count() == before {
					return // nothing was done
				}
				acted[c.name] = true
				refusesReviews(t, w, spy, program, p)
				both := partner
				both.User, both.Roles = "tom", workflow.AllRoles()
				refusesReviews(t, w, spy, both, p)
			})
		}
	}

	for _, c := range slices.Concat(partnerCalls(), claimCalls()) {
		query := slices.Contains([]workflow.Permission{workflow.MayViewCustomers, workflow.MayViewHistory, workflow.MayViewClaims, workflow.MayFollowFeed, workflow.MayReviewClaims}, c.act) || c.name == "Consents.Preview" || c.name == "Consents.Contacts"
		elsewhere := slices.Contains([]string{"Documents.Remove", "Surveys.Answer"}, c.name) // see below
		if slices.Contains(aboutParticipations, c.name) && !query && !elsewhere && !acted[c.name] {
			t.Errorf("%s was never carried out: the test shows nothing of it", c.name)
		}
	}

	draft, on := newWorld(t)
	q := draft.Granted(migration, "ana@contoso.com")
	ida, idaReviews := as("ida")
	ok(t, errOf(draft.Desk.Surveys.Answer(background, ida.Request(draft.Key()), q, workflow.AnswerPartnerSurvey{
		Survey: claim.ProofPartnerSurvey, Answers: map[string]string{"delivered": "yes", "findings": "yes", "outcome": "5"},
	})))
	draft.Proved(q)
	ute, uteReviews := as("ute")
	ok(t, errOf(draft.Desk.Documents.Remove(background, ute.Request(draft.Key()), q, workflow.RemoveEvidence{Evidence: part(t, draft, q).Claim.Evidence[0].ID})))
	refusesReviews(t, draft, on, idaReviews, q)
	refusesReviews(t, draft, on, uteReviews, q)

	// Who did nothing of the kind reviews; other claims are another matter.
	w, spy := newWorld(t)
	p, other := w.Granted(migration, "ana@contoso.com"), w.Granted(migration, "ana@adatum.com")
	w.Submitted(p)
	w.Submitted(other)
	partner, tom := as("tom")
	ok(t, errOf(w.Desk.Claims.Comment(background, partner.Request(w.Key()), p, workflow.Comment{Text: "Here it is."})))
	_, ana := as("ana")
	refusesReviews(t, w, spy, tom, p)
	refusesReviews(t, w, spy, ana, p) // who added it
	ok(t, errOf(w.Desk.Reviews.Start(background, tom.Request(w.Key()), other, workflow.StartReview{})))
	ok(t, errOf(w.Desk.Claims.Comment(background, tom.Request(w.Key()), p, workflow.Comment{Text: "From the program."})))

	// An erased user is refused all the same, and nothing stored tells who it was.
	admin, _ := as("ana")
	_, err := w.Desk.Program.ErasePerson(background, admin, workflow.Person{User: "tom"}, nil)
	ok(t, err)
	refusesReviews(t, w, spy, tom, p)
	view, err := w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	for _, digest := range part(t, w, p).ActedFor {
		equal(t, "digests that a partner is shown", strings.Contains(asJSON(t, view), digest), false)
	}
}

// The host says who is the same person, and who may review its own all the same;
// that is recorded.
func TestFourEyesOfTheHost(t *testing.T) {
	w, spy := newWorld(t, func(sc *workflowtest.Scenario) {
		sc.Options.FourEyes = workflow.FourEyes{
			Person: func(a workflow.Actor) string { return strings.TrimPrefix(a.User, "vendor/") },
			Except: func(a workflow.Actor) string {
				if a.User == "robot" {
					return "service account"
				}
				return ""
			},
		}
	})
	p := w.Granted(migration, "ana@contoso.com")
	w.Submitted(p)
	_, same := as("vendor/ana")
	refusesReviews(t, w, spy, same, p)
	robot, reviewer := as("robot")
	ok(t, errOf(w.Desk.Reviews.Start(background, reviewer.Request(w.Key()), p, workflow.StartReview{})))
	events, _ := history(t, w, "contoso.com")
	if strings.Contains(asJSON(t, events), "service account") {
		t.Error("an exception is recorded that was none")
	}
	ok(t, errOf(w.Desk.Claims.Comment(background, robot.Request(w.Key()), p, workflow.Comment{Text: "Sent by the portal."})))
	ok(t, errOf(w.Desk.Reviews.Approve(background, reviewer.Request(w.Key()), p, workflow.ApproveClaim{Amount: w.Money("100.00 USD")})))
	view, err := w.Desk.Claims.Get(background, w.Reviewer(), p) // the partner is not told
	ok(t, err)
	if last := asJSON(t, view.History[len(view.History)-1:]); !strings.Contains(last, "service account") {
		t.Errorf("the exception is not recorded: %s", last)
	}
}

// Who acted is recognised after the secret was changed, and on participations that
// were begun before it was remembered, as long as the history says so.
func TestFourEyesOfOldParticipations(t *testing.T) {
	secrets := [][]byte{[]byte("new"), []byte("old")}
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com") // without a secret
	w.Submitted(p)
	for n := range len(secrets) + 1 {
		again := workflowtest.New(t, func() workflowtest.Scenario {
			sc := workflowtest.Contoso()
			sc.Store, sc.Options.FourEyes.Secrets = spy, secrets[len(secrets)-n:]
			return sc
		})
		_, ana := as("ana")
		refusesReviews(t, again, spy, ana, p)
		user := []string{"bea", "cid", "dan"}[n]
		partner, _ := as(user)
		ok(t, errOf(again.Desk.Claims.Comment(background, partner.Request(w.Key()), p, workflow.Comment{Text: "Well."})))
		for _, user := range []string{"bea", "cid", "dan"}[:n+1] {
			_, program := as(user)
			refusesReviews(t, again, spy, program, p)
		}
	}

	loaded, err := spy.Load(background, storage.Want{Participation: storage.ParticipationKey{Partner: "northwind", ID: p}})
	ok(t, err)
	r := loaded.Records[loaded.At]
	shared := loaded.Shared[r.Key.Shared()]
	room := shared.RoomFor(r.Key.Partner)
	old, _ := r.Participation(p)
	old.ActedFor = nil
	ok(t, spy.Apply(background, storage.Changes{
		At: w.Now(), Relied: []storage.Relied{{Key: shared.Key, Version: shared.Version}}, Records: []engagement.PartnerRecord{r}, Participations: []engagement.Participation{old},
		Entries: []engagement.Entry{r.Entry(room, w.Now()), r.EntryOf(old, room, w.Now())},
	}))
	_, dan := as("dan")
	refusesReviews(t, w, spy, dan, p)
	partner, eve := as("eve")
	ok(t, errOf(w.Desk.Claims.Comment(background, partner.Request(w.Key()), p, workflow.Comment{Text: "One more."})))
	refusesReviews(t, w, spy, dan, p)
	refusesReviews(t, w, spy, eve, p)
	ok(t, errOf(w.Desk.Reviews.Start(background, w.Reviewer().Request(w.Key()), p, workflow.StartReview{})))
}
