package engagement_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/stretchr/testify/require"
)

// walk makes whatever happen to a participation: what is refused does not.
type walk struct {
	*rand.Rand
	p     engagement.Participation
	now   time.Time
	links int

	offers []engagement.Engagement
}

func (w *walk) one(n int) bool { return w.IntN(n) == 0 }

func (w *walk) link() link.ID {
	w.links++
	return link.ID(fmt.Sprintf("%s-link-%d", w.p.ID, w.links))
}

// contacts are some people of a side, some of whom share a mailbox with others.
func (w *walk) contacts(domain string, most int) []link.Contact {
	all := []link.Contact{
		{Name: "Ana", Email: email("ana@" + domain)}, {Email: email("rui@" + domain), Phone: "123"}, {Email: email("ana+tag@" + domain)}, {Email: email("eva@" + domain)},
	}
	w.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+w.IntN(most)]
}

func (w *walk) linksFor(contacts []link.Contact) []link.ID {
	var out []link.ID
	for range contacts {
		out = append(out, w.link())
	}
	return out
}

// some returns one of the links, if there are any.
func (w *walk) some(links []link.Link) link.ID {
	if len(links) == 0 {
		return ""
	}
	return links[w.IntN(len(links))].ID
}

func (w *walk) step() {
	p, now := w.p, w.now
	switch w.IntN(10) {
	case 0, 1, 2:
		w.consentStep()
	case 3:
		w.mailStep()
	case 4:
		w.p = p.WithMail(engagement.Message{Kind: engagement.MessageConsentGranted, To: email("paula@northwind.example")}, link.Failure{Code: link.FailureBounced, At: now})
	case 5:
		if erased, ok := p.Consent.Erase(email([]string{"ana@contoso.com", "rui@contoso.com", "paula@northwind.example"}[w.IntN(3)])); ok && w.one(4) {
			w.p.Consent = erased
		}
	default:
		w.claimStep()
	}
}

func (w *walk) consentStep() {
	unlimited := link.Unlimited()
	to := w.contacts("contoso.com", 2)
	events := []consent.Event{
		consent.Request{Customer: to, Partner: w.contacts("northwind.example", 2), Links: w.linksFor(to), Terms: termsOfConsent()},
		consent.Request{Customer: to, Links: w.linksFor(to), Terms: termsOfConsent()},
		consent.Resend{Links: w.linksFor(w.p.Consent.Contacts()), Policy: unlimited},
		consent.Resend{Links: w.linksFor(w.p.Consent.Contacts()), Policy: unlimited},
		consent.ChangeContacts{Customer: to, Links: w.linksFor(to), Policy: unlimited},
		consent.Accept{Link: w.some(w.p.Consent.Links)}, consent.Accept{Link: w.some(w.p.Consent.Links)},
		consent.Decline{Link: w.some(w.p.Consent.Links)}, consent.Cancel{}, consent.Expire{}, consent.Withdraw{Link: w.some(w.p.Consent.Links), AfterSubmission: w.p.Claim != nil && !w.p.Claim.FirstSubmittedAt().IsZero()},
	}
	if w.one(4) {
		w.p.Consent = w.p.Consent.Naming(w.contacts("contoso.com", 2), w.contacts("northwind.example", 2))
	}
	i := w.IntN(len(events))
	if i >= 7 && w.one(2) {
		return // else nothing lasts
	}
	next, err := consent.Apply(w.p.Consent, events[i], w.now)
	if err != nil {
		return
	}
	was := w.p
	if w.p.Consent = next; next.Status == consent.StatusGranted && was.Claim == nil {
		w.p = must(engagement.OpenClaim(w.p, w.offers[w.IntN(3)], w.now))
	}
	for kind, ends := range map[consent.Status]claim.Event{consent.StatusCanceled: claim.Cancel{}, consent.StatusWithdrawn: claim.Withdraw{}} {
		if next.Status == kind && w.p.Claim != nil {
			if w.p, err = engagement.ApplyClaim(w.p, ends, w.now); err != nil {
				w.p = was
			}
		}
	}
}

func (w *walk) mailStep() {
	failure := link.Failure{Code: link.FailureUndeliverable, At: w.now}
	if links, err := link.MarkFailed(w.p.Consent.Links, w.some(w.p.Consent.Links), failure); err == nil && w.one(2) {
		w.p.Consent.Links = links
	}
	if w.p.Claim != nil && len(w.p.Claim.Surveys) > 0 {
		c := *w.p.Claim
		c.Surveys = slices.Clone(c.Surveys)
		v := &c.Surveys[w.IntN(len(c.Surveys))]
		if links, err := link.MarkFailed(v.Links, w.some(v.Links), failure); err == nil {
			v.Links, w.p.Claim = links, &c
		}
	}
	to := []tenant.Email{{}, email("ana@contoso.com"), email("rui@contoso.com"), email("ana@northwind.example")}[w.IntN(4)]
	kinds := []engagement.MessageKind{engagement.MessageReferralRequest, engagement.MessageCanceled, engagement.MessageConsentReminder}
	if w.one(3) {
		failure = link.Failure{}
	}
	if w.one(2) {
		w.p = w.p.WithMail(engagement.Message{Kind: kinds[w.IntN(3)], To: to}, failure)
	}
}

func (w *walk) claimStep() {
	if w.p.Claim == nil {
		return
	}
	kinds := []string{claim.ProofFindings, claim.ProofInvoice, claim.ProofPartnerSurvey, claim.ProofCustomerSurvey}
	kind := kinds[w.IntN(4)]
	id := w.link()
	var last link.ID
	if v, err := w.p.Claim.Survey(kind); err == nil && len(v.Links) > 0 {
		last = v.Links[len(v.Links)-1].ID
	}
	answers := map[string]string{"delivered": "yes", "findings": "yes", "outcome": "4"}
	if kind == claim.ProofCustomerSurvey {
		answers = map[string]string{"delivered": "yes", "findings": "yes", "satisfaction": "5"}
	}
	document := claim.Evidence{ID: claim.EvidenceID(id), Kind: kind, Name: "a.pdf", MediaType: "application/pdf", Size: 1, SHA256: fmt.Sprintf("%064d", w.links), Ref: "r"}
	events := []claim.Event{
		claim.AddEvidence{Evidence: document}, claim.AddEvidence{Evidence: document}, claim.AnswerSurvey{Survey: kind, Link: last, Answers: answers},
		claim.AnswerSurvey{Survey: kind, User: "paula", Answers: answers}, claim.SendSurvey{Survey: kind, Contact: link.Contact{Email: email("ana@contoso.com")}, Link: id},
		claim.ResendSurvey{Survey: kind, Link: id, Policy: link.Unlimited()}, claim.AddComment{By: claim.SidePartner, User: "ana", Text: "text"},
		claim.Submit{}, claim.RecallSubmission{Reason: "again"}, claim.StartReview{}, claim.RequestAction{Items: []claim.ActionItem{{Text: "Sign it."}}},
		claim.Approve{Amount: money("4000.00 USD")}, claim.Reject{Codes: []claim.RejectionCode{claim.RejectionProofInconsistent}, Text: "No."},
		claim.OpenDispute{Reason: "Yes."}, claim.Pay{Amount: money("1000.00 USD")}, claim.Pay{Amount: money("4000.00 USD")}, claim.Expire{},
	}
	if len(w.p.Claim.Evidence) > 0 {
		events = append(events, claim.RemoveEvidence{ID: w.p.Claim.Evidence[0].ID})
	}
	if p, err := engagement.ApplyClaim(w.p, events[w.IntN(len(events))], w.now); err == nil {
		w.p = p
	}
}

func termsOfConsent() consent.Terms {
	return consent.NewTerms(consent.StandardTexts().For("en"), consent.Subject{ID: "azure-migration", Name: "Azure Migration"},
		consent.Party{Role: consent.RoleCustomer, ID: "contoso", Name: "Contoso"}, consent.Party{Role: consent.RolePartner, ID: "northwind", Name: "Northwind"})
}

func newWalk(seed uint64, offers []engagement.Engagement) *walk {
	w := &walk{Rand: rand.New(rand.NewPCG(seed, 11)), now: start, offers: offers}
	w.p = began(northwind, engagement.AllOrigins()[w.IntN(2)])
	if w.one(2) {
		from := []claim.Status{claim.StatusDraft, claim.StatusSubmitted, claim.StatusUnderReview, claim.StatusActionRequired, claim.StatusRejected, claim.StatusDisputed}
		i := w.IntN(len(from))
		w.p, w.now = reached(from[i], northwind), on([]int{2, 20, 21, 22, 80, 81}[i])
	}
	w.p.Terms.Zone = []string{"", "Europe/Lisbon", "America/St_Johns"}[w.IntN(3)]
	w.p.Owner, w.p.Labels, w.p.FriendlyName = []string{"", "joana"}[w.IntN(2)], [][]string{nil, {"a", "vip"}}[w.IntN(2)], []string{"", "Best"}[w.IntN(2)]
	w.p.Basis, w.p.Reason, w.p.Hours, w.p.DealSize = tenant.BasisStated, "a reason", 3, money("9.00 USD")
	if w.one(2) {
		w.p.Basis = tenant.BasisConfirmed
	}
	return w
}

// offers are the engagement in versions that let rows differ.
func offers() []engagement.Engagement {
	form := survey.PartnerForm()
	var all []engagement.Engagement
	for _, by := range []engagement.Anchor{"", engagement.AnchorSubmission} {
		for i, proof := range [][]claim.ProofItem{
			nil, {{Kind: claim.ProofFindings, Title: "F", Required: true, AtLeast: 2}},
			{{Kind: claim.ProofInvoice, Title: "I", Required: true}, {Kind: claim.ProofPartnerSurvey, Title: "P", Required: true, Survey: &form}},
			{{Kind: claim.ProofCustomerSurvey, Title: "C", Required: true, Survey: &survey.Form{}}}, {{Kind: "other", Title: "O"}},
		} {
			e := offer()
			e.ProofBy, e.Proof, e.ClaimLimit = by, proof, 1+i%2
			if i == 1 {
				e.Zone = zone("Europe/Lisbon")
			}
			all = append(all, e)
		}
	}
	return all
}

// A row is the same of a whole participation and of an abridged one: at any time, by
// any version of the engagement, any policy and any room.
func TestAbridged(t *testing.T) {
	seen, all := map[engagement.Status]bool{}, offers()
	policies := []link.Policy{{}, {ResendInterval: time.Hour, MaxSends: 3, MaxPerEngagement: 2}, link.Unlimited(), {ResendInterval: -1, MaxSends: -1, MaxPerEngagement: 2, MaxPerMailbox: -1}}
	largest, longest := engagement.Participation{}, 0
	for seed := range uint64(200) {
		w := newWalk(seed, all)
		earlier := newWalk(seed+1000, all)
		for range earlier.IntN(8) {
			earlier.step()
			earlier.now = earlier.now.Add(time.Hour)
		}
		record := engagement.PartnerRecord{Key: keyOf(northwind), Identity: contoso, Participations: []engagement.Participation{earlier.p}}
		if w.one(2) {
			record = record.Ending(earlier.p, start.AddDate(0, 0, -30))
		}
		for range 30 {
			w.step()
			w.now = w.now.Add(time.Duration(w.IntN(3*24*60)) * time.Minute)
			if w.one(3) {
				w.p.Referral = engagement.Referral{Reference: "REF", At: w.now}
			}
			record := record.WithParticipation(w.p)
			checkAbridged(t, record, w, policies, seen)
			if n := len(must(json.Marshal(w.p.Abridged()))); n > longest && len(w.p.Failures) == 0 && len(w.p.Unreached()) == 0 {
				largest, longest = w.p.Abridged(), n
			}
		}
	}
	for _, s := range engagement.AllStatuses() {
		require.True(t, seen[s], "the walks come to %s", s)
	}
	t.Logf("the largest is %d bytes of JSON: %s", longest, must(json.Marshal(largest)))
}

// claimColumns are what a claims list tells besides the row.
func claimColumns(p engagement.Participation) []any {
	name := ""
	if n := len(p.Consent.Sent); n > 0 {
		name = p.Consent.Sent[n-1].Terms.Engagement.Name
	}
	if p.Claim == nil {
		return []any{name}
	}
	return []any{name, p.Claim.Estimated, p.Claim.Requested, p.Claim.Approved, p.Claim.Paid, p.Claim.ReviewBy, p.Consent.WithdrawalRequestedAt()}
}

func checkAbridged(t *testing.T, r engagement.PartnerRecord, w *walk, policies []link.Policy, seen map[engagement.Status]bool) {
	t.Helper()
	rooms := []engagement.Room{{}, {Limit: 1, Taken: []engagement.Taken{{By: engagement.TakenByConsent, N: 1, Until: w.now.Add(time.Hour)}}}}
	e := w.offers[w.IntN(len(w.offers))]
	entry := r.EntryOf(w.p, rooms[w.IntN(2)], w.now)
	whole := entry
	whole.Shown.Participation, whole.Shown.Asked = &w.p, nil
	for _, p := range r.Participations {
		if p.ID != w.p.ID {
			rest := r
			rest.Participations = []engagement.Participation{p}
			for _, c := range w.p.Consent.Contacts() {
				for _, a := range rest.AskedFor(c.Email) {
					whole.Shown.Asked = append(whole.Shown.Asked, engagement.Ask{Mailbox: engagement.MailboxDigest(northwind, c.Email), At: a.At})
				}
			}
		}
	}
	short := w.p.Abridged()
	require.Equal(t, short, short.Abridged(), "abridging twice is abridging once")
	require.Equal(t, claimColumns(w.p), claimColumns(short))
	var read engagement.Participation
	require.NoError(t, json.Unmarshal(must(json.Marshal(short)), &read))
	require.Equal(t, must(json.Marshal(short)), must(json.Marshal(read)), "it can be stored")
	require.Equal(t, claimColumns(w.p), claimColumns(read))
	times := []time.Time{w.now, w.now.Add(25 * time.Hour), w.now.AddDate(0, 0, 31), w.now.AddDate(1, 0, 0)}
	if due := r.Due(); !due.IsZero() {
		times = append(times, due.Add(-tick), due)
	}
	policy := policies[w.IntN(len(policies))]
	for _, at := range times {
		seen[w.p.StatusAt(at)] = true
		want, is := whole.RowAt(e, policy, at)
		got, ok := entry.RowAt(e, policy, at)
		require.Equal(t, is, ok)
		require.Equal(t, want, got, "at %v", at)
	}
	require.Equal(t, entry.Keys(), entry)
}

// A survey that the partner answered without being sent it counts when what there is
// to prove is decided anew, also in a row.
func TestAbridgedKeepsWhatWasAnswered(t *testing.T) {
	form := survey.PartnerForm()
	e := offer()
	e.ProofBy, e.Proof = engagement.AnchorSubmission, []claim.ProofItem{{Kind: claim.ProofPartnerSurvey, Title: "P", Required: true, Survey: &form}}
	p := accepted(asked(began(northwind, engagement.OriginAdded)))
	actions := func(p engagement.Participation) []engagement.Action {
		row, _ := (engagement.PartnerRecord{}).EntryOf(p, engagement.Room{}, on(2)).RowAt(e, link.Policy{}, on(2))
		return row.Actions
	}
	require.NotContains(t, actions(p), engagement.ActionSubmitClaim)
	p = happens(p, on(1), claim.AnswerSurvey{Survey: claim.ProofPartnerSurvey, User: "paula", Answers: map[string]string{"delivered": "yes", "findings": "yes", "outcome": "4"}})
	require.Contains(t, actions(p), engagement.ActionSubmitClaim)
}

// An entry is stored with every row of a page, so it is short: what is known of the
// participation in other ways, documents, texts and forms, is not in it.
func TestAbridgedIsShort(t *testing.T) {
	for _, status := range claim.AllStatuses() {
		p := reached(status, northwind)
		whole, short := len(must(json.Marshal(p))), len(must(json.Marshal(p.Abridged())))
		require.Less(t, short, 1600, status)
		require.Less(t, short, whole/4, status)
	}
}
