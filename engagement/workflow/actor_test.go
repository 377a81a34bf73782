package workflow_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	"github.com/partnerengage/partnerengage/tenant"
)

// call is a command or a query, for one actor and about one participation.
type call struct {
	name string
	act  workflow.Act
	do   func(w *workflowtest.World, actor workflow.Actor, p engagement.ParticipationID) error
}

// by is an actor who may do it for Northwind.
func (c call) by() workflow.Actor {
	switch c.act {
	case workflow.RunProgram:
		return workflowtest.Vendor
	case workflow.ReviewClaims:
		return workflowtest.Vendor.For("northwind")
	}
	return workflowtest.Northwind
}

// calls returns every command and query of a partner and of the program.
func calls() []call {
	return slices.Concat(partnerCalls(), claimCalls(), claimListCalls())
}

func partnerCalls() []call {
	contoso := tenant.Key("tenant:00000000-0000-4000-8000-000000000001")
	request := func(w *workflowtest.World) workflow.ConsentRequest {
		return workflow.ConsentRequest{Key: w.Key(), Customer: workflow.ByEmail("ana@contoso.com")}
	}
	return []call{
		{"Engagements", workflow.ViewEngagements, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.Engagements(background, a, workflow.EngagementsQuery{})
			return err
		}},
		{"EngagementSummary", workflow.ViewEngagements, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.EngagementSummary(background, a, migration)
			return err
		}},
		{"Eligibility", workflow.ViewEngagements, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.Eligibility(background, a, migration)
			return err
		}},
		{"Identify", workflow.AddCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.Identify(background, a, workflow.Candidate{Location: lisboa, Email: "ana@contoso.com"})
			return err
		}},
		{"AddCustomer", workflow.AddCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.AddCustomer(background, a, add(w, "ana@contoso.com", migration))
			return err
		}},
		{"AddCustomers", workflow.AddCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			var err error
			for r := range w.Desk.AddCustomers(background, a, slices.Values([]workflow.AddCustomer{add(w, "ana@contoso.com", pilot)}), workflow.BulkOptions{}) {
				err = r.Err
			}
			return err
		}},
		{"OfferClaim", workflow.ClaimCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.OfferClaim(background, a, workflow.ClaimCustomer{Customer: contoso, Location: lisboa})
			return err
		}},
		{"ClaimCustomer", workflow.ClaimCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.ClaimCustomer(background, a, workflow.ClaimCustomer{Key: w.Key(), Customer: contoso, Location: lisboa, Engagements: []engagement.ID{pilot}})
			return err
		}},
		{"PreviewConsent", workflow.HandleConsent, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			_, err := w.Desk.PreviewConsent(background, a, p, request(w))
			return err
		}},
		{"RequestConsent", workflow.HandleConsent, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			_, err := w.Desk.RequestConsent(background, a, p, request(w))
			return err
		}},
		{"ResendConsent", workflow.HandleConsent, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			_, err := w.Desk.ResendConsent(background, a, p, w.Key())
			return err
		}},
		{"ChangeContacts", workflow.HandleConsent, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			_, err := w.Desk.ChangeContacts(background, a, p, request(w))
			return err
		}},
		{"Cancel", workflow.CancelAct, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.Cancel(background, a, p, workflow.CancelParticipation{Key: w.Key()})
		}},
		{"Participation", workflow.ViewCustomers, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			got, err := w.Desk.Participation(background, a, p)
			if err != nil && got.ID != "" {
				return fmt.Errorf("a participation came with the error: %v", err)
			}
			return err
		}},
		{"Status", workflow.ViewCustomers, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			_, err := w.Desk.Status(background, a, p)
			return err
		}},
		{"ConsentEvidence", workflow.ViewHistory, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			got, err := w.Desk.ConsentEvidence(background, a, p)
			if err != nil && len(got) > 0 {
				return fmt.Errorf("evidence came with the error: %v", err)
			}
			return err
		}},
		{"Receipt", workflow.ViewHistory, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			_, err := w.Desk.Receipt(background, a, p, consent.ReceiptDetails{})
			return err
		}},
		{"History", workflow.ViewHistory, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.History(background, a, contoso)
			return err
		}},
		{"Customers", workflow.ViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.Customers(background, a, migration, workflow.CustomersQuery{})
			return err
		}},
		{"AllCustomers", workflow.ViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			for _, err := range w.Desk.AllCustomers(background, a, migration, workflow.CustomersQuery{}) {
				return err
			}
			return nil
		}},
		{"Search", workflow.ViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.Search(background, a, "contoso", 0)
			return err
		}},
		{"AttentionRequired", workflow.ViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.AttentionRequired(background, a, 0)
			return err
		}},
		{"KnownCustomers", workflow.ViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			for _, err := range w.Desk.KnownCustomers(background, a) {
				return err
			}
			return nil
		}},
		{"ExportCustomers", workflow.ViewCustomers, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			return w.Desk.ExportCustomers(background, a, migration, workflow.CustomersQuery{}, io.Discard)
		}},
		{"ErasePerson", workflow.ErasePersons, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.ErasePerson(background, a, workflow.Person{User: "nobody"})
			return err
		}},
		{"ImportKnown", workflow.RunProgram, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.ImportKnown(background, a, "northwind", slices.Values([]workflow.KnownCustomer{}), nil)
			return err
		}},
		{"Reevaluate", workflow.RunProgram, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.Reevaluate(background, a, workflow.Scope{Partner: "northwind"}, nil)
			return err
		}},
		{"Disassociate", workflow.Associate, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			return w.Desk.Disassociate(background, a, contoso, workflow.Association{Key: w.Key(), Reason: "Moved."})
		}},
		{"Associate", workflow.Associate, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			return w.Desk.Associate(background, a, contoso, workflow.Association{Key: w.Key(), Reason: "Back."})
		}},
	}
}

// claimCalls are about the claim of one participation.
func claimCalls() []call {
	amount := must(eligibility.ParseMoney("100.00 USD"))
	return []call{
		{"ChangeDetails", workflow.AddCustomers, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.ChangeDetails(background, a, p, workflow.Details{Key: w.Key(), DealSize: &amount})
		}},
		{"Comment", workflow.CommentOnClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.Comment(background, a, p, workflow.Comment{Key: w.Key(), Text: "Well."})
		}},
		{"AddEvidence", workflow.WorkOnClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			_, err := w.Desk.AddEvidence(background, a, p, pdf(w.Key(), claim.Invoice), strings.NewReader("content"))
			return err
		}},
		{"RecordEvidence", workflow.WorkOnClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			_, err := w.Desk.RecordEvidence(background, a, p, recorded(w.Key(), "s3://bucket/1"))
			return err
		}},
		{"RemoveEvidence", workflow.WorkOnClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.RemoveEvidence(background, a, p, workflow.RemoveEvidence{Key: w.Key(), Evidence: "e"})
		}},
		{"OpenEvidence", workflow.ViewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			_, content, err := w.Desk.OpenEvidence(background, a, p, "e")
			if content != nil {
				return fmt.Errorf("content came with the error: %v", err)
			}
			return err
		}},
		{"RequestSurvey", workflow.WorkOnClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.RequestSurvey(background, a, p, workflow.SurveyRequest{Key: w.Key(), Survey: claim.CustomerSurvey, Contact: workflow.Contact{Email: "ana@contoso.com"}})
		}},
		{"ResendSurvey", workflow.WorkOnClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.ResendSurvey(background, a, p, workflow.ResendSurvey{Key: w.Key(), Survey: claim.CustomerSurvey})
		}},
		{"SubmitClaim", workflow.WorkOnClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.SubmitClaim(background, a, p, workflow.SubmitClaim{Key: w.Key()})
		}},
		{"RecallClaim", workflow.WorkOnClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.RecallClaim(background, a, p, workflow.RecallClaim{Key: w.Key(), Reason: "One more page."})
		}},
		{"DisputeClaim", workflow.WorkOnClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.DisputeClaim(background, a, p, workflow.DisputeClaim{Key: w.Key(), Reason: "It was delivered."})
		}},
		{"StartReview", workflow.ReviewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.StartReview(background, a, p, workflow.StartReview{Key: w.Key()})
		}},
		{"AskForAction", workflow.ReviewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.AskForAction(background, a, p, workflow.AskForAction{Key: w.Key(), Items: []claim.ActionItem{{Text: "Sign it."}}})
		}},
		{"ApproveClaim", workflow.ReviewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.ApproveClaim(background, a, p, workflow.ApproveClaim{Key: w.Key(), Amount: amount})
		}},
		{"RejectClaim", workflow.ReviewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.RejectClaim(background, a, p, workflow.RejectClaim{Key: w.Key(), Codes: []claim.RejectionCode{claim.NotDelivered}, Text: "Nothing came."})
		}},
		{"RecordPayment", workflow.ReviewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			return w.Desk.RecordPayment(background, a, p, workflow.RecordPayment{Key: w.Key(), Amount: amount})
		}},
		{"Claim", workflow.ViewClaims, func(w *workflowtest.World, a workflow.Actor, p engagement.ParticipationID) error {
			view, err := w.Desk.Claim(background, a, p)
			if err != nil && view.ID != "" && !errors.Is(err, workflow.ErrUnavailable) {
				return fmt.Errorf("a claim came with the error: %v", err)
			}
			return err
		}},
	}
}

// claimListCalls show many claims at once. The Program may give them for every
// partner.
func claimListCalls() []call {
	return []call{
		{"Claims", workflow.ViewClaims, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			page, err := w.Desk.Claims(background, a, workflow.ClaimsQuery{})
			if err != nil && len(page.Rows)+len(page.Counts) > 0 {
				return fmt.Errorf("rows came with the error: %v", err)
			}
			return err
		}},
		{"AllClaims", workflow.ViewClaims, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			for _, err := range w.Desk.AllClaims(background, a, workflow.ClaimsQuery{}) {
				return err
			}
			return nil
		}},
		{"ClaimTotals", workflow.ViewClaims, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			_, err := w.Desk.ClaimTotals(background, a, workflow.ClaimsQuery{})
			return err
		}},
		{"ExportClaims", workflow.ViewClaims, func(w *workflowtest.World, a workflow.Actor, _ engagement.ParticipationID) error {
			return w.Desk.ExportClaims(background, a, workflow.ClaimsQuery{}, io.Discard)
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
		"unknown role":         {actor: workflow.Actor{Partner: partner, Roles: []workflow.Role{"owner"}}},
		"admin":                {actor: workflow.Actor{Partner: partner, Roles: []workflow.Role{workflow.IncentivesAdmin}}, asPartner: true},
		"user":                 {actor: workflow.Actor{Partner: partner, Roles: []workflow.Role{workflow.IncentivesUser}}, asPartner: true},
		"admin of no partner":  {actor: workflow.Actor{Roles: []workflow.Role{workflow.IncentivesAdmin}}},
		"program":              {actor: workflow.Actor{Roles: []workflow.Role{workflow.Program}}, run: true},
		"program at a partner": {actor: workflow.Actor{Partner: partner, Roles: []workflow.Role{workflow.Program}}, asReviewer: true, run: true},
		"zero":                 {},
	}
	var lists []string
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
				case workflow.RunProgram:
					may = who.run
				case workflow.ReviewClaims:
					may = who.asReviewer
				case workflow.ErasePersons:
					may = who.asPartner || who.asReviewer
				case workflow.ViewClaims, workflow.CommentOnClaims:
					may = who.asPartner || who.asReviewer || who.run && slices.Contains(lists, c.name)
				}
				if may {
					if err := c.do(w, who.actor, p); errors.Is(err, workflow.ErrForbidden) {
						t.Fatalf("refused: %v", err)
					}
					return
				}
				unchanged(t, spy, func() {
					e := refused[*workflow.ForbiddenError](t, c.do(w, who.actor, p), workflow.ErrForbidden)
					equal(t, "the act", e.Act, c.act)
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
				theirs, nobodys := c.do(w, c.by(), foreign), c.do(w, c.by(), never)
				e := refused[*workflow.NotFoundError](t, theirs, workflow.ErrNotFound)
				equal(t, "the refusal", *e, workflow.NotFoundError{Field: "participation", Value: string(foreign)})
				equal(t, "the error", strings.ReplaceAll(theirs.Error(), string(foreign), string(never)), nobodys.Error())
			})
		})
	}
	equal(t, "calls about a participation", tried, len(aboutParticipations))
}

var aboutParticipations = []string{
	"ChangeDetails", "Comment", "AddEvidence", "RecordEvidence", "RemoveEvidence", "OpenEvidence", "RequestSurvey", "ResendSurvey", "SubmitClaim",
	"RecallClaim", "DisputeClaim", "StartReview", "AskForAction", "ApproveClaim", "RejectClaim", "RecordPayment", "Claim",
	"PreviewConsent", "RequestConsent", "ResendConsent", "ChangeContacts", "Cancel", "Participation", "Status", "ConsentEvidence", "Receipt",
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
			"history": func(k tenant.Key) error { _, err := w.Desk.History(background, w.Actor, k); return err },
			"offer": func(k tenant.Key) error {
				_, err := w.Desk.OfferClaim(background, w.Actor, workflow.ClaimCustomer{Customer: k, Location: lisboa})
				return err
			},
			"claim": func(k tenant.Key) error {
				_, err := w.Desk.ClaimCustomer(background, w.Actor, workflow.ClaimCustomer{Key: w.Key(), Customer: k, Location: lisboa, Engagements: []engagement.ID{pilot}})
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
	offer, err := w.Desk.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Email: "x@contoso.com"})
	ok(t, err)
	fresh, _ := newWorld(t)
	want, err := fresh.Desk.Identify(background, fresh.Actor, workflow.Candidate{Location: lisboa, Email: "x@contoso.com"})
	ok(t, err)
	equal(t, "the offer", asJSON(t, offer), asJSON(t, want))
}

// allowed is an Authorizer that lets its users act through one location only.
type allowed struct {
	location engagement.LocationID
	asked    *[]string
}

var errNotHere = errors.New("not at this location")

func (a allowed) Authorize(_ context.Context, actor workflow.Actor, act workflow.Act, at engagement.LocationID) error {
	*a.asked = append(*a.asked, fmt.Sprintf("%s %s at %q", actor.User, act, at))
	if at != a.location {
		return errNotHere
	}
	return nil
}

// A host's Authorizer is asked after the roles, for the location in question, and
// its no is final.
func TestAuthorizer(t *testing.T) {
	for _, c := range calls() {
		t.Run(c.name, func(t *testing.T) {
			var asked []string
			w, spy := newWorld(t, func(sc *workflowtest.Scenario) {
				sc.Options.Authorizer = allowed{lisboa, &asked}
			})
			other, err := w.Desk.AddCustomer(background, w.Actor, add(w, "ana@contoso.com", workshop))
			ok(t, err)
			mine := other[0].ID

			asked = nil
			nobody := workflow.Actor{Partner: "northwind", User: "nobody"}
			refused[*workflow.ForbiddenError](t, c.do(w, nobody, mine), workflow.ErrForbidden)
			equal(t, "asked for an actor without a role", len(asked), 0)

			actor := c.by()
			err = c.do(w, actor, mine)
			if len(asked) == 0 {
				t.Fatal("the Authorizer was not asked")
			}
			switch want := fmt.Sprintf("%s %s at %q", actor.User, c.act, lisboa); {
			case asked[0] == want: // allowed
				if errors.Is(err, workflow.ErrForbidden) {
					t.Fatalf("refused: %v", err)
				}
			case asked[0] == fmt.Sprintf("%s %s at %q", actor.User, c.act, ""): // all locations are more than one
				unchanged(t, spy, func() {
					e := refused[*workflow.ForbiddenError](t, c.do(w, actor, mine), workflow.ErrForbidden)
					if !errors.Is(e, errNotHere) || e.Location != "" {
						t.Errorf("%v at %q, want the Authorizer's reason for all locations", e, e.Location)
					}
				})
			default:
				t.Fatalf("asked %q, want %q", asked, want)
			}
		})
	}
}

// Whoever may act through one location only cannot touch, see or move what
// belongs to another.
func TestAuthorizerOtherLocation(t *testing.T) {
	var asked []string
	at := allowed{porto, &asked}
	w, spy := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Authorizer = &at })
	at.location = lisboa
	started, err := w.Desk.AddCustomer(background, w.Actor, add(w, "ana@contoso.com", workshop))
	ok(t, err)
	at.location = porto
	for _, c := range calls() {
		if c.act == workflow.RunProgram {
			continue
		}
		unchanged(t, spy, func() {
			e := refused[*workflow.ForbiddenError](t, c.do(w, c.by(), started[0].ID), workflow.ErrForbidden)
			if e.Location != "" && (e.Location != lisboa || !strings.Contains(e.Error(), string(lisboa))) {
				t.Errorf("%s: %v", c.name, e)
			}
		})
	}
	c := add(w, "ana@adatum.com", workshop)
	c.Candidate.Location = porto
	_, err = w.Desk.AddCustomer(background, w.Actor, c)
	ok(t, err)
}

// The texts of roles and acts are read back, and junk is not.
func TestActorTexts(t *testing.T) {
	for _, r := range workflow.AllRoles() {
		var got workflow.Role
		ok(t, json.Unmarshal(fmt.Appendf(nil, "%q", r), &got))
		equal(t, "the role", got, r)
	}
	for _, a := range workflow.AllActs() {
		var got workflow.Act
		ok(t, json.Unmarshal(fmt.Appendf(nil, "%q", a), &got))
		equal(t, "the act", got, a)
	}
	var r workflow.Role
	refused[*workflow.InputError](t, r.UnmarshalText([]byte("Incentives Admin")), workflow.ErrInput)
	var a workflow.Act
	refused[*workflow.InputError](t, a.UnmarshalText([]byte("view")), workflow.ErrInput)
	ok(t, r.UnmarshalText(nil))

	// Every act is one that some call takes: none is left that means nothing.
	for _, act := range workflow.AllActs() {
		if !slices.ContainsFunc(calls(), func(c call) bool { return c.act == act }) {
			t.Errorf("nothing takes the act %q", act)
		}
	}
}

// Nothing that is logged tells who a person is, what one wrote, or a secret.
func TestLogValues(t *testing.T) {
	w, _ := newWorld(t)
	offer, err := w.Desk.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Email: "secret-ana@contoso.com"})
	ok(t, err)
	p := w.Added(migration, "secret-ana@contoso.com")
	w.Requested(p, "secret-ana@contoso.com")
	w.Accepted(p)
	sendSurvey(t, w, p, "secret-ana@contoso.com")
	ok(t, w.Desk.Comment(background, w.Actor, p, workflow.Comment{Key: w.Key(), Text: "secret"}))
	evidence := pdf(w.Key(), claim.Invoice)
	evidence.Name = "secret.pdf"
	added, err := w.Desk.AddEvidence(background, w.Actor, p, evidence, strings.NewReader("secret"))
	ok(t, err)
	view, err := w.Desk.Claim(background, w.Actor, p)
	ok(t, err)
	document := recorded("k", "s3://x")
	document.Name = "secret.pdf"
	friendly := "secret"
	for _, handler := range []func(io.Writer) slog.Handler{
		func(to io.Writer) slog.Handler { return slog.NewTextHandler(to, nil) }, func(to io.Writer) slog.Handler { return slog.NewJSONHandler(to, nil) },
	} {
		var out bytes.Buffer
		slog.New(handler(&out)).Info("all",
			"actor", workflow.Actor{Partner: "northwind", User: "secret-user"}, "candidate", offer.Candidate, "offer", offer,
			"add", workflow.AddCustomer{Candidate: workflow.Candidate{Email: "secret-ana@contoso.com", Reason: "secret"}},
			"request", workflow.ConsentRequest{Customer: workflow.ByEmail("secret-ana@contoso.com"), Partner: workflow.ByEmail("secret-joe@northwind.example")},
			"cancel", workflow.CancelParticipation{Reason: "secret"}, "person", workflow.Person{Email: "secret-ana@contoso.com", User: "secret-user", Name: "secret"},
			"delivery", w.Messages()[0], "survey delivery", w.Messages()[len(w.Messages())-1],
			"comment", workflow.Comment{Text: "secret"}, "dispute", workflow.DisputeClaim{Reason: "secret"},
			"survey", workflow.SurveyRequest{Survey: claim.CustomerSurvey, Contact: workflow.Contact{Email: "secret-ana@contoso.com"}},
			"action", workflow.AskForAction{Items: []claim.ActionItem{{Text: "secret"}}},
			"approve", workflow.ApproveClaim{Amount: w.Money("1.00 USD"), Override: "secret", Text: "secret"},
			"reject", workflow.RejectClaim{Codes: []claim.RejectionCode{claim.NotDelivered}, Text: "secret"},
			"pay", workflow.RecordPayment{Amount: w.Money("1.00 USD"), Reference: "secret"},
			"add evidence", evidence, "record evidence", document, "evidence", added,
			"details", workflow.Details{FriendlyName: &friendly}, "associate", workflow.Association{Reason: "secret"}, "claim", view,
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
