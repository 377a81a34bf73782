package stress_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	claims "github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// reader writes down what a store says, in words that are the same however it is
// stored.
type reader struct {
	*testing.T
	strings.Builder
	store storage.Store
	desk  *workflow.Service
	asked kept
	found found
}

// found is what there is in a store, of each sort.
type found map[string]map[string]bool

func (f found) add(sort string, value any) {
	if f[sort] == nil {
		f[sort] = map[string]bool{}
	}
	f[sort][fmt.Sprint(value)] = true
}

// complete checks, of a store that is written to be kept, that there is something of
// everything.
func (f found) complete(t *testing.T) {
	t.Helper()
	check := func(sort string, values ...any) {
		for _, v := range values {
			if !f[sort][fmt.Sprint(v)] {
				t.Errorf("nothing was found of the %s %q", sort, v)
			}
		}
	}
	check("status", anys(engagement.AllStatuses())...)
	check("recorded status", anys(claims.AllStatuses())...)
	check("expired and not recorded", engagement.StatusConsentExpired, engagement.StatusNotSubmittedExpired, engagement.StatusPostSubmissionExpired, engagement.StatusDisputedExpired, engagement.StatusRejected)
	check("event", anys(slices.DeleteFunc(engagement.AllEventKinds(), func(k engagement.EventKind) bool {
		return k == engagement.EventReferralRecorded // no engagement of the kept stores asks for one
	}))...)
	check("party", anys(engagement.AllParties())...)
	check("person", "there", "erased", "nobody")
	check("tab", anys(engagement.AllTabs())...)
	check("row type", anys(engagement.AllRowTypes())...)
	check("reason", anys(engagement.AllReasonKinds())...)
	check("origin", anys(engagement.AllOrigins())...)
	check("basis", anys(tenant.AllBases())...)
	check("nomination", anys(tenant.AllIDKinds())...)
	check("decision", anys(consent.AllDecisions())...)
	check("survey", anys(survey.AllStatuses())...)
	check("form", "pilot", "customer-survey", "partner-survey")
	check("amount", "estimated", "requested", "approved", "paid", "over the cap", "deal size", "by the hour")
	check("customer", "known", "disassociated")
	check("message", "never tried", "tried", "held")
	check("message for", engagement.MessageConsentRequest, engagement.MessageSurveyRequest, engagement.MessageClaimPaid, engagement.MessageSubmissionReminder)
	check("command of", "partner", "program")
	check("link", "open", "spent", "void", "full")
}

func anys[V any](values []V) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

// readKept returns what a store says of the program of the kept stores, and what
// there is in it. It leases every message.
func readKept(t *testing.T, s storage.Store, asked kept) (string, found) {
	t.Helper()
	r := &reader{T: t, store: s, desk: keptDesk(t, s, newMailbox(), asked.Now), asked: asked, found: found{}}
	for _, a := range keptActors {
		for _, e := range keptEngagements(2) {
			r.pages(a, e.ID)
		}
		r.claims(a)
		r.customers(a)
	}
	r.claims(workflowtest.Vendor)
	r.links()
	r.commands()
	r.messages()
	return r.String(), r.found
}

// say writes a line of what is there of these: whatever is empty is left out.
func (r *reader) say(indent int, parts ...string) {
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	fmt.Fprintf(r, "%s%s\n", strings.Repeat("\t", indent), strings.Join(parts, " | "))
}

// named is a value with its name, or nothing where it is the zero value.
func named[V comparable](name string, v V) string {
	var zero V
	if v == zero {
		return ""
	}
	switch v := any(v).(type) {
	case time.Time:
		return name + " " + v.UTC().Format("2006-01-02T15:04:05.999999Z")
	case string:
		return fmt.Sprintf("%s %q", name, v)
	}
	return fmt.Sprintf("%s %v", name, v)
}

// texts joins what are texts in their own way.
func texts[V any](list []V) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = fmt.Sprint(v)
	}
	return strings.Join(out, ", ")
}

// contact is somebody of whom, in old stores, only the address is known.
func contact(c link.Contact) string {
	return strings.TrimSpace(c.Name + " " + c.Email.String() + " " + c.Phone)
}

func contacts(list []link.Contact) string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = contact(c)
	}
	return strings.Join(out, ", ")
}

func (r *reader) ok(what string, err error) {
	r.Helper()
	if err != nil {
		r.Fatalf("%s: %v", what, err)
	}
}

// pages are the tabs of a Customers page.
func (r *reader) pages(a workflow.Actor, id engagement.ID) {
	r.Helper()
	for _, tab := range engagement.AllTabs() {
		page, err := r.desk.Customers.List(r.Context(), a, workflow.CustomersQuery{Engagement: id, Tab: tab})
		r.ok("page", err)
		var rows []workflow.Row
		for row, err := range r.desk.Customers.All(r.Context(), a, workflow.CustomersQuery{Engagement: id, Tab: tab, Limit: 3}) {
			r.ok("rows", err)
			rows = append(rows, row)
		}
		if page.Counts[tab] != (workflow.Count{N: len(rows)}) {
			r.Errorf("the %s tab of %s of %s counts %v rows and has %d", tab, id, a.Partner, page.Counts[tab], len(rows))
		}
		r.say(0, fmt.Sprintf("tab %s of %s of %s: %v", tab, id, a.Partner, page.Counts[tab]))
		for _, row := range rows {
			r.found.add("tab", row.Tab)
			r.found.add("row type", row.Type)
			r.say(1, row.Name, string(row.Type), string(row.Status), named("customer", row.Customer), named("participation", row.Participation),
				named("through", texts(row.Locations)), named("since", row.Since), named("deadline", row.Deadline), named("days left", row.DaysLeft),
				named("amount", row.Amount.String()), named("allows", texts(row.Actions)))
			for _, reason := range row.Reasons {
				r.found.add("reason", reason.Kind)
				r.say(2, string(reason.Kind), reason.Rule, reason.Doc, named("wanted", reason.Wanted), named("found", reason.Found), named("missing", texts(reason.Missing)))
			}
		}
	}
}

// claims is the claims list of a partner, or of the program, and each participation
// in it.
func (r *reader) claims(a workflow.Actor) {
	r.Helper()
	who := cmp.Or(string(a.Partner), "the program")
	page, err := r.desk.Claims.List(r.Context(), a, workflow.ClaimsQuery{Limit: 1000})
	r.ok("claims", err)
	var counts []string
	for _, s := range engagement.AllStatuses() {
		if page.Counts[s].N > 0 {
			counts = append(counts, fmt.Sprintf("%s %v", s, page.Counts[s]))
		}
	}
	r.say(0, "claims of "+who+": "+strings.Join(counts, ", "))
	for _, sort := range workflow.AllSorts() {
		var order []string
		for row, err := range r.desk.Claims.All(r.Context(), a, workflow.ClaimsQuery{Sort: sort, Limit: 7}) {
			r.ok("claims by "+string(sort), err)
			order = append(order, row.ClaimNumber)
		}
		r.say(1, "by "+string(sort)+": "+strings.Join(order, " "))
	}
	for _, q := range []workflow.ClaimsQuery{{Search: "CAFÉ"}, {Search: "söhne"}, {Search: "株式会社"}, {Search: "7-3abcd"}, {Search: "7-3abcd1234x"}, {Locations: []engagement.LocationID{"4711202"}}} {
		var rows []string
		for row, err := range r.desk.Claims.All(r.Context(), a, q) {
			r.ok("search", err)
			rows = append(rows, row.ClaimNumber)
		}
		r.say(1, fmt.Sprintf("with %q through %s: %s", q.Search, q.Locations, strings.Join(rows, " ")))
	}
	totals, err := r.desk.Claims.Totals(r.Context(), a, workflow.ClaimsQuery{})
	r.ok("totals", err)
	for _, t := range totals {
		r.say(1, fmt.Sprintf("total of %s", t.Status), t.Currency, named("number", t.Count), named("estimated", t.Estimated.String()),
			named("requested", t.Requested.String()), named("approved", t.Approved.String()), named("paid", t.Paid.String()))
	}
	if a.Partner == "" {
		return
	}
	for row, err := range r.desk.Claims.All(r.Context(), a, workflow.ClaimsQuery{Sort: workflow.SortBySince}) {
		r.ok("claims", err)
		r.participation(a, row.Participation)
	}
}

// participation is everything about one.
func (r *reader) participation(a workflow.Actor, id engagement.ParticipationID) {
	r.Helper()
	p, err := r.desk.Claims.Get(r.Context(), a, id)
	r.ok("participation", err)
	was, reminded := r.stored(p)
	r.found.add("status", p.Status)
	r.found.add("origin", p.Origin)
	r.found.add("basis", p.Basis)
	r.found.add("nomination", p.Nominated)
	r.say(0, fmt.Sprintf("participation %s of %s: %s", id, a.Partner, p.Status), p.ClaimNumber)
	r.say(1, string(p.Engagement), string(p.Origin), named("through", string(p.Location)), named("at", p.StartedAt), named("deadline", p.Deadline), named("days left", p.DaysLeft),
		named("reminded", reminded.RemindedAt), named("to remind", reminded.RemindAt), named("allows", texts(p.Actions)), named("payee", p.Payee), named("withdrawn", p.WithdrawnAt))
	r.say(1, "customer "+string(p.Customer), named("name", p.Identity.Name), named("friendly name", p.FriendlyName), named("domain", p.Identity.Domain.Unicode()),
		named("tenant", p.Identity.Tenant.String()), named("TPID", p.Identity.TPID.String()), named("subscription", p.Identity.Subscription.String()),
		named("opportunity", p.Identity.Opportunity.String()), named("cloud", p.Identity.Cloud), named("basis", p.Basis), named("by", p.Nominated), named("reason", p.Reason))
	r.say(1, "terms "+p.Terms.Version, p.Terms.Zone, fmt.Sprintf("windows %v", p.Terms.Windows))
	r.say(1, fmt.Sprintf("found %s by %s %s", p.Decision.Outcome, p.Decision.RuleSet, p.Decision.Version), named("findings", len(p.Decision.Findings())))
	if !p.DealSize.IsZero() {
		r.found.add("amount", "deal size")
	}
	if p.Hours > 0 {
		r.found.add("amount", "by the hour")
	}
	r.say(1, "planned", named("hours", p.Hours), named("deal size", p.DealSize.String()))
	r.consent(a, p)
	r.proof(was.Terms.Proof) // with its forms
	if p.Claim != nil {
		r.claim(p, *was.Claim)
	}
	r.recorded(p, was)
}

// stored is a participation as the store has it, of which nobody is shown everything,
// and as it is when what is due by now is recorded.
func (r *reader) stored(p workflow.ClaimView) (was, now engagement.Participation) {
	r.Helper()
	loaded, err := r.store.Load(r.Context(), storage.Want{Participation: storage.ParticipationKey{Partner: p.Partner, ID: p.ID}})
	r.ok("load", err)
	record := loaded.Records[loaded.At]
	was, ok := record.Participation(p.ID)
	if !ok {
		r.Fatalf("%s is not where the store says that it is", p.ID)
	}
	record, _, err = record.Settle(r.asked.Now)
	r.ok("settle", err)
	record, _ = record.Remind(engagement.DefaultReminders(), loaded.Shared[record.Key.Shared()].RoomFor(record.Key.Partner), r.asked.Now)
	now, _ = record.Participation(p.ID)
	return was, now
}

// recorded is how a participation stands in the store, which may lag behind what is
// true.
func (r *reader) recorded(p workflow.ClaimView, was engagement.Participation) {
	text := string(was.Consent.Status)
	if was.Claim != nil {
		r.found.add("recorded status", was.Claim.Status)
		text = string(was.Claim.Status)
	}
	if was.Consent.Status != p.Consent.Status || was.Claim != nil && was.Claim.Status != p.Claim.Status {
		r.found.add("expired and not recorded", p.Status)
	}
	r.say(1, "recorded as "+text)
}

// consent is who was asked and what they said.
func (r *reader) consent(a workflow.Actor, p workflow.ClaimView) {
	r.Helper()
	r.say(1, fmt.Sprintf("consent %s", p.Consent.Status), named("until", p.Consent.Deadline), named("partner", contacts(p.Consent.Partner)),
		named("language", p.Language), named("cancelled", p.Consent.CanceledAt))
	proof, err := r.desk.Consents.Evidence(r.Context(), a, p.ID)
	r.ok("evidence of consent", err)
	for _, e := range proof {
		if e.Decision != "" {
			r.found.add("decision", e.Decision)
		}
		var parties []string
		for _, party := range e.Terms.Parties {
			parties = append(parties, party.Name)
		}
		r.say(2, string(e.Sent)+string(e.Decision), named("at", e.At), named("link", e.Link), named("contact", contact(e.Contact)), named("erased", e.Erased), named("channel", e.Channel),
			named("text", e.Terms.Text.Version), named("in", e.Terms.Text.Language), named("about", e.Terms.Engagement.Name), named("between", strings.Join(parties, ", ")),
			named("after submission", e.AfterSubmission))
	}
}

// proof is what a claim has to prove.
func (r *reader) proof(items []claims.ProofItem) {
	for _, i := range items {
		r.say(1, "to prove "+i.Kind, i.Title, named("required", i.Required), named("at least", i.AtLeast), named("types", texts(i.MediaTypes)), named("size", i.MaxSize))
		if i.Survey != nil {
			r.form(*i.Survey)
		}
	}
}

// form is a form with its texts.
func (r *reader) form(f survey.Form) {
	r.found.add("form", f.ID)
	r.say(2, "form "+f.ID+" "+f.Version, texts(f.Languages()))
	if f.ID != "pilot" {
		if published, ok := survey.Published(f.ID, f.Version); !ok || !published.Equal(f) {
			r.Errorf("the form %s %s is not as it was published", f.ID, f.Version)
		}
		return
	}
	if !f.Equal(*pilotForm()) {
		r.Errorf("the host's own form has changed: %v", f)
	}
}

// claim is what there is of a claim: how it stands as its partner is shown it, and what
// was done as it is stored.
func (r *reader) claim(p workflow.ClaimView, was claims.State) {
	r.Helper()
	c := *p.Claim
	c.Evidence, c.Submissions, c.Reviews, c.Payments, c.Comments, c.Dispute = was.Evidence, was.Submissions, was.Reviews, was.Payments, was.Comments, was.Dispute
	for name, m := range map[string]bool{"estimated": !c.Estimated.IsZero(), "requested": !c.Requested.IsZero(), "approved": !c.Approved.IsZero(), "paid": !c.Paid.IsZero()} {
		if m {
			r.found.add("amount", name)
		}
	}
	r.say(1, fmt.Sprintf("claim %s", c.Status), named("opened", c.OpenedAt), named("submit by", c.SubmitBy), named("review by", c.ReviewBy), named("dispute by", c.DisputeBy), named("ended", c.EndedAt))
	if !c.RateFrom.IsZero() || !c.ProofFrom.IsZero() { // written since it is kept
		r.say(1, "stands on", named("rate from", c.RateFrom), named("proof from", c.ProofFrom))
	}
	r.say(1, "amounts", named("rate", c.Rate.String()), named("estimated", c.Estimated.String()), named("cap", c.Cap.String()), named("requested", c.Requested.String()),
		named("approved", c.Approved.String()), named("paid", c.Paid.String()))
	r.proof(c.Proof)
	for _, m := range p.Missing {
		r.say(1, "missing "+m.Kind, named("wanted", m.Wanted), named("found", m.Found))
	}
	for _, e := range c.Evidence {
		r.say(1, "document "+string(e.ID), e.Kind, named("name", e.Name), e.MediaType, named("size", e.Size), named("SHA-256", e.SHA256), named("ref", e.Ref), named("at", e.AddedAt))
	}
	for _, s := range was.Surveys {
		r.found.add("survey", s.Status)
		r.say(1, "survey "+s.Kind, string(s.Status), named("contact", contact(s.Contact())), named("answered", s.AnsweredAt()))
		r.form(s.Form)
		for i, sent := range s.Sendings {
			link, err := s.Link(sent.Link)
			r.ok("link of a survey", err)
			r.say(2, string(sent.Command), named("at", sent.At), named("in", sent.Language), named("link", sent.Link), named("contact", contact(link.Contact)),
				named("void since", link.VoidedAt), named("tokens", len(link.Tokens)), named("of", len(s.Sendings)-i))
		}
		for _, q := range slices.Sorted(maps.Keys(s.Response.Answers)) {
			r.say(2, fmt.Sprintf("%s: %q", q, s.Response.Answers[q]))
		}
	}
	for _, s := range c.Submissions {
		r.say(1, "submitted", named("at", s.At), named("requested", s.Requested.String()))
	}
	for _, v := range c.Reviews {
		if v.Override != "" {
			r.found.add("amount", "over the cap")
		}
		r.say(1, "review: "+string(v.Outcome), named("at", v.At), texts(v.Codes), named("text", v.Text), named("amount", v.Amount.String()), named("override", v.Override))
		for _, i := range v.Items {
			r.say(2, named("item", i.Kind), named("text", i.Text))
		}
	}
	if !c.Dispute.OpenedAt.IsZero() {
		r.say(1, "disputed", named("at", c.Dispute.OpenedAt), named("submitted", c.Dispute.SubmittedAt), named("reason", c.Dispute.Reason))
	}
	for _, v := range c.Payments {
		r.say(1, "payment", named("at", v.At), named("amount", v.Amount.String()), named("reference", v.Reference))
	}
	for _, v := range c.Comments {
		r.say(1, "comment by "+string(v.By), named("at", v.At), named("user", v.User), named("text", v.Text))
	}
}

// customers are a partner's customers, each with its history.
func (r *reader) customers(a workflow.Actor) {
	r.Helper()
	keys := map[tenant.Key]bool{}
	for c, err := range r.desk.Customers.AllKnown(r.Context(), a) {
		r.ok("customers", err)
		r.found.add("customer", "known")
		if !c.DisassociatedAt.IsZero() {
			r.found.add("customer", "disassociated")
		}
		keys[c.Customer] = true
		r.say(0, fmt.Sprintf("customer %s of %s", c.Customer, a.Partner), c.Name, named("domain", c.Identity.Domain.Unicode()), named("known since", c.KnownSince), named("disassociated", c.DisassociatedAt))
	}
	for row, err := range r.desk.Claims.All(r.Context(), a, workflow.ClaimsQuery{}) {
		r.ok("claims", err)
		keys[row.Customer] = true
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		var events []engagement.Event
		for e, err := range r.desk.Histories.All(r.Context(), a, workflow.HistoryQuery{Customer: key}) {
			r.ok("history", err)
			events = append(events, e)
		}
		_, err := r.desk.Histories.Verify(r.Context(), a, key)
		verified := "verified"
		if err != nil {
			verified = err.Error()
			r.Errorf("history of %s with %s: %v", a.Partner, key, err)
		}
		r.say(0, fmt.Sprintf("history of %s with %s: %d events, %s, to %s", a.Partner, key, len(events), verified, events[len(events)-1].Hash))
		stored, err := r.store.History(r.Context(), storage.HistoryQuery{Customer: engagement.CustomerKey{Partner: a.Partner, Customer: key}, Limit: 1000})
		r.ok("stored history", err)
		if len(stored) != len(events) {
			r.Errorf("of the %d events with %s %d are shown", len(stored), key, len(events))
		}
		for _, e := range stored { // of which nobody is shown everything
			r.event(e)
		}
	}
}

func (r *reader) event(e engagement.Event) {
	r.found.add("event", e.Kind)
	r.found.add("party", e.By)
	who := "nobody"
	switch {
	case e.Person != nil:
		who = "there"
	case !e.PersonDigest.IsZero():
		who = "erased"
	}
	r.found.add("person", who)
	parts := []string{string(e.Kind), string(e.By), named("at", e.At), string(e.Engagement), named("participation", e.Participation), named("from", string(e.From)), named("to", string(e.To)), named("note", e.Note)}
	if who == "there" {
		parts = append(parts, named("user", e.Person.User), named("contacts", texts(e.Person.Contacts)), named("why", e.Person.Why))
	}
	if who == "erased" {
		parts = append(parts, who)
	}
	r.say(1, parts...)
}

// links are what opens by every link that went out.
func (r *reader) links() {
	r.Helper()
	for _, l := range r.asked.Links {
		token, err := link.ParseToken(l.Token)
		r.ok("token", err)
		var opens []string
		if l.Kind == engagement.MessageSurveyRequest {
			var v survey.View
			v, err = r.desk.Links.SurveyView(r.Context(), token)
			opens = []string{string(v.Status), v.Title, named("language", v.Language), named("to answer", v.MayAnswer)}
		} else {
			var v consent.View
			v, err = r.desk.Links.ConsentView(r.Context(), token)
			opens = []string{string(v.Status), v.Text.Title, v.Engagement, v.Customer, named("to decide", v.MayDecide && err == nil), named("to withdraw", v.MayWithdraw)}
			switch {
			case errors.Is(err, consent.ErrTakenElsewhere):
				r.found.add("link", "full")
			case v.MayDecide && err == nil:
				r.found.add("link", "open")
			case err == nil:
				r.found.add("link", "spent")
			}
		}
		refused := ""
		for name, is := range map[string]error{"unknown": link.ErrUnknown, "void": errtest.Type[*link.VoidError](), "full": consent.ErrTakenElsewhere} {
			if errtest.Is(err, is) {
				refused = name
			}
		}
		if refused == "void" {
			r.found.add("link", "void")
		} else if err != nil && refused != "full" {
			r.Errorf("link of %s: %v", l.Participation, err)
		}
		opens = append([]string{fmt.Sprintf("link %s… of %s to %s", l.Token[:6], l.Participation, l.Kind), refused}, opens...)
		r.say(0, opens...)
	}
}

// commands are what idempotency keys led to: the partners' and, behind a control
// character, the program's.
func (r *reader) commands() {
	r.Helper()
	for n := range r.asked.Keys {
	actors:
		for _, a := range keptActors {
			for _, by := range []struct{ who, prefix string }{{"partner", ""}, {"program", "\x1f"}} {
				key := storage.CommandKey{Partner: a.Partner, Key: fmt.Sprintf("%skey-%d", by.prefix, n+1)}
				loaded, err := r.store.Load(r.Context(), storage.Want{Command: key})
				r.ok("command", err)
				if c := loaded.Command; c != nil {
					r.found.add("command of", by.who)
					r.say(0, fmt.Sprintf("command %q of %s", key.Key, a.Partner), named("at", c.At), named("body", c.Body), string(c.Result))
					break actors // nobody else was given that key
				}
			}
		}
	}
}

// messages are those that have not gone out. First those which could go now are
// taken, then those that somebody holds.
func (r *reader) messages() {
	r.Helper()
	due, err := r.store.Due(r.Context(), storage.DueQuery{Now: r.asked.Now, Limit: 1000})
	r.ok("due", err)
	for _, key := range due {
		r.say(0, fmt.Sprintf("due %s of %s", key.Customer, key.Engagement))
	}
	const ages = 10 * 365 * 24 * time.Hour
	for held, now := range []time.Time{r.asked.Now, r.asked.Now.Add(ages)} {
		list, err := r.store.Lease(r.Context(), storage.LeaseQuery{Now: now, Until: r.asked.Now.Add(2 * ages), Limit: 1000})
		r.ok("lease", err)
		for _, m := range list {
			state := "never tried"
			switch {
			case held == 1:
				state = "held"
			case m.Attempts > 1:
				state = "tried"
			}
			r.found.add("message", state)
			r.found.add("message for", m.Kind)
			r.say(0, fmt.Sprintf("message %s: %s", m.ID, m.Kind), state, string(m.Partner), string(m.Engagement), string(m.Customer), string(m.Participation),
				named("to", m.To.String()), named("in", m.Language), named("link", m.Link), named("deadline", m.Deadline), named("at", m.CreatedAt), named("attempts before", m.Attempts-1))
		}
	}
}
