package engagement

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/tenant"
)

// Abridged returns as little of the participation as a row can be made of, of a
// Customers page or of a claims list: at any time, by any version of the engagement
// and any policy the row is that of the whole one. Besides what [Row] tells, that is
// the amounts of its claim, the end of its review, when the customer withdrew after
// the submission, and under which name of the engagement it was asked. It is for
// nothing else, nothing can happen to it, and it is stored with each entry, so it is
// short: without texts, documents, forms, answers, tokens and reviews, and of the
// contacts only whom a row names or may still be asked.
func (p Participation) Abridged() Participation {
	short := Participation{
		ID: p.ID, Partner: p.Partner, Engagement: p.Engagement, Customer: p.Customer, Identity: p.Identity, FriendlyName: p.FriendlyName,
		Location: p.Location, Origin: p.Origin, ClaimNumber: p.ClaimNumber, StartedAt: p.StartedAt, Owner: p.Owner, Labels: p.Labels,
		Failures: p.Failures, Referral: Referral{Reference: p.Referral.Reference},
	}
	short.Identity.Stated = p.Identity.Stated || p.Basis == tenant.BasisStated
	if !p.unrecorded().IsZero() {
		short.Terms = Terms{Version: p.Terms.Version, Zone: p.Terms.Zone}
	}
	short.Consent = abridgedConsent(p.Consent, len(p.Failures) > 0)
	if p.Claim != nil {
		c := abridgedClaim(*p.Claim)
		short.Claim = &c
	}
	return short
}

// abridgedConsent keeps of a consent who was not reached and, while it waits for an
// answer, what tells whether and when the contacts can be asked again. Where mails
// without a link have failed, it keeps the contacts by whose addresses that is known.
func abridgedConsent(c consent.State, failed bool) consent.State {
	short := consent.State{Status: c.Status}
	if c.Withdrawal.AfterSubmission {
		short.Withdrawal = consent.Answer{Decision: c.Withdrawal.Decision, At: c.Withdrawal.At, AfterSubmission: true}
	}
	waits := c.Status == consent.StatusRequested
	if _, runs := c.NextDeadline(); runs {
		short.Deadline = c.Deadline
	}
	if failed {
		short.Partner = c.Partner
	}
	if failed || waits {
		short.Customer = c.Customer
	}
	current, ids := c.Contacts(), map[link.ID]link.ID{}
	for _, l := range c.Links {
		live := !l.Void() && (failed || !l.Failed.IsZero() && !l.Erased())
		again := waits && slices.ContainsFunc(current, func(k link.Contact) bool { return l.Contact.Is(k.Email) })
		if !live && !again {
			continue
		}
		kept := link.Link{ID: link.ID(strconv.Itoa(len(short.Links) + 1)), Contact: l.Contact, VoidedAt: l.VoidedAt, Failed: l.Failed}
		ids[l.ID] = kept.ID
		if waits {
			kept.IssuedAt = l.IssuedAt
		}
		if l.Void() {
			kept.Contact, kept.Failed = link.Contact{Email: l.Contact.Email}, link.Failure{}
		}
		short.Links = append(short.Links, kept)
	}
	if len(c.Sent) == 0 {
		return short
	}
	n := len(c.Sent) - 1
	last := consent.Sent{Kind: c.Sent[n].Kind}
	last.Terms.Engagement.Name = c.Sent[n].Terms.Engagement.Name
	for _, id := range c.Sent[n].Links {
		last.Links = append(last.Links, cmp.Or(ids[id], noLink)) // to how many
	}
	if waits {
		for _, s := range c.Sent[:n] {
			short.Sent = append(short.Sent, consent.Sent{Kind: s.Kind}) // how often
		}
		last.At = c.Sent[n].At
	}
	short.Sent = append(short.Sent, last)
	return short
}

// noLink is the ID of links that are not kept, or not told apart.
const noLink link.ID = "0"

// abridgedClaim keeps of a claim its status, the deadline that its status goes by, its
// amounts, what tells which actions are allowed, and who was not reached.
func abridgedClaim(c claim.State) claim.State {
	short := claim.State{
		Status: c.Status, ReviewBy: c.ReviewBy, Estimated: c.Estimated, Requested: c.Requested, Approved: c.Approved, Paid: c.Paid,
	}
	draft := c.Status == claim.StatusDraft
	switch c.Status {
	case claim.StatusDraft, claim.StatusSubmitted: // which can be recalled, and is a draft then
		if len(c.Reviews) == 0 {
			short.SubmitBy = c.SubmitBy
		} else {
			short.Reviews = []claim.Review{{Outcome: c.Reviews[0].Outcome}}
		}
		if len(c.Submissions) > 0 {
			short.Submissions = make([]claim.Submission, 1)
		}
		if len(c.Recalls) >= claim.MaxRecalls {
			short.Recalls = make([]claim.Recall, claim.MaxRecalls)
		}
	case claim.StatusRejected, claim.StatusDisputed:
		short.DisputeBy = c.DisputeBy
	}
	if (draft || c.Status == claim.StatusActionRequired || c.Status == claim.StatusDisputed) && len(c.Missing()) > 0 {
		short.Proof = []claim.ProofItem{{Required: true}} // something
	}
	if draft { // what there is to prove may be decided anew when it is submitted
		for _, e := range c.Evidence {
			short.Evidence = append(short.Evidence, claim.Evidence{Kind: e.Kind})
		}
	}
	for _, v := range c.Surveys {
		kept := claim.Survey{Kind: v.Kind, State: survey.State{Status: v.Status}}
		for _, l := range v.Links {
			if !l.Failed.IsZero() && !l.Void() && !l.Erased() {
				kept.Links = append(kept.Links, link.Link{ID: noLink, Contact: l.Contact, Failed: l.Failed})
			}
		}
		if draft && (len(v.Sendings) > 0 || !v.AnsweredAt().IsZero()) { // else it has not begun, and can still change
			kept.Sendings = []survey.Sending{{Command: survey.CommandSend, Link: noLink}}
		}
		if len(kept.Links)+len(kept.Sendings) > 0 {
			short.Surveys = append(short.Surveys, kept)
		}
	}
	return short
}
