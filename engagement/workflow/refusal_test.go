package workflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

func TestCodesOfJoinedErrors(t *testing.T) {
	input := &workflow.InputError{Field: "hours", Problem: "are missing"}
	soon := &workflow.WrongStateError{Command: "resend consent", Err: &link.TooSoonError{}}
	down := errors.New("no route to host")
	for _, tt := range []struct {
		name   string
		err    error
		codes  []workflow.Code
		status int
	}{
		{"none", nil, nil, http.StatusOK},
		{"one", input, []workflow.Code{workflow.CodeInvalidInput}, 400},
		{"wrapped", fmt.Errorf("row 7: %w", input), []workflow.Code{workflow.CodeInvalidInput}, 400},
		{"each once, in order", errors.Join(&workflow.NotEligibleError{}, errors.Join(input, input), &workflow.KeyReusedError{}),
			[]workflow.Code{workflow.CodeNotEligible, workflow.CodeInvalidInput, workflow.CodeKeyReused}, 400},
		{"a state and why", soon, []workflow.Code{workflow.CodeWrongState, workflow.CodeTooSoon}, 429},
		{"a state for another reason", &workflow.WrongStateError{Err: &claim.NotAllowedError{}}, []workflow.Code{workflow.CodeWrongState}, 409},
		{"answers", &survey.AnswersError{Problems: []*survey.AnswerError{{}, {}}}, []workflow.Code{workflow.CodeInvalidInput}, 400},
		{"the first of the statuses", errors.Join(soon, input, &workflow.ForbiddenError{}), []workflow.Code{workflow.CodeWrongState, workflow.CodeTooSoon, workflow.CodeInvalidInput, workflow.CodeForbidden}, 403},
		{"somebody else's", down, []workflow.Code{workflow.CodeInternal}, 500},
		{"somebody else's within one of ours", &workflow.UnavailableError{Source: "facts", Err: &workflow.InputError{}}, []workflow.Code{workflow.CodeUnavailable}, 503},
		{"an Authorizer's", &workflow.ForbiddenError{Why: &workflow.NotFoundError{}}, []workflow.Code{workflow.CodeForbidden}, 403},
		{"the caller's time", context.DeadlineExceeded, []workflow.Code{workflow.CodeUnavailable}, 503},
		{"a sentinel of the storage's", fmt.Errorf("%w: it is a copy (%w)", storage.ErrUnavailable, down), []workflow.Code{workflow.CodeUnavailable}, 503},
		{"a full disk", storage.ErrFull, []workflow.Code{workflow.CodeUnavailable}, 503},
		{"a link", link.ErrUnknown, []workflow.Code{workflow.CodeNotFound}, 404},
		{"taken", consent.ErrTakenElsewhere, []workflow.Code{workflow.CodeLimitReached}, 409},
	} {
		t.Run(tt.name, func(t *testing.T) {
			equal(t, "the codes", workflow.CodesOf(tt.err), tt.codes)
			equal(t, "the status", workflow.HTTPStatus(tt.err), tt.status)
			for _, c := range workflow.AllCodes() {
				want := false
				for _, have := range tt.codes {
					want = want || have == c
				}
				equal(t, "that it has the code "+string(c), workflow.HasCode(tt.err, c), want)
			}
		})
	}
}

func TestPointer(t *testing.T) {
	for field, want := range map[string]string{
		"": "", "hours": "/hours", "customer[1].email": "/customer/1/email", "terms.parties": "/terms/parties", "rules[2].check[1]": "/rules/2/check/1", "a/b~c": "/a~1b~0c",
	} {
		equal(t, "the pointer of "+field, workflow.Pointer(field), want)
	}
}

// What a front end makes of one add with several mistakes: each at its field.
func TestRefusalsOfACommand(t *testing.T) {
	w, _ := newWorld(t)
	cmd := add(w, "ana@contoso.com", migration)
	cmd.Candidate.Hours, cmd.Candidate.Location, cmd.Candidate.Email = -1, "9", "x"
	_, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), cmd)
	got, jsonErr := json.Marshal(workflow.Refusals(err))
	ok(t, jsonErr)
	equal(t, "the refusals", string(got), `[{"code":"not_found","field":"/location","message":"there is no location \"9\""},`+
		`{"code":"invalid_input","field":"/email","message":"malformed email: an address has an @ between its local part and its domain, such as ana@contoso.com"},`+
		`{"code":"invalid_input","field":"/hours","message":"hours are -1: plan 1 to 10000, or leave them out"}]`)
}

type authorizer func() error

func (a authorizer) Authorize(context.Context, workflow.Actor, workflow.Permission) (workflow.Scope, error) {
	return workflow.AllLocations(), a()
}

// Trouble of an Authorizer's is no refusal, and what it says of one is not told on.
func TestAuthorizerThatCannotFindOut(t *testing.T) {
	var says error
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Authorizer = authorizer(func() error { return says }) })
	for _, tt := range []struct {
		err  error
		code workflow.Code
	}{
		{errors.New("ana is not on the list of fabrikam.com"), workflow.CodeForbidden},
		{&workflow.UnavailableError{Source: "list of users", Err: errors.New("10.0.0.7 is down")}, workflow.CodeUnavailable},
		{fmt.Errorf("the list: %w", context.DeadlineExceeded), workflow.CodeUnavailable},
	} {
		says = tt.err
		_, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration, Tab: engagement.TabEligible})
		if !errors.Is(err, tt.err) {
			t.Fatalf("the error is %v", err)
		}
		equal(t, "the codes", workflow.CodesOf(err), []workflow.Code{tt.code})
		for _, r := range workflow.Refusals(err) {
			if r.Message != "the actor may not view customers: ask somebody who may" && r.Message != "the list of users gave no answer: try again, with the same key" &&
				r.Message != "the authorizer gave no answer: try again, with the same key" {
				t.Errorf("it says %q", r.Message)
			}
		}
	}
}

// "Try again" is said only of what can pass.
func TestWhatDoesNotPass(t *testing.T) {
	for name, cause := range map[string]error{
		"an answer that no directory may give": &tenant.DirectoryError{Err: errors.New("no ID")},
		"what is no JSON":                      json.Unmarshal([]byte("{"), &struct{}{}),
		"what cannot be JSON":                  func() error { _, err := json.Marshal(math.NaN()); return err }(),
		"a catalog that is wrong":              fmt.Errorf("reading: %w", &engagement.InvalidError{Of: "engagement", Field: "id", Problem: "is missing"}),
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := newWorld(t)
			w.Fail(workflowtest.Facts, cause)
			_, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", migration))
			equal(t, "the codes", workflow.CodesOf(err), []workflow.Code{workflow.CodeInternal})
			if !errors.Is(err, cause) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}
