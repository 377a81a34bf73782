package engagement

import (
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/tenant"
)

// Engagement is one offer of the program, in one version. It is data: nothing
// of it changes by itself. A participation keeps the windows that it began under;
// its rate and what it has to prove are those of the day that RatesBy and ProofBy
// name.
type Engagement struct {
	ID           ID     `json:"id"`
	Version      string `json:"version"`
	Name         string `json:"name"`
	Summary      string `json:"summary,omitzero"` // what the customer is told that it is about
	SolutionArea string `json:"solution_area"`
	Type         Type   `json:"type"`
	Role         string `json:"role,omitzero"` // the partner role that it pays for, "build-intent" for example

	// The engagement is active from the first moment of Opens until the first
	// moment of Closes, in its zone. Customers can be added and claimed while it
	// is active and, where LastClaimDay is set, until that day is over.
	Opens        eligibility.Date `json:"opens"`
	Closes       eligibility.Date `json:"closes"`
	LastClaimDay eligibility.Date `json:"last_claim_day,omitzero"`
	Zone         *time.Location   `json:"-"` // nil is UTC

	Windows    Windows           `json:"windows,omitzero"`     // zero: the published ones of the type, see DefaultWindows
	ClaimLimit int               `json:"claim_limit,omitzero"` // granted participations per customer, over all partners; zero: 1
	Payment    PaymentModel      `json:"payment,omitzero"`     // "": PaymentFixed
	Rates      []Rate            `json:"rates,omitzero"`       // what is paid, the earliest first, on all days of the engagement; none: nothing is known
	Proof      []claim.ProofItem `json:"proof,omitzero"`       // nil: the published program's, see claim.DefaultProof

	// Versions that follow Proof, and Name and Summary, which are in force until the
	// first of them begins. Together they cover every day of the engagement.
	LaterProof []Dated[[]claim.ProofItem] `json:"later_proof,omitempty"`
	LaterTexts []Dated[Texts]             `json:"later_texts,omitempty"`

	// Translations are what people read of the engagement in other languages, by what it
	// says here: names, summaries, titles of proof and resources, and the Docs of rules.
	Translations words.Texts `json:"translations,omitempty"`

	// What the versions of rates and proof go by; "": AnchorConsent.
	RatesBy Anchor `json:"rates_by,omitzero"` // AnchorStart or AnchorConsent
	ProofBy Anchor `json:"proof_by,omitzero"`

	// AcceptsIDs are the kinds of ID by which a customer can be named; nil:
	// domain, tenant ID, TPID and subscription ID, and with variable pay the
	// opportunity ID only.
	AcceptsIDs []tenant.IDKind `json:"accepts_ids,omitzero"`
	// RefusesStated refuses customers whose ID is merely stated: the directory does
	// not confirm it.
	RefusesStated bool `json:"refuses_stated,omitzero"`

	// AsksDealSize refuses a request for consent before the partner has said how large
	// it estimates the deal.
	AsksDealSize bool `json:"asks_deal_size,omitzero"`
	// AsksReferral has the host asked for a referral once the customer has consented,
	// with a MessageReferralRequest; see Participation.Referral.
	AsksReferral bool `json:"asks_referral,omitzero"`

	Resources []Resource `json:"resources,omitzero"` // what there is to read about it

	LocationRules *eligibility.RuleSet `json:"-"` // what a partner's location must meet
	CustomerRules *eligibility.RuleSet `json:"-"` // what a customer must meet

	// Versions that follow those in time. Each is in force from its EffectiveFrom
	// until its EffectiveTo; together with the first they cover every moment of the
	// engagement, and no two are in force at once.
	LaterLocationRules []*eligibility.RuleSet `json:"-"`
	LaterCustomerRules []*eligibility.RuleSet `json:"-"`
}

// Validate returns every problem of the engagement, joined, each an
// *InvalidError which names its field. Amounts are in the currencies of ISO 4217.
func (e Engagement) Validate() error { return e.ValidateIn(nil) }

// ValidateIn is [Engagement.Validate] for a program that pays in these currencies.
func (e Engagement) ValidateIn(currencies *eligibility.Currencies) error {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, &InvalidError{Of: fmt.Sprintf("engagement %q", e.ID), Field: field, Problem: fmt.Sprintf(format, args...)})
	}
	if p := checkID(string(e.ID)); p != "" {
		bad("id", "%s", p)
	}
	for _, t := range []struct{ field, value, empty string }{
		{"version", e.Version, "is empty: participations record the version that they began under"},
		{"name", e.Name, "is empty: people are told it"},
		{"solution_area", e.SolutionArea, "is empty: engagements are listed by it"},
		{"role", e.Role, ""},
	} {
		if problem := checkLine(t.value, t.empty); problem != "" {
			bad(t.field, "%s", problem)
		}
	}
	if problem := text.Prose(e.Summary, longestSummary); problem != "" {
		bad("summary", "%s", problem)
	}
	if problem := checkType(string(e.Type)); problem != "" {
		bad("type", "%s", problem)
	}
	e.validateDates(bad)
	if w := e.windows(); w == (Windows{}) && e.Type != "" {
		bad("windows", "are missing: the type %q has no default, so give the engagement windows of its own", e.Type)
	} else if w != (Windows{}) {
		for _, days := range []int{w.Consent, w.FirstSubmission, w.ReviewDone, w.Dispute, w.AfterDispute} {
			if days < 1 || days > maxWindow {
				bad("windows", "must each be from 1 to %d days, or all zero for the type's default: %+v", maxWindow, e.Windows)
				break
			}
		}
		if w.ReviewDone < w.FirstSubmission {
			bad("windows", "give %d days until the review is done, and %d to submit: both count from the consent", w.ReviewDone, w.FirstSubmission)
		}
	}
	if e.ClaimLimit < 0 {
		bad("claim_limit", "is negative: use 0 for the default of 1")
	}
	e.validatePay(currencies, bad)
	e.validateProof(bad)
	e.validateTexts(bad)
	e.validateTranslations(bad)
	e.validateAnchors(bad)
	e.validateRules(bad)
	for i, r := range e.Resources {
		if problem := checkLine(r.Title, "is empty: people are told what they will read"); problem != "" {
			bad(fmt.Sprintf("resources[%d].title", i), "%s", problem)
		}
		if problem := checkLink(r.URL); problem != "" {
			bad(fmt.Sprintf("resources[%d].url", i), "%s", problem)
		}
	}
	return problems.Join(errs...)
}

const (
	longestLine    = 200  // characters of a name or a title
	longestSummary = 4000 // characters of an engagement's summary
)

// checkLine says what is wrong with a name or a title, or nothing. empty is what is
// wrong with none; "": nothing.
func checkLine(line, empty string) string {
	if line == "" {
		return empty
	}
	return text.Line(line, longestLine)
}

// maxWindow is how many days a window may have: ten years, so that whoever
// mistakes days for hours is told.
const maxWindow = 3650

// validateDates says what is wrong with the engagement's days and its zone.
func (e Engagement) validateDates(bad func(field, format string, args ...any)) {
	if problem := e.checkZone(); problem != "" {
		bad("zone", "%s", problem)
	}
	missing := func(field string, d eligibility.Date) bool {
		if !d.IsZero() && !d.IsNever() {
			return false
		}
		bad(field, "is missing")
		return true
	}
	noOpens, noCloses := missing("opens", e.Opens), missing("closes", e.Closes)
	if !noOpens && !noCloses && e.Closes.Compare(e.Opens) <= 0 {
		bad("closes", "is %s, not after the opening day %s", e.Closes, e.Opens)
	}
	if last := e.LastClaimDay; last.IsNever() {
		bad("last_claim_day", "is never: leave it out where there is none")
	} else if !last.IsZero() && !noOpens && last.Compare(e.Opens) < 0 {
		bad("last_claim_day", "is %s, before the opening day %s", last, e.Opens)
	}
}

// checkZone says what is wrong with the zone, or nothing. Participations keep
// its name, from which it must be found again.
func (e Engagement) checkZone() string {
	zone := e.zone()
	named, err := time.LoadLocation(zone.String())
	if err != nil || zone.String() == time.Local.String() {
		return fmt.Sprintf("is %q: use a zone of the IANA database, from time.LoadLocation", zone)
	}
	for _, t := range []time.Time{e.opens(), e.opens().AddDate(0, 6, 0), e.closes()} {
		if t.In(zone).Format(time.RFC3339) != t.In(named).Format(time.RFC3339) {
			return fmt.Sprintf("is called %q and keeps another time than the zone of that name: use one from time.LoadLocation", zone)
		}
	}
	return ""
}

// zone is the engagement's time zone.
func (e Engagement) zone() *time.Location {
	if e.Zone == nil {
		return time.UTC
	}
	return e.Zone
}

// start is the first moment of a day; an unset day starts at the zero time.
func (e Engagement) start(d eligibility.Date) time.Time {
	year, month, day := d.Calendar()
	if day == 0 {
		return time.Time{}
	}
	// Where the clocks skip midnight, package time gives a moment before or after
	// it; the day begins when they change.
	t := time.Date(year, month, day, 0, 0, 0, 0, e.zone())
	switch from, to := t.ZoneBounds(); {
	case t.Day() != day:
		t = to
	case t.Hour() != 0 || t.Minute() != 0:
		t = from
	}
	return t.UTC()
}

func (e Engagement) opens() time.Time  { return e.start(e.Opens) }
func (e Engagement) closes() time.Time { return e.start(e.Closes) }

// windows are the engagement's own, or its type's.
func (e Engagement) windows() Windows {
	if e.Windows == (Windows{}) {
		return DefaultWindows(e.Type)
	}
	return e.Windows
}

// Limit returns how many granted participations one customer may have in this
// engagement, over all partners.
func (e Engagement) Limit() int { return max(e.ClaimLimit, 1) }

// AvailabilityAt returns whether the engagement is upcoming, active or expired.
func (e Engagement) AvailabilityAt(now time.Time) Availability {
	switch {
	case now.Before(e.opens()):
		return AvailabilityUpcoming
	case now.Before(e.closes()):
		return AvailabilityActive
	}
	return AvailabilityExpired
}

// ClaimableFrom returns the moment from which customers can be added or claimed.
func (e Engagement) ClaimableFrom() time.Time { return e.opens() }

// ClaimableUntil returns the moment from which customers can no longer be added
// or claimed.
func (e Engagement) ClaimableUntil() time.Time {
	until := e.closes()
	if !e.LastClaimDay.IsZero() {
		if over := e.start(e.LastClaimDay.AddDays(1)); over.Before(until) {
			until = over
		}
	}
	return until
}

// ClaimableAt reports whether customers can be added or claimed now.
func (e Engagement) ClaimableAt(now time.Time) bool {
	return e.AvailabilityAt(now) == AvailabilityActive && now.Before(e.ClaimableUntil())
}

// zoneOf returns the zone of terms, which is nearly always the engagement's.
func (e Engagement) zoneOf(t Terms) *time.Location {
	if zone := e.zone(); zone.String() == t.Zone {
		return zone
	}
	return t.Location()
}

// TermsOf returns what a participation that begins at t keeps of the engagement.
func TermsOf(e Engagement, t time.Time) Terms {
	return Terms{Version: e.Version, Windows: e.windows(), Zone: e.zone().String(), Proof: e.ProofAt(t), AsksReferral: e.AsksReferral}
}

// Terms are what a participation keeps of the engagement it began under: by its
// windows every deadline is made, whatever a later version of the engagement says.
type Terms struct {
	Version string            `json:"version"`
	Windows Windows           `json:"windows"`
	Zone    string            `json:"zone,omitzero"`  // IANA name
	Proof   []claim.ProofItem `json:"proof,omitzero"` // of the day of the add or claim; nil once the claim is open, which has its own, see Engagement.ProofBy

	AsksReferral bool `json:"asks_referral,omitzero"` // see Engagement.AsksReferral
}

// Deadline returns the end of a window of these terms.
func (t Terms) Deadline(from time.Time, days int) time.Time {
	return Deadline(from, days, t.Location())
}

// Location returns the zone of the terms.
func (t Terms) Location() *time.Location {
	zone, err := time.LoadLocation(t.Zone)
	if err != nil {
		return time.UTC // the host that made the terms knew the zone, this one does not
	}
	return zone
}
