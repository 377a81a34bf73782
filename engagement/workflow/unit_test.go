package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// command is a command with a key, ready to be given any number of times. Its
// variant has another content.
type command struct {
	name        string
	do, variant func(key string) (any, error)
}

// commands brings a fresh world to where one command can be given, each in turn.
func commands(t *testing.T, each func(t *testing.T, w *workflowtest.World, spy *spy, c command)) {
	contact := func(to string) workflow.RequestConsent {
		return workflow.RequestConsent{Customer: workflow.ByEmail(to), Partner: workflow.ByEmail("joe@northwind.example"), Language: "en"}
	}
	makers := []func(w *workflowtest.World) command{
		func(w *workflowtest.World) command {
			do := func(email string) func(string) (any, error) {
				return func(key string) (any, error) {
					cKey, c := key, add(w, email, migration, pilot)
					return w.Desk.Customers.Add(background, w.Actor.Request(cKey), c)
				}
			}
			return command{"Customers.Add", do("ana@contoso.com"), do("eva@contoso.com")}
		},
		func(w *workflowtest.World) command {
			w.Known("contoso.com")
			do := func(ids ...engagement.ID) func(string) (any, error) {
				return func(key string) (any, error) {
					return w.Desk.Customers.Claim(background, w.Actor.Request(key), workflow.ClaimCustomer{Customer: w.Customer("contoso.com"), Location: lisboa, Engagements: ids})
				}
			}
			return command{"Customers.Claim", do(migration, pilot), do(migration)}
		},
		func(w *workflowtest.World) command {
			p, q := w.Added(migration, "ana@contoso.com"), w.Added(pilot, "ana@contoso.com")
			do := func(p engagement.ParticipationID) func(string) (any, error) {
				return func(key string) (any, error) {
					return w.Desk.Consents.Request(background, w.Actor.Request(key), p, contact("ana@contoso.com"))
				}
			}
			return command{"Consents.Request", do(p), do(q)}
		},
		func(w *workflowtest.World) command {
			p, q := w.Added(migration, "ana@contoso.com"), w.Added(pilot, "ana@contoso.com")
			w.Requested(p)
			w.Requested(q)
			w.Advance(day)
			do := func(p engagement.ParticipationID) func(string) (any, error) {
				return func(key string) (any, error) { return w.Desk.Consents.Resend(background, w.Actor.Request(key), p) }
			}
			return command{"Consents.Resend", do(p), do(q)}
		},
		func(w *workflowtest.World) command {
			p := w.Added(migration, "ana@contoso.com")
			w.Requested(p)
			do := func(to string) func(string) (any, error) {
				return func(key string) (any, error) {
					return w.Desk.Consents.ChangeContacts(background, w.Actor.Request(key), p, workflow.ChangeContacts(contact(to)))
				}
			}
			return command{"Consents.ChangeContacts", do("eva@contoso.com"), do("rui@contoso.com")}
		},
		func(w *workflowtest.World) command {
			p := w.Added(migration, "ana@contoso.com")
			do := func(to string) func(string) (any, error) {
				return func(key string) (any, error) {
					return w.Desk.Consents.ChangePartnerContacts(background, w.Actor.Request(key), p, workflow.ChangePartnerContacts{Partner: workflow.ByEmail(to)})
				}
			}
			return command{"Consents.ChangePartnerContacts", do("eva@northwind.example"), do("joe@northwind.example")}
		},
		func(w *workflowtest.World) command {
			p := w.Added(migration, "ana@contoso.com")
			w.Requested(p)
			do := func(reason string) func(string) (any, error) {
				return func(key string) (any, error) {
					return w.Desk.Claims.Cancel(background, w.Actor.Request(key), p, workflow.Cancel{Reason: reason})
				}
			}
			return command{"Claims.Cancel", do("Not now."), do("Never.")}
		},
	}
	for _, make := range append(makers, claimCommands(t)...) {
		w, spy := newWorld(t)
		c := make(w)
		t.Run(c.name, func(t *testing.T) { each(t, w, spy, c) })
	}
}

// claimCommands are the commands about a claim, each in a status that allows it.
func claimCommands(t *testing.T) []func(*workflowtest.World) command {
	type doing = func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error)
	at := func(status engagement.Status, name string, do doing) func(*workflowtest.World) command {
		return func(w *workflowtest.World) command {
			p := reached(t, w, migration, status)
			return command{name, func(key string) (any, error) { return do(w, p, key, false) }, func(key string) (any, error) { return do(w, p, key, true) }}
		}
	}
	return []func(*workflowtest.World) command{
		at(engagement.StatusCustomerClaimed, "Claims.Update", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			name := pick(variant, "Big", "Bigger")
			return w.Desk.Claims.Update(background, w.Actor.Request(key), p, workflow.UpdateDetails{FriendlyName: &name})
		}),
		func(w *workflowtest.World) command {
			asksReferral(t, w, migration)
			return at(engagement.StatusConsentReceived, "Claims.RecordReferral", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
				return w.Desk.Claims.RecordReferral(background, w.Actor.Request(key), p, workflow.RecordReferral{Reference: pick(variant, "R-1", "R-2")})
			})(w)
		},
		at(engagement.StatusConsentReceived, "Claims.Comment", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Claims.Comment(background, w.Actor.Request(key), p, workflow.Comment{Text: pick(variant, "Yes.", "No.")})
		}),
		at(engagement.StatusSubmitted, "Comment of the Program", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Claims.Comment(background, w.Reviewer().Request(key), p, workflow.Comment{Text: pick(variant, "Yes.", "No.")})
		}),
		at(engagement.StatusConsentReceived, "Documents.Add", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Documents.Add(background, w.Actor.Request(key), p, pdf(claim.ProofInvoice), strings.NewReader(pick(variant, "one", "two")))
		}),
		at(engagement.StatusConsentReceived, "Documents.Record", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Documents.Record(background, w.Actor.Request(key), p, recorded(pick(variant, "s3://one", "s3://two")))
		}),
		func(w *workflowtest.World) command {
			p := reached(t, w, migration, engagement.StatusConsentReceived)
			one, two := w.Documented(p, claim.ProofInvoice), w.Documented(p, claim.ProofInvoice)
			do := func(e claim.EvidenceID) func(string) (any, error) {
				return func(key string) (any, error) {
					return w.Desk.Documents.Remove(background, w.Actor.Request(key), p, workflow.RemoveEvidence{Evidence: e})
				}
			}
			return command{"Documents.Remove", do(one.ID), do(two.ID)}
		},
		at(engagement.StatusConsentReceived, "Surveys.Send", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Surveys.Send(background, w.Actor.Request(key), p, surveyTo(pick(variant, "ana@contoso.com", "eva@contoso.com")))
		}),
		func(w *workflowtest.World) command {
			p := reached(t, w, migration, engagement.StatusConsentReceived)
			ok(t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, surveyTo("ana@contoso.com"))))
			w.Relayed()
			w.Advance(time.Minute)
			do := func(kind string) func(string) (any, error) {
				return func(key string) (any, error) {
					return w.Desk.Surveys.Resend(background, w.Actor.Request(key), p, workflow.ResendSurvey{Survey: kind})
				}
			}
			return command{"Surveys.Resend", do(claim.ProofCustomerSurvey), do(claim.ProofPartnerSurvey)}
		},
		func(w *workflowtest.World) command {
			p := reached(t, w, migration, engagement.StatusConsentReceived)
			w.Proved(p)
			do := func(amount string) func(string) (any, error) {
				return func(key string) (any, error) {
					return w.Desk.Claims.Submit(background, w.Actor.Request(key), p, workflow.SubmitClaim{Requested: money(t, amount)})
				}
			}
			return command{"Claims.Submit", do("4000.00 USD"), do("4000.01 USD")}
		},
		at(engagement.StatusConsentReceived, "Surveys.Answer", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Surveys.Answer(background, w.Actor.Request(key), p, workflow.AnswerPartnerSurvey{
				Survey: claim.ProofPartnerSurvey, Answers: map[string]string{"delivered": pick(variant, "yes", "no"), "findings": "yes", "outcome": "5"},
			})
		}),
		at(engagement.StatusSubmitted, "Claims.Recall", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Claims.Recall(background, w.Actor.Request(key), p, workflow.RecallClaim{Reason: pick(variant, "A page.", "A line.")})
		}),
		at(engagement.StatusRejected, "Claims.Dispute", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Claims.Dispute(background, w.Actor.Request(key), p, workflow.DisputeClaim{Reason: pick(variant, "It was.", "It was not.")})
		}),
		at(engagement.StatusSubmitted, "Reviews.Start", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Reviews.Start(background, w.Reviewer().Request(key), pick(variant, p, "another"), workflow.StartReview{})
		}),
		at(engagement.StatusUnderReview, "Reviews.RequestAction", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Reviews.RequestAction(background, w.Reviewer().Request(key), p, workflow.RequestAction{Items: []claim.ActionItem{{Text: pick(variant, "Sign.", "Date.")}}})
		}),
		at(engagement.StatusUnderReview, "Reviews.Approve", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Reviews.Approve(background, w.Reviewer().Request(key), p, workflow.ApproveClaim{Amount: money(t, pick(variant, "1.00 USD", "2.00 USD"))})
		}),
		at(engagement.StatusUnderReview, "Reviews.Reject", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Reviews.Reject(background, w.Reviewer().Request(key), p, workflow.RejectClaim{Codes: []claim.RejectionCode{claim.RejectionOther}, Text: pick(variant, "No.", "Never.")})
		}),
		at(engagement.StatusApproved, "Reviews.RecordPayment", func(w *workflowtest.World, p engagement.ParticipationID, key string, variant bool) (any, error) {
			return w.Desk.Reviews.RecordPayment(background, w.Reviewer().Request(key), p, workflow.RecordPayment{Amount: money(t, "1.00 USD"), Reference: pick(variant, "T-1", "T-2")})
		}),
		func(w *workflowtest.World) command {
			w.Known("contoso.com")
			do := func(why string) func(string) (any, error) {
				return func(key string) (any, error) {
					return nil, w.Desk.Customers.Disassociate(background, w.Actor.Request(key), w.Customer("contoso.com"), workflow.Disassociate{Reason: why})
				}
			}
			return command{"Customers.Disassociate", do("Merged."), do("Moved.")}
		},
		func(w *workflowtest.World) command {
			w.Known("contoso.com")
			ok(t, w.Desk.Customers.Disassociate(background, w.Actor.Request(w.Key()), w.Customer("contoso.com"), workflow.Disassociate{Reason: "Merged."}))
			do := func(why string) func(string) (any, error) {
				return func(key string) (any, error) {
					return nil, w.Desk.Customers.Associate(background, w.Actor.Request(key), w.Customer("contoso.com"), workflow.Associate{Reason: why})
				}
			}
			return command{"Customers.Associate", do("Back."), do("Again.")}
		},
	}
}

// pick returns the one or, for a variant, the other.
func pick[V any](variant bool, one, other V) V {
	if variant {
		return other
	}
	return one
}

// The same key and content gives the same result again, whatever has happened
// since and whoever is out of reach; with another content it is refused.
func TestIdempotency(t *testing.T) {
	commands(t, func(t *testing.T, w *workflowtest.World, spy *spy, c command) {
		first, err := c.do("k")
		ok(t, err)
		w.Relayed()
		repeat := func(when string) {
			t.Helper()
			unchanged(t, spy, func() {
				again, err := c.do("k")
				if err != nil {
					t.Fatalf("%s: %v", when, err)
				}
				equal(t, when, idsIn(again), idsIn(first))
			})
		}
		repeat("at once")
		for _, source := range []workflowtest.Source{workflowtest.Directory, workflowtest.Facts, workflowtest.External, workflowtest.Mail} {
			w.Fail(source, errors.New("down"))
		}
		repeat("without directory, facts and the rest")
		w.Advance(400 * day)
		repeat("a year later")
		w.Swept()
		repeat("after a sweep")
		unchanged(t, spy, func() {
			_, err := c.variant("k")
			equal(t, "the key", refused[*workflow.KeyReusedError](t, err).Key, "k")
		})
	})
}

// A key belongs to one command of one partner.
func TestKeysApart(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	ok(t, errOf(w.Desk.Claims.Cancel(background, w.Actor.Request("k"), p, workflow.Cancel{})))
	unchanged(t, spy, func() {
		_, err := w.Desk.Consents.Resend(background, w.Actor.Request("k"), p)
		refused[*workflow.KeyReusedError](t, err)
		cKey, c := "k", add(w, "ana@contoso.com", pilot)
		_, err = w.Desk.Customers.Add(background, w.Actor.Request(cKey), c)
		e := refused[*workflow.KeyReusedError](t, err)
		if !strings.Contains(e.Error(), "new key") {
			t.Errorf("%q does not help", e)
		}
	})
	f := w.As(workflowtest.Fabrikam)
	cKey, c := "k", add(f, "ana@contoso.com", pilot) // another partner's
	started, err := f.Desk.Customers.Add(background, f.Actor.Request(cKey), c)
	ok(t, err)
	f.ExpectStatus(started[0].ID, engagement.StatusCustomerClaimed)

	for _, key := range []string{"", strings.Repeat("k", 201), "a\x00b", "a\nb", "\xff"} {
		unchanged(t, spy, func() {
			cKey, c := key, add(w, "ana@contoso.com", pilot)
			_, err := w.Desk.Customers.Add(background, w.Actor.Request(cKey), c)
			equal(t, "the field", refused[*workflow.InputError](t, err).Field, "key")
		})
	}
	cKey, c = strings.Repeat("ключ", 25), add(w, "ana@contoso.com", pilot)
	_, err = w.Desk.Customers.Add(background, w.Actor.Request(cKey), c)
	ok(t, err)
}

// The keys of the Program's reviewers and of the partner whose claims they review
// are apart, too, and no error shows how.
func TestKeysOfTheProgram(t *testing.T) {
	w, spy := newWorld(t)
	p := reached(t, w, migration, engagement.StatusSubmitted)
	say := func(actor workflow.Actor, text string) error {
		return errOf(w.Desk.Claims.Comment(background, actor.Request("k"), p, workflow.Comment{Text: text}))
	}
	for _, actor := range []workflow.Actor{w.Actor, w.Reviewer()} {
		ok(t, say(actor, "Well."))
		unchanged(t, spy, func() {
			ok(t, say(actor, "Well."))
			equal(t, "the key", refused[*workflow.KeyReusedError](t, say(actor, "Other.")).Key, "k")
		})
	}
	equal(t, "comments", len(part(t, w, p).Claim.Comments), 2)
	unchanged(t, spy, func() { // nobody can write the Program's keys
		_, err := w.Desk.Claims.Comment(background, w.Actor.Request("\x1fk"), p, workflow.Comment{Text: "Well."})
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "key")
	})
}

// A command that was refused leaves its key free: the same call can succeed later.
func TestRefusedCommandLeavesKey(t *testing.T) {
	w, spy := newWorld(t)
	cKey, c := w.Key(), add(w, "it@fourthcoffee.com", migration)
	unchanged(t, spy, func() {
		_, err := w.Desk.Customers.Add(background, w.Actor.Request(cKey), c)
		refused[*workflow.NotEligibleError](t, err)
	})
	var more eligibility.Facts
	workflowtest.Seats.Set(&more, 300)
	workflowtest.Segment.Set(&more, "smb")
	w.SetFacts("fourthcoffee.com", more)
	_, err := w.Desk.Customers.Add(background, w.Actor.Request(cKey), c)
	ok(t, err)
}

// When the same command finishes elsewhere between any two reads of this one, this
// one gives that result, and does not take what it finds for an obstacle.
func TestOvertakenByItself(t *testing.T) {
	for n := 1; n <= 4; n++ {
		commands(t, func(t *testing.T, w *workflowtest.World, spy *spy, c command) {
			var other any
			spy.reset(nil, func(read int) error {
				if read == n && other == nil {
					spy.reset(nil, nil)
					var err error
					if other, err = c.do("k"); err != nil {
						panic(err)
					}
					if other == nil {
						other = "done"
					}
				}
				return nil
			})
			got, err := c.do("k")
			if err != nil {
				t.Fatalf("overtaken before read %d: %v", n, err)
			}
			if other != nil && other != "done" {
				equal(t, "the result", idsIn(got), idsIn(other))
			}
			w.Relayed()
			_, kinds := history(t, w, "contoso.com")
			for _, kind := range []engagement.EventKind{engagement.EventCustomerAdded, engagement.EventCustomerClaimed} {
				if count := len(slices.DeleteFunc(slices.Clone(kinds), func(k engagement.EventKind) bool { return k != kind })); count > 2 {
					t.Errorf("%d times %q", count, kind)
				}
			}
		})
	}
}

// effects is what a world shows, without the IDs that differ from run to run.
func effects(t *testing.T, w *workflowtest.World) string {
	t.Helper()
	w.Relayed()
	var b strings.Builder
	for _, actor := range []workflow.Actor{workflowtest.Northwind, workflowtest.Fabrikam} {
		w := w.As(actor)
		for _, domain := range []string{"contoso.com", "adatum.com"} {
			events, err := wholeHistory(background, w.Desk, actor, w.Customer(domain))
			if errors.As(err, new(*workflow.NotFoundError)) {
				continue
			}
			ok(t, err)
			for _, e := range events {
				fmt.Fprintln(&b, actor.Partner, domain, e.Kind, e.From, e.To, e.Engagement, e.At)
			}
		}
		rows, err := searchRows(w.Desk, actor, "", 0)
		ok(t, err)
		var lines []string
		for _, r := range rows {
			lines = append(lines, fmt.Sprintln(r.Engagement, r.Tab, r.Status, r.Deadline, r.Actions, r.Reasons))
		}
		slices.Sort(lines)
		fmt.Fprint(&b, lines)
	}
	for _, m := range w.Messages() {
		fmt.Fprintln(&b, m.Message.Kind, m.Message.To, m.Deadline)
	}
	return b.String()
}

// A command happens whole or not at all: when storage fails before it writes,
// nothing has happened; when its answer gets lost, all of it has. Repeated with the
// same key it has happened once, and its result is the same.
func TestAtomicity(t *testing.T) {
	want := map[string]string{}
	commands(t, func(t *testing.T, w *workflowtest.World, _ *spy, c command) {
		_, err := c.do("k")
		ok(t, err)
		want[c.name] = effects(t, w)
	})
	down := errors.New("the connection was reset")
	for name, fault := range map[string]func(apply func() error) error{
		"before": func(func() error) error { return down },
		"after":  func(apply func() error) error { return errors.Join(apply(), down) },
		"conflict": func(apply func() error) error { // an adapter that tried again by itself, after an answer got lost
			return errors.Join(apply(), storage.ErrConflict)
		},
	} {
		t.Run(name, func(t *testing.T) {
			commands(t, func(t *testing.T, w *workflowtest.World, spy *spy, c command) {
				state := func() string {
					events, err := wholeHistory(background, w.Desk, w.Actor, w.Customer("contoso.com"))
					if !errors.As(err, new(*workflow.NotFoundError)) {
						ok(t, err)
					}
					return shown(t, w) + asJSON(t, events)
				}
				before := state()
				spy.reset(func(n int, apply func() error) error {
					if n == 1 {
						return fault(apply)
					}
					return apply()
				}, nil)
				_, err := c.do("k")
				if name == "conflict" {
					ok(t, err)
				} else {
					e := refused[*workflow.UnavailableError](t, err)
					equal(t, "the source", e.Source, "storage")
					if !errors.Is(err, down) || !strings.Contains(e.Error(), "make the same call again") {
						t.Errorf("the error is %v", err)
					}
				}
				if after := state(); (after == before) != (name == "before") {
					t.Errorf("something has changed: %t", after != before)
				}
				first, err := c.do("k")
				ok(t, err)
				second, err := c.do("k")
				ok(t, err)
				equal(t, "the result", idsIn(second), idsIn(first))
				equal(t, "the effects", effects(t, w), want[c.name])
			})
		})
	}
}

// An answer has no key: the first counts, and given again it is done, also when only
// its acknowledgement got lost.
func TestAnswerAtomicity(t *testing.T) {
	down := errors.New("the connection was reset")
	for _, d := range []consent.Decision{consent.DecisionAccept, consent.DecisionDecline} {
		for _, lost := range []bool{false, true} {
			w, spy := newWorld(t)
			p := w.Added(migration, "ana@contoso.com")
			w.Requested(p)
			token := newest(w, p)
			spy.reset(func(n int, apply func() error) error {
				if n > 1 {
					return apply()
				}
				if lost {
					return errors.Join(apply(), down)
				}
				return down
			}, nil)
			e := refused[*workflow.UnavailableError](t, answer(w, token, d))
			equal(t, "the source", e.Source, "storage")
			ok(t, answer(w, token, d)) // recorded now or before, it is done
			other := map[consent.Decision]consent.Decision{consent.DecisionAccept: consent.DecisionDecline, consent.DecisionDecline: consent.DecisionAccept}[d]
			equal(t, "what was answered", refused[*consent.AlreadyAnsweredError](t, answer(w, token, other)).Decision, d)
			w.Relayed()
			_, kinds := history(t, w, "contoso.com")
			event := map[consent.Decision]engagement.EventKind{consent.DecisionAccept: engagement.EventConsentGranted, consent.DecisionDecline: engagement.EventConsentDeclined}[d]
			equal(t, "the event", kinds[3], event)
			equal(t, "messages", len(w.Messages()), 2)
		}
	}
}

// A crowd at one place is kept apart by conflicts; who meets one decides again, and
// gives up with "try again" after many.
func TestConflicts(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	for i, conflicts := range []int{1, 10, 1000} {
		spy.reset(func(n int, apply func() error) error {
			if n <= conflicts {
				return fmt.Errorf("%w: in the test", storage.ErrConflict)
			}
			return apply()
		}, nil)
		_, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@adatum.com", []engagement.ID{migration, workshop, pilot}[i]))
		if conflicts < 1000 {
			ok(t, err)
			continue
		}
		equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "storage")
		if errors.Is(err, storage.ErrConflict) {
			t.Error("the host sees a conflict")
		}
		if spy.tries > 100 {
			t.Errorf("tried %d times", spy.tries)
		}
	}
	ctx, cancel := context.WithCancel(background)
	spy.reset(func(int, func() error) error { return storage.ErrConflict }, func(n int) error {
		if n > 5 {
			cancel()
		}
		return nil
	})
	_, err := w.Desk.Claims.Cancel(ctx, w.Actor.Request("x"), p, workflow.Cancel{})
	if !errors.Is(err, context.Canceled) || errors.As(err, new(*workflow.WrongStateError)) {
		t.Fatalf("cancelled: %v", err)
	}
}

// Sources that a host plugged in can fail at any time: the error is typed, says
// which one it was, and nothing has changed. A time-out of theirs is theirs.
func TestSourcesFail(t *testing.T) {
	for _, cause := range []error{errors.New("no route to host"), context.DeadlineExceeded} {
		for _, source := range []workflowtest.Source{workflowtest.Directory, workflowtest.Facts, workflowtest.External} {
			w, spy := newWorld(t)
			w.Known("adatum.com")
			w.Fail(source, cause)
			unchanged(t, spy, func() {
				_, err := w.Desk.Customers.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Email: "ana@contoso.com"})
				_, err2 := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", migration))
				errs := []error{err, err2}
				if source != workflowtest.Directory {
					_, err3 := w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{Customer: w.Customer("adatum.com"), Location: lisboa, Engagements: []engagement.ID{migration}})
					errs = append(errs, err3)
				}
				for _, err := range errs {
					e := refused[*workflow.UnavailableError](t, err)
					equal(t, "the source", e.Source, string(source))
					if !errors.Is(err, cause) {
						t.Errorf("%v does not say why", err)
					}
				}
			})
		}
	}
	w, spy := newWorld(t)
	down := errors.New("down")
	desk, err := workflow.New(w.Store, directory{}, failing{w.Catalog, new(int), 1, down}, workflow.FactFunc(noFacts), &workflow.Options{Now: w.Now})
	ok(t, err)
	unchanged(t, spy, func() {
		_, err := desk.Customers.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Email: "ana@contoso.com"})
		equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "catalog")
	})
}

// failing is a catalog out of reach from the n-th call on.
type failing struct {
	workflow.Catalog
	calls *int
	n     int
	err   error
}

func (f failing) reach() error {
	if *f.calls++; *f.calls >= f.n {
		return f.err
	}
	return nil
}

func (f failing) Engagements(ctx context.Context) ([]engagement.Engagement, error) {
	if err := f.reach(); err != nil {
		return nil, err
	}
	return f.Catalog.Engagements(ctx)
}

func (f failing) Engagement(ctx context.Context, id engagement.ID) (engagement.Engagement, bool, error) {
	if err := f.reach(); err != nil {
		return engagement.Engagement{}, false, err
	}
	return f.Catalog.Engagement(ctx, id)
}

func (f failing) Partner(ctx context.Context, id engagement.PartnerID) (engagement.Partner, bool, error) {
	if err := f.reach(); err != nil {
		return engagement.Partner{}, false, err
	}
	return f.Catalog.Partner(ctx, id)
}

// Wherever on the way the catalog gets out of reach, the command is refused whole
// and can be given again; an acceptance goes through once it is known that there is
// room, and what it pays.
func TestCatalogFails(t *testing.T) {
	down := errors.New("down")
	for name, test := range map[string]struct {
		asked bool
		do    func(desk *workflow.Service, w *workflowtest.World, p engagement.ParticipationID) error
	}{
		"request": {false, func(desk *workflow.Service, w *workflowtest.World, p engagement.ParticipationID) error {
			_, err := desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "ana@contoso.com"))
			return err
		}},
		"resend": {true, func(desk *workflow.Service, w *workflowtest.World, p engagement.ParticipationID) error {
			_, err := desk.Consents.Resend(background, w.Actor.Request(w.Key()), p)
			return err
		}},
		"view": {true, func(desk *workflow.Service, w *workflowtest.World, p engagement.ParticipationID) error {
			_, err := desk.Links.ConsentView(background, newest(w, p))
			return err
		}},
		"accept": {true, func(desk *workflow.Service, w *workflowtest.World, p engagement.ParticipationID) error {
			_, err := desk.Links.AnswerConsent(background, newest(w, p), consent.DecisionAccept)
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for n := 1; ; n++ {
				w, spy := newWorld(t)
				p := w.Added(migration, "ana@contoso.com")
				if test.asked {
					w.Requested(p)
					w.Advance(day)
				}
				calls := 0
				desk, err := workflow.New(w.Store, directory{}, failing{w.Catalog, &calls, n, down}, workflow.FactFunc(noFacts), &workflow.Options{Now: w.Now})
				ok(t, err)
				before := spy.count()
				if err = test.do(desk, w, p); err == nil {
					if n == 1 {
						t.Fatal("the catalog was not asked")
					}
					return
				}
				equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "catalog")
				equal(t, "writes", spy.count(), before)
			}
		})
	}
}

// Wherever on the way storage stops answering, a call fails with an error that says
// so, and changes nothing.
func TestReadsFail(t *testing.T) {
	down := errors.New("down")
	all := calls()
	for _, d := range []consent.Decision{consent.DecisionAccept, consent.DecisionDecline} {
		all = append(all, call{string(d), "", func(w *workflowtest.World, _ workflow.Actor, p engagement.ParticipationID) (any, error) {
			return nil, answer(w, newest(w, p), d)
		}})
	}
	all = append(all,
		call{"Links.ConsentView", "", func(w *workflowtest.World, _ workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Links.ConsentView(background, newest(w, p))
		}},
		call{"Jobs.Sweep", "", func(w *workflowtest.World, _ workflow.Actor, _ engagement.ParticipationID) (any, error) {
			w.Advance(30 * day)
			return w.Desk.Jobs.Sweep(background)
		}},
		call{"Jobs.Prune", "", func(w *workflowtest.World, _ workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Jobs.Prune(background)
		}})
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			for n := 1; n < 200; n++ {
				w, spy := newWorld(t)
				f := w.As(workflowtest.Fabrikam)
				f.Requested(f.Added(workshop, "eva@contoso.com"))
				p := w.Added(workshop, "ana@contoso.com")
				w.Requested(p)
				w.Known("adatum.com")
				failed := false
				spy.reset(nil, func(read int) error {
					if read == n {
						failed = true
						return down
					}
					return nil
				})
				before := spy.count()
				_, err := c.do(w, c.by(), p)
				if !failed { // it reads no more often than that
					return
				}
				e := refused[*workflow.UnavailableError](t, err)
				equal(t, "the source", e.Source, "storage")
				if !errors.Is(err, down) {
					t.Errorf("read %d: %v", n, err)
				}
				if c.name != "Jobs.Sweep" {
					equal(t, "writes", spy.count(), before)
				}
			}
			t.Fatal("reads without end")
		})
	}
}

// A message that cannot be prepared or reported stays, and goes out later.
func TestRelayReadsFail(t *testing.T) {
	down := errors.New("down")
	for n := 1; ; n++ {
		w, spy := newWorld(t)
		p := w.Added(migration, "ana@contoso.com")
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "ana@contoso.com"))
		ok(t, err)
		failed := false
		spy.reset(nil, func(read int) error {
			if read == n {
				failed = true
				return down
			}
			return nil
		})
		_, err = w.Desk.Jobs.Relay(background)
		if !failed {
			ok(t, err)
			return
		}
		equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "storage")
		spy.reset(nil, nil)
		w.Advance(10 * time.Minute)
		w.Relayed()
		to := sentTo(w, engagement.MessageConsentRequest)
		equal(t, "sent to", slices.Compact(to), []string{"ana@contoso.com"})
		_, kinds := history(t, w, "contoso.com")
		equal(t, "the history", kinds[2:], []engagement.EventKind{engagement.EventConsentSent})
		_, err = w.Desk.Links.ConsentView(background, newest(w, p))
		ok(t, err)
	}
}

// Who may no longer act gets no result either for what was done before.
func TestReplayIsAuthorized(t *testing.T) {
	var authorized []string
	at := allowed{[]engagement.LocationID{lisboa}, &authorized}
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Authorizer = &at })
	started, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", migration))
	ok(t, err)
	reqKey, req := w.Key(), asked(w, "ana@contoso.com")
	_, err = w.Desk.Consents.Request(background, w.Actor.Request(reqKey), started[0].ID, req)
	ok(t, err)
	at.locations[0] = porto
	_, err = w.Desk.Consents.Request(background, w.Actor.Request(reqKey), started[0].ID, req)
	refused[*workflow.NotFoundError](t, err)
	at.locations[0] = lisboa
	_, err = w.Desk.Consents.Request(background, w.Actor.Request(reqKey), started[0].ID, req)
	ok(t, err)
}

// A dry run says what would happen, also of a command that has happened; it writes
// nothing.
func TestDryRun(t *testing.T) {
	w, spy := newWorld(t)
	cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", migration)
	dry := func(cmd workflow.AddCustomer) workflow.BulkResult {
		for r := range w.Desk.Customers.AddAll(background, w.Actor, keyed(cmdKey, cmd), workflow.BulkOptions{DryRun: true}) {
			return r
		}
		panic("no result")
	}
	unchanged(t, spy, func() {
		r := dry(cmd)
		ok(t, r.Err)
		equal(t, "would start", r.Started[0].Engagement, migration)
		refused[*workflow.NotEligibleError](t, dry(add(w, "it@fourthcoffee.com", migration)).Err)
	})
	started, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
	ok(t, err)
	unchanged(t, spy, func() {
		r := dry(cmd)
		ok(t, r.Err)
		equal(t, "was started", idsIn(r.Started), idsIn(started))
		equal(t, "that it was", r.Started[0].Repeated, true)
		other := cmd
		other.Engagements = []engagement.ID{pilot}
		refused[*workflow.KeyReusedError](t, dry(other).Err)
	})
}
