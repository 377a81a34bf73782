package claim_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/shopspring/decimal"
)

// FuzzApply runs random events, many of them malformed, over one claim and holds
// it to what is always true. Each event is three bytes: its kind, what is in it, and
// how much later, or earlier, it comes.
func FuzzApply(f *testing.F) {
	const back = 0x80
	ready := []byte{0, 0, 1, 2, 0, 1, 4, 0, 1, 6, 0, 1, 7, 0, 1} // a document, a survey and its answer, submitted, under review
	then := func(more ...byte) []byte { return append(slices.Clone(ready), more...) }
	f.Add([]byte{})
	f.Add(then(9, 0, 1, 12, 1, 1, 12, 2, 1, 12, 0, 1))                                    // approved and paid in parts
	f.Add(then(10, 0, 1, 11, 0, 1, 6, 0, 2, 7, 0, 0, 10, 0, 0, 11, 0, 0))                 // disputed, rejected for good
	f.Add(then(8, 0, 1, 1, 0, 0, 0, 1, 0, 6, 0, 127, 15, 0, 0, 15, 0, back|90, 6, 0, 0))  // asked for action, too late, the clock goes back
	f.Add(then(9, 7, 1, 9, 15, 1, 9, 23, 1, 12, 8, 1, 12, 16, 1))                         // odd amounts and texts
	f.Add([]byte{0, 16, 0, 0, 32, 0, 0, 48, 0, 0, 64, 0, 0, 80, 0, 2, 17, 0, 4, 255, 0})  // odd documents and answers
	f.Add([]byte{13, 0, 1, 13, 0, 1, 14, 0, 1, 15, 0, 127, 0, 0, 0, 6, 0, 0, 11, 0, 0})   // cancelled: nothing more
	f.Add([]byte{16, 0, 0, 2, 0, 0, 16, 1, 0, 17, 0, 0, 17, 1, 0, 3, 0, 9, 4, 1, 0, 255}) // tokens and erasure in between
	f.Fuzz(func(t *testing.T, script []byte) {
		s, now := opened, start
		for n := 0; len(script) >= 3 && n < 80; n, script = n+1, script[3:] {
			kind, what, days := script[0]%18, script[1], script[2]
			if now = now.AddDate(0, 0, int(days&^back)); days&back != 0 {
				now = now.AddDate(0, 0, -2*int(days&^back)).Add(-tick)
			}
			old, before := s, jsonOf(s)
			switch kind {
			case 16: // a message is written
				s, _ = claim.Mint(s, pickLink(what), link.Hash{byte(n + 1)})
			case 17: // somebody is erased
				s, _ = s.Erase(erasure(email(contacts[what%2]), "user", func(text string) string { return strings.ReplaceAll(text, "Ana", "") }))
			default:
				e := scripted(claim.AllKinds()[kind], what, n, now)
				next, err := claim.Apply(s, e, now)
				checkStep(t, old, next, e, now, err)
				s = next
			}
			if jsonOf(old) != before {
				t.Fatal("the claim that was given has changed")
			}
			checkClaim(t, old, s)
		}
	})
}

func pickLink(what byte) link.ID { return link.ID(fmt.Sprint("l", what%8)) }

var (
	oddTexts   = []string{"Ana says so.", "", "\x00", "a\xff", " ", strings.Repeat("x", claim.MaxText), strings.Repeat("é", claim.MaxText), "\u202e"}
	oddAmounts = []eligibility.Money{
		money("5000.00 USD"), money("0.01 USD"), money("1234.567 USD"), {}, money("5000.01 USD"), money("-1 USD"), money("1 EUR"),
		{Amount: decimal.NewFromInt(1), Currency: "x"},
	}
)

// scripted makes an event; the lowest three bits of what choose the text or amount in
// it, and the others what else can be odd.
func scripted(k claim.Kind, what byte, n int, now time.Time) claim.Event {
	text, amount, odd := oddTexts[what%8], oddAmounts[what%8], what/8
	id := claim.EvidenceID(fmt.Sprint("e", what%4))
	linkID := link.ID(fmt.Sprint("l", n%8))
	pick := func(odd byte, usual, other string) string {
		if odd%2 == 1 {
			return other
		}
		return usual
	}
	survey := pick(odd, claim.ProofCustomerSurvey, text)
	switch k {
	case claim.KindAddEvidence:
		e := document(id)
		e.Kind, e.Name = pick(odd, e.Kind, claim.ProofCustomerSurvey), pick(odd>>1, e.Name, text)
		e.MediaType, e.SHA256, e.Ref = pick(odd>>2, e.MediaType, text), pick(odd>>3, e.SHA256, text), pick(odd>>4, e.Ref, "")
		return claim.AddEvidence{Evidence: e}
	case claim.KindRemoveEvidence:
		return claim.RemoveEvidence{ID: id}
	case claim.KindSendSurvey:
		e := send(survey, email(contacts[what%2]), linkID)
		if odd>>1%2 == 1 {
			e.Contact.Email, e.Policy = email("eve@contoso.com"), link.Policy{ResendInterval: -1, MaxSends: -1}
		}
		return e
	case claim.KindResendSurvey:
		return claim.ResendSurvey{Survey: survey, Link: linkID}
	case claim.KindAnswerSurvey:
		e := claim.AnswerSurvey{Survey: survey, Link: pickLink(what), Answers: customerAnswers()}
		for id := range e.Answers {
			if odd>>1%2 == 1 {
				e.Answers[id] = text
			}
		}
		if odd%2 == 0 && what%8 == 0 { // the newest, mostly
			e.Link = link.ID(fmt.Sprint("l", max(n-1, 0)%8))
		}
		return e
	case claim.KindComment:
		return claim.AddComment{By: claim.Side(pick(odd, string(claim.SidePartner), text)), User: "user", Text: text}
	case claim.KindSubmit:
		e := claim.Submit{ReviewBy: now.AddDate(0, 0, 30)}
		if odd%2 == 1 {
			e.Requested = amount
		}
		if odd>>1%2 == 1 {
			e.ReviewBy = time.Time{}
		}
		return e
	case claim.KindRequestAction:
		return claim.RequestAction{Items: slices.Repeat([]claim.ActionItem{{Kind: pick(odd, "", text), Text: text}}, int(odd>>1)+1)}
	case claim.KindApprove:
		return claim.Approve{Amount: amount, Override: pick(odd, "", oddTexts[(what+1)%8]), Text: pick(odd>>1, "", text)}
	case claim.KindReject:
		e := reject(now)
		e.Text = text
		e.Codes = append(e.Codes, claim.RejectionCode(pick(odd, string(claim.RejectionOther), text)))
		if odd>>1%2 == 1 {
			e.DisputeBy = time.Time{}
		}
		return e
	case claim.KindOpenDispute:
		return claim.OpenDispute{Reason: text}
	case claim.KindPay:
		return claim.Pay{Amount: amount, Reference: text}
	}
	return event(k, now)
}

// checkStep holds one event to the table.
func checkStep(t *testing.T, old, next claim.State, e claim.Event, now time.Time, err error) {
	t.Helper()
	if err != nil {
		known := []error{errtest.Type[*claim.NotAllowedError](), errtest.Type[*claim.ExpiredError](), errtest.Type[*claim.IncompleteError](), errtest.Type[*claim.AmountError](), errtest.Type[*claim.InvalidError](), errtest.Type[*claim.NotFoundError](),
			link.ErrUnknown, errtest.Type[*link.VoidError](), errtest.Type[*survey.AlreadyAnsweredError](), errtest.Type[*link.TooSoonError](), errtest.Type[*link.TooManyError](),
			errtest.Code("wrong_state"), errtest.Code("invalid_input")}
		if !slices.ContainsFunc(known, func(k error) bool { return errtest.Is(err, k) }) {
			t.Fatalf("%s: an error of no known kind: %v", e.Kind(), err)
		}
		if !reflect.DeepEqual(old, next) {
			t.Fatalf("%s was refused and changed something: %v", e.Kind(), err)
		}
		if len(err.Error()) > 1000 {
			t.Fatalf("%s: an error of %d bytes", e.Kind(), len(err.Error()))
		}
		return
	}
	from := old.StatusAt(now)
	if e.Kind() == claim.KindExpire {
		from = old.Status
	}
	if !slices.ContainsFunc(claim.Moves(), func(m claim.Move) bool { return m.From == from && m.On == e.Kind() && m.To == next.Status }) {
		t.Fatalf("%s from %s to %s is not in the table", e.Kind(), from, next.Status)
	}
	if !old.Allows(e.Kind(), now) {
		t.Fatalf("%s happened and was not allowed", e.Kind())
	}
}

// checkClaim holds what a claim became of another to what is always true.
func checkClaim(t *testing.T, old, s claim.State) {
	t.Helper()
	var back claim.State
	if err := json.Unmarshal([]byte(jsonOf(s)), &back); err != nil || !reflect.DeepEqual(s, back) {
		t.Fatalf("JSON reads back %+v for %+v: %v", back, s, err)
	}
	paid := decimal.Zero
	for _, p := range s.Payments {
		paid = paid.Add(p.Amount.Amount)
	}
	switch {
	case !paid.Equal(s.Paid.Amount):
		t.Fatalf("the payments come to %s, and %s is paid", paid, s.Paid)
	case s.Paid.Amount.GreaterThan(s.Approved.Amount):
		t.Fatalf("%s is paid of %s", s.Paid, s.Approved)
	case s.Approved.Amount.GreaterThan(s.Cap.Amount) && s.LastReview().Override == "":
		t.Fatalf("%s is approved over %s, and nobody says why", s.Approved, s.Cap)
	case (s.Status == claim.StatusPaid) != (!s.Approved.IsZero() && s.Paid.Amount.Equal(s.Approved.Amount)):
		t.Fatalf("%s, with %s of %s paid", s.Status, s.Paid, s.Approved)
	case len(s.Evidence) > claim.MaxDocuments:
		t.Fatalf("%d documents", len(s.Evidence))
	case len(s.Submissions) > 0 && s.Requested.IsZero():
		t.Fatal("nothing is requested")
	case s.Status == claim.StatusSubmitted && old.Status != claim.StatusSubmitted && len(s.Missing()) > 0:
		t.Fatalf("submitted without %v", s.Missing())
	case !s.SubmitBy.Equal(submitBy) || s.OpenedAt != start:
		t.Fatal("the first deadline moved")
	case !s.ReviewBy.Equal(old.ReviewBy) && (old.Status != claim.StatusDisputed || !old.ReviewBy.Equal(reviewBy)):
		t.Fatal("the review deadline was reset, not by the one dispute")
	case !old.Dispute.OpenedAt.IsZero() && !s.Dispute.OpenedAt.Equal(old.Dispute.OpenedAt):
		t.Fatal("disputed twice")
	case len(s.Submissions) < len(old.Submissions) || len(s.Reviews) < len(old.Reviews) || len(s.Payments) < len(old.Payments) || len(s.Comments) < len(old.Comments):
		t.Fatal("something that happened is gone")
	}
}
