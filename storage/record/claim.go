package record

import "github.com/partnerengage/partnerengage/engagement/claim"

var (
	claimStatuses  = claim.AllStatuses()
	claimKinds     = claim.AllKinds()
	rejectionCodes = claim.AllRejectionCodes()
	sides          = claim.AllSides()
)

func claimState(c *coder, s *claim.State) {
	c.begin("Claim")
	choice(c, 1, "status", &s.Status, claimStatuses)
	instant(c, 2, "opened_at", &s.OpenedAt)
	instant(c, 3, "submit_by", &s.SubmitBy)
	instant(c, 4, "review_by", &s.ReviewBy)
	instant(c, 5, "dispute_by", &s.DisputeBy)
	money(c, 6, "rate", &s.Rate)
	money(c, 7, "estimated", &s.Estimated)
	money(c, 8, "cap", &s.Cap)
	money(c, 9, "requested", &s.Requested)
	money(c, 10, "approved", &s.Approved)
	money(c, 11, "paid", &s.Paid)
	day(c, 12, "rate_from", &s.RateFrom)
	day(c, 13, "proof_from", &s.ProofFrom)
	list(c, 14, "proof", &s.Proof, proofItem)
	list(c, 15, "evidence", &s.Evidence, evidence)
	list(c, 16, "surveys", &s.Surveys, claimSurvey)
	list(c, 17, "submissions", &s.Submissions, submission)
	list(c, 18, "recalls", &s.Recalls, recall)
	list(c, 19, "reviews", &s.Reviews, review)
	part(c, 20, "dispute", &s.Dispute, dispute)
	list(c, 21, "payments", &s.Payments, payment)
	list(c, 22, "comments", &s.Comments, comment)
	instant(c, 23, "ended_at", &s.EndedAt)
}

// proofItem is one of those that the library publishes by its number, without its
// kind, its title and whether it is required.
func proofItem(c *coder, p *claim.ProofItem) {
	c.begin("ProofItem")
	n := 0
	if c.mode == writing {
		n = numberOfItem(*p)
	}
	integer(c, 1, "published", &n)
	if n != 0 {
		if c.mode == reading {
			c.itemOf(n, p)
		}
	} else {
		text(c, 2, "kind", &p.Kind)
		text(c, 3, "title", &p.Title)
		flag(c, 4, "required", &p.Required)
	}
	integer(c, 5, "at_least", &p.AtLeast)
	texts(c, 6, "media_types", &p.MediaTypes)
	integer(c, 7, "max_size", &p.MaxSize)
	pointer(c, 8, "survey", &p.Survey, form)
}

func evidence(c *coder, e *claim.Evidence) {
	c.begin("Evidence")
	text(c, 1, "id", &e.ID)
	text(c, 2, "kind", &e.Kind)
	text(c, 3, "name", &e.Name)
	text(c, 4, "media_type", &e.MediaType)
	integer(c, 5, "size", &e.Size)
	text(c, 6, "sha256", &e.SHA256)
	text(c, 7, "ref", &e.Ref)
	instant(c, 8, "added_at", &e.AddedAt)
}

func submission(c *coder, s *claim.Submission) {
	c.begin("Submission")
	instant(c, 1, "at", &s.At)
	money(c, 2, "requested", &s.Requested)
}

func recall(c *coder, r *claim.Recall) {
	c.begin("Recall")
	instant(c, 1, "at", &r.At)
	text(c, 2, "reason", &r.Reason)
}

func review(c *coder, r *claim.Review) {
	c.begin("Review")
	instant(c, 1, "at", &r.At)
	choice(c, 2, "outcome", &r.Outcome, claimKinds)
	list(c, 3, "items", &r.Items, actionItem)
	choices(c, 4, "codes", &r.Codes, rejectionCodes)
	text(c, 5, "text", &r.Text)
	money(c, 6, "amount", &r.Amount)
	text(c, 7, "override", &r.Override)
}

func actionItem(c *coder, i *claim.ActionItem) {
	c.begin("ActionItem")
	text(c, 1, "kind", &i.Kind)
	text(c, 2, "text", &i.Text)
}

func dispute(c *coder, d *claim.DisputeCase) {
	c.begin("Dispute")
	instant(c, 1, "opened_at", &d.OpenedAt)
	instant(c, 2, "submitted_at", &d.SubmittedAt)
	text(c, 3, "reason", &d.Reason)
}

func payment(c *coder, p *claim.Payment) {
	c.begin("Payment")
	instant(c, 1, "at", &p.At)
	money(c, 2, "amount", &p.Amount)
	text(c, 3, "reference", &p.Reference)
	text(c, 4, "reason", &p.Reason)
}

func comment(c *coder, m *claim.Comment) {
	c.begin("Comment")
	instant(c, 1, "at", &m.At)
	choice(c, 2, "by", &m.By, sides)
	text(c, 3, "user", &m.User)
	text(c, 4, "text", &m.Text)
}
