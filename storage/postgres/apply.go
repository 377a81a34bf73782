package postgres

import (
	"context"

	"github.com/partnerengage/partnerengage/storage"
)

// Apply implements storage.Store, in one trip: its statements are one transaction,
// and are sent together with its BEGIN and COMMIT. Only one that fails takes another
// trip, for the ROLLBACK.
//
// When the connection is lost before the server has answered, or the answer does not
// say that nothing was done, Apply looks for what it wrote. Where it finds its command
// record, its events or its tokens, it has been done, and returns nil; else it returns
// ErrUnknown, which matches storage.ErrUnavailable, since the server may still be about
// to do it.
func (s *Store) Apply(ctx context.Context, c storage.Changes) error {
	const op = "apply changes"
	if err := c.Check(); err != nil {
		return err
	}
	plan, err := newPlan(c)
	if err != nil {
		return err
	}
	steps := s.steps(&plan)
	if len(steps) == 0 {
		return ctx.Err()
	}
	var at position
	err = s.retry(ctx, op, func(q querier) error {
		err := s.together(ctx, q, steps, s.reader.noting(&at)...)
		if s.tx == nil && err != nil && !settled(err) && ctx.Err() == nil {
			return s.outcome(ctx, &plan, err)
		}
		return err
	}, func(err error) bool { return undone(err) || unsent(err) && lost(err) })
	if err == nil || !settled(err) {
		s.reader.wrote(c, at)
	}
	if err == nil && len(plan.messages) > 0 && s.bell != nil {
		s.bell.ring()
	}
	return err
}

// What the steps of an Apply return that meet something else than they have to.
var (
	errSharedChanged   = conflict("what is shared is not at the version that it was loaded with any more")
	errRecordChanged   = conflict("a record is not at the version that it was loaded with any more")
	errHistoryWentOn   = conflict("a history does not end any more where it was loaded")
	errCommandKnown    = conflict("the command's key is not new")
	errTokenThere      = conflict("a token is there already")
	errEventStandsHere = conflict("an event is there already")
	errOtherHash       = invalid("a customer's history ends with another hash than its events")
	errOtherEvent      = invalid("an event to be erased is not the stored one")
	errMessageThere    = invalid("a message is in the outbox already")
	errSendingThere    = invalid("the sending of a message is there already")
	errElsewhere       = invalid("a participation is in another record already, or there are two open ones")
	errNotThere        = invalid("an entry is of a participation that is not there")
)

// applying collects the steps of an Apply.
type applying struct {
	*Store
	steps []step
	shard string // of the counts, where the transaction has one of its own
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

// steps returns the statements of an Apply: first what is shared, whose rows are locked
// in order of their keys, then the records, then what there is of customers.
func (s *Store) steps(p *plan) []step {
	a := &applying{Store: s}
	if len(p.records) > 1 {
		a.ownShard()
	}
	a.lockAbsent(p)
	a.guardShared(p)
	a.putRecords(p)
	a.guardCustomers(p.customers)
	a.putPersons(p.named)
	if p.command != nil {
		insert(a, "command", commandRows, []commandRow{*p.command}, errCommandKnown)
	}
	a.putEvents(p.events)
	a.erase(p.erased)
	insert(a, "token", tokenRows, p.tokens, errTokenThere)
	a.spend(p.changes)
	a.putSendings(p.changes)
	a.putMessages(p)
	return a.steps
}

// insert adds rows to a table.
func insert[R any](s *applying, table string, shape shape[R], list []R, refused error) {
	n := len(list)
	head := func() string { return "INSERT INTO " + s.in + table + " (" + quoted(shape.columns) + ") " }
	switch {
	case n == 0:
	case n <= few && !shape.arrays:
		s.known(refused, textKey{what: "insert " + table, rows: n, width: len(shape.columns)}, given(shape, list), func() string { return head() + valuesText(shape, n, 0) })
	default:
		s.known(refused, textKey{what: "insert " + table, rows: few + 1, width: len(shape.columns)}, given(shape, list), func() string {
			return "WITH " + relationText("v", many(shape), n, 0) + " " + head() + "SELECT * FROM v"
		})
	}
}
