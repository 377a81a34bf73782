package workflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
)

// Role is what an actor may do.
type Role string

// The roles. The first two act for their own partner; Program acts for the
// vendor.
const (
	IncentivesAdmin Role = "incentives admin"
	IncentivesUser  Role = "incentives user"
	Program         Role = "program"
)

// AllRoles returns every Role.
func AllRoles() []Role { return []Role{IncentivesAdmin, IncentivesUser, Program} }

// UnmarshalText refuses a text that is not a Role.
func (r *Role) UnmarshalText(b []byte) error { return decode(r, "role", b, AllRoles()) }

// Actor is who gives a command or asks a question. The host knows who its users
// are, and says so in every call. An actor of the Program acts on a partner's
// claims as Actor.For of that partner.
type Actor struct {
	Partner engagement.PartnerID // whose customers and claims it is about
	User    string               // as the host names the person, for the history; see Service.ErasePerson
	Roles   []Role
}

// For returns the actor for the claims of a partner.
func (a Actor) For(partner engagement.PartnerID) Actor {
	a.Partner = partner
	return a
}

// program reports whether the actor acts for the vendor.
func (a Actor) program() bool { return slices.Contains(a.Roles, Program) }

// LogValue keeps the user out of logs.
func (a Actor) LogValue() slog.Value {
	return slog.GroupValue(slog.String("partner", string(a.Partner)), slog.Any("roles", a.Roles))
}

// Act is what an actor wants to do.
type Act string

// The acts.
const (
	ViewEngagements Act = "view engagements"
	ViewCustomers   Act = "view customers"
	ViewHistory     Act = "view history"
	AddCustomers    Act = "add customers"
	ClaimCustomers  Act = "claim customers"
	HandleConsent   Act = "handle consent"
	CancelAct       Act = "cancel participations"
	ErasePersons    Act = "erase persons"       // the partner's, and the Program
	Associate       Act = "associate customers" // and disassociate them
	WorkOnClaims    Act = "work on claims"      // evidence, surveys, submission, dispute
	ViewClaims      Act = "view claims"         // the partner's, and the Program
	CommentOnClaims Act = "comment on claims"   // the partner's, and the Program
	ReviewClaims    Act = "review claims"       // approve, reject, pay: the Program
	RunProgram      Act = "run the program"     // import known customers, re-evaluate: the Program
)

// AllActs returns every Act.
func AllActs() []Act {
	return []Act{
		ViewEngagements, ViewCustomers, ViewHistory, AddCustomers, ClaimCustomers, HandleConsent, CancelAct, ErasePersons, Associate,
		WorkOnClaims, ViewClaims, CommentOnClaims, ReviewClaims, RunProgram,
	}
}

// UnmarshalText refuses a text that is not an Act.
func (a *Act) UnmarshalText(b []byte) error { return decode(a, "act", b, AllActs()) }

// decode sets v to the text when it is one of all; the empty text is the zero
// value.
func decode[T ~string](v *T, field string, text []byte, all []T) error {
	if t := T(text); t != "" && !slices.Contains(all, t) {
		return &InputError{Field: field, Problem: fmt.Sprintf("%.40q is unknown: use one of %q", text, all)}
	}
	*v = T(text)
	return nil
}

// Authorizer narrows what an actor may do. It is asked after the roles: incentives
// admins and incentives users may do everything for their own partner but
// ReviewClaims and RunProgram, which are the Program's; the Program may view and
// comment on claims and erase persons besides; without a role, nothing. Nor can it let an actor see
// another partner's data.
type Authorizer interface {
	// Authorize returns nil when the actor may do the act through the location,
	// or through all of them when the location is "". The error goes to the
	// caller inside a *ForbiddenError; who cannot find out returns one, too.
	Authorize(ctx context.Context, actor Actor, act Act, location engagement.LocationID) error
}

// checkRole returns a *ForbiddenError when no role of the actor allows the act.
func checkRole(actor Actor, act Act) error {
	need := []Role{IncentivesAdmin, IncentivesUser}
	switch act {
	case RunProgram, ReviewClaims:
		need = []Role{Program}
	case ViewClaims, CommentOnClaims, ErasePersons:
		need = AllRoles()
	}
	if act != RunProgram && actor.Partner == "" {
		return &ForbiddenError{Act: act, Why: errors.New("the actor names no partner: say with Actor.For whose claims it is about")}
	}
	if !slices.ContainsFunc(need, func(r Role) bool { return slices.Contains(actor.Roles, r) }) {
		return &ForbiddenError{Act: act, Why: fmt.Errorf("it takes one of the roles %q", need)}
	}
	return nil
}

// authorize asks the roles, and then the host's Authorizer once for each
// location; for no location, once for all of them.
func (s *Service) authorize(ctx context.Context, actor Actor, act Act, locations ...engagement.LocationID) error {
	if err := checkRole(actor, act); err != nil {
		return err
	}
	return s.askAuthorizer(ctx, actor, act, locations...)
}

func (s *Service) askAuthorizer(ctx context.Context, actor Actor, act Act, locations ...engagement.LocationID) error {
	if s.authorizer == nil {
		return nil
	}
	if len(locations) == 0 {
		locations = []engagement.LocationID{""}
	}
	for _, l := range locations {
		if err := s.authorizer.Authorize(ctx, actor, act, l); err != nil {
			return &ForbiddenError{Act: act, Location: l, Why: err}
		}
	}
	return nil
}
