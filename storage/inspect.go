package storage

import (
	"context"
	"log/slog"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// Inspector is a Store of which everything can be read, also what no query of the
// workflow's shows, so that package verify can hold it all together. The stores of
// this module are Inspectors.
type Inspector interface {
	Store

	// CustomerKeys returns the keys of customers of whom anything is stored, by
	// whatever partner, in an order of the adapter's own: those behind the given one,
	// of which nothing need be stored any more, limit of them, or fewer at the end.
	// "" begins at the first.
	CustomerKeys(ctx context.Context, after tenant.Key, limit int) ([]tenant.Key, error)

	// Whole returns all that is stored of a customer, in one consistent state.
	Whole(ctx context.Context, customer tenant.Key) (Whole, error)

	// CheckRest reports what is wrong with what the adapter stores besides: counts,
	// words and columns that are not those of the rows that they are made of, and
	// messages and command records that cannot be read. With mend it makes anew what
	// is made of something else, and reports it as Mended. Others may write
	// meanwhile. An error of report ends it, and is returned.
	CheckRest(ctx context.Context, mend bool, report func(Finding) error) error
}

// Whole is all that is stored of a customer but its histories.
type Whole struct {
	// Loaded has every record there is, with all participations, those that ended
	// too; what partners share wherever there is something; and the customer as each
	// partner has it. A record without a Version is one that is lost, of which
	// participations are left.
	Loaded

	// Entries are those of the records, on whatever tab, by Record, then Row, as they
	// are stored.
	Entries []ListRow
}

// Finding is something that is wrong with what is stored. It says nothing about a
// person.
type Finding struct {
	Kind          FindingKind
	Partner       engagement.PartnerID // "": of none
	Engagement    engagement.ID
	Customer      tenant.Key
	Participation engagement.ParticipationID
	Seq           int64  // of an event
	Problem       string // a sentence, in English, without what the other fields say
	Mended        bool   // whether it is made anew since
}

// FindingKind says what is wrong.
type FindingKind string

// The kinds of finding. What [FindingKind.Derived] reports is made of other rows and
// can be made anew. Nothing else can be, but from a backup.
const (
	FindingUnreadable FindingKind = "unreadable" // a row cannot be read
	FindingHistory    FindingKind = "history"    // an event was changed, left out, put in or cut off
	FindingState      FindingKind = "state"      // something is not what its history led to
	FindingLost       FindingKind = "lost"       // a row is gone without which others make no sense
	FindingHolders    FindingKind = "holders"    // who holds a part of the claim limit is not who does by the participations
	FindingEntry      FindingKind = "entry"      // a row of pages and claims lists is not what its record gives, or is missing
	FindingCount      FindingKind = "count"      // a count is not the number of the rows
	FindingWords      FindingKind = "words"      // a customer is not found by the words that it has
	FindingPersons    FindingKind = "persons"    // a customer is not found by the persons who are named there, or is by others
	FindingColumn     FindingKind = "column"     // a column is not what the value says
)

// AllFindingKinds returns every FindingKind.
func AllFindingKinds() []FindingKind {
	return []FindingKind{FindingUnreadable, FindingHistory, FindingState, FindingLost, FindingHolders, FindingEntry, FindingCount, FindingWords, FindingPersons, FindingColumn}
}

// Derived reports whether what is wrong is made of other rows, and can be made anew.
func (k FindingKind) Derived() bool {
	switch k {
	case FindingHolders, FindingEntry, FindingCount, FindingWords, FindingPersons, FindingColumn:
		return true
	}
	return false
}

// LogValue holds all of it.
func (f Finding) LogValue() slog.Value {
	all := []slog.Attr{slog.String("kind", string(f.Kind)), slog.String("problem", f.Problem)}
	for _, a := range []slog.Attr{
		slog.String("partner", string(f.Partner)), slog.String("engagement", string(f.Engagement)),
		slog.String("customer", string(f.Customer)), slog.String("participation", string(f.Participation)),
	} {
		if a.Value.String() != "" {
			all = append(all, a)
		}
	}
	if f.Seq > 0 {
		all = append(all, slog.Int64("seq", f.Seq))
	}
	if f.Mended {
		all = append(all, slog.Bool("mended", true))
	}
	return slog.GroupValue(all...)
}
