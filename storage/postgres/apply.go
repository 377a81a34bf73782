package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

// Apply implements storage.Store, in one trip: its statements are one transaction,
// and are sent together with its BEGIN and COMMIT. Only one that fails takes another
// trip, for the ROLLBACK.
//
// When the connection is lost before the server has answered, or the answer does not
// say that nothing was done, Apply looks for what it wrote. Where it finds its command record, its events or its tokens, it has
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
		err := s.together(ctx, q, steps)
		if s.tx == nil && err != nil && !settled(err) && ctx.Err() == nil {
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
	errTokenThere      = conflict("a token is there already")
	errMessageThere    = invalid("a message is in the outbox already")
	errSendingThere    = invalid("the sending of a message is there already")
	errElsewhere       = invalid("a participation is in another place already, or there are two open ones")
	errEventStandsHere = conflict("an event is there already")
)

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

// known adds a step whose statement is remembered.
func (s *applying) known(refused error, key textKey, args []any, build func() string) {
	s.steps = append(s.steps, step{sql: s.texts.get(key, build), args: args, refused: refused})
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
		insert(a, "command", commands, []rows.Command{*p.Command}, errCommandKnown)
	}
	a.putRows(fresh, known)
	a.putEvents(p)
	insert(a, "token", tokens, p.Tokens, errTokenThere)
	a.putSendings(p)
	a.putMessages(p)
	return a.steps
}

func (s *applying) putEvents(p rows.Plan) {
	var all []rows.Event
	for _, c := range p.Customers {
		all = append(all, c.Events...)
	}
	insert(s, "event", events, all, errEventStandsHere)
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
	insert(s, "message", messages, p.Messages, errMessageThere)
}
