package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func feedCases() []Case {
	return []Case{
		{"feed", "Whoever goes on from each Next gets every event of all histories once, those of a customer in order of Seq, as they are stored now, at most limit at a time.", checkFeed},
		{"feed of a partner", "The feed of a partner has its events and nobody else's, and goes on behind theirs.", checkFeedOf},
		{"feed position", "A position stays good whatever is added; a text that is none is refused, and one whose event is not stored here.", checkFeedPosition},
		{"feed lag", "FeedLag says how many events are behind a position, up to the limit, and when the first of them happened.", checkFeedLag},
		{"feed race", "Nothing is skipped, repeated or out of order because somebody committed late.", checkFeedRace},
		{"consumers", "A consumer is moved from where it stands, and from nowhere else; of two that move it at once, one is told.", checkConsumers},
	}
}

// patience is how long what is committed may be held back by what others have under
// way.
const patience = 20 * time.Second

// follower reads a feed and checks what it is given.
type follower struct {
	at    storage.FeedPosition
	of    engagement.PartnerID
	heads map[engagement.CustomerKey]engagement.Head
	all   []engagement.Event
}

// read reads once.
func (f *follower) read(ctx context.Context, s storage.Store, limit int) (more bool, err error) {
	feed, err := s.Feed(ctx, storage.FeedQuery{After: f.at, Partner: f.of, Limit: limit})
	if err != nil {
		return false, err
	}
	if len(feed.Events) > limit {
		return false, fmt.Errorf("a limit of %d gives %d events", limit, len(feed.Events))
	}
	if feed.More && feed.Next == f.at {
		return false, errors.New("more can be there, and the feed goes on where it was")
	}
	for _, e := range feed.Events {
		if err := f.take(e.Event); err != nil {
			return false, err
		}
	}
	if n := len(feed.Events); n > 0 && f.of == "" && feed.Events[n-1].Position != feed.Next {
		return false, errors.New("the position of the last event is not where the feed goes on")
	}
	f.at = feed.Next
	return feed.More, nil
}

// take expects the next event of a history.
func (f *follower) take(e engagement.Event) error {
	if f.of != "" && f.of != e.Partner {
		return fmt.Errorf("the feed of partner %q has an event of %q", f.of, e.Partner)
	}
	if f.heads == nil {
		f.heads = map[engagement.CustomerKey]engagement.Head{}
	}
	key := engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}
	if head := f.heads[key]; e.Seq != head.Seq+1 {
		return fmt.Errorf("event %d of a customer follows event %d", e.Seq, head.Seq)
	}
	f.heads[key] = engagement.Head{Seq: e.Seq, Hash: e.Hash}
	f.all = append(f.all, e)
	return nil
}

// readAll reads to the end, which is when everything has come.
func (f *follower) readAll(ctx context.Context, s storage.Store, limit, everything int) error {
	for began := time.Now(); ; {
		more, err := f.read(ctx, s, limit)
		switch {
		case err != nil:
			return err
		case more:
			continue
		case len(f.all) >= everything:
			return same("the number of events in the feed", len(f.all), everything)
		}
		lag, err := s.FeedLag(ctx, storage.FeedQuery{After: f.at, Partner: f.of, Limit: 1})
		if err != nil {
			return err
		}
		if lag.Held == 0 && lag.Events == 0 && f.of == "" {
			if more, err := f.read(ctx, s, limit); err != nil || !more && len(f.all) < everything { // it may have been let go in between
				return errors.Join(err, same("the number of events in the feed, where nothing is held,", len(f.all), everything))
			}
		}
		if time.Since(began) > patience {
			return fmt.Errorf("%d of %d events have come, and %d are held: %s", len(f.all), everything, lag.Held, lag.HeldBy)
		}
		time.Sleep(time.Millisecond)
	}
}

// histories writes events of some customers of two partners, by turns, and returns what
// the histories are in the end.
func histories(ctx context.Context, s storage.Store, customers, times int) (map[engagement.CustomerKey][]engagement.Event, error) {
	out := map[engagement.CustomerKey][]engagement.Event{}
	at := map[engagement.CustomerKey]engagement.Customer{}
	for i := range times {
		var c storage.Changes
		for n := 1; n <= customers; n++ {
			if (i+n)%3 == 0 {
				continue
			}
			for _, p := range []engagement.PartnerID{northwind, fabrikam} {
				if p == fabrikam && n%2 == 0 {
					continue
				}
				x := newCustomer(p, n)
				if had, is := at[x.Key]; is {
					x = had
				}
				events := []engagement.Event{event(engagement.EventConsentSent), event(engagement.EventDetailsChanged)}[:1+(i+n)%2]
				for j := range events {
					events[j].At = start.Add(time.Duration(i) * time.Minute)
				}
				c, at[x.Key] = told(c, x, events...)
			}
		}
		for _, e := range c.Events {
			key := engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}
			out[key] = append(out[key], e)
		}
		if err := s.Apply(ctx, c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func total(histories map[engagement.CustomerKey][]engagement.Event) int {
	n := 0
	for _, events := range histories {
		n += len(events)
	}
	return n
}

// byCustomer are events as histories.
func byCustomer(events []engagement.Event) map[engagement.CustomerKey][]engagement.Event {
	out := map[engagement.CustomerKey][]engagement.Event{}
	for _, e := range events {
		key := engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}
		out[key] = append(out[key], e)
	}
	return out
}

func checkFeed(ctx context.Context, a, b storage.Store) error {
	if more, err := new(follower).read(ctx, a, 3); err != nil || more {
		return fmt.Errorf("in the feed of a store with nothing in it can be more: %t, %w", more, err)
	}
	want, err := histories(ctx, a, 5, 12)
	if err != nil {
		return err
	}
	for _, limit := range []int{1, 2, 3, 7, 1000} {
		var f follower
		if err := errors.Join(f.readAll(ctx, b, limit, total(want)), same(fmt.Sprintf("the histories in the feed by %d", limit), byCustomer(f.all), want)); err != nil {
			return err
		}
	}
	// A person that is erased is in no event, and what says so comes last.
	erased := want[newCustomer(northwind, 1).Key][0].Erase()
	last := newCustomer(northwind, 1)
	last.History = headOf(want[last.Key])
	c, _ := told(storage.Changes{Erased: []engagement.Event{erased}}, last, event(engagement.EventPersonErased))
	var f follower
	if err := errors.Join(a.Apply(ctx, c), f.readAll(ctx, b, 5, total(want)+1)); err != nil {
		return err
	}
	_, err = a.Feed(ctx, storage.FeedQuery{})
	return errors.Join(same("an event whose person was erased", byCustomer(f.all)[last.Key][0], erased),
		same("the last event", f.all[len(f.all)-1].Kind, engagement.EventPersonErased), matches("a limit of 0", err, storage.ErrInvalid))
}

func headOf(events []engagement.Event) engagement.Head {
	e := events[len(events)-1]
	return engagement.Head{Seq: e.Seq, Hash: e.Hash}
}

func checkFeedOf(ctx context.Context, a, b storage.Store) error {
	want, err := histories(ctx, a, 5, 12)
	if err != nil {
		return err
	}
	for _, p := range []engagement.PartnerID{northwind, fabrikam, "nobody"} {
		theirs := map[engagement.CustomerKey][]engagement.Event{}
		for key, events := range want {
			if key.Partner == p {
				theirs[key] = events
			}
		}
		for _, limit := range []int{1, 4, 1000} {
			f := follower{of: p}
			if err := errors.Join(f.readAll(ctx, b, limit, total(theirs)), same(fmt.Sprintf("the histories in the feed of %q by %d", p, limit), byCustomer(f.all), theirs)); err != nil {
				return err
			}
			if more, err := f.read(ctx, b, limit); err != nil || more {
				return fmt.Errorf("at the end of the feed of %q there can be more: %t, %w", p, more, err)
			}
		}
	}
	return nil
}

func checkFeedPosition(ctx context.Context, a, b storage.Store) error {
	want, err := histories(ctx, a, 4, 6)
	if err != nil {
		return err
	}
	var f follower
	if err := f.readAll(ctx, b, 3, total(want)); err != nil {
		return err
	}
	all, err := b.Feed(ctx, storage.FeedQuery{Limit: 1000})
	if err != nil {
		return err
	}
	// What is added comes behind, from wherever one goes on.
	c, _ := told(storage.Changes{}, newCustomer(northwind, 99), event(engagement.EventCustomerAdded))
	if err := errors.Join(a.Apply(ctx, c), f.readAll(ctx, b, 2, total(want)+1)); err != nil {
		return err
	}
	for i, e := range all.Events {
		again := follower{at: e.Position, heads: map[engagement.CustomerKey]engagement.Head{}}
		for _, e := range all.Events[:i+1] {
			again.heads[engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}] = engagement.Head{Seq: e.Seq}
		}
		if err := again.readAll(ctx, b, 4, len(f.all)-i-1); err != nil {
			return fmt.Errorf("behind the event with the number %d: %w", i+1, err)
		}
	}
	for _, text := range []storage.FeedPosition{"nonsense", "-1", "0", "1", " ", storage.FeedPosition(f.at + "x"), "\x00"} {
		_, err1 := a.Feed(ctx, storage.FeedQuery{After: text, Limit: 1})
		_, err2 := a.FeedLag(ctx, storage.FeedQuery{After: text, Limit: 1})
		err3 := a.Consume(ctx, storage.Consumed{Consumer: storage.ConsumerKey{Name: "n"}, To: text, At: start})
		for _, err := range []error{err1, err2, err3} {
			if err := matches(fmt.Sprintf("the position %q", text), err, storage.ErrInvalid); err != nil {
				return err
			}
		}
	}
	// One that looks right, and is of an event that is not there.
	other := []byte(f.at)
	i := slices.IndexFunc(other[len(other)/2:], func(b byte) bool { return b >= '0' && b <= '8' }) + len(other)/2
	other[i]++
	_, err1 := a.Feed(ctx, storage.FeedQuery{After: storage.FeedPosition(other), Limit: 1})
	_, err2 := a.FeedLag(ctx, storage.FeedQuery{After: storage.FeedPosition(other), Limit: 1})
	return errors.Join(matches("the feed behind an event that is not stored", err1, storage.ErrRewound), matches("the lag behind it", err2, storage.ErrRewound))
}

func checkFeedLag(ctx context.Context, a, b storage.Store) error {
	want, err := histories(ctx, a, 4, 6)
	if err != nil {
		return err
	}
	n := total(want)
	var f follower
	if err := f.readAll(ctx, b, 1000, n); err != nil {
		return err
	}
	all, err := b.Feed(ctx, storage.FeedQuery{Limit: 1000})
	if err != nil {
		return err
	}
	at, left := storage.FeedPosition(""), all.Events
	for len(left) > 0 {
		lag, err1 := b.FeedLag(ctx, storage.FeedQuery{After: at, Limit: 1000})
		some, err2 := b.FeedLag(ctx, storage.FeedQuery{After: at, Limit: 2})
		if err := errors.Join(err1, err2, same("the lag", lag, storage.FeedLag{Events: len(left), Oldest: left[0].At}),
			same("the lag, up to 2,", some, storage.FeedLag{Events: min(len(left), 2), More: len(left) > 2, Oldest: left[0].At})); err != nil {
			return err
		}
		at, left = left[0].Position, left[1:]
	}
	end, err1 := b.FeedLag(ctx, storage.FeedQuery{After: at, Limit: 1000})
	theirs, err2 := b.FeedLag(ctx, storage.FeedQuery{Partner: fabrikam, Limit: 1000})
	mine := 0
	for key, events := range want {
		if key.Partner == fabrikam {
			mine += len(events)
		}
	}
	_, err = b.FeedLag(ctx, storage.FeedQuery{})
	return errors.Join(err1, err2, same("the lag at the end", end, storage.FeedLag{}), same("how many events are behind in a partner's feed", theirs.Events, mine), matches("a limit of 0", err, storage.ErrInvalid))
}

// checkFeedRace follows the feed while many write, alone and several customers at once.
func checkFeedRace(ctx context.Context, a, b storage.Store) error {
	done := make(chan []error, 1)
	go func() {
		done <- race(a, b, func(s storage.Store, n int) error {
			x := newCustomer(northwind, 1+n)
			shared := newCustomer(fabrikam, 1+n/2) // which two of them write
			for range rounds {
				for {
					loaded, err := s.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{shared.Key}})
					if err != nil {
						return err
					}
					y, is := loaded.Customers[shared.Key]
					if !is {
						y = shared
					}
					c, x2 := told(storage.Changes{}, x, event(engagement.EventConsentSent), event(engagement.EventDetailsChanged))
					c, _ = told(c, y, event(engagement.EventConsentSent))
					if err = s.Apply(ctx, c); err == nil {
						x = x2
						break
					}
					if !errors.Is(err, storage.ErrConflict) {
						return err
					}
				}
			}
			return nil
		})
	}()
	followers := []*follower{{}, {}, {of: fabrikam}}
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	over := make(chan struct{})
	for i, f := range followers {
		wg.Go(func() {
			s := []storage.Store{a, b}[i%2]
			for {
				_, err := f.read(ctx, s, 1+i*7)
				if err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
					return
				}
				select {
				case <-over:
					return
				default:
				}
			}
		})
	}
	errs = append(errs, <-done...)
	close(over)
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for i, f := range followers {
		everything := racers * rounds * []int{3, 3, 1}[i]
		if err := f.readAll(ctx, b, 50, everything); err != nil {
			return err
		}
		for key, head := range f.heads {
			loaded, err := a.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}})
			if err := errors.Join(err, same("the end of a history in the feed", head, loaded.Customers[key].History)); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkConsumers(ctx context.Context, a, b storage.Store) error {
	want, err := histories(ctx, a, 3, 3)
	if err != nil {
		return err
	}
	var f follower
	if err := f.readAll(ctx, b, 1000, total(want)); err != nil {
		return err
	}
	feed, err := b.Feed(ctx, storage.FeedQuery{Limit: 3})
	if err != nil {
		return err
	}
	at := func(n int) storage.FeedPosition { return feed.Events[n].Position }
	key := storage.ConsumerKey{Name: "crm"}
	theirs := storage.ConsumerKey{Partner: northwind, Name: "crm"}
	move := func(s storage.Store, key storage.ConsumerKey, from, to storage.FeedPosition, minute int) error {
		return s.Consume(ctx, storage.Consumed{Consumer: key, From: from, To: to, At: start.Add(time.Duration(minute) * time.Minute)})
	}
	none, err := a.Consumers(ctx, "")
	if err := errors.Join(err, same("the number of consumers at first", len(none), 0),
		matches("a move of one that is not there", move(a, key, at(0), at(1), 0), storage.ErrConflict),
		move(a, key, "", at(0), 1), move(b, theirs, "", at(2), 2), move(a, storage.ConsumerKey{Name: "archive"}, "", at(1), 3),
		matches("a second beginning", move(b, key, "", at(1), 4), storage.ErrConflict),
		matches("a move from somewhere else", move(b, key, at(1), at(2), 4), storage.ErrConflict),
		move(b, key, at(0), at(1), 5)); err != nil {
		return err
	}
	all, err1 := b.Consumers(ctx, "")
	mine, err2 := a.Consumers(ctx, northwind)
	other, err3 := a.Consumers(ctx, fabrikam)
	if err := errors.Join(err1, err2, err3, same("the program's consumers", all, []storage.Consumer{
		{Key: storage.ConsumerKey{Name: "archive"}, Position: at(1), At: start.Add(3 * time.Minute)}, {Key: key, Position: at(1), At: start.Add(5 * time.Minute)},
	}), same("a partner's consumers", mine, []storage.Consumer{{Key: theirs, Position: at(2), At: start.Add(2 * time.Minute)}}), same("the number of another partner's", len(other), 0)); err != nil {
		return err
	}
	n, err := winners(race(a, b, func(s storage.Store, n int) error { return move(s, key, at(1), at(2), 10+n) }))
	if err := errors.Join(err, same("how many of those moved it who did at once", n, 1)); err != nil {
		return err
	}
	for what, c := range map[string]storage.Consumed{
		"no name": {To: at(0), At: start}, "no time": {Consumer: key, From: at(2), To: at(1)}, "no move": {Consumer: key, From: at(2), To: at(2), At: start},
	} {
		if err := matches("a consumer with "+what, a.Consume(ctx, c), storage.ErrInvalid); err != nil {
			return err
		}
	}
	if err := move(a, key, at(2), "", 30); err != nil { // it is forgotten, and begins anew
		return err
	}
	all, err = b.Consumers(ctx, "")
	return errors.Join(err, same("the number of consumers when one is forgotten", len(all), 1), move(b, key, "", at(0), 31))
}
