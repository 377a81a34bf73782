// Reviewer shows the program's side: the queue of submitted claims over all
// partners, what a reviewer sees of each, and the ways to decide.
//
//	go run ./examples/reviewer
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "reviewer:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	w := submitted()
	r := &reviewer{
		desk:  w.Desk,
		actor: workflow.Actor{User: "vera", Roles: []workflow.Role{workflow.RoleProgram}},
		key:   w.Key,
		out:   out,
	}
	fmt.Fprintln(out, "What waits for review")
	if err := r.reviewAll(ctx); err != nil {
		return err
	}
	fmt.Fprintln(out, "\nWhat is paid today")
	if err := r.payAll(ctx); err != nil {
		return err
	}
	fmt.Fprintln(out, "\nWhat all partners' claims come to")
	return r.totals(ctx)
}

// submitted is a program in which two partners have handed in four claims. In a
// host, that happened in the partners' portal.
func submitted() *workflowtest.World {
	northwind := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	fabrikam := northwind.As(workflowtest.Fabrikam)
	hand := func(w *workflowtest.World, e engagement.ID, email, requested string) engagement.ParticipationID {
		p := w.Granted(e, email)
		w.Proved(p)
		if _, err := w.Desk.Claims.Submit(context.Background(), w.Actor.Request(w.Key()), p, workflow.SubmitClaim{Requested: w.Money(requested)}); err != nil {
			panic(err)
		}
		w.Advance(time.Hour)
		return p
	}
	hand(northwind, "azure-migration", "ana@contoso.com", "5000.00 USD")
	hand(northwind, "security-workshop", "it@adatum.com", "6500.00 USD") // more than the engagement pays
	hand(fabrikam, "azure-migration", "it@adatum.com", "4200.00 USD")
	regretted := hand(fabrikam, "data-pilot", "joao@contoso.com", "5000.00 USD")
	fabrikam.Withdrawn(regretted) // too late to end it, and told to the reviewer
	return northwind
}

// reviewer is somebody who works for the program.
type reviewer struct {
	desk  *workflow.Service
	actor workflow.Actor
	key   func() string
	out   io.Writer
}

// reviewAll takes every submitted claim under review, the oldest first, and
// decides.
func (r *reviewer) reviewAll(ctx context.Context) error {
	queue := workflow.ClaimsQuery{Statuses: []engagement.Status{engagement.StatusSubmitted}, Sort: workflow.SortBySince}
	for row, err := range r.desk.Claims.All(ctx, r.actor, queue) {
		if err != nil {
			return err
		}
		actor := r.actor.For(row.Partner) // whoever decides, decides about one partner's claim
		if _, err := r.desk.Reviews.Start(ctx, actor.Request(r.key()), row.Participation, workflow.StartReview{}); err != nil {
			return err
		}
		view, err := r.desk.Claims.Get(ctx, actor, row.Participation)
		if err != nil {
			return err
		}
		verdict, err := r.decide(ctx, actor, view)
		if err != nil {
			return err
		}
		fmt.Fprintf(r.out, "  %-10s %-18s %-8s asks for %-12s %s\n", row.Partner, row.Engagement, row.Name, row.Requested, verdict)
	}
	return nil
}

// decide decides about one claim, and says how.
func (r *reviewer) decide(ctx context.Context, actor workflow.Actor, view workflow.ClaimView) (string, error) {
	c := view.Claim
	if !view.WithdrawnAt.IsZero() {
		_, err := r.desk.Reviews.Reject(ctx, actor.Request(r.key()), view.ID, workflow.RejectClaim{
			Codes: []claim.RejectionCode{claim.RejectionConsentWithdrawn}, Text: "Your customer has withdrawn its consent. Please talk to it, and dispute this if it was a mistake.",
		})
		return "→ rejected: the customer has withdrawn", err
	}
	for _, document := range c.Evidence {
		if err := r.read(ctx, actor, view.ID, document.ID); err != nil {
			return "", err
		}
	}
	if c.Requested.Amount.GreaterThan(c.Cap.Amount) {
		_, err := r.desk.Reviews.RequestAction(ctx, actor.Request(r.key()), view.ID, workflow.RequestAction{
			Items: []claim.ActionItem{{Text: fmt.Sprintf("This engagement pays at most %s: please ask for that, or say why it was more.", c.Cap)}},
		})
		return fmt.Sprintf("→ back to the partner: at most %s is paid", c.Cap), err
	}
	_, err := r.desk.Reviews.Approve(ctx, actor.Request(r.key()), view.ID, workflow.ApproveClaim{Amount: c.Requested})
	return "→ approved", err
}

// read reads a document to its end: only then is it known to be what was handed
// in.
func (r *reviewer) read(ctx context.Context, actor workflow.Actor, id engagement.ParticipationID, document claim.EvidenceID) error {
	_, content, err := r.desk.Documents.Open(ctx, actor, id, document)
	if err != nil {
		return err
	}
	defer content.Close()
	_, err = io.Copy(io.Discard, content)
	return err
}

// payAll pays what is approved.
func (r *reviewer) payAll(ctx context.Context) error {
	for row, err := range r.desk.Claims.All(ctx, r.actor, workflow.ClaimsQuery{Statuses: []engagement.Status{engagement.StatusApproved}}) {
		if err != nil {
			return err
		}
		if _, err := r.desk.Reviews.RecordPayment(ctx, r.actor.For(row.Partner).Request(r.key()), row.Participation, workflow.RecordPayment{
			Amount: row.Approved, Reference: "run 2026-09",
		}); err != nil {
			return err
		}
		fmt.Fprintf(r.out, "  %-10s %-18s %-8s %s\n", row.Partner, row.Engagement, row.Name, row.Approved)
	}
	return nil
}

// totals adds up the claims of every partner.
func (r *reviewer) totals(ctx context.Context) error {
	totals, err := r.desk.Claims.Totals(ctx, r.actor, workflow.ClaimsQuery{})
	for _, t := range totals {
		fmt.Fprintf(r.out, "  %d %-23s requested %-12s paid %s\n", t.Count, t.Status, shown(t.Requested), shown(t.Paid))
	}
	return err
}

// shown is an amount, or a dash where there is none.
func shown(m eligibility.Money) string {
	if m.IsZero() {
		return "–"
	}
	return m.String()
}
