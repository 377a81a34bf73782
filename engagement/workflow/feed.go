package workflow

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/storage"
)

// FeedQuery asks for a page of everything that happens.
type FeedQuery struct {
	Cursor  string // FeedPage.Next of the page before, or a FeedEvent's; "" begins at the first event ever
	Limit   int    // 1 to 1000; 0: 50
	Persons bool   // with who did it, whom it was about, and why in their words
}

// FeedPage is one page of a feed.
type FeedPage struct {
	Events     []FeedEvent `json:"events"`
	Next       string      `json:"next"`                // where to go on, now or later; it is there at the end of the feed, too
	More       bool        `json:"more"`                // whether more can be there already
	Unreadable int         `json:"unreadable,omitzero"` // how many events were left out because storage cannot read them: the log says which
}

// FeedEvent is an event, with the cursor from which the feed goes on after it.
type FeedEvent struct {
	engagement.Event
	Cursor string `json:"cursor"`
}

// Read returns what happened with all customers, for systems that follow it: of the
// actor's partner or, for the Program without a partner, of all. Whoever goes on from
// each Next gets every event, once, and those of a customer in order; between customers
// there is no order that means anything. Nothing is skipped because somebody committed
// late: an event comes later then.
//
// Delivery is exactly once for a consumer that stores Next in one transaction with what
// it makes of the page, and at least once for one that stores it afterwards: by the
// partner, customer and Seq of an event it can tell what it has had. A page may have
// fewer events than its limit, or none, while More is true.
//
// It shows what [HistoriesDesk.List] shows, by side and [Scope]: a partner sees neither
// who acted for the program nor what the program writes for itself, and a narrowed user
// what concerns customers themselves and participations through the scope's locations.
// Without Persons nobody is named. With them the follower must erase, too, when
// [engagement.EventPersonErased] comes. It says who that was by digests alone, and by
// none without Options.PersonSecret: forget all that is kept of the people of that
// customer, or read its events anew, in which the person no longer is.
// [ProgramDesk.RepeatErasure] goes by these events, with or without Persons. The chain
// of hashes is not verified here; see [HistoriesDesk.Verify].
//
// It returns an *[InputError] or an *[InvalidCursorError]. One that matches
// [storage.ErrRewound] says that the storage was restored from an earlier state, or
// lost its last commits in a failover, and that events which the follower has had are
// no longer there: it has to begin again.
func (d *FeedDesk) Read(ctx context.Context, actor Actor, query FeedQuery) (FeedPage, error) {
	s := d.s
	scope, err := s.authorizeFeed(ctx, actor)
	if err != nil {
		return FeedPage{}, err
	}
	q := storage.FeedQuery{Partner: actor.Partner, Limit: limitOf(query.Limit)}
	if q.Limit < 1 || q.Limit > maxLimit {
		return FeedPage{}, &InputError{Field: "limit", Problem: fmt.Sprintf("is %d: use 1 to %d, or 0 for %d", query.Limit, maxLimit, defaultLimit)}
	}
	if q.After, err = feedPosition(query.Cursor); err != nil {
		return FeedPage{}, err
	}
	feed, err := s.store.Feed(ctx, q)
	lost, err := storage.Unreadable(err)
	if err != nil {
		return FeedPage{}, feedError(err)
	}
	for _, bad := range lost {
		s.tellUnreadable(ctx, bad)
	}
	events := make([]engagement.Event, len(feed.Events))
	for i, e := range feed.Events {
		events[i] = e.Event
	}
	has, err := s.within(ctx, scope, events)
	if err != nil {
		return FeedPage{}, err
	}
	page := FeedPage{Events: []FeedEvent{}, Next: feedCursor(feed.Next), More: feed.More, Unreadable: len(lost)}
	for i, e := range eventsSeenBy(actor.side(), events) {
		if !has(e) {
			continue
		}
		if !query.Persons {
			e.Person = unnamed(e.Person)
		}
		page.Events = append(page.Events, FeedEvent{Event: e, Cursor: feedCursor(feed.Events[i].Position)})
	}
	return page, nil
}

// unnamed is what an event says of people without naming anybody.
func unnamed(p *engagement.Person) *engagement.Person {
	if p == nil || p.Erased.IsZero() {
		return nil
	}
	return &engagement.Person{Erased: p.Erased}
}

// FeedLag is how far somebody who follows a feed is behind.
type FeedLag struct {
	Events int       `json:"events"`          // that can be read, up to 10,000
	More   bool      `json:"more"`            // whether there can be more than that
	Oldest time.Time `json:"oldest,omitzero"` // when the first of them happened

	// Held is how many have happened, up to 10,000, that cannot be read yet because of
	// something in the storage that has gone on since before them: HeldBy says what, to
	// the Program only, and HeldSince since when, if the storage can tell.
	Held      int       `json:"held,omitzero"`
	HeldSince time.Time `json:"held_since,omitzero"`
	HeldBy    string    `json:"held_by,omitzero"`
}

// lagLimit is up to how many events are counted.
const lagLimit = 10_000

// Lag returns how far behind a cursor of a feed is, over the whole partner or program:
// whoever may follow only some locations is refused.
func (d *FeedDesk) Lag(ctx context.Context, actor Actor, cursor string) (FeedLag, error) {
	s := d.s
	if err := s.authorizeWholeFeed(ctx, actor); err != nil {
		return FeedLag{}, err
	}
	at, err := feedPosition(cursor)
	if err != nil {
		return FeedLag{}, err
	}
	return s.feedLag(ctx, actor, at)
}

func (s *Service) feedLag(ctx context.Context, actor Actor, at storage.FeedPosition) (FeedLag, error) {
	lag, err := s.store.FeedLag(ctx, storage.FeedQuery{After: at, Partner: actor.Partner, Limit: lagLimit})
	if err != nil {
		return FeedLag{}, feedError(err)
	}
	if !actor.program() {
		lag.HeldBy = ""
	}
	return FeedLag(lag), nil
}

// FeedConsumer is a follower whose cursor the library keeps.
type FeedConsumer struct {
	Name    string    `json:"name"`
	Cursor  string    `json:"cursor"`
	At      time.Time `json:"at"` // when it got there
	Lag     FeedLag   `json:"lag"`
	Rewound bool      `json:"rewound,omitzero"` // the storage does not have the event that it has got to: it has to begin again
}

// Consumers returns the partner's consumers, or the program's, in order of their names,
// with how far behind each is: what a page for operators shows. It is for the whole
// partner or program.
func (d *FeedDesk) Consumers(ctx context.Context, actor Actor) ([]FeedConsumer, error) {
	s := d.s
	if err := s.authorizeWholeFeed(ctx, actor); err != nil {
		return nil, err
	}
	all, err := s.store.Consumers(ctx, actor.Partner)
	if err != nil {
		return nil, unavailable("storage", err)
	}
	out := []FeedConsumer{}
	for _, c := range all {
		lag, err := s.feedLag(ctx, actor, c.Position)
		rewound := errors.Is(err, storage.ErrRewound)
		if err != nil && !rewound {
			return nil, err
		}
		out = append(out, FeedConsumer{Name: c.Key.Name, Cursor: feedCursor(c.Position), At: c.At, Lag: lag, Rewound: rewound})
	}
	return out, nil
}

// MoveFeedConsumer moves a consumer of the feed to another cursor: see
// [FeedDesk.MoveConsumer].
type MoveFeedConsumer struct {
	Name string `json:"name"` // 1 to 100 characters
	From string `json:"from"` // the cursor that it stands at; "" for a new one
	To   string `json:"to"`   // the cursor that it goes on from; "": it is forgotten
}

// MoveConsumer keeps the cursor of a partner's consumer, or of the program's, so that
// it need not keep one itself. It is for the whole partner or program. What was made of
// a page is not undone where this fails: a consumer that first acts and then moves on
// can be given the same events again.
//
// It returns an *[InputError], or a *[ConsumerMovedError] when the consumer is not at
// From: another process has the same name.
func (d *FeedDesk) MoveConsumer(ctx context.Context, actor Actor, move MoveFeedConsumer) error {
	s := d.s
	if err := s.authorizeWholeFeed(ctx, actor); err != nil {
		return err
	}
	if !text.Visible(move.Name) {
		return &InputError{Field: "name", Problem: "is missing: say which consumer it is"}
	}
	if problem := text.Line(move.Name, 100); problem != "" {
		return &InputError{Field: "name", Problem: problem}
	}
	if move.From == move.To {
		return &InputError{Field: "to", Problem: "is where the consumer comes from: it moves nowhere"}
	}
	from, err1 := feedPosition(move.From)
	to, err2 := feedPosition(move.To)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	err := s.store.Consume(ctx, storage.Consumed{Consumer: storage.ConsumerKey{Partner: actor.Partner, Name: move.Name}, From: from, To: to, At: s.now()})
	if errors.Is(err, storage.ErrConflict) {
		return &ConsumerMovedError{Name: move.Name}
	}
	return feedError(err)
}

// authorizeFeed returns the scope within which the actor may follow. The Program may
// follow all partners, or one.
func (s *Service) authorizeFeed(ctx context.Context, actor Actor) (Scope, error) {
	scope, err := s.authorize(ctx, actor, MayFollowFeed)
	if err == nil && actor.Partner == "" && !scope.All() {
		err = &ForbiddenError{Permission: MayFollowFeed, Why: errAllLocations}
	}
	return scope, err
}

func (s *Service) authorizeWholeFeed(ctx context.Context, actor Actor) error {
	return s.authorizeAll(ctx, actor, MayFollowFeed)
}

// feedError is what the caller is told of an error of the storage's.
func feedError(err error) error {
	switch {
	case errors.Is(err, storage.ErrInvalid):
		return &InvalidCursorError{Problem: "is not one of ours"}
	case errors.Is(err, storage.ErrRewound):
		return &InvalidCursorError{Problem: "is behind an event that is not stored any more, as after a backup was restored", Err: storage.ErrRewound}
	}
	return unavailable("storage", err)
}

// A cursor of a feed is a position of the storage's. It gives no access: whoever makes
// one up begins somewhere else in the same feed.
func feedCursor(at storage.FeedPosition) string {
	return base64.RawURLEncoding.EncodeToString([]byte(at))
}

// longestFeedCursor is more than any of ours has.
const longestFeedCursor = 512

func feedPosition(cursor string) (storage.FeedPosition, error) {
	at, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(cursor) > longestFeedCursor || feedCursor(storage.FeedPosition(at)) != cursor {
		return "", &InvalidCursorError{Problem: "is not one of ours"}
	}
	return storage.FeedPosition(at), nil
}
