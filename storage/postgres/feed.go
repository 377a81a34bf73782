package postgres

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// feedReach is how many events are looked through at once for those of one partner, so
// that no call takes long: an index by partner would be written with every event.
// lagReach is the same for the count of what a partner has not read.
const (
	feedReach = 2000
	lagReach  = 10 * feedReach
)

// fedRow is an event in the feed.
type fedRow struct {
	eventRow
	Place int64
	trail int64 // see trail; less than 0: not known
}

func (r *fedRow) fields() []any { return append(r.eventRow.fields(), &r.Place) }

var fedRows = shape[fedRow]{append(append([]string(nil), eventRows.columns...), "place"), (*fedRow).fields, false}

func (r *fedRow) position() storage.FeedPosition {
	at := itoa(r.Place) + "." + itoa(r.Seq) + "." + hex.EncodeToString(r.Hash)
	if r.trail >= 0 {
		at += "." + strconv.FormatInt(r.trail, 16)
	}
	return storage.FeedPosition(at)
}

func (r *fedRow) value() (storage.FeedEvent, error) {
	e, err := r.eventRow.value()
	return storage.FeedEvent{Event: e, Position: r.position()}, err
}

// placeOf returns the event of a position, as far as it is told by it; a zero one for
// the beginning.
func placeOf(at storage.FeedPosition) (fedRow, error) {
	r := fedRow{eventRow: eventRow{Hash: []byte{}}, trail: -1}
	if at == "" {
		return r, nil
	}
	parts := strings.Split(string(at), ".")
	if len(parts) == 4 {
		r.trail, _ = strconv.ParseInt(parts[3], 16, 64)
	}
	if len(parts) == 3 || len(parts) == 4 { // 3: before positions had a trail
		r.Place, _ = strconv.ParseInt(parts[0], 10, 64)
		r.Seq, _ = strconv.ParseInt(parts[1], 10, 64)
		r.Hash, _ = hex.DecodeString(parts[2])
	}
	if r.Place < 1 || r.Seq < 1 || len(r.Hash) != len(engagement.Digest{}) || r.position() != at {
		return r, invalid("a position of the feed is not one that this store gave")
	}
	return r, nil
}

// number is a transaction's number as a bigint.
func number(of string) string { return "(" + of + ")::text::bigint" }

// epoch is what comes before the number of a transaction in the places of this epoch.
func (s *Store) epoch() string { return "((SELECT epoch FROM " + s.in + "feed_epoch) << 48)" }

// readable is the first place that something may still come before: that of the oldest
// transaction under way.
func (s *Store) readable() string {
	return "(" + s.epoch() + " + " + number("pg_snapshot_xmin(pg_current_snapshot())") + ")"
}

// restored tells whether there is an event of a transaction that has not been yet: the
// tables are from a server that had got further.
func (s *Store) restored() string {
	return "coalesce((SELECT max(place) FROM " + s.in + "event) >= " + s.epoch() + " + greatest(" + number("pg_snapshot_xmax(pg_current_snapshot())") +
		", " + number("pg_current_xact_id_if_assigned()") + " + 1), false)"
}

// Events behind a place, and their order.
const (
	behindPlace = "t.place >= $1::bigint AND (t.place > $1::bigint OR t.seq > $2::bigint OR t.seq = $2::bigint AND t.hash > $3::bytea)"
	feedOrder   = " ORDER BY t.place, t.seq, t.hash LIMIT "
)

// from are steps that make sure of where somebody goes on, and begin the trail there.
func (s *Store) from(at fedRow, t *trail) []step {
	var steps []step
	if at.Place > 0 {
		steps = append(steps, step{
			sql: "SELECT t.hash FROM " + s.in + "event t WHERE t.place <= $1::bigint AND (t.place < $1::bigint OR t.seq < $2::bigint OR t.seq = $2::bigint AND t.hash <= $3::bytea)" +
				" ORDER BY t.place DESC, t.seq DESC, t.hash DESC LIMIT " + strconv.Itoa(trailEvents),
			args: []any{at.Place, at.Seq, at.Hash},
			scan: func(found pgx.Rows) error {
				var hash []byte
				err := found.Scan(&hash)
				t.before(hash)
				return err
			},
		})
	}
	return append(steps, step{
		sql:  "SELECT $1::bigint = 0 OR EXISTS (SELECT 1 FROM " + s.in + "event t WHERE t.place = $1::bigint AND t.seq = $2::bigint AND t.hash = $3::bytea), " + s.restored(),
		args: []any{at.Place, at.Seq, at.Hash},
		scan: func(found pgx.Rows) error {
			var there, restored bool
			switch err := found.Scan(&there, &restored); {
			case err != nil:
				return err
			case restored:
				return &Error{Op: "read the feed", Problem: ErrRestored}
			case !there || at.trail >= 0 && at.trail != t.sum(trailEvents):
				return storage.ErrRewound
			}
			return nil
		},
	})
}

// Feed implements storage.Store, in order of the transactions that wrote the events. It
// reads those before the oldest one that is under way: then nothing can come before them
// any more.
func (s *Store) Feed(ctx context.Context, q storage.FeedQuery) (storage.Feed, error) {
	if err := q.Check(); err != nil {
		return storage.Feed{}, err
	}
	at, err := placeOf(q.After)
	if err != nil {
		return storage.Feed{}, err
	}
	reach := q.Limit + 1
	if q.Partner != "" {
		reach = max(feedReach, reach)
	}
	text := func(before string) string {
		sql := "SELECT " + of("t", fedRows.columns) + " FROM " + s.in + "event t WHERE " + behindPlace +
			" AND t.place < " + s.readable() + before + feedOrder + strconv.Itoa(reach)
		if q.Partner == "" {
			return sql
		}
		// And the last one that was looked at.
		return "SELECT " + of("w", fedRows.columns) + ", w.n, w.trail FROM (SELECT t.*, row_number() OVER w AS n, lead(1) OVER w IS NULL AS last, " + trailText + " AS trail FROM (" + sql + ") t" +
			" WINDOW w AS (ORDER BY t.place, t.seq, t.hash)) w WHERE w.partner = $4::text OR w.last ORDER BY w.n"
	}
	args := []any{at.Place, at.Seq, at.Hash}
	if q.Partner != "" {
		args = append(args, string(q.Partner))
	}
	var found []fedRow
	steps := func(sql string, args []any) []step {
		found = nil
		var t trail
		return append(s.from(at, &t), step{sql: sql, args: args, scan: func(rows pgx.Rows) error {
			var r fedRow
			var n int
			var err error
			if q.Partner == "" {
				err = rows.Scan(r.fields()...)
				t.add(r.Hash)
				r.trail = t.sum(trailEvents)
			} else {
				err = rows.Scan(append(r.fields(), &n, &r.trail)...)
				r.trail += t.sum(trailEvents - n)
			}
			found = append(found, r)
			return err
		}})
	}
	const op = "read the feed"
	if !s.fromReader(ctx, op, q.Partner, func(least position) []step {
		return steps(text(" AND t.place < "+s.epoch()+" + $"+strconv.Itoa(len(args)+1)+"::bigint"), append(args, least.shows))
	}) {
		err = s.retry(ctx, op, func(on querier) error { return send(ctx, on, steps(text(""), args)) }, readable)
	}
	if err != nil || len(found) == 0 {
		return storage.Feed{Next: q.After}, err
	}
	return page(q, found, reach)
}

// page returns what was asked for of the rows that were found.
func page(q storage.FeedQuery, found []fedRow, reach int) (storage.Feed, error) {
	out := storage.Feed{Next: found[len(found)-1].position(), More: q.Partner != ""}
	kept := found[:0]
	for i := range found {
		if q.Partner != "" && found[i].Partner != string(q.Partner) {
			continue
		}
		if len(kept) == q.Limit {
			out.Next, out.More = kept[len(kept)-1].position(), true
			break
		}
		kept = append(kept, found[i])
	}
	var err error
	out.Events, err = values(kept, (*fedRow).value)
	return out, err
}

// FeedLag implements storage.Store.
func (s *Store) FeedLag(ctx context.Context, q storage.FeedQuery) (storage.FeedLag, error) {
	const op = "see how far the feed was read"
	if err := q.Check(); err != nil {
		return storage.FeedLag{}, err
	}
	at, err := placeOf(q.After)
	if err != nil {
		return storage.FeedLag{}, err
	}
	reach, limit := q.Limit+1, strconv.Itoa(q.Limit)
	if q.Partner != "" {
		reach = lagReach
	}
	window := "(SELECT t.* FROM " + s.in + "event t WHERE " + behindPlace + " AND t.place < " + s.readable() + feedOrder + strconv.Itoa(reach) + ") w"
	const asked = " ($4::text = '' OR w.partner = $4::text)"
	args := []any{at.Place, at.Seq, at.Hash, string(q.Partner)}
	var out storage.FeedLag
	var theirs, all, held int
	steps := []step{{
		sql: "SELECT count(*) FILTER (WHERE" + asked + "), count(*) FROM " + window, args: args,
		scan: func(rows pgx.Rows) error { return rows.Scan(&theirs, &all) },
	}, {
		sql: "SELECT " + of("w", fedRows.columns) + " FROM " + window + " WHERE" + asked + " ORDER BY w.place, w.seq, w.hash LIMIT 1", args: args,
		scan: func(rows pgx.Rows) error {
			var r fedRow
			if err := rows.Scan(r.fields()...); err != nil {
				return err
			}
			if e, err := r.value(); err == nil { // one that cannot be read Feed tells of
				out.Oldest = e.At
			}
			return nil
		},
	}, {
		sql:  "SELECT count(*) FROM (SELECT 1 FROM " + s.in + "event w WHERE w.place >= " + s.readable() + " AND" + strings.ReplaceAll(asked, "$4", "$1") + " LIMIT " + limit + ") h",
		args: []any{string(q.Partner)},
		scan: func(rows pgx.Rows) error { return rows.Scan(&held) },
	}}
	err = s.retry(ctx, op, func(on querier) error {
		out = storage.FeedLag{}
		return send(ctx, on, append(s.from(at, new(trail)), steps...))
	}, readable)
	if err != nil {
		return storage.FeedLag{}, err
	}
	out.Events, out.Held = min(theirs, q.Limit), held
	out.More = theirs > q.Limit || q.Partner != "" && all == reach
	if held > 0 {
		err = s.holder(ctx, op, &out)
	}
	return out, err
}

// holderText asks for the oldest transaction under way, of whatever database. What it is
// doing only some may know.
var holderText = "SELECT coalesce(l.pid, 0), coalesce(a.application_name, ''), coalesce(a.datname, ''), coalesce((extract(epoch FROM coalesce(a.xact_start, p.prepared)) * 1000000)::bigint, 0), coalesce(p.gid, '')" +
	" FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = l.transactionid" +
	" WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted" +
	" AND l.transactionid::text::bigint = " + number("pg_snapshot_xmin(pg_current_snapshot())") + " % 4294967296 LIMIT 1"

// holder finds out what holds events back.
func (s *Store) holder(ctx context.Context, op string, lag *storage.FeedLag) error {
	lag.HeldBy = "a transaction that has ended just now"
	return s.read(ctx, op, holderText, nil, func() func(pgx.Rows) error {
		return func(rows pgx.Rows) error {
			var pid int32
			var application, database, prepared string
			var since int64
			if err := rows.Scan(&pid, &application, &database, &since, &prepared); err != nil {
				return err
			}
			lag.HeldBy = fmt.Sprintf("a transaction that has written something and goes on: process %d of the server, application %q, database %q", pid, application, database)
			if prepared != "" {
				lag.HeldBy = fmt.Sprintf("the prepared transaction %q, which waits to be committed or rolled back", prepared)
			}
			if since != 0 {
				lag.HeldSince = timeOf(since)
			}
			return nil
		}
	})
}

// putEvents adds events. In a transaction of its own each gets its place by itself: that
// begins when the end of the history is known which the events continue, so its number is
// higher than those of all events before. A host's transaction may have begun long before,
// and then is not where it would be by its number but with the event before. Until it has
// ended nothing from its number on is read, so that comes early enough.
func (s *applying) putEvents(events []eventRow) {
	if s.tx == nil {
		insert(s, "event", eventRows, events, errEventStandsHere)
		return
	}
	if len(events) == 0 {
		return
	}
	s.then(errEventStandsHere, func(a *arguments) string {
		return "WITH " + relation(a, "v", many(eventRows), events) + " INSERT INTO " + s.in + "event (" + quoted(fedRows.columns) + ") SELECT v.*, greatest(" +
			s.epoch() + " + " + number("pg_current_xact_id()") + ", (SELECT t.place FROM " + s.in + "event t WHERE " + alike("t", "v", "slot", "partner", "customer") +
			" AND t.seq < v.seq ORDER BY t.seq DESC LIMIT 1)) FROM v"
	})
}

// consumerRow is the row of a consumer.
type consumerRow struct {
	Partner, Name, Position string
	At                      int64
}

func (r *consumerRow) fields() []any { return []any{&r.Partner, &r.Name, &r.Position, &r.At} }

var consumerRows = shape[consumerRow]{[]string{"partner", "name", "position", "at"}, (*consumerRow).fields, false}

// Consumers implements storage.Store.
func (s *Store) Consumers(ctx context.Context, partner engagement.PartnerID) ([]storage.Consumer, error) {
	sql := "SELECT " + of("t", consumerRows.columns) + " FROM " + s.in + "consumer t WHERE t.partner = $1::text ORDER BY t.name"
	found, err := list(ctx, s, "list consumers", sql, []any{string(partner)}, (*consumerRow).fields)
	var out []storage.Consumer
	for _, r := range found {
		key := storage.ConsumerKey{Partner: partner, Name: r.Name}
		out = append(out, storage.Consumer{Key: key, Position: storage.FeedPosition(r.Position), At: timeOf(r.At)})
	}
	return out, err
}

// Consume implements storage.Store.
func (s *Store) Consume(ctx context.Context, c storage.Consumed) error {
	_, from := placeOf(c.From)
	_, to := placeOf(c.To)
	if err := cmp.Or(c.Check(), from, to); err != nil {
		return err
	}
	args := []any{string(c.Consumer.Partner), c.Consumer.Name}
	const here = " WHERE partner = $1::text AND name = $2::text AND position = $3::text"
	var change string
	switch {
	case c.From == "":
		change = "INSERT INTO " + s.in + "consumer (partner, name, position, at) VALUES ($1::text, $2::text, $3::text, $4::bigint) ON CONFLICT DO NOTHING"
		args = append(args, string(c.To), micros(c.At))
	case c.To == "":
		change = "DELETE FROM " + s.in + "consumer" + here
		args = append(args, string(c.From))
	default:
		change = "UPDATE " + s.in + "consumer SET position = $4::text, at = $5::bigint" + here
		args = append(args, string(c.From), string(c.To), micros(c.At))
	}
	steps := []step{{
		sql: "WITH changed AS (" + change + " RETURNING 1)" + guardedOne, args: args,
		refused: conflict("the consumer is somewhere else"),
	}}
	return s.retry(ctx, "move a consumer on", func(q querier) error { return s.together(ctx, q, steps) },
		func(err error) bool { return undone(err) || unsent(err) && lost(err) })
}

// beginEpoch lets the feed go on behind all that there is, if the tables are from a
// server that had got further.
func (s *Store) beginEpoch(ctx context.Context, tx pgx.Tx) error {
	var restored bool
	if err := tx.QueryRow(ctx, "SELECT "+s.restored()).Scan(&restored); err != nil || !restored {
		return err
	}
	var epoch int64
	if err := tx.QueryRow(ctx, "UPDATE "+s.in+"feed_epoch SET epoch = epoch + 1 RETURNING epoch").Scan(&epoch); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "ALTER TABLE "+s.in+"event ALTER COLUMN place SET DEFAULT ("+itoa(epoch)+"::bigint << 48) + pg_current_xact_id()::text::bigint")
	return err
}
