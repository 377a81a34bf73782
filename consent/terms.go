package consent

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/internal/enum"
)

// Terms are what a customer is asked to agree to, and with whom: kept with every
// sending as evidence. Make them with [NewTerms].
type Terms struct {
	Text       TextRef   `json:"text,omitzero"`
	Purposes   []Purpose `json:"purposes,omitempty"` // as the text has them, in its language
	Validity   string    `json:"validity,omitempty"`
	Withdrawal string    `json:"withdrawal,omitempty"`
	Engagement Subject   `json:"engagement,omitzero"`
	Parties    []Party   `json:"parties,omitempty"`
}

// Subject is the engagement that is consented to, as the page names it.
type Subject struct {
	ID      string `json:"id,omitempty"`
	Name    string `json:"name"`
	Summary string `json:"summary,omitempty"`
}

// Role is what a [Party] is to a consent.
type Role string

// The roles of parties.
const (
	RoleCustomer Role = "customer" // the organisation that is asked
	RolePartner  Role = "partner"  // the organisation that asks
	RoleProgram  Role = "program"  // the organisation that pays
)

// AllRoles returns every role.
func AllRoles() []Role { return []Role{RoleCustomer, RolePartner, RoleProgram} }

// MarshalText returns the documented spelling. An unknown role is an [*link.InvalidError].
func (r Role) MarshalText() ([]byte, error) { return enum.Marshal("role", r, AllRoles(), unknown) }

// UnmarshalText reads the documented spelling and nothing else.
func (r *Role) UnmarshalText(text []byte) error {
	return enum.Unmarshal("role", r, text, AllRoles(), unknown)
}

// Party is an organisation that a consent concerns, by the name under which the
// page shows it.
type Party struct {
	Role Role   `json:"role"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

// NewTerms makes the terms of a text, an engagement and its parties. A customer
// and a partner are needed; a program is shown if there is one.
func NewTerms(text Text, engagement Subject, parties ...Party) Terms {
	return Terms{text.Ref(), slices.Clone(text.Purposes), text.Validity, text.Withdrawal, engagement, slices.Clone(parties)}
}

// Party returns the party of this role, if there is one.
func (t Terms) Party(r Role) (Party, bool) {
	i := slices.IndexFunc(t.Parties, func(p Party) bool { return p.Role == r })
	if i < 0 {
		return Party{}, false
	}
	return t.Parties[i], true
}

// Validate returns nil, or an [*link.InvalidError] for each thing that evidence needs
// and the terms lack, joined.
func (t Terms) Validate() error {
	var errs []error
	need := func(field, value string) {
		if strings.TrimSpace(value) == "" {
			errs = append(errs, invalid("terms."+field, "it is empty"))
		}
	}
	if t.Text.IsZero() {
		errs = append(errs, invalid("terms.text", "it is empty; make the terms with NewTerms"))
	}
	errs = append(errs, checkPurposes("terms.purposes", t.Purposes))
	need("validity", t.Validity)
	need("withdrawal", t.Withdrawal)
	need("engagement.name", t.Engagement.Name)
	for _, r := range []Role{RoleCustomer, RolePartner} {
		if _, ok := t.Party(r); !ok {
			errs = append(errs, invalid("terms.parties", "there is no "+string(r)))
		}
	}
	for i, p := range t.Parties {
		if !slices.Contains(AllRoles(), p.Role) {
			errs = append(errs, invalid(fmt.Sprintf("terms.parties[%d].role", i), "it is not a role"))
		}
		need(fmt.Sprintf("parties[%d].id", i), p.ID)
		need(fmt.Sprintf("parties[%d].name", i), p.Name)
	}
	return errors.Join(errs...)
}

func (t Terms) isZero() bool { return t.Text.IsZero() && len(t.Purposes) == 0 && len(t.Parties) == 0 }

func (t Terms) clone() Terms {
	t.Purposes = slices.Clone(t.Purposes)
	t.Parties = slices.Clone(t.Parties)
	return t
}
