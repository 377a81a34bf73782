package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// CheckRest implements storage.Inspector. It goes from lot to lot; the counts, the
// figures and the persons are held to all rows by one statement each, which nobody waits for.
func (s *Store) CheckRest(ctx context.Context, mend bool, report func(storage.Finding) error) error {
	c := restCheck{Store: s, ctx: ctx, mend: mend, report: report}
	for _, check := range []func() error{c.counts, c.figures, c.entries, c.participations, c.known, c.persons, c.messages, c.commands} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// restLot is how many rows are read at a time.
const restLot = 500

type restCheck struct {
	*Store
	ctx    context.Context
	mend   bool
	report func(storage.Finding) error
}

// change makes a change that is wanted, and returns whether it was made: others may
// have been faster, or something else may stand against it.
func (c restCheck) change(sql string, args ...any) (bool, error) {
	if !c.mend {
		return false, nil
	}
	err := c.retry(c.ctx, "repair the tables", func(q querier) error {
		return c.together(c.ctx, q, []step{{sql: sql, args: args}})
	}, undone)
	if errors.Is(err, storage.ErrInvalid) || errors.Is(err, storage.ErrConflict) {
		return false, nil
	}
	return err == nil, err
}

// wrongCount is by how much a count is too small.
type wrongCount struct {
	Partner, Engagement, What string
	N                         int64
}

func (r *wrongCount) fields() []any { return []any{&r.Partner, &r.Engagement, &r.What, &r.N} }

// counts finds counts that are not those of the rows. What is missing is added to one of
// the shards, so that it is right whatever others add meanwhile.
func (c restCheck) counts() error {
	for _, of := range []struct{ table, count, key, what, rows string }{
		{"tab_count", "entries", "engagement, tab", "tab", "tab IS NOT NULL"},
		{"status_count", "participations", "status", "status", "tab IS NOT NULL AND status <> ''"},
	} {
		wrong := " FROM (SELECT partner, " + of.key + ", 1 AS n FROM " + c.in + "entry WHERE " + of.rows +
			" UNION ALL SELECT partner, " + of.key + ", -" + of.count + " FROM " + c.in + of.table + ") d GROUP BY partner, " + of.key + " HAVING sum(n) <> 0"
		in := "engagement"
		if of.what == "status" {
			in = "''"
		}
		sql := "SELECT partner, " + in + ", " + of.what + ", sum(n)::bigint" + wrong + " ORDER BY 1, 2, 3"
		if c.mend {
			columns := "shard, partner, " + of.key
			sql = "WITH wrong AS (SELECT 0::smallint AS shard, partner, " + of.key + ", sum(n)::bigint AS n" + wrong + "), mended AS (INSERT INTO " + c.in + of.table + " AS t (" + columns + ", " + of.count +
				") SELECT * FROM wrong ON CONFLICT (" + columns + ") DO UPDATE SET " + of.count + " = t." + of.count + " + excluded." + of.count + ") SELECT partner, " + in + ", " + of.what + ", n FROM wrong ORDER BY 1, 2, 3"
		}
		found, err := list(c.ctx, c.Store, "check the counts", sql, nil, (*wrongCount).fields)
		if err != nil {
			return err
		}
		for _, r := range found {
			name := r.What
			if of.what == "tab" {
				name = string(tabOf(&r.What))
			}
			err := c.report(storage.Finding{
				Kind: storage.FindingCount, Partner: engagement.PartnerID(r.Partner), Engagement: engagement.ID(r.Engagement), Mended: c.mend,
				Problem: fmt.Sprintf("the count of %s %q is %+d off", of.what, name, -r.N),
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// awake is a participation with when its entry says that something is due.
type awake struct {
	participationRow
	Entry bool
	Wake  *int64
}

func (r *awake) fields() []any { return append(r.participationRow.fields(), &r.Entry, &r.Wake) }

func same(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }

// participations finds columns that are not what a participation says.
func (c restCheck) participations() error {
	sql := "SELECT " + of("t", participationRows.columns) + ", e.slot IS NOT NULL, e.wake FROM " + c.in + "participation t LEFT JOIN " + c.in + "entry e ON " +
		alike("e", "t", "slot", "engagement", "customer", "partner") + " AND e.participation = t.id" +
		" WHERE (t.slot, t.partner, t.id) > ($1::smallint, $2::text, $3::text) ORDER BY t.slot, t.partner, t.id LIMIT " + strconv.Itoa(restLot)
	for after := []any{int16(0), "", ""}; ; {
		found, err := list(c.ctx, c.Store, "check the participations", sql, after, (*awake).fields)
		if err != nil {
			return err
		}
		for i := range found {
			if err := c.participation(&found[i]); err != nil {
				return err
			}
		}
		if len(found) < restLot {
			return nil
		}
		last := found[len(found)-1]
		after = []any{last.Slot, last.Partner, last.ID}
	}
}

func (c restCheck) participation(r *awake) error {
	p, unread := r.value()
	if unread != nil {
		return nil // which is found where it is read
	}
	is, err := newParticipation(p)
	if err != nil {
		return err
	}
	wake := orNull(wakeOf(p))
	live := is.Live == r.Live || is.Live != nil && r.Live != nil && *is.Live == *r.Live
	if live && (!r.Entry || same(wake, r.Wake)) {
		return nil
	}
	mended, err := c.change("WITH p AS (UPDATE "+c.in+"participation AS t SET live = $4::text WHERE t.slot = $1::smallint AND t.partner = $2::text AND t.id = $3::text AND t.body = $5::bytea"+
		" RETURNING t.slot, t.engagement, t.customer, t.partner, t.id) UPDATE "+c.in+"entry AS t SET wake = $6::bigint FROM p WHERE "+
		alike("t", "p", "slot", "engagement", "customer", "partner")+" AND t.participation = p.id",
		r.Slot, r.Partner, r.ID, is.Live, r.Body, wake)
	if err != nil {
		return err
	}
	return c.report(storage.Finding{
		Kind: storage.FindingColumn, Partner: p.Partner, Engagement: p.Engagement, Customer: p.Customer, Participation: p.ID, Mended: mended,
		Problem: "whether it has ended, or when something is due of it, is not what the participation says",
	})
}

// known finds customers who are not told apart as they are.
func (c restCheck) known() error {
	sql := "SELECT " + of("t", customerRows.columns) + " FROM " + c.in + "customer t" +
		" WHERE (t.slot, t.partner, t.customer) > ($1::smallint, $2::text, $3::text) ORDER BY t.slot, t.partner, t.customer LIMIT " + strconv.Itoa(restLot)
	for after := []any{int16(0), "", ""}; ; {
		found, err := list(c.ctx, c.Store, "check the customers", sql, after, (*customerRow).fields)
		if err != nil {
			return err
		}
		for i := range found {
			r := &found[i]
			x, unread := r.value()
			if unread != nil || x.Known() == r.Known {
				continue
			}
			mended, err := c.change("UPDATE "+c.in+"customer AS t SET known = $4::boolean WHERE t.slot = $1::smallint AND t.partner = $2::text AND t.customer = $3::text AND t.body = $5::bytea",
				r.Slot, r.Partner, r.Customer, x.Known(), r.Body)
			if err != nil {
				return err
			}
			err = c.report(storage.Finding{
				Kind: storage.FindingColumn, Partner: r.key().Partner, Customer: r.key().Customer, Mended: mended, Problem: "whether it is known is not what the customer says",
			})
			if err != nil {
				return err
			}
		}
		if len(found) < restLot {
			return nil
		}
		last := found[len(found)-1]
		after = []any{last.Slot, last.Partner, last.Customer}
	}
}

func (c restCheck) messages() error {
	sql := "SELECT " + of("t", messageRows.columns) + " FROM " + c.in + "message t WHERE (t.slot, t.id) > ($1::smallint, $2::text) ORDER BY t.slot, t.id LIMIT " + strconv.Itoa(restLot)
	for after := []any{int16(0), ""}; ; {
		found, err := list(c.ctx, c.Store, "check the messages", sql, after, (*messageRow).fields)
		if err != nil {
			return err
		}
		for i := range found {
			r := &found[i]
			if _, unread := r.value(); unread == nil {
				continue
			}
			if err := c.report(storage.Finding{Kind: storage.FindingUnreadable, Partner: engagement.PartnerID(r.Partner), Problem: "the message " + r.ID + " cannot be read"}); err != nil {
				return err
			}
		}
		if len(found) < restLot {
			return nil
		}
		after = []any{found[len(found)-1].Slot, found[len(found)-1].ID}
	}
}

// commands does not say which key: it is the host's text.
func (c restCheck) commands() error {
	sql := "SELECT " + of("t", commandRows.columns) + " FROM " + c.in + "command t WHERE (t.partner, t.key) > ($1::text, $2::text) ORDER BY t.partner, t.key LIMIT " + strconv.Itoa(restLot)
	for after := []any{"", ""}; ; {
		found, err := list(c.ctx, c.Store, "check the command records", sql, after, (*commandRow).fields)
		if err != nil {
			return err
		}
		unread := slices.DeleteFunc(slices.Clone(found), func(r commandRow) bool { _, err := r.value(); return err == nil })
		for _, r := range unread {
			if err := c.report(storage.Finding{Kind: storage.FindingUnreadable, Partner: engagement.PartnerID(r.Partner), Problem: "a command record cannot be read"}); err != nil {
				return err
			}
		}
		if len(found) < restLot {
			return nil
		}
		after = []any{found[len(found)-1].Partner, found[len(found)-1].Key}
	}
}
