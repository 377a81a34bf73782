package workflow

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// claimsList is the claims list as one actor sees it.
type claimsList struct {
	s           *Service
	actor       Actor
	scope       Scope
	engagements []engagement.Engagement
	now         time.Time
	told        *teller // nil: rows are not put into words
}

func (c claimsList) list(query ClaimsQuery) list {
	return newList(list{
		partner: c.actor.Partner, sort: storage.Sort(query.Sort), descending: query.Descending, limit: limitOf(query.Limit),
		filter: query.filter(c.engagements), names: namesOf(c.engagements), now: c.now,
	}).within(c.scope, query.Locations)
}

// read reads one page, works in what has happened since it was stored, and counts
// all claims by status, whatever the scope.
func (c claimsList) read(ctx context.Context, l list) (segment[storage.ListRow], map[engagement.Status]int, error) {
	if l.nothing {
		return segment[storage.ListRow]{}, nil, nil
	}
	found, err := c.s.listed(ctx, l.query())
	if err != nil {
		return segment[storage.ListRow]{}, nil, err
	}
	counts := map[engagement.Status]int{}
	maps.Copy(counts, found.Statuses)
	return l.overlay(found, func(e engagement.Entry) { counts[e.Status]++ }), counts, nil
}

// each reads a list to its end, or until maxRead rows were read, and reports whether
// there can be more.
func (c claimsList) each(ctx context.Context, l list, do func(engagement.Entry)) (more bool, err error) {
	more = true
	for read := 0; more && read < maxRead; {
		found, _, err := c.read(ctx, l)
		if err != nil {
			return more, err
		}
		more = found.more
		for _, r := range found.rows {
			if r.Err == nil || c.scope.mayTell(r.Entry) {
				do(r.Entry)
			}
			at := l.positionOf(r.Entry)
			l.after = &at
		}
		read += len(found.rows)
	}
	return more, nil
}

// filter says what the query narrows the list to, in the words of storage.
func (q ClaimsQuery) filter(all []engagement.Engagement) storage.Filter {
	f := storage.Filter{
		Words:    append(engagement.Named(engagement.SearchWords(q.Search), all), looked(q.Owners, q.Labels)...),
		Statuses: q.Statuses, Customer: q.Customer,
		SinceFrom: nextMicrosecond(q.From), SinceBefore: nextMicrosecond(q.To), Engagements: q.Engagements,
		AmountFrom: engagement.AmountSortKey(q.AtLeast), AmountBefore: engagement.AmountSortKey(q.Below),
	}
	if len(f.Engagements) == 0 {
		f.Engagements = nil
	}
	switch { // an amount of one currency is no bound for another
	case f.AmountFrom != "" && f.AmountBefore == "":
		f.AmountBefore = q.AtLeast.Currency + "~"
	case f.AmountFrom == "" && f.AmountBefore != "":
		f.AmountFrom = q.Below.Currency
	}
	if len(q.SolutionAreas) > 0 {
		in := []engagement.ID{}
		for _, e := range all {
			if slices.Contains(q.SolutionAreas, e.SolutionArea) && (f.Engagements == nil || slices.Contains(f.Engagements, e.ID)) {
				in = append(in, e.ID)
			}
		}
		f.Engagements = in
	}
	return f
}
