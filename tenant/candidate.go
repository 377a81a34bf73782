package tenant

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/internal/text"
)

// Candidate is a customer as a person names it: raw text, not yet checked.
// Email or Domain is required, both of which may be given when they agree, or one
// ID alone. What is empty or blank is not given.
type Candidate struct {
	Email    string `json:"email,omitzero"`
	Domain   string `json:"domain,omitzero"`
	TenantID string `json:"tenant_id,omitzero"`
	TPID     string `json:"tpid,omitzero"`
	// SubscriptionID and OpportunityID nominate by themselves: with either, no
	// other ID may be given.
	SubscriptionID string `json:"subscription_id,omitzero"`
	OpportunityID  string `json:"opportunity_id,omitzero"`
	// Reason says why the ID is right although the directory does not confirm
	// it: text for people, of at most 2,000 characters, which may have several lines.
	Reason string `json:"reason,omitzero"`
}

// LogValue shows what names the organisation, if it can be read, and hides the
// person and what the person wrote.
func (c Candidate) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("email", shown(c.Email, ParseEmail, func(Email) string { return "***" })),
		slog.String("domain", shown(c.Domain, ParseDomain, Domain.String)),
		slog.String("tenant_id", shown(c.TenantID, ParseID, ID.String)),
		slog.String("tpid", shown(c.TPID, ParseTPID, TPID.String)),
		slog.String("subscription_id", shown(c.SubscriptionID, ParseSubscriptionID, SubscriptionID.String)),
		slog.String("opportunity_id", shown(c.OpportunityID, ParseOpportunityID, OpportunityID.String)),
		slog.String("reason", shown(c.Reason, parseReason, func(string) string { return "***" })),
	)
}

// shown is how a log shows a field: not at all if it is not given, and never as
// it was typed, because people type addresses into any field.
func shown[T any](text string, parse func(string) (T, error), show func(T) string) string {
	if trim(text) == "" {
		return ""
	}
	v, err := parse(text)
	if err != nil {
		return "malformed"
	}
	return show(v)
}

// claim is a candidate that could be read.
type claim struct {
	email  Email
	given  Identity // the domain, and the IDs
	reason string
}

// confirmedBy reports whether e is the customer whom the IDs name, all of them
// that were given.
func (c claim) confirmedBy(e Entry) bool {
	return !c.given.alone() &&
		(c.given.Tenant.IsZero() || c.given.Tenant == e.Tenant) &&
		(c.given.TPID.IsZero() || c.given.TPID == e.TPID)
}

// ids counts the IDs that are given.
func (c Candidate) ids() int {
	n := 0
	for _, text := range []string{c.TenantID, c.TPID, c.SubscriptionID, c.OpportunityID} {
		if trim(text) != "" {
			n++
		}
	}
	return n
}

// Check returns what is wrong with the candidate's text, as [Resolve] does before
// it asks anybody: every [*MalformedError], joined, or nil.
func (c Candidate) Check() error {
	_, err := c.parse()
	return err
}

// parse reads a candidate. Its error is one [*MalformedError], or several joined.
func (c Candidate) parse() (claim, error) {
	var (
		got  claim
		errs []error
	)
	read := func(text string, parse func() error) {
		if trim(text) != "" {
			if err := parse(); err != nil {
				errs = append(errs, err)
			}
		}
	}
	read(c.Email, func() (err error) { got.email, err = ParseEmail(c.Email); return })
	read(c.Domain, func() (err error) { got.given.Domain, err = ParseDomain(c.Domain); return })

	var alone IDKind // the kind of a given ID that nominates by itself
	readID := func(text, field string, kind IDKind, parse func() error) {
		read(text, func() error {
			if alone != "" {
				return malformed(field, fmt.Sprintf(
					"the %[1]s was given too, and one ID nominates the customer: leave out the %[2]s, or leave out the %[1]s to nominate by the %[2]s", alone, kind))
			}
			if kind == IDKindOpportunity || kind == IDKindSubscription {
				alone = kind
			}
			return parse()
		})
	}
	readID(c.OpportunityID, "opportunity_id", IDKindOpportunity, func() (err error) {
		got.given.Opportunity, err = ParseOpportunityID(c.OpportunityID)
		return
	})
	readID(c.SubscriptionID, "subscription_id", IDKindSubscription, func() (err error) {
		got.given.Subscription, err = ParseSubscriptionID(c.SubscriptionID)
		return
	})
	readID(c.TenantID, "tenant_id", IDKindTenant, func() (err error) {
		if got.given.Tenant, err = ParseID(c.TenantID); err == nil && got.given.Tenant.IsPersonal() {
			err = malformed("tenant_id", "this tenant holds everybody's personal accounts and is nobody's customer: give the ID of the customer's own tenant, or another ID of the customer")
		}
		return
	})
	readID(c.TPID, "tpid", IDKindTPID, func() (err error) { got.given.TPID, err = ParseTPID(c.TPID); return })
	read(c.Reason, func() (err error) { got.reason, err = parseReason(c.Reason); return })

	switch mailDomain := got.email.Domain(); {
	case trim(c.Email) == "" && trim(c.Domain) == "":
		switch ids := c.ids(); {
		case ids == 0:
			errs = append(errs, malformed("email", "an e-mail address or a domain is needed to look the customer up, or one ID of the customer's"))
		case ids > 1 && alone == "":
			errs = append(errs, malformed("email", "an e-mail address or a domain is needed where several IDs are given: add one, or give one ID alone"))
		}
	case got.given.Domain.IsZero():
		got.given.Domain = mailDomain
	case !mailDomain.IsZero() && mailDomain != got.given.Domain:
		errs = append(errs, malformed("domain", fmt.Sprintf(
			"%s is not the domain of the e-mail address, which is %s; give one of them, or the same domain in both", got.given.Domain, mailDomain)))
	}
	if len(errs) == 1 {
		return claim{}, errs[0]
	}
	return got, problems.Join(errs...)
}

// longestReason is how many characters a reason has at most.
const longestReason = 2000

// parseReason accepts any text that a person can read back, on one line or several.
func parseReason(s string) (string, error) {
	s = strings.TrimSpace(s)
	if problem := text.Prose(s, longestReason); problem != "" {
		return "", malformed("reason", "the reason "+problem)
	}
	return s, nil
}
