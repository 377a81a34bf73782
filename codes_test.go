package partnerengage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/evidence"
	"github.com/partnerengage/partnerengage/engagement/program"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/entra"
)

var update = flag.Bool("update", false, "write testdata/refusals.golden anew")

// secret stands where a host's source, a server or a fact may say what is nobody's
// business: no refusal holds it.
var errSecret = errors.New("dial tcp 10.0.0.7:5432: fabrikam.com has 4711 seats")

// codedErrors are errors of all exported types of the module: at least one of each, and one
// for each code of those that have several.
func codedErrors(t *testing.T) []error {
	when := time.Date(2026, 7, 1, 9, 30, 0, 0, time.UTC)
	domain, err := tenant.ParseDomain("contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	usd := func(s string) eligibility.Money {
		m, err := eligibility.ParseMoney(s + " USD")
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	reasons := []engagement.Reason{
		{Kind: engagement.ReasonCriteriaNotMet, Rule: "enough_seats", Doc: "has at least 300 seats", Wanted: "at least 300", Found: "20"},
		{Kind: engagement.ReasonCriteriaNotMet, Rule: "margin"},
	}
	found := []tenant.Entry{{TPID: 640037, Name: "Contoso"}, {TPID: 640038, Name: "Contoso Ltd"}}
	return []error{
		&tenant.MalformedError{Field: "email", Problem: "is no address: write it as name@domain"},
		&tenant.NotFoundError{Domain: domain},
		&tenant.AmbiguousError{Domain: domain, Found: found},
		&tenant.ConsumerDomainError{Domain: domain, NeedsID: true, NeedsReason: true},
		&tenant.ConsumerDomainError{Domain: domain, NeedsReason: true},
		&tenant.ReasonRequiredError{Domain: domain, TPID: 5, Found: found},
		&tenant.UnavailableError{Domain: domain, Err: errSecret},
		&tenant.DirectoryError{Domain: domain, Err: errSecret},
		&entra.ResponseError{Host: "10.0.0.7:5432", Status: 429, Reason: "fabrikam.com"},
		&entra.ResponseError{Host: "10.0.0.7:5432", Status: 401, Reason: "fabrikam.com"},

		&eligibility.RuleSetError{RuleSet: "customer", Rule: "seats", Field: "Doc", Problem: "is missing"},
		&eligibility.RuleError{RuleSet: "customer", Version: "1", Rule: "seats", Err: errSecret},
		&eligibility.NotInEffectError{RuleSet: "customer", Version: "1", At: when},
		&eligibility.ValueError{Fact: "seats", Problem: "is not finite"},
		&eligibility.PanicError{Value: errSecret},
		&eligibility.KindError{Fact: "seats", Wanted: eligibility.KindInteger, Found: eligibility.KindText},
		&eligibility.CurrencyError{Fact: "revenue", Wanted: "USD", Found: "EUR"},
		&eligibility.ParseError{What: "money", Text: "ten", Problem: `write it as in "2500.00 USD"`},
		&eligibility.MoneyError{Amount: usd("0.001"), Problem: "has more decimals than USD"},
		&eligibility.ReplayError{RuleSet: "customer", Version: "1", Problem: "the findings differ", Rules: []string{"seats"}},
		&criteria.DocumentError{Path: "rules[2].check[1]", Problem: "is missing"},
		&criteria.FactError{Fact: "seats", Err: criteria.ErrUnknownFact},
		&criteria.RegistrationError{Name: "seats", Problem: "is registered already"},
		&criteria.TimelineError{First: "customer 1", Second: "customer 2", Problem: "are in effect at once", Err: criteria.ErrOverlap},
		&program.DocumentError{File: "program.json", Pointer: "/engagements/3/opens", Problem: "is missing"},

		&link.InvalidError{Field: "terms.parties", Problem: "one is missing"},
		&consent.NotAllowedError{Status: consent.StatusGranted, Event: consent.KindRequest},
		&consent.AlreadyAnsweredError{Decision: consent.DecisionDecline, At: when},
		&consent.ExpiredError{Deadline: when},
		&link.VoidError{VoidedAt: when},
		&link.TooSoonError{NotBefore: when},
		&link.TooManyError{Sent: 5, Max: 5},
		&link.LimitError{Limit: link.LimitMailbox, Field: "customer[1].email", Sent: 25, Max: 25, NotBefore: when},
		&words.Error{Language: "fr", Key: "greeting", Problem: "it is empty"},

		&engagement.InvalidError{Of: `engagement "pilot"`, Field: "proof[1].kind", Problem: "is missing"},
		&engagement.UnknownValueError{Field: "status", Value: "gone", Allowed: []string{"Paid", "Approved"}},
		&engagement.HistoryError{Seq: 7, Problem: "its hash is not that of what it says"},
		&claim.InvalidError{Field: "evidence.media_type", Problem: "is missing"},
		&claim.AmountError{Field: "requested", Amount: usd("12"), Limit: usd("10"), Problem: "is more than the 10.00 USD that the claim may come to"},
		&claim.AmountError{Field: "approved", Amount: usd("12"), Limit: usd("10"), Problem: "is more than the 10.00 USD that the claim may come to"},
		&claim.NotFoundError{Kind: "evidence", Value: "e1"},
		&claim.IncompleteError{Missing: []claim.Missing{{Kind: "invoice", Title: "Invoice", Wanted: 2, Found: 1}, {Kind: "survey", Title: "Survey", Survey: true, Wanted: 1}}},
		&claim.NotAllowedError{Status: claim.StatusPaid, Event: claim.KindSubmit},
		&claim.ExpiredError{Status: claim.StatusPostSubmissionExpired, Deadline: when},
		&survey.AnswersError{Problems: []*survey.AnswerError{{Question: "how-was-it", Problem: survey.ProblemMissing}, {Question: "x/y", Problem: survey.ProblemNotAsked}}},
		&survey.AnswerError{Question: "how-was-it", Problem: survey.ProblemTooLong},
		&survey.NotAllowedError{Command: survey.CommandSend},
		&survey.FrozenError{Since: when},
		&survey.AlreadyAnsweredError{At: when},
		&survey.ExpiredError{Deadline: when},
		&evidence.KeyError{Key: "//", Problem: "a segment is empty"},
		&evidence.TooLargeError{Limit: 1 << 20},
		&evidence.DamagedError{WantSize: 10, Size: 9},

		&storage.UnreadableError{Kind: "participation", Key: "fabrikam.com", Err: errSecret},
		&record.NewerError{Message: "Participation", Field: 9},
		&record.MalformedError{Message: "Participation", Field: 9, Problem: "is cut off"},
		&record.ValueError{Message: "Participation", Field: "owner", Problem: "is not UTF-8"},

		&workflow.InputError{Field: "customer[1].email", Problem: "is not an e-mail address that can be written to", Err: errSecret},
		&workflow.NameRequiredError{Customer: "tpid:5"},
		&workflow.OwnContactError{Field: "customer[0].email", Domain: domain, Of: engagement.ByPartner},
		&workflow.ForeignContactError{Field: "customer[0].email", Domain: domain, Doubt: engagement.DoubtForeignDomain},
		&workflow.ForeignContactError{Field: "customer[0].email", Domain: domain, Doubt: engagement.DoubtForeignDomain, WithAReason: true},
		&workflow.InvalidCursorError{Problem: "belongs to another list"},
		&workflow.NotFoundError{Kind: "participation", Value: "p1"},
		&workflow.NotFoundError{Kind: "engagement", Field: "engagements[1]", Value: "pilot"},
		&workflow.NotKnownError{Customer: "tpid:5"},
		&workflow.PersonNotFoundError{Field: "name"},
		&workflow.ForbiddenError{Permission: workflow.MayReviewClaims, Location: "4711201", Why: errSecret},
		&workflow.FourEyesError{Participation: "p1"},
		&workflow.IDNotAcceptedError{Engagement: "pilot", Given: tenant.IDKindDomain, Takes: []tenant.IDKind{tenant.IDKindTPID}},
		&workflow.StatedIdentityError{Engagement: "pilot"},
		&workflow.PayeeNotValidError{Location: "4711201", Payee: "tax form missing"},
		&workflow.NotEligibleError{Engagement: "pilot", Reasons: reasons},
		&workflow.LocationNotEligibleError{Engagement: "pilot", Location: "4711201", Reasons: reasons[:1]},
		&workflow.NotClaimableError{Engagement: "pilot", Availability: engagement.AvailabilityUpcoming, Opens: when, Until: when.AddDate(1, 0, 0)},
		&workflow.NotClaimableError{Engagement: "pilot", Availability: engagement.AvailabilityExpired, Opens: when, Until: when.AddDate(1, 0, 0)},
		&workflow.AlreadyKnownError{Engagement: "pilot"},
		&workflow.OpenParticipationError{Engagement: "pilot", Participation: "p1", Status: engagement.StatusCustomerClaimed},
		&workflow.StaleError{Now: workflow.ParticipationView{ID: "p-1", Revision: "r2", Status: engagement.StatusSubmitted}},
		&workflow.WrongStateError{Command: "cancel", Status: engagement.StatusPaid},
		&workflow.WrongStateError{Command: "resend consent", Status: engagement.StatusAwaitingConsentResponse, Err: &link.TooSoonError{NotBefore: when}},
		&workflow.DisassociatedError{Customer: "tpid:5", Since: when},
		&workflow.PayoutChangedError{Engagement: "pilot", Previewed: usd("2"), Now: usd("1.5")},
		&workflow.ConsumerMovedError{Name: "crm"},
		&workflow.KeyReusedError{Key: "k"},
		&workflow.UnavailableError{Source: "facts", Err: errSecret},
		&workflow.InternalError{Source: "facts", Err: errSecret},
		&workflow.PanicError{Value: errSecret},
		&workflow.ClockError{Own: when, Storage: when.Add(time.Hour), Most: time.Minute},
		&workflow.UnreadableEventsError{Events: []int64{7}, Count: 1},
		&workflow.UnreadableRowsError{Rows: []workflow.UnreadableRow{{Partner: "p", Engagement: "pilot", Customer: "tpid:5"}}, Count: 2},
	}
}

func errorName(err error) string { return strings.TrimPrefix(reflect.TypeOf(err).String(), "*") }

// Every error type has a code that there is, with a status, and all that a front end needs of it
// is in its refusal.
func TestEveryErrorHasACode(t *testing.T) {
	shown := map[string][]workflow.Refusal{}
	for _, err := range codedErrors(t) {
		name := errorName(err)
		coded, ok := err.(interface{ Code() string })
		if !ok {
			t.Errorf("%s has no method Code", name)
			continue
		}
		c := workflow.Code(coded.Code())
		if !slices.Contains(workflow.AllCodes(), c) {
			t.Errorf("%s has the code %q, which is none of workflow.AllCodes", name, c)
		}
		if !workflow.HasCode(fmt.Errorf("wrapped: %w", errors.Join(err)), c) {
			t.Errorf("of a wrapped %s the codes are %q: want %q among them", name, workflow.CodesOf(err), c)
		}
		refusals := workflow.Refusals(err)
		if len(refusals) == 0 {
			t.Errorf("%s has no refusal", name)
		}
		for _, r := range refusals {
			if text := fmt.Sprintf("%+v", r); strings.Contains(text, "fabrikam") || strings.Contains(text, "10.0.0.7") {
				t.Errorf("the refusal of %s tells what is nobody's business: %s", name, text)
			}
		}
		shown[name] = append(shown[name], refusals...)
	}
	for _, name := range exportedErrors(t) {
		if _, ok := shown[name]; !ok {
			t.Errorf("%s is an error type: give it a code, and an example to this test", name)
		}
	}

	const golden = "testdata/refusals.golden"
	var got bytes.Buffer
	w := json.NewEncoder(&got)
	w.SetEscapeHTML(false)
	w.SetIndent("", "  ")
	if err := w.Encode(shown); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(read(t, golden), got.String()); diff != "" {
		t.Errorf("%s (run with -update if this is meant):\n%s", golden, diff)
	}
}

func TestEveryCodeHasAStatus(t *testing.T) {
	used := map[workflow.Code]bool{}
	for _, err := range codedErrors(t) {
		used[workflow.CodesOf(err)[0]] = true
	}
	table := read(t, "engagement/workflow/code.go")
	for _, c := range workflow.AllCodes() {
		status := c.HTTPStatus()
		if status == 500 && c != workflow.CodeInternal && c != workflow.CodeUnreadable {
			t.Errorf("%s has no status", c)
		}
		if !used[c] {
			t.Errorf("no error type has the code %s", c)
		}
		row := false
		for line := range strings.Lines(table) {
			fields := strings.Fields(line)
			row = row || len(fields) > 3 && fields[0] == "//" && fields[1] == string(c) && slices.Contains(fields, fmt.Sprint(status))
		}
		if !row {
			t.Errorf("the table of Code has no row of %s with its status %d", c, status)
		}
	}
}

// exportedErrors returns the exported error types of all packages of the module, by package
// and name.
func exportedErrors(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, nested := os.Stat(filepath.Join(path, "go.mod"))
			if path != "." && (nested == nil || strings.HasPrefix(d.Name(), ".") || d.Name() == "internal" || d.Name() == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || fn.Name.Name != "Error" || len(fn.Type.Params.List) > 0 || fn.Type.Results == nil {
				continue
			}
			of := fn.Recv.List[0].Type
			if star, ok := of.(*ast.StarExpr); ok {
				of = star.X
			}
			if name, ok := of.(*ast.Ident); ok && name.IsExported() {
				names = append(names, file.Name.Name+"."+name.Name)
			}
		}
		return nil
	})
	if err != nil || len(names) < 60 {
		t.Fatalf("only %d error types were found: %v", len(names), err)
	}
	return names
}
