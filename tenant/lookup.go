package tenant

import (
	"context"
	"errors"
	"fmt"

	"github.com/partnerengage/partnerengage/internal/code"
)

// IDDirectory is a [Directory] that can also be asked for a customer by an ID. A
// Directory that wraps another one passes the question on with [LookupID].
//
//   - LookupID answers for exactly the ID that the key names: every entry has that
//     tenant or TPID; of a subscription's or an opportunity's key it is the customer
//     that the subscription or opportunity belongs to.
//   - No entry and no error means that the directory was asked and knows nobody
//     by the ID. An error that matches [errors.ErrUnsupported] means that it cannot
//     be asked for IDs of that kind at all; any other, that it could not be asked
//     now.
//   - The rest is as with Lookup.
type IDDirectory interface {
	Directory
	LookupID(ctx context.Context, id Key) ([]Entry, error)
}

// LookupID asks a directory for a customer by an ID. The error matches
// [errors.ErrUnsupported] where the directory is no [IDDirectory].
func LookupID(ctx context.Context, dir Directory, id Key) ([]Entry, error) {
	if d, ok := dir.(IDDirectory); ok {
		return d.LookupID(ctx, id)
	}
	return nil, fmt.Errorf("the directory cannot be asked for an ID: %w", errors.ErrUnsupported)
}

// known is what a directory said of an ID.
type known struct {
	entries []Entry
	asked   bool // whether it can be asked for IDs of that kind
}

// lookupID asks for the ID that decides the key of an identity.
func lookupID(ctx context.Context, dir Directory, id Identity) (known, error) {
	entries, err := LookupID(ctx, dir, id.Key())
	if errors.Is(err, errors.ErrUnsupported) {
		return known{}, nil
	}
	if err == nil {
		entries, err = distinct(entries)
	}
	if err != nil {
		return known{}, notAnswered(Domain{}, id.Key(), err)
	}
	for _, e := range entries {
		if !id.alone() && (e.Tenant != id.Tenant && !id.Tenant.IsZero() || e.TPID != id.TPID && id.Tenant.IsZero()) {
			return known{}, notAnswered(Domain{}, id.Key(), code.New(code.Internal, "the directory answered with an entry of another ID"))
		}
	}
	return known{entries, true}, nil
}

// resolveAlone finds out who a customer is that is named by one ID and nothing
// else.
func resolveAlone(ctx context.Context, dir Directory, c claim, res Resolution) (Resolution, error) {
	found, err := lookupID(ctx, dir, c.given)
	switch {
	case err != nil:
		return Resolution{}, err
	case len(found.entries) > 0:
		res.Basis, res.Found = BasisConfirmed, found.entries
		res.Identity.complete(found.entries)
	case !found.asked:
		res.Basis = BasisUnchecked
	case c.reason == "":
		return Resolution{}, &ReasonRequiredError{Tenant: c.given.Tenant, TPID: c.given.TPID, Subscription: c.given.Subscription, Opportunity: c.given.Opportunity}
	default:
		res.state()
	}
	return res, nil
}

// resolveStated gives an identity that is merely stated the name and the cloud
// under which the directory knows its ID, if it does.
func resolveStated(ctx context.Context, dir Directory, res Resolution) (Resolution, error) {
	res.state()
	found, err := lookupID(ctx, dir, res.Identity)
	if err != nil {
		return Resolution{}, err
	}
	if len(found.entries) > 0 {
		named := Identity{}
		named.complete(found.entries)
		res.Identity.Name, res.Identity.Cloud = named.Name, named.Cloud
	}
	return res, nil
}

// state marks the identity as one that is merely stated.
func (r *Resolution) state() { r.Basis, r.Identity.Stated = BasisStated, true }

// Checked reports whether a directory vouches for the identity: the customer was
// found by what was given. It is false of what a partner merely states, and of an
// ID that no directory could be asked for.
func (b Basis) Checked() bool { return b == BasisDerived || b == BasisConfirmed }

// NeedsName reports whether people have nothing to know the customer by: its ID
// was typed alone or is merely stated, and no directory has a name for it. Whoever
// records it asks for a name then.
func (r Resolution) NeedsName() bool {
	return r.Identity.Name == "" && (r.Basis == BasisStated || r.Identity.Domain.IsZero())
}
