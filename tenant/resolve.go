package tenant

import (
	"context"
	"log/slog"
	"slices"

	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/internal/enum"
	"github.com/partnerengage/partnerengage/internal/text"
)

// Basis says what an identity stands on.
type Basis string

// The bases.
const (
	BasisDerived   Basis = "derived"   // no ID was given; the directory knows exactly one customer by the domain
	BasisConfirmed Basis = "confirmed" // every ID that was given is the directory's for the domain
	BasisStated    Basis = "stated"    // the directory does not confirm the ID that was given; a reason was
	// BasisUnchecked is neither confirmed nor stated: the directory cannot be asked for
	// the ID that was given, and it was given alone, or is a subscription's or an
	// opportunity's and the directory knows exactly one customer by the domain.
	BasisUnchecked Basis = "unchecked"
)

// AllBases returns every basis.
func AllBases() []Basis { return []Basis{BasisDerived, BasisConfirmed, BasisStated, BasisUnchecked} }

// ParseBasis reads the documented spelling of a basis and nothing else. The
// error is a [*MalformedError] of the field "basis".
func ParseBasis(s string) (Basis, error) { return enum.Parse("basis", s, AllBases(), unknownText) }

// MarshalText returns the documented spelling; a value that is no basis is an error.
func (b Basis) MarshalText() ([]byte, error) {
	return enum.Marshal("basis", b, enum.OrZero(AllBases()), unknownText)
}

// UnmarshalText reads what [ParseBasis] reads; empty text gives the zero Basis.
func (b *Basis) UnmarshalText(text []byte) error {
	return enum.Unmarshal("basis", b, text, enum.OrZero(AllBases()), unknownText)
}

// Resolution is a candidate whose customer is known.
type Resolution struct {
	// Identity has the IDs that were given. Only what is not merely stated is
	// completed with what the directory knows of the same customer, and a tenant
	// is never added to a TPID, nor another ID to a subscription or an
	// opportunity: the given ID decides the Key.
	Identity Identity `json:"identity"`
	// Nominated is the kind of the given ID that decides the Key, or IDKindDomain
	// when no ID was given.
	Nominated IDKind `json:"nominated,omitzero"`
	Email     Email  `json:"email,omitzero"` // zero when only a domain was given
	Basis     Basis  `json:"basis"`
	// Reason is what the person wrote, on whatever basis. It is never empty
	// when the basis is Stated.
	Reason string `json:"reason,omitzero"`
	// Found is everybody whom the directory knows by the domain, or by an ID that
	// was given alone. It is empty for a consumer domain, which is not looked up.
	Found []Entry `json:"found,omitempty"`
}

// LogValue shows whom it is about and hides the person and what the person wrote.
func (r Resolution) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("key", string(r.Identity.Key())),
		slog.Any("domain", r.Identity.Domain),
		slog.Any("email", r.Email),
		slog.String("basis", string(r.Basis)),
		slog.Int("found", len(r.Found)),
	)
}

// Resolve finds out who a candidate is, with the built-in list of consumer
// domains. See [Resolver.Resolve].
func Resolve(ctx context.Context, dir Directory, c Candidate) (Resolution, error) {
	return Resolver{}.Resolve(ctx, dir, c)
}

// Resolver resolves candidates by a host's own notion of a consumer domain.
// The zero Resolver is what [Resolve] uses.
type Resolver struct {
	// ConsumerDomain reports whether a domain belongs to a public e-mail
	// service. If nil, it is [IsConsumerDomain]; a function that adds to the
	// built-in list, or takes from it, calls that.
	ConsumerDomain func(Domain) bool
}

// Resolve finds out who a candidate is. It asks dir for the domain once at most,
// and once for an ID that is given alone or that the domain does not confirm,
// where dir is an [IDDirectory].
//
// Without an ID, the one customer whom the directory knows by the candidate's
// domain is it. With an ID, the ID decides, and the directory is asked whether
// it agrees; if it does not, the candidate needs a reason. A directory cannot
// agree to a subscription or an opportunity: it is enough that it knows exactly
// one customer by the domain, whose name and cloud complete the identity. An ID
// given alone is the customer's that the directory knows by it; where it knows
// nobody by it, it needs a reason, and where it cannot be asked for IDs of that
// kind, nothing more.
//
// The error is one of these, or several of the first joined:
//
//   - [*MalformedError]: a field cannot be read.
//   - [*ConsumerDomainError]: the domain belongs to a public e-mail service,
//     and the ID or the reason is missing. The directory is not asked.
//   - [*UnavailableError]: the directory could not be asked, whether or not an
//     ID and a reason were given.
//   - [*DirectoryError]: it answered, and with what no directory may answer with.
//   - [*NotFoundError], [*AmbiguousError]: no ID was given, and the directory
//     knows nobody, or several customers, by the domain.
//   - [*ReasonRequiredError]: an ID was given, the directory does not confirm
//     it, or does not know exactly one customer where it cannot, and no reason
//     was given.
func (r Resolver) Resolve(ctx context.Context, dir Directory, c Candidate) (Resolution, error) {
	claim, err := c.parse()
	if err != nil {
		return Resolution{}, err
	}
	res := Resolution{
		Identity: claim.given,
		Email:    claim.email,
		Reason:   claim.reason,
	}
	res.Nominated, _ = claim.given.deciding()
	domain, hasID := claim.given.Domain, res.Nominated != IDKindDomain
	if domain.IsZero() {
		return resolveAlone(ctx, dir, claim, res)
	}

	isConsumer := IsConsumerDomain
	if r.ConsumerDomain != nil {
		isConsumer = r.ConsumerDomain
	}
	if isConsumer(domain) {
		if !hasID || claim.reason == "" {
			return Resolution{}, &ConsumerDomainError{domain, !hasID, claim.reason == ""}
		}
		return resolveStated(ctx, dir, res)
	}

	entries, err := dir.Lookup(ctx, domain)
	if err != nil {
		return Resolution{}, notAnswered(domain, "", err)
	}
	if res.Found, err = distinct(entries); err != nil {
		return Resolution{}, notAnswered(domain, "", err)
	}

	if !hasID {
		switch {
		case len(res.Found) == 0:
			return Resolution{}, &NotFoundError{domain}
		case !oneCustomer(res.Found):
			return Resolution{}, &AmbiguousError{domain, res.Found}
		}
		res.Basis = BasisDerived
		res.Identity.Tenant = res.Found[0].Tenant
		res.Identity.complete(res.Found)
		return res, nil
	}

	confirming := slices.DeleteFunc(slices.Clone(res.Found), func(e Entry) bool { return !claim.confirmedBy(e) })
	switch {
	case len(confirming) > 0:
		res.Basis = BasisConfirmed
		res.Identity.complete(confirming)
	case claim.given.alone() && oneCustomer(res.Found):
		res.Basis = BasisUnchecked
		res.Identity.complete(res.Found)
	case claim.reason == "":
		given := claim.given
		return Resolution{}, &ReasonRequiredError{domain, given.Tenant, given.TPID, given.Subscription, given.Opportunity, res.Found}
	default:
		return resolveStated(ctx, dir, res)
	}
	return res, nil
}

// sameCustomer reports whether two entries are about one customer. The same
// tenant ID in two clouds is two customers.
func (e Entry) sameCustomer(o Entry) bool { return e.Key() == o.Key() && e.Cloud == o.Cloud }

// oneCustomer reports whether entries are about exactly one customer.
func oneCustomer(entries []Entry) bool {
	return len(entries) > 0 && !slices.ContainsFunc(entries, func(e Entry) bool { return !e.sameCustomer(entries[0]) })
}

// distinct checks what a directory answered, drops repetitions and tenants of
// personal accounts, and cleans the names, which are foreign text. An entry that
// breaks the directory's contract is an error: without it, an ambiguous domain could
// look like a plain one.
func distinct(entries []Entry) ([]Entry, error) {
	var out []Entry
	for _, e := range entries {
		if e.Key() == "" || e.TPID < 0 {
			return nil, code.New(code.Internal, "the directory answered with an entry that has no valid ID")
		}
		if _, err := e.Cloud.MarshalText(); err != nil {
			return nil, code.New(code.Internal, "the directory answered with an entry that is not valid: "+err.Error()) // not wrapped: the candidate is not malformed
		}
		if e.Tenant.IsPersonal() {
			continue
		}
		e.Name = cleanName(e.Name)
		same := func(o Entry) bool { return o.sameCustomer(e) && o.TPID == e.TPID }
		if !slices.ContainsFunc(out, same) {
			out = append(out, e)
		}
	}
	return out, nil
}

// cleanName makes a name fit to be stored and shown: what can be seen of it, on one
// line, of at most 256 characters.
func cleanName(s string) string { return text.Clean(s, 256) }

// complete adds what the directory's entries for the same customer agree on.
// The tenant stays as it is, and so does a TPID that was given, because entries
// that confirm it agree on it. An ID that nominates alone stays alone.
func (i *Identity) complete(entries []Entry) {
	agreed := entries[0]
	for _, e := range entries[1:] {
		if e.Name != agreed.Name {
			agreed.Name = ""
		}
		if e.Cloud != agreed.Cloud {
			agreed.Cloud = ""
		}
		if e.TPID != agreed.TPID {
			agreed.TPID = 0
		}
	}
	i.Name, i.Cloud = agreed.Name, agreed.Cloud
	if !i.alone() {
		i.TPID = agreed.TPID
	}
}
