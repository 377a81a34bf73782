package postgres

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
	"github.com/partnerengage/partnerengage/tenant"
)

func keyOf(e, c string) engagement.PlaceKey {
	return engagement.PlaceKey{Engagement: engagement.ID(e), Customer: tenant.Key(c)}
}

// pair is a key of two parts.
type pair struct{ A, B string }

func (p *pair) fields() []any { return []any{&p.A, &p.B} }

var (
	placeKeys    = shape[pair]{[]string{"engagement", "customer"}, (*pair).fields}
	customerKeys = shape[pair]{[]string{"partner", "customer"}, (*pair).fields}
)

// pairs returns keys as rows, each once.
func pairs[K comparable](keys []K, pairOf func(K) pair) []pair {
	out := make([]pair, 0, len(keys))
	if len(keys) == 1 {
		return append(out, pairOf(keys[0]))
	}
	seen := make(map[K]bool, len(keys))
	for _, key := range keys {
		if !seen[key] {
			seen[key] = true
			out = append(out, pairOf(key))
		}
	}
	return out
}

func placePair(k engagement.PlaceKey) pair { return pair{string(k.Engagement), string(k.Customer)} }
func customerPair(k engagement.CustomerKey) pair {
	return pair{string(k.Partner), string(k.Customer)}
}

// Load implements storage.Store, in one statement.
func (s *Store) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	out := storage.Loaded{
		Places:    make(map[engagement.PlaceKey]engagement.Place, len(want.Places)),
		Customers: make(map[engagement.CustomerKey]engagement.Customer, len(want.Customers)),
	}
	if err := rows.CheckWant(want); err != nil {
		return out, err
	}
	for _, key := range want.Places {
		out.Places[key] = engagement.Place{Key: key}
	}
	sh, args := shapeOf(want)
	if sh == (loadShape{}) {
		return out, ctx.Err()
	}
	sql := s.texts.get(textKey{what: "load", load: sh}, func() string { return s.loadText(sh) })
	var b *bundle
	err := s.read(ctx, "load", sql, args, func() func(pgx.Rows) error {
		b = newBundle(loading)
		return b.add
	})
	if err != nil {
		return storage.Loaded{}, err
	}
	if err := b.placesInto(out.Places); err != nil {
		return storage.Loaded{}, broken("load", err)
	}
	if sh.withEntries() {
		for _, pl := range out.Places {
			rows.KeepEntries(pl, b.entries)
		}
	}
	if b.command != nil {
		record, err := b.command.Value()
		if err != nil {
			return storage.Loaded{}, broken("load", err)
		}
		out.Command = &record
	}
	if f := b.found; f != nil {
		out.Participation = &storage.ParticipationKey{Partner: engagement.PartnerID(f.Partner), ID: engagement.ParticipationID(f.ID)}
		out.At = keyOf(f.Engagement, f.Customer)
	}
	if want.Sendings.Partner != "" {
		out.Sent = int(b.counts[0].N)
		slices.SortFunc(b.sendings, func(x, y rows.Sending) int { return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.Message, y.Message)) })
		var err error
		if out.Sendings, err = rows.SendingValues(b.sendings); err != nil {
			return storage.Loaded{}, broken("load", err)
		}
	}
	for _, row := range b.customers {
		rows.Take(&out, row)
	}
	return out, nil
}

// broken is the error of stored rows that cannot be read.
func broken(op string, err error) error {
	if err == nil || errors.Is(err, storage.ErrUnreadable) {
		return err
	}
	if errors.Is(err, ErrKeys) {
		return &Error{Op: op, Problem: ErrKeys}
	}
	return &Error{Op: op, Problem: ErrCorrupt, Err: plain("%v", err)}
}

// loadShape is what the statement of a Load depends on.
type loadShape struct {
	find              string // findLink, findID or nothing
	places, customers int    // how many keys; more than few count as few+1
	many              bool   // so many places that their entries are not read
	command           bool
	sendings          bool
}

const findLink, findID = "link", "id"

// shapeOf returns the shape of a Load, and its arguments.
func shapeOf(want storage.Want) (loadShape, []any) {
	var sh loadShape
	var args []any
	switch {
	case !want.Link.IsZero():
		sh.find, args = findLink, append(args, want.Link[:])
	case want.Participation != storage.ParticipationKey{}:
		sh.find, args = findID, append(args, string(want.Participation.Partner), string(want.Participation.ID))
	}
	if places := pairs(want.Places, placePair); len(places) > 0 {
		sh.places, sh.many = min(len(places), few+1), len(places) > placesWithEntries
		args = append(args, given(placeKeys, places)...)
	}
	if customers := pairs(want.Customers, customerPair); len(customers) > 0 {
		sh.customers = min(len(customers), few+1)
		args = append(args, given(customerKeys, customers)...)
	}
	if c := want.Command; c != (storage.CommandKey{}) {
		sh.command, args = true, append(args, string(c.Partner), c.Key)
	}
	if q := want.Sendings; q.Partner != "" {
		sh.sendings, args = true, append(args, string(q.Partner), mailboxes(q), rows.Micros(q.Since), rows.Micros(q.Today))
	}
	return sh, args
}

// placesWithEntries is of how many places at most a Load reads the entries, too.
const placesWithEntries = 16

// withEntries reports whether the entries of the places are read, too, since those
// of what cannot be read have to stay.
func (sh loadShape) withEntries() bool { return !sh.many }

// loadText returns the statement of a Load.
func (s *Store) loadText(sh loadShape) string {
	var with, branches []string
	n := 0 // of the arguments so far
	next := func(cast string) string {
		n++
		return "$" + strconv.Itoa(n) + "::" + cast
	}
	from := " FROM " + s.in
	switch sh.find {
	case findLink:
		with = append(with, "found AS (SELECT "+of("p", foundColumns)+from+"token l JOIN "+s.in+"participation p"+
			" ON p.partner = l.partner AND p.id = l.participation WHERE l.hash = "+next("bytea")+")")
	case findID:
		with = append(with, "found AS (SELECT "+of("p", foundColumns)+from+"participation p WHERE p.partner = "+next("text")+" AND p.id = "+next("text")+")")
	}
	if sh.find != "" {
		branches = append(branches, loading.selected(kindFound, prefixed("t", foundColumns), new(found).fields())+" FROM found t")
	}
	// Each key once: a place that is wanted by its key may be that of the
	// participation, too.
	keys := func(name string, given int, of shape[pair]) bool {
		var parts []string
		if given > 0 {
			with = append(with, relationText("wanted_"+name, of, given, n))
			n += argumentsOf(given, of)
			parts = append(parts, "SELECT * FROM wanted_"+name)
		}
		if sh.find != "" {
			parts = append(parts, "SELECT "+quoted(of.columns)+" FROM found")
		}
		if len(parts) > 0 {
			with = append(with, name+" AS ("+strings.Join(parts, " UNION ")+")")
		}
		return len(parts) > 0
	}
	if keys("places", sh.places, placeKeys) {
		branches = append(branches, loading.selected(kindPlace, wholeColumns, new(whole).fields())+s.wholes("places"))
		if sh.withEntries() {
			branches = append(branches, loading.selected(kindEntry, prefixed("t", rows.EntryColumns()), new(rows.Entry).Fields())+
				s.each("places", "entry", "t", "engagement", "customer"))
		}
	}
	if keys("customers", sh.customers, customerKeys) {
		branches = append(branches, loading.selected(kindCustomer, prefixed("t", rows.CustomerColumns()), new(rows.Customer).Fields())+
			s.each("customers", "customer", "t", "partner", "customer"))
	}
	if sh.command {
		branches = append(branches, loading.selected(kindCommand, prefixed("t", rows.CommandColumns()), new(rows.Command).Fields())+
			from+"command t WHERE t.partner = "+next("text")+" AND t.key = "+next("text"))
	}
	if sh.sendings {
		partner, boxes, since, today := next("text"), next("bytea[]"), next("bigint"), next("bigint")
		branches = append(branches, loading.selected(kindSending, prefixed("t", rows.SendingColumns()), new(rows.Sending).Fields())+
			from+"sending t WHERE t.partner = "+partner+" AND t.mailbox = ANY ("+boxes+") AND t.at >= "+since,
			loading.selected(kindCount, []string{"''", "c.n"}, new(count).fields())+
				" FROM (SELECT count(*) AS n"+from+"sending t WHERE t.partner = "+partner+" AND t.at >= "+today+") c")
	}
	sql := strings.Join(branches, " UNION ALL ")
	if len(with) > 0 {
		sql = "WITH " + strings.Join(with, ", ") + " " + sql
	}
	return sql
}

// The limits below are part of the statements: a plan that is kept has to know
// how little is wanted.

// Customers implements storage.Store.
func (s *Store) Customers(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	const op = "list customers"
	if err := rows.CheckLimit("customers", q.Limit); err != nil {
		return nil, err
	}
	found, err := list(ctx, s, op, s.customersAfter(q.Known, q.Limit), []any{string(q.Partner), string(q.After)}, (*rows.Customer).Fields)
	if err != nil {
		return nil, err
	}
	return rows.Readable(found, rows.Customer.Value)
}

func (s *Store) customersAfter(known bool, limit int) string {
	where := ""
	if known {
		where = " AND t.known"
	}
	return "SELECT " + of("t", rows.CustomerColumns()) + " FROM " + s.in + "customer t" +
		" WHERE t.partner = $1::text AND t.customer > $2::text" + where + " ORDER BY t.customer LIMIT " + strconv.Itoa(limit)
}

// History implements storage.Store.
func (s *Store) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	const op = "read a history"
	if err := rows.CheckLimit("events", q.Limit); err != nil {
		return nil, err
	}
	args := []any{string(q.Customer.Partner), string(q.Customer.Customer), q.After, rows.Behind(q)}
	if q.Participation != "" {
		args = append(args, string(q.Participation))
	}
	found, err := list(ctx, s, op, s.events(q), args, (*rows.Event).Fields)
	if err != nil {
		return nil, err
	}
	return rows.Readable(found, rows.Event.Value)
}

func (s *Store) events(q storage.HistoryQuery) string {
	about := ""
	if q.Participation != "" {
		about = " AND t.participation <> '' AND t.participation = $5::text"
	}
	return "SELECT " + of("t", rows.EventColumns()) + " FROM " + s.in + "event t" +
		" WHERE t.partner = $1::text AND t.customer = $2::text AND t.seq > $3::bigint AND t.seq < $4::bigint" + about +
		" ORDER BY t.seq" + rows.Direction(q) + " LIMIT " + strconv.Itoa(q.Limit)
}

// Due implements storage.Store.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]engagement.PlaceKey, error) {
	if err := rows.CheckLimit("due places", limit); err != nil {
		return nil, err
	}
	found, err := list(ctx, s, "look for due places", s.waking(limit), []any{rows.Micros(now)}, (*pair).fields)
	var out []engagement.PlaceKey
	for _, p := range found {
		out = append(out, keyOf(p.A, p.B))
	}
	return out, err
}

func (s *Store) waking(limit int) string {
	return "SELECT engagement, customer FROM " + s.in + "place WHERE wake < 9223372036854775807 AND wake <= $1::bigint" +
		" ORDER BY wake, engagement, customer LIMIT " + strconv.Itoa(limit)
}
