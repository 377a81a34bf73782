package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

// Apply implements storage.Store, in one trip: its statements are sent together
// and are one transaction.
//
// When the connection is lost before the server has answered, Apply looks for what
// it wrote. Where it finds its command record, its events or its tokens, it has
// been done, and returns nil; else it returns ErrUnknown, which matches
// storage.ErrUnavailable, since the server may still be about to do it.
func (s *Store) Apply(ctx context.Context, c storage.Changes) error {
	const op = "apply changes"
	plan, err := rows.NewPlan(c)
	if err != nil {
		return err
	}
	steps := s.steps(plan)
	if len(steps) == 0 {
		return ctx.Err()
	}
	err = s.retry(ctx, op, func(q querier) error {
		err := s.exclusively(ctx, q, func(q querier) error { return send(ctx, q, steps) })
		if s.tx == nil && err != nil && lost(err) && !unsent(err) && ctx.Err() == nil {
			return s.outcome(ctx, plan, err)
		}
		return err
	}, func(err error) bool { return undone(err) || unsent(err) && lost(err) })
	if err == nil && len(plan.Messages) > 0 && s.bell != nil {
		s.bell.ring()
	}
	return err
}

// The guards of an Apply: what its steps return when somebody else was faster.
var (
	errPlaceChanged    = conflict("a place is not at the version that it was loaded with any more")
	errHistoryWentOn   = conflict("a history does not end any more where it was loaded")
	errCommandKnown    = conflict("the command's key is not new")
	errOtherHash       = invalid("a customer's history ends with another hash than its events")
	errOtherEvent      = invalid("an event to be erased is not the stored one")
	errTokenThere      = invalid("a link's token is there already")
	errMessageThere    = invalid("a message is in the outbox already")
	errElsewhere       = invalid("a participation is in another place already, or there are two open ones")
	errEventStandsHere = conflict("an event is there already")
)

// guarded completes a statement whose last common table expression is changed,
// with a row for everything that was found as it should be: there have to be so
// many.
func guarded(a *arguments, n int) string {
	return " SELECT 1 / (CASE WHEN count(*) = " + a.add(n, "bigint") + " THEN 1 ELSE 0 END) FROM changed"
}

// place is a place with how many participations hold a part of its claim limit.
type place struct {
	rows.Place
	Granted int64
}

func (r *place) fields() []any { return append(r.Place.Fields(), &r.Granted) }

// customer is a customer with where its history has to end.
type customer struct {
	rows.Customer
	Before int64
}

func (r *customer) fields() []any { return append(r.Customer.Fields(), &r.Before) }

type eventKey struct {
	Partner, Customer string
	Seq               int64
	Hash              []byte
}

func (r *eventKey) fields() []any { return []any{&r.Partner, &r.Customer, &r.Seq, &r.Hash} }

var (
	places         = shape[place]{append(rows.PlaceColumns(), "granted"), (*place).fields}
	standings      = shape[rows.Standing]{rows.StandingColumns(), (*rows.Standing).Fields}
	participations = shape[rows.Participation]{rows.ParticipationColumns(), (*rows.Participation).Fields}
	entries        = shape[rows.Entry]{rows.EntryColumns(), (*rows.Entry).Fields}
	customers      = shape[customer]{append(rows.CustomerColumns(), "before"), (*customer).fields}
	events         = shape[rows.Event]{rows.EventColumns(), (*rows.Event).Fields}
	tokens         = shape[rows.Token]{rows.TokenColumns(), (*rows.Token).Fields}
	messages       = shape[rows.Message]{rows.MessageColumns(), (*rows.Message).Fields}
	commands       = shape[rows.Command]{rows.CommandColumns(), (*rows.Command).Fields}

	standingKeys = shape[rows.Standing]{rows.StandingColumns()[:3], func(r *rows.Standing) []any { return r.Fields()[:3] }}
	partKeys     = shape[rows.Participation]{rows.ParticipationColumns()[:4], func(r *rows.Participation) []any { return r.Fields()[:4] }}
	entryKeys    = shape[rows.Entry]{rows.EntryColumns()[:4], func(r *rows.Entry) []any { return r.Fields()[:4] }}
	eventKeys    = shape[eventKey]{[]string{"partner", "customer", "seq", "hash"}, (*eventKey).fields}
	postponed    = shape[rows.Postponed]{[]string{"id", "until"}, func(r *rows.Postponed) []any { return []any{&r.Message, &r.Until} }}
	recipients   = shape[rows.Recipient]{[]string{"partner", "receiver"}, func(r *rows.Recipient) []any { return []any{&r.Partner, &r.Receiver} }}
	tabDeltas    = shape[rows.TabDelta]{[]string{"partner", "engagement", "tab", "n"}, func(r *rows.TabDelta) []any {
		return []any{&r.Partner, &r.Engagement, &r.Tab, &r.N}
	}}
	statusDeltas = shape[rows.StatusDelta]{[]string{"partner", "status", "n"}, func(r *rows.StatusDelta) []any {
		return []any{&r.Partner, &r.Status, &r.N}
	}}
)

// applying collects the steps of an Apply.
type applying struct {
	*Store
	steps []step
}

// then adds a step. refused is what a failed guard or a key that is there already
// comes to; nil: ErrInvalid.
func (s *applying) then(refused error, sql func(a *arguments) string) {
	var a arguments
	text := sql(&a)
	s.steps = append(s.steps, step{sql: text, args: a, refused: refused})
}

// steps returns the statements of an Apply. Guards come first, so that a conflict
// is told as one whatever else is wrong, and in an order that is the same for
// everybody, so that two who write at once do not wait for each other. They lock
// what they guard: later steps see what was there when nobody else could change
// it any more.
func (s *Store) steps(p rows.Plan) []step {
	a := &applying{Store: s}
	slices.SortFunc(p.Places, func(x, y rows.PlaceRows) int { return rows.ComparePlaces(x.Place.Key(), y.Place.Key()) })
	slices.SortFunc(p.Customers, func(x, y rows.CustomerRows) int {
		return strings.Compare(x.Customer.Partner+"\x00"+x.Customer.Customer, y.Customer.Partner+"\x00"+y.Customer.Customer)
	})
	var fresh, known []rows.PlaceRows
	for _, pl := range p.Places {
		if pl.Place.Version == 1 {
			fresh = append(fresh, pl)
		} else {
			known = append(known, pl)
		}
	}
	a.guardPlaces(fresh, known)
	a.guardCustomers(p.Customers)
	if p.Command != nil {
		a.then(errCommandKnown, insert(s.in+"command", commands, []rows.Command{*p.Command}))
	}
	a.putRows(known, true)
	a.putRows(fresh, false)
	a.putEvents(p)
	if len(p.Tokens) > 0 {
		a.then(errTokenThere, insert(s.in+"token", tokens, p.Tokens))
	}
	a.putMessages(p)
	return a.steps
}

// insert adds rows to a table.
func insert[R any](table string, s shape[R], list []R) func(*arguments) string {
	return func(a *arguments) string {
		return "WITH " + relation(a, "v", s, list) + " INSERT INTO " + table + " (" + quoted(s.columns) + ") SELECT * FROM v"
	}
}

// upsert adds rows to a table, or changes those with the same key, the first
// columns, unless they are the same.
func upsert[R any](table string, key int, s shape[R], list []R) func(*arguments) string {
	return func(a *arguments) string {
		rest := s.columns[key:]
		return "WITH " + relation(a, "v", s, list) + " INSERT INTO " + table + " AS t (" + quoted(s.columns) + ") SELECT * FROM v" +
			" ON CONFLICT (" + quoted(s.columns[:key]) + ") DO UPDATE SET (" + quoted(rest) + ") = ROW (" + of("excluded", rest) + ")" +
			" WHERE (" + of("t", rest) + ") IS DISTINCT FROM (" + of("excluded", rest) + ")"
	}
}

// guardPlaces writes the rows of places unless they have another version.
func (s *applying) guardPlaces(fresh, known []rows.PlaceRows) {
	counted := func(list []rows.PlaceRows) []place {
		out := make([]place, len(list))
		for i, pl := range list {
			out[i].Place = pl.Place
			for _, p := range pl.Participations {
				if p.Holding {
					out[i].Granted++
				}
			}
		}
		return out
	}
	if len(fresh) > 0 {
		s.then(errPlaceChanged, func(a *arguments) string {
			return "WITH " + relation(a, "v", places, counted(fresh)) + " INSERT INTO " + s.in + "place (" + quoted(places.columns) + `, "room")` +
				" SELECT v.*, greatest(v.claim_limit, 1) FROM v"
		})
	}
	if len(known) > 0 {
		rest := places.columns[2:]
		s.then(errPlaceChanged, func(a *arguments) string {
			return "WITH " + relation(a, "v", places, counted(known)) + ", changed AS (UPDATE " + s.in + "place t" +
				" SET (" + quoted(rest) + `, "room") = ROW (` + of("v", rest) + ", greatest(v.claim_limit, 1, t.granted)) FROM v" +
				" WHERE " + alike("t", "v", "engagement", "customer") + " AND t.version = v.version - 1 RETURNING 1)" + guarded(a, len(known))
		})
	}
}

// guardCustomers writes the rows of customers unless their histories end
// elsewhere.
func (s *applying) guardCustomers(list []rows.CustomerRows) {
	columns := rows.CustomerColumns()
	rest := columns[2:]
	var begun, unbegun, silent []customer
	for _, c := range list {
		row := customer{c.Customer, c.Before()}
		switch {
		case row.Before == 0:
			unbegun = append(unbegun, row)
		case len(c.Events) == 0:
			silent = append(silent, row)
			fallthrough
		default:
			begun = append(begun, row)
		}
	}
	if len(silent) > 0 {
		s.then(errOtherHash, func(a *arguments) string {
			return "WITH " + relation(a, "v", customers, silent) + " SELECT 1 / (CASE WHEN count(*) = 0 THEN 1 ELSE 0 END) FROM v JOIN " + s.in + "customer t" +
				" ON " + alike("t", "v", "partner", "customer") + " WHERE t.seq = v.seq AND t.hash IS DISTINCT FROM v.hash"
		})
	}
	if len(begun) > 0 {
		s.then(errHistoryWentOn, func(a *arguments) string {
			return "WITH " + relation(a, "v", customers, begun) + ", changed AS (UPDATE " + s.in + "customer t" +
				" SET (" + quoted(rest) + ") = ROW (" + of("v", rest) + ") FROM v" +
				" WHERE " + alike("t", "v", "partner", "customer") + " AND t.seq = v.before RETURNING 1)" + guarded(a, len(begun))
		})
	}
	if len(unbegun) > 0 {
		s.then(errHistoryWentOn, func(a *arguments) string {
			return "WITH " + relation(a, "v", customers, unbegun) + ", changed AS (INSERT INTO " + s.in + "customer AS t (" + quoted(columns) + ")" +
				" SELECT " + of("v", columns) + " FROM v ON CONFLICT (partner, customer) DO UPDATE" +
				" SET (" + quoted(rest) + ") = ROW (" + of("excluded", rest) + ") WHERE t.seq = 0 RETURNING 1)" + guarded(a, len(unbegun))
		})
	}
}

// putRows writes what places have. What is stored of places that are known is
// compared with it.
func (s *applying) putRows(list []rows.PlaceRows, known bool) {
	if len(list) == 0 {
		return
	}
	var all rows.PlaceRows
	var keys []pair
	var tally rows.Tally
	for _, pl := range list {
		keys = append(keys, placePair(pl.Place.Key()))
		all.Standings = append(all.Standings, pl.Standings...)
		all.Participations = append(all.Participations, pl.Participations...)
		all.Entries = append(all.Entries, pl.Entries...)
		tally.Replace(nil, pl.Entries)
	}
	// What makes room for another open participation comes before what takes it.
	slices.SortStableFunc(all.Participations, func(a, b rows.Participation) int {
		switch {
		case a.Open == b.Open:
			return 0
		case b.Open:
			return -1
		}
		return 1
	})
	s.count(keys, known, tally.Tabs(), tally.Statuses())
	if known {
		s.drop(keys, all)
		put(s, "standing", 3, standings, all.Standings, nil)
		put(s, "participation", 4, participations, all.Participations, errElsewhere)
		put(s, "entry", 4, entries, all.Entries, nil)
		return
	}
	add(s, "standing", standings, all.Standings, nil)
	add(s, "participation", participations, all.Participations, errElsewhere)
	add(s, "entry", entries, all.Entries, nil)
}

func put[R any](s *applying, table string, key int, of shape[R], list []R, refused error) {
	if len(list) > 0 {
		s.then(refused, upsert(s.in+table, key, of, list))
	}
}

func add[R any](s *applying, table string, of shape[R], list []R, refused error) {
	if len(list) > 0 {
		s.then(refused, insert(s.in+table, of, list))
	}
}

// drop removes what places have no more. Everything goes at once, so that no row
// is left without what it refers to.
func (s *applying) drop(keys []pair, all rows.PlaceRows) {
	s.then(nil, func(a *arguments) string {
		remove := func(table, left string, key []string) string {
			return "DELETE FROM " + s.in + table + " t USING k WHERE " + alike("t", "k", "engagement", "customer") +
				" AND NOT EXISTS (SELECT 1 FROM " + left + " WHERE " + alike("t", left, key...) + ")"
		}
		return "WITH " + strings.Join([]string{
			relation(a, "k", placeKeys, keys),
			relation(a, "e", entryKeys, all.Entries), relation(a, "p", partKeys, all.Participations), relation(a, "s", standingKeys, all.Standings),
			"entries AS (" + remove("entry", "e", entryKeys.columns) + ")",
			"participations AS (" + remove("participation", "p", partKeys.columns) + ")",
		}, ", ") + " " + remove("standing", "s", standingKeys.columns)
	})
}

// shards is in how many rows a count is kept.
const shards = "32"

// count adds to the counts what comes, and takes off what is stored.
func (s *applying) count(keys []pair, known bool, tabs []rows.TabDelta, statuses []rows.StatusDelta) {
	if !known && len(tabs) == 0 {
		return
	}
	s.then(nil, func(a *arguments) string {
		with := []string{relation(a, "tabs", tabDeltas, tabs), relation(a, "statuses", statusDeltas, statuses)}
		goneTabs, goneStatuses := "", ""
		if known {
			with = append(with, relation(a, "k", placeKeys, keys), "gone AS (SELECT t.partner, t.engagement, t.tab, t.participation, t.status FROM k JOIN "+
				s.in+"entry t ON "+alike("t", "k", "engagement", "customer")+")")
			goneTabs = " UNION ALL SELECT partner, engagement, tab, -1 FROM gone"
			goneStatuses = " UNION ALL SELECT partner, status, -1 FROM gone WHERE participation"
		}
		with = append(with,
			"tab AS (INSERT INTO "+s.in+"tab_count AS t (partner, engagement, tab, shard, entries)"+
				" SELECT partner, engagement, tab, pg_backend_pid() % "+shards+", sum(n) FROM (SELECT * FROM tabs"+goneTabs+") d"+
				" GROUP BY partner, engagement, tab HAVING sum(n) <> 0 ORDER BY partner, engagement, tab"+
				" ON CONFLICT (partner, engagement, tab, shard) DO UPDATE SET entries = t.entries + excluded.entries)",
			"status AS (SELECT * FROM statuses"+goneStatuses+")")
		return "WITH " + strings.Join(with, ", ") + " INSERT INTO " + s.in + "status_count AS t (partner, status, shard, participations)" +
			" SELECT partner, status, pg_backend_pid() % " + shards + ", sum(n) FROM (SELECT * FROM status UNION ALL SELECT '', status, n FROM status) d" +
			" GROUP BY partner, status HAVING sum(n) <> 0 ORDER BY partner, status" +
			" ON CONFLICT (partner, status, shard) DO UPDATE SET participations = t.participations + excluded.participations"
	})
}

func (s *applying) putEvents(p rows.Plan) {
	var all []rows.Event
	for _, c := range p.Customers {
		all = append(all, c.Events...)
	}
	add(s, "event", events, all, errEventStandsHere)
	var erased []eventKey
	for _, e := range p.Erased {
		key := eventKey{e.Partner, e.Customer, e.Seq, e.Hash}
		if !slices.ContainsFunc(erased, func(o eventKey) bool {
			return o.Seq == key.Seq && o.Customer == key.Customer && o.Partner == key.Partner && string(o.Hash) == string(key.Hash)
		}) {
			erased = append(erased, key)
		}
	}
	if len(erased) > 0 {
		s.then(errOtherEvent, func(a *arguments) string {
			return "WITH " + relation(a, "v", eventKeys, erased) + ", changed AS (UPDATE " + s.in + "event t SET person = NULL FROM v" +
				" WHERE " + alike("t", "v", eventKeys.columns...) + " RETURNING 1)" + guarded(a, len(erased))
		})
	}
}

func (s *applying) putMessages(p rows.Plan) {
	if len(p.Delivered) > 0 {
		s.then(nil, func(a *arguments) string {
			return "DELETE FROM " + s.in + "message WHERE id = ANY (" + a.add(p.Delivered, "text[]") + ")"
		})
	}
	if len(p.Postponed) > 0 {
		s.then(nil, func(a *arguments) string {
			return "WITH " + relation(a, "v", postponed, p.Postponed) + " UPDATE " + s.in + "message t SET held = true, held_until = v.until FROM v WHERE t.id = v.id"
		})
	}
	if len(p.Unsent) > 0 {
		s.then(nil, func(a *arguments) string {
			return "WITH " + relation(a, "v", recipients, p.Unsent) + " DELETE FROM " + s.in + "message t USING v WHERE " + alike("t", "v", "partner", "receiver")
		})
	}
	add(s, "message", messages, p.Messages, errMessageThere)
}
