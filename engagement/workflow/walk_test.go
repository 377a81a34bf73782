package workflow_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/evidence/evidencetest"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

// walkStatuses spells the statuses in walkTable.
var walkStatuses = map[string]engagement.Status{
	"New": engagement.StatusCustomerClaimed, "Wait": engagement.StatusAwaitingConsentResponse, "Recv": engagement.StatusConsentReceived,
	"Decl": engagement.StatusConsentDeclined, "CExp": engagement.StatusConsentExpired, "Wdrn": engagement.StatusConsentWithdrawn,
	"Canc": engagement.StatusCanceled, "Subm": engagement.StatusSubmitted, "Revw": engagement.StatusUnderReview, "Actn": engagement.StatusPartnerActionRequired,
	"Appr": engagement.StatusApproved, "Paid": engagement.StatusPaid, "Rejd": engagement.StatusRejected, "Disp": engagement.StatusDisputed, "Finl": engagement.StatusRejectedFinal,
	"NSub": engagement.StatusNotSubmittedExpired, "PExp": engagement.StatusPostSubmissionExpired, "DExp": engagement.StatusDisputedExpired,
}

var walkTabs = map[string]engagement.Tab{"elig": engagement.TabEligible, "comp": engagement.TabComplete, "off": engagement.TabOff}

// whose says which part of the desk speaks when it refuses a command.
type whose int

const (
	ofConsent  whose = iota // a partner's command about the consent
	ofLink                  // an answer through a link
	ofClaim                 // a command about the claim
	ofStart                 // a new participation
	ofReferral              // the referral that the engagement asks for
)

// refusal returns the errors, all of them and no others, that a cell promises; none
// for a cell that allows.
func (of whose) refusal(cell string) []error {
	type said struct {
		by   whose
		cell string
	}
	switch (said{of, cell}) {
	case said{ofConsent, "no"}:
		return []error{errtest.Type[*workflow.WrongStateError](), linkNotAllowed}
	case said{ofConsent, "late"}:
		return []error{errtest.Type[*workflow.WrongStateError](), linkExpired}
	case said{ofConsent, "soon"}:
		return []error{errtest.Type[*workflow.WrongStateError](), errtest.Type[*link.TooSoonError]()}
	case said{ofLink, "no"}:
		return []error{linkNotAllowed}
	case said{ofLink, "late"}:
		return []error{linkExpired}
	case said{ofLink, "link"}:
		return []error{link.ErrUnknown}
	case said{ofLink, "ans"}:
		return []error{linkAnswered}
	case said{ofClaim, "no"}:
		return []error{errtest.Type[*workflow.WrongStateError](), errtest.Type[*claim.NotAllowedError]()}
	case said{ofClaim, "late"}:
		return []error{errtest.Type[*workflow.WrongStateError](), errtest.Type[*claim.ExpiredError]()}
	case said{ofClaim, "sv"}:
		return []error{errtest.Type[*workflow.WrongStateError](), linkNotAllowed}
	case said{ofClaim, "end"}, said{ofClaim, "frz"}, said{ofConsent, "end"}, said{ofReferral, "no"}, said{ofReferral, "late"}, said{ofReferral, "end"}:
		return []error{errtest.Type[*workflow.WrongStateError]()}
	case said{ofClaim, "miss"}:
		return []error{errtest.Type[*claim.IncompleteError]()}
	case said{ofClaim, "amt"}:
		return []error{errtest.Type[*claim.AmountError]()}
	case said{ofClaim, "none"}:
		return []error{errtest.Type[*workflow.NotFoundError]()}
	case said{ofStart, "open"}:
		return []error{errtest.Type[*workflow.OpenParticipationError]()}
	case said{ofStart, "new"}:
		return []error{errtest.Type[*workflow.NotKnownError]()}
	case said{ofStart, "kno"}:
		return []error{errtest.Type[*workflow.AlreadyKnownError]()}
	case said{ofStart, "ful"}:
		return []error{errtest.Type[*workflow.NotEligibleError]()}
	case said{ofStart, "k+f"}:
		return []error{errtest.Type[*workflow.AlreadyKnownError](), errtest.Type[*workflow.NotEligibleError]()}
	}
	return nil
}

// What a link is refused for, of a consent or of a survey.
var (
	linkNotAllowed = errtest.OneOf(errtest.Type[*consent.NotAllowedError](), errtest.Type[*survey.NotAllowedError](), errtest.Type[*survey.FrozenError]())
	linkExpired    = errtest.OneOf(errtest.Type[*consent.ExpiredError](), errtest.Type[*survey.ExpiredError]())
	linkAnswered   = errtest.OneOf(errtest.Type[*consent.AlreadyAnsweredError](), errtest.Type[*survey.AlreadyAnsweredError]())
)

// everyRefusal are the kinds of errors with which a command about a participation can be
// refused.
var everyRefusal = []error{
	errtest.Type[*workflow.ForbiddenError](), errtest.Type[*workflow.NotFoundError](), errtest.Type[*workflow.InputError](), errtest.Type[*workflow.LocationNotEligibleError](), errtest.Type[*workflow.NotClaimableError](), errtest.Type[*workflow.NotEligibleError](),
	errtest.Type[*workflow.AlreadyKnownError](), errtest.Type[*workflow.NotKnownError](), errtest.Type[*workflow.OpenParticipationError](), errtest.Type[*workflow.IDNotAcceptedError](), errtest.Type[*workflow.PayoutChangedError](),
	errtest.Type[*workflow.DisassociatedError](), errtest.Type[*workflow.PayeeNotValidError](), errtest.Type[*workflow.WrongStateError](), errtest.Type[*workflow.KeyReusedError](), errtest.Type[*workflow.UnavailableError](),
	link.ErrUnknown, errtest.Type[*link.VoidError](), linkAnswered, linkExpired, consent.ErrTakenElsewhere, errtest.Type[*link.TooSoonError](),
	errtest.Type[*link.TooManyError](), linkNotAllowed, errtest.Type[*link.InvalidError](),
	errtest.Type[*claim.NotAllowedError](), errtest.Type[*claim.ExpiredError](), errtest.Type[*claim.IncompleteError](), errtest.Type[*claim.AmountError](), errtest.Type[*claim.InvalidError](), errtest.Type[*claim.NotFoundError](),
}

// refusedWith says what is wrong with an error that must be exactly of these
// kinds, or nil when there are none; "" is nothing.
func refusedWith(err error, want []error) string {
	wrong := (err == nil) != (len(want) == 0)
	for _, s := range everyRefusal {
		wrong = wrong || errtest.Is(err, s) != slices.Contains(want, s)
	}
	if wrong {
		return fmt.Sprintf("the error is %v, want %q", err, want)
	}
	return ""
}

// reference is a survey that no claim needs, so that one is there to be sent and
// answered whatever else has been proved; and retrospect one of the partner's own.
const (
	reference  = "reference"
	retrospect = "retrospect"
)

// walk is a world with the one participation that commands are tried on.
type walk struct {
	*workflowtest.World
	spy   *spy
	kept  *evidencetest.Memory
	id    engagement.ParticipationID
	way   string
	start time.Time
	ends  map[string]time.Time // the moments of walkTable
}

func newWalk(t *testing.T, way string, changes ...func(*workflowtest.Scenario)) *walk {
	t.Helper()
	k := &walk{way: way, kept: &evidencetest.Memory{}, ends: map[string]time.Time{}}
	k.World, k.spy = newWorld(t, func(sc *workflowtest.Scenario) {
		form, own := survey.CustomerForm(), survey.PartnerForm()
		sc.Engagements = sc.Engagements[:1] // migration
		sc.Engagements[0].Proof = append(claim.DefaultProof(), claim.ProofItem{Kind: reference, Title: "Reference", Survey: &form}, claim.ProofItem{Kind: retrospect, Title: "Retrospect", Survey: &own})
		sc.Engagements[0].AsksReferral = true
		sc.Options.Evidence = k.kept
		for _, change := range changes {
			change(sc)
		}
	})
	k.start = k.Now()
	for _, step := range strings.Split(way, ",") {
		what, on, _ := strings.Cut(strings.TrimSpace(step), " ")
		n, err := strconv.Atoi(on)
		ok(t, err)
		k.SetNow(k.day(n))
		k.step(t, what, n)
	}
	k.Relayed()
	return k
}

func (k *walk) day(n int) time.Time { return k.start.Add(time.Duration(n) * day) }

// step makes a step of a way, and notes the moments that count from it.
func (k *walk) step(t *testing.T, what string, n int) {
	t.Helper()
	switch what {
	case "add":
		k.id = k.Added(migration, "ana@contoso.com")
		k.ends["consent"] = k.day(n + 30)
	case "claim":
		k.id = k.Claimed(migration, "contoso.com")
		k.ends = map[string]time.Time{"consent": k.day(n + 30)}
	case "ask":
		k.Requested(k.id)
		k.ends["resend"] = k.day(n + 1)
	case "yes":
		k.Accepted(k.id)
		delete(k.ends, "resend")
		k.ends["submit"], k.ends["review"] = k.day(n+60), k.day(n+90)
	case "no":
		k.Declined(k.id)
	case "back":
		k.Withdrawn(k.id)
	case "cancel":
		k.Cancelled(k.id)
	case "prove":
		ok(t, k.try("surv"))
		k.Relayed() // first, so that its link is not the newest of those that Proved opens
		k.Proved(k.id)
	case "drop":
		c := part(t, k.World, k.id).Claim
		i := slices.IndexFunc(c.Evidence, func(v claim.Evidence) bool { return v.Kind == claim.ProofInvoice })
		ok(t, errOf(k.Desk.Documents.Remove(background, k.Actor.Request(k.Key()), k.id, workflow.RemoveEvidence{Evidence: c.Evidence[i].ID})))
	case "submit":
		if status, _ := k.Desk.Claims.Status(background, k.Actor, k.id); status == engagement.StatusDisputed {
			k.ends["review"] = k.day(n + 30)
		}
		ok(t, k.try("subm"))
	case "review":
		k.Reviewed(k.id)
	case "action":
		k.AskedForAction(k.id, "Send the invoice again.")
	case "approve":
		k.Approved(k.id, "5000.00 USD")
	case "reject":
		if _, disputed := k.ends["dispute"]; !disputed {
			k.ends["dispute"] = k.day(n + 30)
		}
		k.Rejected(k.id, "The invoice is another customer's.")
	case "dispute":
		k.Disputed(k.id, "It is not.")
	case "wait":
		k.Swept()
	default:
		ok(t, k.try(map[string]string{"chg": "chg", "re": "re", "part": "part", "pay": "pay", "recall": "rcl"}[what]))
	}
	k.Relayed()
}

// walkCommands are the columns of walkTable.
var walkCommands = []struct {
	name string
	of   whose
}{
	{"ask", ofConsent}, {"re", ofConsent}, {"chg", ofConsent}, {"yes", ofLink}, {"no", ofLink}, {"back", ofLink}, {"canc", ofClaim}, {"deal", ofClaim}, {"ours", ofClaim},
	{"doc+", ofClaim}, {"doc-", ofClaim}, {"surv", ofClaim}, {"svre", ofClaim}, {"ansr", ofLink}, {"done", ofClaim}, {"note", ofClaim}, {"subm", ofClaim}, {"disp", ofClaim}, {"rcl", ofClaim}, {"own", ofClaim}, {"ref", ofReferral},
	{"cmt", ofClaim}, {"rev", ofClaim}, {"act", ofClaim}, {"appr", ofClaim}, {"over", ofClaim}, {"rej", ofClaim}, {"pay", ofClaim}, {"part", ofClaim}, {"more", ofClaim},
	{"clm", ofStart}, {"add", ofStart},
}

// try gives one command.
func (k *walk) try(name string) error {
	switch name {
	case "ask":
		_, err := k.Desk.Consents.Request(background, k.Actor.Request(k.Key()), k.id, k.contact("ana@contoso.com"))
		return err
	case "re":
		_, err := k.Desk.Consents.Resend(background, k.Actor.Request(k.Key()), k.id)
		return err
	case "chg":
		_, err := k.Desk.Consents.ChangeContacts(background, k.Actor.Request(k.Key()), k.id, workflow.ChangeContacts(k.contact("bruno-"+k.Key()+"@contoso.com")))
		return err
	case "yes":
		return answer(k.World, last(k.Links(k.id)), consent.DecisionAccept)
	case "no":
		return answer(k.World, last(k.Links(k.id)), consent.DecisionDecline)
	case "back":
		return answer(k.World, last(k.Links(k.id)), consent.DecisionWithdraw)
	case "canc":
		return errOf(k.Desk.Claims.Cancel(background, k.Actor.Request(k.Key()), k.id, workflow.Cancel{}))
	case "deal":
		size := k.Money("40000.00 USD")
		return errOf(k.Desk.Claims.Update(background, k.Actor.Request(k.Key()), k.id, workflow.UpdateDetails{DealSize: &size}))
	case "ours":
		return errOf(k.Desk.Consents.ChangePartnerContacts(background, k.Actor.Request(k.Key()), k.id, workflow.ChangePartnerContacts{Partner: workflow.ByEmail("eva@northwind.example")}))
	case "clm":
		_, err := k.Desk.Customers.Claim(background, k.Actor.Request(k.Key()), workflow.ClaimCustomer{
			Customer: k.Customer("contoso.com"), Location: lisboa, Engagements: []engagement.ID{migration},
		})
		return err
	case "add":
		_, err := k.Desk.Customers.Add(background, k.Actor.Request(k.Key()), add(k.World, "ana@contoso.com", migration))
		return err
	case "doc+", "doc-", "surv", "svre", "ansr", "done", "note", "subm", "disp", "rcl", "own", "ref":
		return k.tryClaim(name)
	}
	return k.tryReview(name)
}

func (k *walk) contact(who string) workflow.RequestConsent {
	return workflow.RequestConsent{Customer: workflow.ByEmail(who), Partner: workflow.ByEmail("joe@northwind.example"), Language: "en"}
}

// last returns the newest link, or one that nobody was given.
func last(links []link.Token) link.Token {
	if len(links) == 0 {
		stray, _, _ := link.NewToken(strings.NewReader(strings.Repeat("x", 32)), 7)
		return stray
	}
	return links[len(links)-1]
}

func (k *walk) tryClaim(name string) error {
	switch name {
	case "doc+":
		_, err := k.Desk.Documents.Add(background, k.Actor.Request(k.Key()), k.id, workflow.AddEvidence{
			Kind: claim.ProofFindings, Name: "findings.pdf", MediaType: "application/pdf",
		}, strings.NewReader("%PDF"))
		return err
	case "doc-":
		gone := claim.EvidenceID("e-0")
		if p, err := k.Desk.Claims.Participation(background, k.Actor, k.id); err == nil && p.Claim != nil && len(p.Claim.Evidence) > 0 {
			gone = p.Claim.Evidence[0].ID
		}
		return errOf(k.Desk.Documents.Remove(background, k.Actor.Request(k.Key()), k.id, workflow.RemoveEvidence{Evidence: gone}))
	case "surv":
		return errOf(k.Desk.Surveys.Send(background, k.Actor.Request(k.Key()), k.id, workflow.SendSurvey{Survey: reference, Contact: workflow.Contact{Email: "rui@contoso.com"}}))
	case "svre":
		return errOf(k.Desk.Surveys.Resend(background, k.Actor.Request(k.Key()), k.id, workflow.ResendSurvey{Survey: reference}))
	case "ansr":
		var links []link.Token
		for _, m := range k.Messages() {
			if m.Message.Participation == k.id && m.Message.Kind == engagement.MessageSurveyRequest && m.Message.To.String() == "rui@contoso.com" {
				token, _ := link.ParseToken(m.Link[strings.LastIndexByte(m.Link, '/')+1:])
				links = append(links, token)
			}
		}
		_, err := k.Desk.Links.AnswerSurvey(background, last(links), map[string]string{"delivered": "yes", "findings": "yes", "satisfaction": "5"})
		return err
	case "done":
		return errOf(k.Desk.Surveys.Send(background, k.Actor.Request(k.Key()), k.id, workflow.SendSurvey{Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: "rui@contoso.com"}}))
	case "note":
		return errOf(k.Desk.Claims.Comment(background, k.Actor.Request(k.Key()), k.id, workflow.Comment{Text: "All is well."}))
	case "subm":
		return errOf(k.Desk.Claims.Submit(background, k.Actor.Request(k.Key()), k.id, workflow.SubmitClaim{}))
	case "own":
		return errOf(k.Desk.Surveys.Answer(background, k.Actor.Request(k.Key()), k.id, workflow.AnswerPartnerSurvey{
			Survey: retrospect, Answers: map[string]string{"delivered": "yes", "findings": "yes", "outcome": "5"},
		}))
	case "ref":
		return errOf(k.Desk.Claims.RecordReferral(background, k.Actor.Request(k.Key()), k.id, workflow.RecordReferral{Reference: "R-4711"}))
	case "rcl":
		return errOf(k.Desk.Claims.Recall(background, k.Actor.Request(k.Key()), k.id, workflow.RecallClaim{Reason: "It is the wrong invoice."}))
	}
	return errOf(k.Desk.Claims.Dispute(background, k.Actor.Request(k.Key()), k.id, workflow.DisputeClaim{Reason: "It is ours."}))
}

func (k *walk) tryReview(name string) error {
	by := k.Reviewer()
	switch name {
	case "cmt":
		return errOf(k.Desk.Claims.Comment(background, by.Request(k.Key()), k.id, workflow.Comment{Text: "Is it?"}))
	case "rev":
		return errOf(k.Desk.Reviews.Start(background, by.Request(k.Key()), k.id, workflow.StartReview{}))
	case "act":
		return errOf(k.Desk.Reviews.RequestAction(background, by.Request(k.Key()), k.id, workflow.RequestAction{Items: []claim.ActionItem{{Text: "Send the invoice again."}}}))
	case "appr", "over":
		amount := map[string]string{"appr": "5000.00 USD", "over": "5000.01 USD"}[name]
		return errOf(k.Desk.Reviews.Approve(background, by.Request(k.Key()), k.id, workflow.ApproveClaim{Amount: k.Money(amount)}))
	case "rej":
		return errOf(k.Desk.Reviews.Reject(background, by.Request(k.Key()), k.id, workflow.RejectClaim{Codes: []claim.RejectionCode{claim.RejectionOther}, Text: "No."}))
	}
	left := k.Money("5000.00 USD")
	if p, err := k.Desk.Claims.Participation(background, k.Actor, k.id); err == nil && p.Claim != nil {
		left.Amount = left.Amount.Sub(p.Claim.Paid.Amount)
	}
	switch name {
	case "part":
		left = k.Money("1000.01 USD")
	case "more":
		left.Amount = left.Amount.Add(k.Money("0.01 USD").Amount)
	}
	return errOf(k.Desk.Reviews.RecordPayment(background, by.Request(k.Key()), k.id, workflow.RecordPayment{Amount: left}))
}

// walkBlock is one block of walkTable.
type walkBlock struct {
	name string
	ways []string
	rows []walkRow
}

type walkRow struct {
	from, until string // moments; "" is none
	status      engagement.Status
	tab         engagement.Tab
	cells       []string
	line        string
}

// where says which row is tried, in which world.
func (k *walk) where(r walkRow) string {
	when, _, _ := strings.Cut(r.line, "|")
	return fmt.Sprintf("%s (%s), by %s", strings.TrimSpace(when), k.Now().Format(time.RFC3339Nano), k.way)
}

func walkBlocks(t *testing.T) []walkBlock {
	t.Helper()
	var blocks []walkBlock
	for line := range strings.Lines(walkTable) {
		line = strings.TrimSpace(line)
		if name, found := strings.CutPrefix(line, "# "); found {
			blocks = append(blocks, walkBlock{name: name})
			continue
		}
		if len(blocks) == 0 || line == "" {
			continue
		}
		b := &blocks[len(blocks)-1]
		if way, found := strings.CutPrefix(line, "by "); found {
			b.ways = append(b.ways, way)
			continue
		}
		when, rest, _ := strings.Cut(line, "|")
		shows, rest, _ := strings.Cut(rest, "|")
		r := walkRow{line: line, cells: strings.Fields(strings.ReplaceAll(rest, "|", " "))}
		words, shown := strings.Fields(when), strings.Fields(shows)
		for i := 0; i+1 < len(words); i += 2 {
			switch words[i] {
			case "from":
				r.from = words[i+1]
			case "until":
				r.until = words[i+1]
			}
		}
		r.status, r.tab = walkStatuses[shown[0]], walkTabs[shown[1]]
		if r.status == "" || r.tab == "" || len(r.cells) != len(walkCommands) || (r.from == "" && r.until == "") != (words[0] == "always") {
			t.Fatalf("%s: %d cells: %s", b.name, len(r.cells), line)
		}
		b.rows = append(b.rows, r)
	}
	return blocks
}

// moments returns the times to try commands at: both sides of everything that runs,
// and some time without anything near.
func (k *walk) moments() []time.Time {
	now := k.Now()
	all := []time.Time{now, now.Add(150 * day)}
	for _, end := range k.ends {
		all = append(all, end.Add(-tick), end, end.Add(tick))
	}
	all = slices.DeleteFunc(all, func(at time.Time) bool { return at.Before(now) })
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}

// rowAt returns the one row of the block that is about a time.
func (b walkBlock) rowAt(t *testing.T, k *walk, at time.Time) walkRow {
	t.Helper()
	var found []walkRow
	for _, r := range b.rows {
		for _, m := range []string{r.from, r.until} {
			if _, runs := k.ends[m]; m != "" && !runs {
				t.Fatalf("there is no moment %q: %s", m, r.line)
			}
		}
		if (r.from == "" || !at.Before(k.ends[r.from])) && (r.until == "" || at.Before(k.ends[r.until])) {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d rows are about %s", len(found), at)
	}
	return found[0]
}

// TestEveryCommandInEveryStatus walks every status, by the first way to it or, with
// -long, by every way, at every moment, with what has passed recorded and not, and tries
// every command.
func TestEveryCommandInEveryStatus(t *testing.T) {
	thorough(t)
	shown := map[engagement.Status]bool{}
	used := map[string]map[string]bool{} // cells, by column
	for _, c := range walkCommands {
		used[c.name] = map[string]bool{}
	}
	for _, b := range walkBlocks(t) {
		for _, r := range b.rows {
			shown[r.status] = true
			for i, cell := range r.cells {
				used[walkCommands[i].name][cell] = true
			}
		}
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			for i, way := range b.ways {
				if i == 0 || *long {
					b.walk(t, way)
				}
			}
		})
	}
	for _, s := range engagement.AllStatuses() {
		if !shown[s] {
			t.Errorf("no row shows %q", s)
		}
	}
	for _, c := range walkCommands {
		var allowed, refused bool
		for cell := range used[c.name] {
			allowed = allowed || c.of.refusal(cell) == nil
			refused = refused || c.of.refusal(cell) != nil
		}
		if tooMuch := c.name == "over" || c.name == "more"; !refused || allowed == tooMuch {
			t.Errorf("%s is allowed: %t, and refused: %t", c.name, allowed, refused)
		}
	}
}

func (b walkBlock) walk(t *testing.T, way string) {
	for _, at := range newWalk(t, way).moments() {
		for _, recorded := range []bool{false, true} {
			k := newWalk(t, way)
			r := b.rowAt(t, k, at)
			if recorded && r.from == "" {
				continue // nothing has passed that could be
			}
			arrive := func() {
				k.SetNow(at)
				if recorded {
					k.Swept()
					k.Relayed()
				}
			}
			arrive()
			k.shows(t, r)
			for i, c := range walkCommands {
				if !k.cell(t, r, c.name, c.of, r.cells[i]) {
					continue
				}
				if i+1 < len(walkCommands) { // what was allowed has changed the world
					k = newWalk(t, way)
					arrive()
				}
			}
		}
	}
}

// cell tries one command, compares with what stands in the cell, and reports
// whether it was allowed.
func (k *walk) cell(t *testing.T, r walkRow, name string, of whose, cell string) bool {
	t.Helper()
	where := k.where(r) + ": " + name
	want := of.refusal(cell)
	status := r.status
	if next, leads := walkStatuses[cell]; leads {
		status = next
	} else if cell != "=" && cell != "same" && want == nil {
		t.Fatalf("%s: %q means nothing", where, cell)
	}
	writes, kept := k.spy.count(), k.kept.Keys()
	err := k.try(name)
	if wrong := refusedWith(err, want); wrong != "" {
		t.Fatalf("%s: %s", where, wrong)
	}
	if notNow := (*workflow.WrongStateError)(nil); errors.As(err, &notNow) && notNow.Status != r.status {
		t.Fatalf("%s: the refusal speaks of %q", where, notNow.Status)
	}
	if missing := (*claim.IncompleteError)(nil); errors.As(err, &missing) && len(missing.Missing) != len(k.lacks(t)) {
		t.Fatalf("%s: %v are missing, want %v", where, missing.Missing, k.lacks(t))
	}
	if got, _ := k.Desk.Claims.Status(background, k.Actor, k.id); got != status {
		t.Fatalf("%s: the status is %q, want %q", where, got, status)
	}
	if err != nil && (k.spy.count() != writes || !slices.Equal(k.kept.Keys(), kept)) {
		t.Fatalf("%s: what was refused has left something behind", where)
	}
	if cell == "same" { // at most a deadline is recorded
		if k.spy.count() > writes+1 {
			t.Fatalf("%s: %d writes, want none", where, k.spy.count()-writes)
		}
		return k.spy.count() != writes
	}
	if err == nil && k.spy.count() != writes+1 {
		t.Fatalf("%s: %d writes, want one", where, k.spy.count()-writes)
	}
	return err == nil
}

// lacks returns the kinds of required proof that are not there.
func (k *walk) lacks(t *testing.T) []string {
	t.Helper()
	lacks := []string{claim.ProofFindings, claim.ProofInvoice, claim.ProofPartnerSurvey, claim.ProofCustomerSurvey}
	c := part(t, k.World, k.id).Claim
	for _, v := range c.Evidence {
		lacks = slices.DeleteFunc(lacks, func(kind string) bool { return kind == v.Kind })
	}
	for _, v := range c.Surveys {
		if v.Status == survey.StatusDone {
			lacks = slices.DeleteFunc(lacks, func(kind string) bool { return kind == v.Kind })
		}
	}
	return lacks
}

// shows compares the row of the Customers page with a row of the table: the status,
// the tab, and that the actions are those commands that are allowed.
func (k *walk) shows(t *testing.T, r walkRow) {
	t.Helper()
	allowed := func(name string) bool {
		for i, c := range walkCommands {
			if c.name == name {
				return c.of.refusal(r.cells[i]) == nil
			}
		}
		panic(name)
	}
	row := k.Row(k.id)
	if row.Status != r.status || row.Tab != r.tab {
		t.Fatalf("%s: the row says %q on the tab %s, want %q on %s", k.where(r), row.Status, row.Tab, r.status, r.tab)
	}
	var want []engagement.Action
	for name, action := range map[string]engagement.Action{
		"ask": engagement.ActionRequestConsent, "re": engagement.ActionResendConsent, "canc": engagement.ActionCancel, "doc+": engagement.ActionWorkOnClaim,
		"subm": engagement.ActionSubmitClaim, "rcl": engagement.ActionRecallClaim, "disp": engagement.ActionDispute,
	} {
		if allowed(name) {
			want = append(want, action)
		}
	}
	if _, consented := k.ends["submit"]; consented {
		want = append(want, engagement.ActionViewClaim)
	}
	if !slices.Equal(slices.Sorted(slices.Values(row.Actions)), slices.Sorted(slices.Values(want))) {
		t.Fatalf("%s: the row allows %q, want %q", k.where(r), row.Actions, want)
	}
	claimable := slices.ContainsFunc(k.Rows(migration, engagement.TabEligible), func(row workflow.Row) bool {
		return row.Participation == "" && slices.Contains(row.Actions, engagement.ActionClaimCustomer)
	})
	if claimable != allowed("clm") {
		t.Fatalf("%s: that the customer can be claimed is %t", k.where(r), claimable)
	}
}
