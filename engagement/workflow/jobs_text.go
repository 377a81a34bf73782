package workflow

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/text"
)

// describe adds to a delivery what its message is about, and its text. The engagement
// is as the catalog has it now, or zero.
func (s *Service) describe(d *Delivery, p engagement.Participation, e engagement.Engagement, now time.Time) {
	d.Program, d.Zone, d.Status = s.program, p.Terms.Location(), p.StatusAt(now)
	if !d.Deadline.IsZero() {
		d.DaysLeft = engagement.DaysLeft(d.Deadline, now, d.Zone)
	}
	if s.portalURL != "" && !d.Message.Kind.ToCustomer() {
		d.URL = s.portalURL + url.PathEscape(string(p.ID))
	}
	if p.Claim != nil {
		d.describeClaim(*p.Claim)
	}
	w := e.In(s.words.For(d.Message.Language).Of(words.GroupMails))
	if len(e.Translations) > 0 && !d.Message.Kind.ToCustomer() { // the customer is told what it was asked about
		d.Engagement = w.Own(e.Name)
	}
	d.write(w, s.theme, p)
}

// nth returns the n-th, counted from 1, or the last.
func nth[T any](all []T, n int) T {
	var none T
	if n < 1 || n > len(all) {
		n = len(all)
	}
	if n == 0 {
		return none
	}
	return all[n-1]
}

// describeClaim takes from the claim what the message tells of it.
func (d *Delivery) describeClaim(c claim.State) {
	review := nth(c.Reviews, d.Message.Of)
	switch d.Message.Kind {
	case engagement.MessageActionRequired, engagement.MessageActionReminder:
		d.Items = slices.Clone(review.Items)
	case engagement.MessageClaimApproved:
		d.Amount, d.Reason = review.Amount, review.Text
	case engagement.MessageClaimRejected, engagement.MessageDisputeReminder:
		d.Codes, d.Reason = slices.Clone(review.Codes), review.Text
	case engagement.MessageClaimPaid:
		payment := nth(c.Payments, d.Message.Of)
		d.Amount, d.Reference = payment.Amount, payment.Reference
		if left := c.Approved.Amount.Sub(c.Paid.Amount); left.IsPositive() {
			d.Outstanding.Amount, d.Outstanding.Currency = left, c.Approved.Currency
		}
	}
}

// write makes subject and body in a language.
func (d *Delivery) write(w words.Words, theme *words.Theme, p engagement.Participation) {
	values := words.Values{
		"partner": text.Plain(d.Partner), "customer": w.Quoted(d.Customer), "engagement": engagement.CleanName(d.Engagement), "program": engagement.CleanName(d.Program),
		"claim": d.ClaimNumber, "link": d.Link, "amount": w.Money(d.Amount), "outstanding": w.Money(d.Outstanding), "reference": engagement.CleanName(d.Reference),
		"items": itemsText(w, d.Items, p), "codes": codesText(w, d.Codes, d.Reason),
	}
	if !d.Deadline.IsZero() {
		values["deadline"], values["days_left"] = w.Moment(d.Deadline, d.Zone), w.Count("days_left", d.DaysLeft)
	}
	if d.Name != "" {
		values["greeting"] = w.Text("mail.greeting", words.Values{"name": text.Plain(d.Name)})
	}
	if d.URL != "" {
		values["portal"] = w.Text("mail.portal", words.Values{"url": d.URL})
	}
	if d.Reason != "" {
		values["comment"] = w.Text("mail.comment", words.Values{"text": strings.TrimSpace(d.Reason)})
	}
	subject := words.MailSubject(string(d.Message.Kind))
	switch d.Message.Kind {
	case engagement.MessageConsentExpired:
		if len(p.Consent.Sent) == 0 {
			subject = "mail.consent_not_requested.subject"
		}
	case engagement.MessageConsentWithdrawn:
		values["outcome"] = w.Text("mail.withdrawn_ended", nil)
		if p.Consent.Withdrawal.AfterSubmission {
			values["outcome"] = w.Text("mail.withdrawn_noted", values)
		}
	case engagement.MessageClaimRejected:
		if d.Status == engagement.StatusRejectedFinal {
			values["final"] = w.Text("mail.rejected_final", nil)
		}
	case engagement.MessageConsentReminder:
		if len(p.Consent.Sent) == 0 {
			values["unasked"] = w.Text("mail.unasked", nil)
		}
	}
	d.Subject, d.Body = w.Text(subject, values), w.Paragraphs(words.MailBody(string(d.Message.Kind)), values)
	if footer := theme.Footer(w); footer != "" {
		d.Body += "\n\n-- \n" + footer // by which mail programs know where the text ends
	}
}

// itemsText lists what a reviewer asks for, each with the proof that it is about.
func itemsText(w words.Words, items []claim.ActionItem, p engagement.Participation) string {
	var lines []string
	for _, item := range items {
		text := strings.Join(strings.Fields(item.Text), " ")
		if p.Claim != nil {
			if i := slices.IndexFunc(p.Claim.Proof, func(of claim.ProofItem) bool { return of.Kind == item.Kind }); i >= 0 {
				text = w.Own(p.Claim.Proof[i].Title) + ": " + text
			}
		}
		lines = append(lines, "- "+text)
	}
	return strings.Join(lines, "\n")
}

// codesText says why a claim was rejected; "other" only where no words say it better.
func codesText(w words.Words, codes []claim.RejectionCode, reason string) string {
	var texts []string
	for _, c := range codes {
		if c == claim.RejectionOther && reason != "" {
			continue
		}
		texts = append(texts, w.Named("rejection", string(c)))
	}
	return w.Series(texts)
}
