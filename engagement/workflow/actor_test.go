package workflow_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// call is a command or a query, for one actor and about one participation.
type call struct {
	name string
	act  workflow.Permission
	do   func(w *workflowtest.World, actor workflow.Actor, p engagement.ParticipationID) (any, error)
}

// by is an actor who may do it for Northwind.
func (c call) by() workflow.Actor {
	switch c.act {
	case workflow.MayAdministerProgram:
		return workflowtest.Vendor
	case workflow.MayReviewClaims:
		return workflowtest.Vendor.For("northwind")
	}
	return workflowtest.Northwind
}

// collect returns what an iterator yields, and the error that ends it.
func collect[R any](all iter.Seq2[R, error]) ([]R, error) {
	var rows []R
	for r, err := range all {
		if err != nil {
			return rows, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// calls returns every command and query of a partner and of the program.
func calls() []call {
	return slices.Concat(partnerCalls(), claimCalls(), claimListCalls())
}

func partnerCalls() []call {
	contoso := tenant.Key("tenant:00000000-0000-4000-8000-000000000001")
	request := func(w *workflowtest.World) workflow.RequestConsent {
		return workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com")}
	}
	return []call{
		{"Engagements.List", workflow.MayViewEngagements, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Engagements.List(background, a, workflow.EngagementsQuery{})
		}},
		{"Engagements.Get", workflow.MayViewEngagements, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Engagements.Get(background, a, migration)
		}},
		{"Engagements.Locations", workflow.MayViewEngagements, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Engagements.Locations(background, a, migration)
		}},
		{"Customers.Identify", workflow.MayAddCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Customers.Identify(background, a, workflow.Candidate{Location: lisboa, Email: "ana@contoso.com"})
		}},
		{"Customers.Add", workflow.MayAddCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Customers.Add(background, a.Request(w.Key()), add(w, "ana@contoso.com", migration))
		}},
		{"Customers.AddAll", workflow.MayAddCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			r := slices.Collect(w.Desk.Customers.AddAll(background, a, keyed(w.Key(), add(w, "ana@contoso.com", pilot)), workflow.BulkOptions{}))[0]
			return r.Started, r.Err
		}},
		{"Customers.PreviewClaim", workflow.MayClaimCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Customers.PreviewClaim(background, a, workflow.ClaimCustomer{Customer: contoso, Location: lisboa})
		}},
		{"Customers.Claim", workflow.MayClaimCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Customers.Claim(background, a.Request(w.Key()), workflow.ClaimCustomer{Customer: contoso, Location: lisboa, Engagements: []engagement.ID{pilot}})
		}},
		{"Consents.Preview", workflow.MayManageConsent, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Consents.Preview(background, a, p, request(w))
		}},
		{"Consents.Request", workflow.MayManageConsent, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Consents.Request(background, a.Request(w.Key()), p, request(w))
		}},
		{"Consents.Resend", workflow.MayManageConsent, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Consents.Resend(background, a.Request(w.Key()), p)
		}},
		{"Consents.ChangeContacts", workflow.MayManageConsent, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Consents.ChangeContacts(background, a.Request(w.Key()), p, workflow.ChangeContacts(request(w)))
		}},
		{"Consents.ChangePartnerContacts", workflow.MayManageConsent, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Consents.ChangePartnerContacts(background, a.Request(w.Key()), p, workflow.ChangePartnerContacts{Partner: workflow.ByEmail("joe@northwind.example")})
		}},
		{"Consents.Contacts", workflow.MayManageConsent, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Consents.Contacts(background, a, p)
		}},
		{"Claims.Cancel", workflow.MayCancelParticipations, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.Cancel(background, a.Request(w.Key()), p, workflow.Cancel{})
		}},
		{"Claims.Participation", workflow.MayViewCustomers, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.Participation(background, a, p)
		}},
		{"Claims.Status", workflow.MayViewCustomers, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.Status(background, a, p)
		}},
		{"Consents.Evidence", workflow.MayViewHistory, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Consents.Evidence(background, a, p)
		}},
		{"Consents.Receipt", workflow.MayViewHistory, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Consents.Receipt(background, a, p, consent.ReceiptDetails{})
		}},
		{"Histories.List", workflow.MayViewHistory, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return wholeHistory(background, w.Desk, a, contoso)
		}},
		{"Histories.All", workflow.MayViewHistory, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return collect(w.Desk.Histories.All(background, a, workflow.HistoryQuery{Customer: contoso, Newest: true}))
		}},
		{"Histories.Verify", workflow.MayViewHistory, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Histories.Verify(background, a, contoso)
		}},
		{"Histories.Heads", workflow.MayViewHistory, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return collect(w.Desk.Histories.Heads(background, a))
		}},
		{"Feed.Read", workflow.MayFollowFeed, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return wholeFeed(w.Desk, a, workflow.FeedQuery{Limit: 7})
		}},
		{"Feed.Lag", workflow.MayFollowFeed, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Feed.Lag(background, a, "")
		}},
		{"Feed.Consumers", workflow.MayFollowFeed, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Feed.Consumers(background, a)
		}},
		{"Feed.MoveConsumer", workflow.MayFollowFeed, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			first := base64.RawURLEncoding.EncodeToString([]byte(storage.Numbered(1, engagement.Digest{})))
			return nil, w.Desk.Feed.MoveConsumer(background, a, workflow.MoveFeedConsumer{Name: "crm", To: first})
		}},
		{"Customers.List", workflow.MayViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Customers.List(background, a, workflow.CustomersQuery{Engagement: migration})
		}},
		{"Customers.All", workflow.MayViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return collect(w.Desk.Customers.All(background, a, workflow.CustomersQuery{Engagement: migration}))
		}},
		{"Customers.Search", workflow.MayViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Customers.Search(background, a, workflow.SearchQuery{Search: "contoso"})
		}},
		{"Customers.NeedingAttention", workflow.MayViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Customers.NeedingAttention(background, a, workflow.AttentionQuery{})
		}},
		{"Customers.Known", workflow.MayViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Customers.Known(background, a, workflow.KnownQuery{})
		}},
		{"Customers.AllKnown", workflow.MayViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return collect(w.Desk.Customers.AllKnown(background, a))
		}},
		{"Customers.Export", workflow.MayViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			var csv strings.Builder
			err := w.Desk.Customers.Export(background, a, workflow.CustomersQuery{Engagement: migration}, &csv, nil)
			return csv.String(), err
		}},
		{"Program.ErasePerson", workflow.MayErasePersons, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Program.ErasePerson(background, a, workflow.Person{User: "nobody"}, nil)
		}},
		{"Program.RepeatErasure", workflow.MayErasePersons, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Program.RepeatErasure(background, a, engagement.Erased{}, nil)
		}},
		{"Program.Import", workflow.MayAdministerProgram, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Program.Import(background, a, "northwind", slices.Values([]workflow.KnownCustomer{}), nil)
		}},
		{"Program.Reevaluate", workflow.MayAdministerProgram, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Program.Reevaluate(background, a, workflow.Reevaluation{Partner: "northwind"}, nil)
		}},
		{"Customers.Disassociate", workflow.MayAssociateCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return nil, w.Desk.Customers.Disassociate(background, a.Request(w.Key()), contoso, workflow.Disassociate{Reason: "Moved."})
		}},
		{"Customers.Associate", workflow.MayAssociateCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return nil, w.Desk.Customers.Associate(background, a.Request(w.Key()), contoso, workflow.Associate{Reason: "Back."})
		}},
	}
}

// claimCalls are about the claim of one participation.
func claimCalls() []call {
	amount := must(eligibility.ParseMoney("100.00 USD"))
	return []call{
		{"Claims.Update", workflow.MayAddCustomers, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.Update(background, a.Request(w.Key()), p, workflow.UpdateDetails{DealSize: &amount})
		}},
		{"Claims.RecordReferral", workflow.MayEditClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.RecordReferral(background, a.Request(w.Key()), p, workflow.RecordReferral{Reference: "R-1"})
		}},
		{"Claims.Comment", workflow.MayCommentOnClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.Comment(background, a.Request(w.Key()), p, workflow.Comment{Text: "Well."})
		}},
		{"Documents.Add", workflow.MayEditClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Documents.Add(background, a.Request(w.Key()), p, pdf(claim.ProofInvoice), strings.NewReader("content"))
		}},
		{"Documents.Record", workflow.MayEditClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Documents.Record(background, a.Request(w.Key()), p, recorded("s3://bucket/1"))
		}},
		{"Documents.Remove", workflow.MayEditClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Documents.Remove(background, a.Request(w.Key()), p, workflow.RemoveEvidence{Evidence: "e"})
		}},
		{"Documents.Open", workflow.MayViewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			v, content, err := w.Desk.Documents.Open(background, a, p, "e")
			return []any{v, content}, err
		}},
		{"Surveys.Send", workflow.MayEditClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Surveys.Send(background, a.Request(w.Key()), p, workflow.SendSurvey{Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: "ana@contoso.com"}})
		}},
		{"Surveys.Resend", workflow.MayEditClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Surveys.Resend(background, a.Request(w.Key()), p, workflow.ResendSurvey{Survey: claim.ProofCustomerSurvey})
		}},
		{"Claims.Submit", workflow.MayEditClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.Submit(background, a.Request(w.Key()), p, workflow.SubmitClaim{})
		}},
		{"Surveys.Answer", workflow.MayEditClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Surveys.Answer(background, a.Request(w.Key()), p, workflow.AnswerPartnerSurvey{Survey: claim.ProofPartnerSurvey})
		}},
		{"Surveys.Get", workflow.MayViewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Surveys.Get(background, a, p, claim.ProofPartnerSurvey)
		}},
		{"Claims.Recall", workflow.MayEditClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.Recall(background, a.Request(w.Key()), p, workflow.RecallClaim{Reason: "One more page."})
		}},
		{"Claims.Dispute", workflow.MayEditClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.Dispute(background, a.Request(w.Key()), p, workflow.DisputeClaim{Reason: "It was delivered."})
		}},
		{"Reviews.Start", workflow.MayReviewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Reviews.Start(background, a.Request(w.Key()), p, workflow.StartReview{})
		}},
		{"Reviews.RequestAction", workflow.MayReviewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Reviews.RequestAction(background, a.Request(w.Key()), p, workflow.RequestAction{Items: []claim.ActionItem{{Text: "Sign it."}}})
		}},
		{"Reviews.Approve", workflow.MayReviewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Reviews.Approve(background, a.Request(w.Key()), p, workflow.ApproveClaim{Amount: amount})
		}},
		{"Reviews.Reject", workflow.MayReviewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Reviews.Reject(background, a.Request(w.Key()), p, workflow.RejectClaim{Codes: []claim.RejectionCode{claim.RejectionNotDelivered}, Text: "Nothing came."})
		}},
		{"Reviews.RecordPayment", workflow.MayReviewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Reviews.RecordPayment(background, a.Request(w.Key()), p, workflow.RecordPayment{Amount: amount})
		}},
		{"Claims.Get", workflow.MayViewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.Get(background, a, p)
		}},
	}
}

// claimListCalls show many claims at once. The Program may give them for every
// partner.
func claimListCalls() []call {
	return []call{
		{"Claims.List", workflow.MayViewClaims, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.List(background, a, workflow.ClaimsQuery{})
		}},
		{"Claims.All", workflow.MayViewClaims, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return collect(w.Desk.Claims.All(background, a, workflow.ClaimsQuery{}))
		}},
		{"Claims.Figures", workflow.MayViewClaims, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.Figures(background, a, workflow.FiguresQuery{By: workflow.AllFigureDimensions()})
		}},
		{"Claims.Totals", workflow.MayViewClaims, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			return w.Desk.Claims.Totals(background, a, workflow.ClaimsQuery{})
		}},
		{"Claims.Export", workflow.MayViewClaims, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) (any, error) {
			var csv strings.Builder
			err := w.Desk.Claims.Export(background, a, workflow.ClaimsQuery{}, &csv, nil)
			return csv.String(), err
		}},
	}
}

// Without the role that an act takes, no command and no query does anything.
func TestRoles(t *testing.T) {
	partner := engagement.PartnerID("northwind")
	actors := map[string]struct {
		actor                      workflow.Actor
		asPartner, asReviewer, run bool // what it may do
	}{
		"no role":              {actor: workflow.Actor{Partner: partner, User: "ana"}},
		"unknown role":         {actor: workflow.Actor{Partner: partner, User: "ana", Roles: []workflow.Role{"owner"}}},
		"admin":                {actor: workflow.Actor{Partner: partner, User: "ana", Roles: []workflow.Role{workflow.RoleIncentivesAdmin}}, asPartner: true},
		"user":                 {actor: workflow.Actor{Partner: partner, User: "ana", Roles: []workflow.Role{workflow.RoleIncentivesUser}}, asPartner: true},
		"admin of no partner":  {actor: workflow.Actor{User: "ana", Roles: []workflow.Role{workflow.RoleIncentivesAdmin}}},
		"program":              {actor: workflow.Actor{User: "vera", Roles: []workflow.Role{workflow.RoleProgram}}, run: true},
		"program at a partner": {actor: workflow.Actor{Partner: partner, User: "vera", Roles: []workflow.Role{workflow.RoleProgram}}, asReviewer: true, run: true},
		"zero":                 {},
		"without a user":       {actor: workflow.Actor{Partner: partner, User: " \x00", Roles: workflow.AllRoles()}},
	}
	lists := []string{"Histories.Heads"} // of all partners
	for _, c := range claimListCalls() {
		lists = append(lists, c.name)
	}
	for name, who := range actors {
		for _, c := range calls() {
			t.Run(name+"/"+c.name, func(t *testing.T) {
				w, spy := newWorld(t)
				p := w.Added(workshop, "ana@contoso.com")
				may := who.asPartner
				switch c.act {
				case workflow.MayAdministerProgram:
					may = who.run
				case workflow.MayReviewClaims:
					may = who.asReviewer
				case workflow.MayErasePersons:
					may = who.asPartner && slices.Contains(who.actor.Roles, workflow.RoleIncentivesAdmin) || who.asReviewer
				case workflow.MayFollowFeed:
					may = who.asPartner || who.run
				case workflow.MayViewHistory, workflow.MayViewClaims, workflow.MayCommentOnClaims:
					may = who.asPartner || who.asReviewer || who.run && slices.Contains(lists, c.name)
				}
				if may {
					if _, err := c.do(w, who.actor, p); errors.As(err, new(*workflow.ForbiddenError)) {
						t.Fatalf("refused: %v", err)
					}
					return
				}
				unchanged(t, spy, func() {
					_, err := c.do(w, who.actor, p)
					e := refused[*workflow.ForbiddenError](t, err)
					equal(t, "the act", e.Permission, c.act)
					if e.Why == nil || !strings.Contains(e.Error(), string(c.act)) {
						t.Errorf("%q does not say what and why", e)
					}
				})
			})
		}
	}
}

// What another partner has is not there: the answer reads as for an ID that
// nobody ever had.
func TestForeignParticipation(t *testing.T) {
	const never = engagement.ParticipationID("0192f3a0-0000-7000-8000-000000000000")
	tried := 0
	for _, c := range calls() {
		if !slices.Contains(aboutParticipations, c.name) {
			continue
		}
		tried++
		t.Run(c.name, func(t *testing.T) {
			w, spy := newWorld(t)
			foreign := w.As(workflowtest.Fabrikam).Added(migration, "ana@contoso.com")
			w.As(workflowtest.Fabrikam).Requested(foreign)
			unchanged(t, spy, func() {
				_, theirs := c.do(w, c.by(), foreign)
				_, nobodys := c.do(w, c.by(), never)
				e := refused[*workflow.NotFoundError](t, theirs)
				equal(t, "the refusal", *e, workflow.NotFoundError{Kind: "participation", Value: string(foreign)})
				equal(t, "the error", strings.ReplaceAll(theirs.Error(), string(foreign), string(never)), nobodys.Error())
			})
		})
	}
	equal(t, "calls about a participation", tried, len(aboutParticipations))
}

var aboutParticipations = []string{
	"Claims.Update", "Claims.RecordReferral", "Claims.Comment", "Documents.Add", "Documents.Record", "Documents.Remove", "Documents.Open", "Surveys.Send", "Surveys.Resend", "Claims.Submit",
	"Claims.Recall", "Surveys.Answer", "Surveys.Get", "Claims.Dispute", "Reviews.Start", "Reviews.RequestAction", "Reviews.Approve", "Reviews.Reject", "Reviews.RecordPayment", "Claims.Get",
	"Consents.Preview", "Consents.Request", "Consents.Resend", "Consents.ChangeContacts", "Consents.ChangePartnerContacts", "Consents.Contacts", "Claims.Cancel", "Claims.Participation", "Claims.Status", "Consents.Evidence", "Consents.Receipt",
}

// Customers of another partner are neither known nor in the way: whoever asks
// cannot tell that they are there.
func TestForeignCustomer(t *testing.T) {
	w, _ := newWorld(t)
	w.As(workflowtest.Fabrikam).Added(pilot, "ana@contoso.com")
	w.As(workflowtest.Fabrikam).Known("adatum.com")
	never := tenant.Key("tenant:00000000-0000-4000-8000-00000000ffff")
	for _, domain := range []string{"contoso.com", "adatum.com"} {
		key := w.Customer(domain)
		for name, ask := range map[string]func(tenant.Key) error{
			"history": func(k tenant.Key) error { _, err := wholeHistory(background, w.Desk, w.Actor, k); return err },
			"offer": func(k tenant.Key) error {
				_, err := w.Desk.Customers.PreviewClaim(background, w.Actor, workflow.ClaimCustomer{Customer: k, Location: lisboa})
				return err
			},
			"claim": func(k tenant.Key) error {
				_, err := w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{Customer: k, Location: lisboa, Engagements: []engagement.ID{pilot}})
				return err
			},
		} {
			theirs, nobodys := ask(key), ask(never)
			if theirs == nil || nobodys == nil {
				t.Fatalf("%s: %v and %v, want refusals", name, theirs, nobodys)
			}
			equal(t, name, strings.ReplaceAll(theirs.Error(), string(key), string(never)), nobodys.Error())
		}
	}
	offer, err := w.Desk.Customers.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Email: "x@contoso.com"})
	ok(t, err)
	fresh, _ := newWorld(t)
	want, err := fresh.Desk.Customers.Identify(background, fresh.Actor, workflow.Candidate{Location: lisboa, Email: "x@contoso.com"})
	ok(t, err)
	equal(t, "the offer", asJSON(t, offer), asJSON(t, want))
}

// allowed is an Authorizer that lets its users act through some locations only.
type allowed struct {
	locations []engagement.LocationID
	asked     *[]string
}

func (a allowed) Authorize(_ context.Context, actor workflow.Actor, act workflow.Permission) (workflow.Scope, error) {
	*a.asked = append(*a.asked, fmt.Sprintf("%s %s", actor.User, act))
	return workflow.SomeLocations(a.locations...), nil
}

// A host's Authorizer is asked after the roles, once, and its no is final.
func TestAuthorizer(t *testing.T) {
	for _, c := range calls() {
		t.Run(c.name, func(t *testing.T) {
			var asked []string
			only := &allowed{[]engagement.LocationID{lisboa}, &asked}
			w, spy := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Authorizer = only })
			mine := w.Added(workshop, "ana@contoso.com")

			asked = nil
			nobody := workflow.Actor{Partner: "northwind", User: "nobody"}
			_, err := c.do(w, nobody, mine)
			refused[*workflow.ForbiddenError](t, err)
			equal(t, "asked for an actor without a role", len(asked), 0)

			actor := c.by()
			_, err = c.do(w, actor, mine)
			equal(t, "asked", asked, []string{fmt.Sprintf("%s %s", actor.User, c.act)})
			whole := slices.Contains([]workflow.Permission{workflow.MayErasePersons, workflow.MayAssociateCustomers, workflow.MayAdministerProgram}, c.act) || slices.Contains([]string{"Histories.Verify", "Histories.Heads", "Feed.Lag", "Feed.Consumers", "Feed.MoveConsumer"}, c.name)
			if errors.As(err, new(*workflow.ForbiddenError)) != whole {
				t.Fatalf("through one location: %v", err)
			}
			only.locations = nil
			unchanged(t, spy, func() {
				_, err := c.do(w, actor, mine)
				refused[*workflow.ForbiddenError](t, err)
			})
		})
	}
}

// The texts of roles and acts are read back, and junk is not.
func TestActorTexts(t *testing.T) {
	for _, r := range workflow.AllRoles() {
		var got workflow.Role
		ok(t, json.Unmarshal(fmt.Appendf(nil, "%q", r), &got))
		equal(t, "the role", got, r)
	}
	for _, a := range workflow.AllPermissions() {
		var got workflow.Permission
		ok(t, json.Unmarshal(fmt.Appendf(nil, "%q", a), &got))
		equal(t, "the act", got, a)
	}
	var r workflow.Role
	refused[*workflow.InputError](t, r.UnmarshalText([]byte("Incentives Admin")))
	var a workflow.Permission
	refused[*workflow.InputError](t, a.UnmarshalText([]byte("view")))
	ok(t, r.UnmarshalText(nil))

	// Every act is one that some call takes: none is left that means nothing.
	for _, act := range workflow.AllPermissions() {
		if !slices.ContainsFunc(calls(), func(c call) bool { return c.act == act }) {
			t.Errorf("nothing takes the act %q", act)
		}
	}
}

// Nothing that is logged tells who a person is, what one wrote, or a secret.
func TestLogValues(t *testing.T) {
	w, _ := newWorld(t)
	offer, err := w.Desk.Customers.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Email: "secret-ana@contoso.com"})
	ok(t, err)
	p := w.Added(migration, "secret-ana@contoso.com")
	w.Requested(p, "secret-ana@contoso.com")
	w.Accepted(p)
	sendSurvey(t, w, p, "secret-ana@contoso.com")
	ok(t, errOf(w.Desk.Claims.Comment(background, w.Actor.Request(w.Key()), p, workflow.Comment{Text: "secret"})))
	evidenceKey, evidence := w.Key(), pdf(claim.ProofInvoice)
	evidence.Name = "secret.pdf"
	added, err := w.Desk.Documents.Add(background, w.Actor.Request(evidenceKey), p, evidence, strings.NewReader("secret"))
	ok(t, err)
	view, err := w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	document := recorded("s3://x")
	document.Name = "secret.pdf"
	friendly := "secret"
	for _, handler := range []func(io.Writer) slog.Handler{
		func(to io.Writer) slog.Handler { return slog.NewTextHandler(to, nil) }, func(to io.Writer) slog.Handler { return slog.NewJSONHandler(to, nil) },
	} {
		var out bytes.Buffer
		slog.New(handler(&out)).Info("all",
			"actor", workflow.Actor{Partner: "northwind", User: "secret-user"}, "candidate", offer.Candidate, "offer", offer,
			"add", workflow.AddCustomer{Candidate: workflow.Candidate{Email: "secret-ana@contoso.com", Reason: "secret"}},
			"request", workflow.RequestConsent{Customer: workflow.ByEmail("secret-ana@contoso.com"), Partner: workflow.ByEmail("secret-joe@northwind.example")},
			"cancel", workflow.Cancel{Reason: "secret"}, "person", workflow.Person{Email: "secret-ana@contoso.com", User: "secret-user", Name: "secret"},
			"delivery", w.Messages()[0], "survey delivery", w.Messages()[len(w.Messages())-1],
			"comment", workflow.Comment{Text: "secret"}, "dispute", workflow.DisputeClaim{Reason: "secret"},
			"survey", workflow.SendSurvey{Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: "secret-ana@contoso.com"}},
			"action", workflow.RequestAction{Items: []claim.ActionItem{{Text: "secret"}}},
			"approve", workflow.ApproveClaim{Amount: w.Money("1.00 USD"), Override: "secret", Text: "secret"},
			"reject", workflow.RejectClaim{Codes: []claim.RejectionCode{claim.RejectionNotDelivered}, Text: "secret"},
			"pay", workflow.RecordPayment{Amount: w.Money("1.00 USD"), Reference: "secret"},
			"add evidence", evidence, "record evidence", document, "evidence", added,
			"details", workflow.UpdateDetails{FriendlyName: &friendly}, "associate", workflow.Associate{Reason: "secret"}, "claim", view,
		)
		for _, m := range w.Messages() {
			if link := m.Link[strings.LastIndexByte(m.Link, '/')+1:]; link != "" && strings.Contains(out.String(), link) {
				t.Errorf("the log tells a link: %s", out.String())
			}
		}
		if s := out.String(); strings.Contains(s, "secret") {
			t.Errorf("the log tells: %s", s)
		}
		for _, told := range []string{"northwind", "contoso.com", "engagement not delivered", "1.00 USD"} {
			if !strings.Contains(out.String(), told) {
				t.Errorf("the log does not tell %q: %s", told, out.String())
			}
		}
	}
}
