package workflow

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
)

// mail is a message on its way through a Relay.
type mail struct {
	engagement.Message
	delivery Delivery
	err      error            // why it was not sent: errPointless, errTooLate, errHeld, or what went wrong
	giveUp   link.FailureCode // why it never will be; "": it is tried again
}

// handBack is what lets others send what this process holds and will not send.
func handBack(held []engagement.Message) []mail {
	out := make([]mail, len(held))
	for i, m := range held {
		out[i] = mail{Message: m, err: errHeld}
	}
	return out
}

// prepareAll makes messages ready to send, each with its Delivery or an error, in the
// same order. Its own error is of all of them: storage that is out of reach, or a
// context that is over.
func (s *Service) prepareAll(ctx context.Context, messages []engagement.Message) ([]mail, error) {
	ready := make(map[engagement.MessageID]mail, len(messages))
	err := engine.Jointly(ctx, &s.engine, messages, func(some []engagement.Message, tries int) error {
		_, err := attemptUpTo(ctx, s, tries, func(u *unit) (struct{}, error) {
			left, err := u.about(ctx, some)
			if err != nil {
				return struct{}{}, err
			}
			for i, m := range some {
				one := mail{Message: m, err: left[i]}
				if one.err == nil {
					one.delivery, one.err = u.prepare(ctx, m)
				}
				ready[m.ID] = one
			}
			return struct{}{}, nil
		})
		return err
	}, func(m engagement.Message, err error) { ready[m.ID] = mail{Message: m, err: err} })
	out := make([]mail, len(messages))
	for i, m := range messages {
		out[i] = ready[m.ID]
	}
	return out, err
}

// about loads and settles what messages are about. It returns of each what keeps it from
// being sent or recorded: nil, errPointless where it is about nothing any more, or what
// cannot be read.
func (u *unit) about(ctx context.Context, messages []engagement.Message) ([]error, error) {
	var keys, ended []engagement.RecordKey
	for _, m := range messages {
		if !slices.Contains(keys, m.Record()) {
			keys = append(keys, m.Record())
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	records, err := u.LoadTogether(ctx, keys, false)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		r := records[m.Record()]
		if _, ok := r.Participation(m.Participation); !ok && r.ErrUnreadable(m.Participation) == nil && !slices.Contains(ended, r.Key) {
			ended = append(ended, r.Key)
		}
	}
	if len(ended) > 0 {
		more, err := u.LoadTogether(ctx, ended, true)
		if err != nil {
			return nil, err
		}
		records = maps.Clone(records)
		maps.Copy(records, more)
	}
	failed := map[engagement.RecordKey]error{}
	for _, key := range keys {
		err := u.Settle(ctx, records[key])
		if troubled(err) {
			return nil, err
		}
		failed[key] = errors.Join(err, u.Unreadable(key.OfCustomer()))
	}
	left := make([]error, len(messages))
	for i, m := range messages {
		r := u.Record(m.Record())
		_, ok := r.Participation(m.Participation)
		switch bad := r.ErrUnreadable(m.Participation); {
		case failed[r.Key] != nil:
			left[i] = failed[r.Key]
		case !ok && bad != nil:
			left[i] = bad
		case !ok:
			left[i] = errPointless
		}
	}
	return left, nil
}

// record writes what became of messages, even when the caller is gone. What goes wrong
// with one of them is noted; the error is of all of them: storage that is out of reach.
func (r *relaying) record(ctx context.Context, done []mail) error {
	gone := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	for i := range done {
		r.judge(ctx, &done[i], gone)
	}
	return engine.Jointly(ctx, &r.s.engine, done, func(some []mail, tries int) error {
		failed, err := attemptUpTo(ctx, r.s, tries, func(u *unit) (map[engagement.MessageID]error, error) {
			return u.recordAll(ctx, some, r.now())
		})
		if err != nil {
			return err
		}
		for _, m := range some {
			switch bad := failed[m.ID]; {
			case bad != nil:
				r.fail(bad)
			case m.finished():
				r.s.links.forget(m.Link)
			}
		}
		return nil
	}, func(m mail, err error) {
		if r.fail(err); m.giveUp != "" {
			if err := r.s.report(ctx, storage.Changes{Postponed: map[engagement.MessageID]time.Time{m.ID: r.now().Add(m.wait())}}); err != nil {
				r.fail(err)
			}
		}
	})
}

// judge decides whether a message that was not sent is tried again.
func (r *relaying) judge(ctx context.Context, m *mail, gone bool) {
	switch {
	case m.err == nil, errors.Is(m.err, errPointless), errors.Is(m.err, errHeld):
		return
	case gone && (errors.Is(m.err, context.Canceled) || errors.Is(m.err, context.DeadlineExceeded)):
		m.err = errHeld
		return
	case errors.Is(m.err, ErrUndeliverable):
		m.giveUp = link.FailureUndeliverable
	case errors.Is(m.err, errTooLate), m.Link == "" && m.Attempts >= tries && r.s.now().Sub(m.CreatedAt) >= patient:
		m.giveUp = link.FailureTimedOut
	}
	r.s.log.WarnContext(ctx, "a message could not be sent", "message", m.Message, "error", m.err)
	if !errors.Is(m.err, errTooLate) {
		r.fail(m.err)
	}
}

// finished reports whether a message is out of the outbox once this is recorded.
func (m mail) finished() bool {
	return m.err == nil || m.giveUp != "" || errors.Is(m.err, errPointless)
}

// marked reports whether a message that is finished stands in the history, or beside what
// it was about.
func (m mail) marked() bool {
	return m.giveUp != "" || m.err == nil && (m.Link != "" || m.delivery.failing)
}

// wait is how long a message that could not be sent waits for being tried again.
func (m mail) wait() time.Duration {
	return min(firstRetry<<min(max(m.Attempts-1, 0), 20), lastRetry)
}

// recordAll puts into the unit what became of messages, at a time of the storage's
// clock. It returns what of which cannot be recorded.
func (u *unit) recordAll(ctx context.Context, done []mail, at time.Time) (map[engagement.MessageID]error, error) {
	var marked []engagement.Message
	for _, m := range done {
		if m.marked() {
			marked = append(marked, m.Message)
		}
	}
	left, err := u.about(ctx, marked)
	if err != nil {
		return nil, err
	}
	failed, missing := map[engagement.MessageID]error{}, map[engagement.MessageID]bool{}
	for i, m := range marked {
		if missing[m.ID] = errors.Is(left[i], errPointless); !missing[m.ID] && left[i] != nil {
			failed[m.ID] = left[i]
		}
	}
	postpone := func(id engagement.MessageID, until time.Time) {
		if u.Changes.Postponed == nil {
			u.Changes.Postponed = map[engagement.MessageID]time.Time{}
		}
		u.Changes.Postponed[id] = until
	}
	for _, m := range done {
		if m.marked() && !missing[m.ID] && failed[m.ID] == nil {
			if err := u.recordMail(m); err != nil {
				failed[m.ID] = err
			}
		}
		switch {
		case m.finished() && failed[m.ID] == nil:
			u.Changes.Delivered = append(u.Changes.Delivered, m.ID)
		case m.err == nil: // its lease is not over, and then it is sent again
		case errors.Is(m.err, errHeld):
			postpone(m.ID, at)
		default:
			postpone(m.ID, at.Add(m.wait()))
		}
	}
	return failed, nil
}

// recordMail puts what became of one message into the history and beside what it was
// about: that it never reached its contact, that a link was sent, or that the contact of
// another message is not failing any more.
func (u *unit) recordMail(m mail) error {
	p, _ := u.Record(m.Record()).Participation(m.Participation)
	switch {
	case m.giveUp != "" && m.Link != "":
		if _, link, err := m.Mark(p, unchangedLinks); err != nil || !link.Failed.IsZero() {
			return nil // another process was faster
		}
		fallthrough
	case m.giveUp != "":
		return u.failed(p, m.Message, m.giveUp)
	case m.Link == "":
		u.putParticipation(p.WithMail(m.Message, link.Failure{}))
		return nil
	}
	var before time.Time
	p, link, err := m.Mark(p, func(links []link.Link) ([]link.Link, error) {
		if i := slices.IndexFunc(links, func(l link.Link) bool { return l.ID == m.Link }); i >= 0 {
			before = links[i].SentAt
		}
		return link.MarkSent(links, m.Link, string(m.ID), u.Now)
	})
	if err != nil {
		return err
	}
	if u.putParticipation(p); before.IsZero() { // a bounce names the message
		u.Changes.Tokens = append(u.Changes.Tokens, tokenOf(messageHash(m.ID), p))
		if p.Ended() {
			u.Changes.Spent = append(u.Changes.Spent, spent(messageHash(m.ID), p))
		}
	}
	kind, of := engagement.EventConsentSent, ""
	if m.Kind == engagement.MessageSurveyRequest {
		kind, of = engagement.EventSurveySent, p.SurveyOf(m.Link)
	}
	status := p.StatusAt(u.Now)
	u.event(engagement.Event{
		Kind: kind, By: engagement.ByClock, From: status, To: status,
		Detail: engagement.Detail{Survey: of, Link: link.ID}, Person: personOf(link.Contact),
	}, p)
	return nil
}
