package sqlite

import (
	"cmp"
	"context"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

const (
	selectFeed = `SELECT number, partner, customer, seq, hash, body, person FROM pe_event WHERE number > ? AND number <= ? ORDER BY number LIMIT ?`
	// The plus sign keeps SQLite from looking through all events of the partner.
	selectFeedOf = `SELECT number, partner, customer, seq, hash, body, person FROM pe_event WHERE number > ? AND number <= ? AND +partner = ? ORDER BY number LIMIT ?`
	countFeedOf  = `SELECT count(*) FROM (SELECT 1 FROM pe_event WHERE number > ? AND number <= ? AND +partner = ? LIMIT ?)`
	selectNumber = `SELECT number, '', '', 0, hash, x'', NULL FROM pe_event WHERE number = ?`
	selectLast   = `SELECT coalesce(max(number), 0) FROM pe_event`

	selectConsumers = `SELECT name, position, at FROM pe_consumer WHERE partner = ? ORDER BY name`
	insertConsumer  = `INSERT INTO pe_consumer (partner, name, position, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`
	updateConsumer  = `UPDATE pe_consumer SET position = ?3, at = ?4 WHERE partner = ?1 AND name = ?2 AND position = ?5`
	deleteConsumer  = `DELETE FROM pe_consumer WHERE partner = ? AND name = ? AND position = ?`
)

// feedReach is how many numbers are looked through at once for the events of one partner,
// so that no call takes long: an index by partner would be written with every event.
const feedReach = 2000

// lagReach is the same for the count of what a partner has not read.
const lagReach = 10 * feedReach

// fedRow is the row of an event in the feed.
type fedRow struct {
	number int64
	eventRow
}

func (r *fedRow) fields() []any { return append([]any{&r.number}, r.eventRow.fields()...) }

func (r *fedRow) position() storage.FeedPosition {
	return storage.Numbered(r.number, engagement.Digest(r.hash))
}

// behind returns the number of the event that was last read, and of the last one there is.
func (s *session) behind(at storage.FeedPosition) (n, last int64, err error) {
	if n, err = at.Number(); err != nil {
		return 0, 0, err
	}
	lasts, err := collect(s, (*number).fields, selectLast)
	if err != nil {
		return 0, 0, err
	}
	last = lasts[0].n
	if n == 0 {
		return n, last, nil
	}
	row, err := s.numbered(n)
	if err == nil && row.position() != at {
		err = storage.ErrRewound
	}
	return n, last, err
}

// numbered returns the event with that number, without its content.
func (s *session) numbered(n int64) (fedRow, error) {
	found, err := collect(s, (*fedRow).fields, selectNumber, n)
	if err != nil {
		return fedRow{}, err
	}
	if len(found) == 0 || len(found[0].hash) != len(engagement.Digest{}) {
		return fedRow{}, storage.ErrRewound
	}
	return found[0], nil
}

// Feed implements storage.Store, in the order of the commits.
func (s *Store) Feed(ctx context.Context, q storage.FeedQuery) (storage.Feed, error) {
	if err := q.Check(); err != nil {
		return storage.Feed{}, err
	}
	out := storage.Feed{Next: q.After}
	var found []fedRow
	err := s.read(ctx, "read the feed", func(se *session) error {
		n, last, err := se.behind(q.After)
		if err != nil || n >= last {
			return err
		}
		until := last
		if q.Partner == "" {
			found, err = collect(se, (*fedRow).fields, selectFeed, n, until, q.Limit)
		} else {
			until = min(last, n+max(feedReach, int64(q.Limit)))
			found, err = collect(se, (*fedRow).fields, selectFeedOf, n, until, string(q.Partner), q.Limit)
		}
		if err != nil {
			return err
		}
		if len(found) == q.Limit {
			until = found[len(found)-1].number
		}
		at, err := se.numbered(until)
		out.Next, out.More = at.position(), until < last
		return err
	})
	if err != nil {
		return storage.Feed{}, err
	}
	out.Events, err = readable(found, func(r fedRow) (storage.FeedEvent, error) {
		e, err := r.value()
		return storage.FeedEvent{Event: e, Position: r.position()}, err
	})
	return out, err
}

// FeedLag implements storage.Store. Nothing is ever held.
func (s *Store) FeedLag(ctx context.Context, q storage.FeedQuery) (storage.FeedLag, error) {
	if err := q.Check(); err != nil {
		return storage.FeedLag{}, err
	}
	var out storage.FeedLag
	var first []fedRow
	err := s.read(ctx, "see how far the feed was read", func(se *session) error {
		n, last, err := se.behind(q.After)
		if err != nil || n >= last {
			return err
		}
		if q.Partner == "" {
			first, err = collect(se, (*fedRow).fields, selectFeed, n, last, 1)
			out.Events = int(min(last-n, int64(q.Limit)))
			out.More = last-n > int64(out.Events)
			return err
		}
		until := min(last, n+lagReach)
		counted, err := collect(se, (*number).fields, countFeedOf, n, until, string(q.Partner), q.Limit)
		if err != nil {
			return err
		}
		out.Events = int(counted[0].n)
		out.More = out.Events == q.Limit || until < last
		first, err = collect(se, (*fedRow).fields, selectFeedOf, n, until, string(q.Partner), 1)
		return err
	})
	for _, r := range first {
		if e, err := r.value(); err == nil { // one that cannot be read Feed tells of
			out.Oldest = e.At
		}
	}
	return out, err
}

// consumerRow is the row of a consumer.
type consumerRow struct {
	name, position string
	at             int64
}

func (r *consumerRow) fields() []any { return []any{&r.name, &r.position, &r.at} }

// Consumers implements storage.Store.
func (s *Store) Consumers(ctx context.Context, partner engagement.PartnerID) ([]storage.Consumer, error) {
	var found []consumerRow
	err := s.read(ctx, "list consumers", func(se *session) (err error) {
		found, err = collect(se, (*consumerRow).fields, selectConsumers, string(partner))
		return err
	})
	var out []storage.Consumer
	for _, r := range found {
		key := storage.ConsumerKey{Partner: partner, Name: r.name}
		out = append(out, storage.Consumer{Key: key, Position: storage.FeedPosition(r.position), At: timeOf(r.at)})
	}
	return out, err
}

// Consume implements storage.Store.
func (s *Store) Consume(ctx context.Context, c storage.Consumed) error {
	_, from := c.From.Number()
	_, to := c.To.Number()
	if err := cmp.Or(c.Check(), from, to); err != nil {
		return err
	}
	partner, name := string(c.Consumer.Partner), c.Consumer.Name
	return s.write(ctx, "move a consumer on", func(se *session) error {
		var n int64
		var err error
		switch {
		case c.From == "":
			n, err = se.exec(insertConsumer, partner, name, string(c.To), micros(c.At))
		case c.To == "":
			n, err = se.exec(deleteConsumer, partner, name, string(c.From))
		default:
			n, err = se.exec(updateConsumer, partner, name, string(c.To), micros(c.At), string(c.From))
		}
		if err == nil && n == 0 {
			err = conflict("the consumer %q is somewhere else", name)
		}
		return err
	})
}
