package workflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/internal/enum"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/tenant"
)

// Role is what an actor may do.
type Role string

// The roles. The first two act for their own partner; Program acts for the
// vendor.
const (
	RoleIncentivesAdmin Role = "incentives admin"
	RoleIncentivesUser  Role = "incentives user"
	RoleProgram         Role = "program"
)

// AllRoles returns every Role.
func AllRoles() []Role { return []Role{RoleIncentivesAdmin, RoleIncentivesUser, RoleProgram} }

// MarshalText refuses a value that is not a Role.
func (r Role) MarshalText() ([]byte, error) { return spell(r, "role", AllRoles()) }

// UnmarshalText refuses a text that is not a Role.
func (r *Role) UnmarshalText(b []byte) error { return decode(r, "role", b, AllRoles()) }

// Actor is who gives a command or asks a question. The host knows who its users are,
// and says so in every call. An actor of the Program acts on a partner's claims as
// [Actor.For] of that partner.
type Actor struct {
	Partner engagement.PartnerID // whose customers and claims it is about
	User    string               // as the host names the person, needed: for the history, and to tell who reviews whose claim
	Roles   []Role
	// Language is what the actor reads: what queries and commands return says names and
	// words in it, as far as Options.Words and the engagement have it; "": in the default
	// of Options.Words, English.
	Language link.Language
}

// For returns the actor for the claims of a partner.
func (a Actor) For(partner engagement.PartnerID) Actor {
	a.Partner = partner
	return a
}

// program reports whether the actor acts for the vendor.
func (a Actor) program() bool { return slices.Contains(a.Roles, RoleProgram) }

// LogValue keeps the user out of logs.
func (a Actor) LogValue() slog.Value {
	return slog.GroupValue(slog.String("partner", string(a.Partner)), slog.Any("roles", a.Roles))
}

// Permission is what an actor wants to do.
type Permission string

// The permissions. Where nothing else is said, they are for the partner's roles only.
const (
	MayViewEngagements      Permission = "view engagements"
	MayViewCustomers        Permission = "view customers"
	MayViewHistory          Permission = "view history"  // and verify it, and view what proves a consent
	MayAddCustomers         Permission = "add customers" // and change the details of participations
	MayClaimCustomers       Permission = "claim customers"
	MayManageConsent        Permission = "manage consent" // preview, request, resend, change contacts
	MayCancelParticipations Permission = "cancel participations"
	MayErasePersons         Permission = "erase persons"          // the partner's admins, and the Program
	MayAssociateCustomers   Permission = "associate customers"    // and disassociate them
	MayEditClaims           Permission = "edit claims"            // evidence, surveys, referral, submission, recall, dispute
	MayViewClaims           Permission = "view claims"            // the partner's, and the Program
	MayCommentOnClaims      Permission = "comment on claims"      // the partner's, and the Program
	MayReviewClaims         Permission = "review claims"          // review, ask for action, approve, reject, pay: the Program
	MayFollowFeed           Permission = "follow the feed"        // the partner's, and the Program, which may follow all
	MayAdministerProgram    Permission = "administer the program" // import known customers, re-evaluate: the Program
)

// AllPermissions returns every Permission.
func AllPermissions() []Permission {
	return []Permission{
		MayViewEngagements, MayViewCustomers, MayViewHistory, MayAddCustomers, MayClaimCustomers, MayManageConsent, MayCancelParticipations, MayErasePersons, MayAssociateCustomers,
		MayEditClaims, MayViewClaims, MayCommentOnClaims, MayReviewClaims, MayFollowFeed, MayAdministerProgram,
	}
}

// MarshalText refuses a value that is not a Permission.
func (a Permission) MarshalText() ([]byte, error) { return spell(a, "permission", AllPermissions()) }

// UnmarshalText refuses a text that is not a Permission.
func (a *Permission) UnmarshalText(b []byte) error {
	return decode(a, "permission", b, AllPermissions())
}

// decode sets v to the text when it is one of all; the empty text is the zero
// value.
func decode[T ~string](v *T, field string, text []byte, all []T) error {
	return enum.Unmarshal(field, v, text, enum.OrZero(all), unknownValue)
}

// spell returns the text that decode reads.
func spell[T ~string](v T, field string, all []T) ([]byte, error) {
	return enum.Marshal(field, v, enum.OrZero(all), unknownValue)
}

func unknownValue(field, value string, all []string) error {
	return &InputError{Field: field, Problem: fmt.Sprintf("%.40q is unknown: use one of %q", value, all)}
}

// Authorizer says through which locations an actor may do something. It is asked
// once for each command or query, after the roles. Incentives admins and incentives
// users may do everything for their own partner but MayReviewClaims and MayAdministerProgram, which
// are the Program's; MayErasePersons is for admins only. The Program also has
// MayViewHistory, by which a reviewer judges, MayViewClaims, MayCommentOnClaims, MayFollowFeed and MayErasePersons. Without a role an actor may do nothing. An
// Authorizer can narrow that and never widen it, and never shows another partner's
// data.
//
//	func (h host) Authorize(ctx context.Context, actor workflow.Actor, act workflow.Permission) (workflow.Scope, error) {
//		return workflow.SomeLocations(h.sites[actor.User]...), nil
//	}
type Authorizer interface {
	// Authorize returns the scope within which the actor may do the act. In it
	// every query shows and counts what belongs to its locations, without a filter,
	// and a command about anything else finds nothing. What is about the whole partner,
	// such as Associate and MayErasePersons, or about the program, takes AllLocations.
	// The zero Scope is refused.
	//
	// The error goes to the caller inside a *ForbiddenError, whose Refusal does not say
	// what it is. An Authorizer that cannot find out returns an *UnavailableError, which
	// goes to the caller as it is, as does the error of a context that is over.
	Authorize(ctx context.Context, actor Actor, act Permission) (Scope, error)
}

// checkRole returns a *ForbiddenError when no role of the actor allows the act.
func checkRole(actor Actor, act Permission) error {
	need := []Role{RoleIncentivesAdmin, RoleIncentivesUser}
	switch act {
	case MayAdministerProgram, MayReviewClaims:
		need = []Role{RoleProgram}
	case MayViewHistory, MayViewClaims, MayCommentOnClaims, MayFollowFeed:
		need = AllRoles()
	case MayErasePersons:
		need = []Role{RoleIncentivesAdmin, RoleProgram}
	}
	if act != MayAdministerProgram && (act != MayFollowFeed || !actor.program()) && actor.Partner == "" {
		return &ForbiddenError{Permission: act, Why: errNoPartner}
	}
	if !slices.ContainsFunc(need, func(r Role) bool { return slices.Contains(actor.Roles, r) }) {
		return &ForbiddenError{Permission: act, Why: code.New(code.Forbidden, fmt.Sprintf("it takes one of the roles %q", need))}
	}
	return nil
}

// authorize asks the roles, and then the host's Authorizer for the scope.
func (s *Service) authorize(ctx context.Context, actor Actor, act Permission) (Scope, error) {
	if err := checkRole(actor, act); err != nil {
		return Scope{}, err
	}
	return s.scopeOf(ctx, actor, act)
}

// authorizeAll refuses an actor who may not do the act for the whole partner.
func (s *Service) authorizeAll(ctx context.Context, actor Actor, act Permission) error {
	scope, err := s.authorize(ctx, actor, act)
	if err == nil && !scope.All() {
		err = &ForbiddenError{Permission: act, Why: errAllLocations}
	}
	return err
}

// authorizeAt refuses an actor who may not do the act through the location.
func (s *Service) authorizeAt(ctx context.Context, actor Actor, act Permission, location engagement.LocationID) (Scope, error) {
	scope, err := s.authorize(ctx, actor, act)
	if err == nil && !scope.Has(location) {
		err = &ForbiddenError{Permission: act, Location: location, Why: errOutOfScope}
	}
	return scope, err
}

var (
	errNoPartner    = code.New(code.Forbidden, "the actor names no partner: say with Actor.For whose claims it is about")
	errAllLocations = code.New(code.Forbidden, "it concerns all locations of the partner, and the actor may act through some only")
	errOutOfScope   = code.New(code.Forbidden, "the location is none of those through which the actor may act")
	errNoLocation   = code.New(code.Forbidden, "there is no location through which the actor may act")
	errNoUser       = code.New(code.Forbidden, "the actor names no user: say who it is, so that the history can")
)

// scopeOf asks the host's Authorizer alone. Whoever acts has a user.
func (s *Service) scopeOf(ctx context.Context, actor Actor, act Permission) (Scope, error) {
	if !text.Visible(actor.User) {
		return Scope{}, &ForbiddenError{Permission: act, Why: errNoUser}
	}
	if problem := text.Line(actor.User, engagement.MaxOwner); problem != "" {
		return Scope{}, &ForbiddenError{Permission: act, Why: code.New(code.Forbidden, "the actor's user "+problem)}
	}
	if s.authorizer == nil {
		return AllLocations(), nil
	}
	scope, err := engine.Remember(s.memo, "scope", []any{actor, act}, func() (Scope, error) { return s.authorizer.Authorize(ctx, actor, act) })
	if err == nil && scope.empty() {
		err = errNoLocation
	}
	if troubled(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return Scope{}, unavailable("authorizer", err)
	}
	if err != nil {
		return Scope{}, &ForbiddenError{Permission: act, Why: err}
	}
	return scope, nil
}

// customerKey is the key of a customer of the actor's partner.
func (a Actor) customerKey(customer tenant.Key) engagement.CustomerKey {
	return engagement.CustomerKey{Partner: a.Partner, Customer: customer}
}

// overAll asks whether the actor may see a list that has every partner's at once for
// the Program where it names none.
func (s *Service) overAll(ctx context.Context, actor Actor, act Permission) (Scope, error) {
	if actor.Partner == "" && actor.program() {
		return s.scopeOf(ctx, actor, act)
	}
	return s.authorize(ctx, actor, act)
}
