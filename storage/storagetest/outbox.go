package storagetest

import (
	"context"
	"errors"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func outboxCases() []Case {
	return []Case{
		{"lease", "Lease hands out the oldest messages that nobody else holds, and holds them until the lease ends.", checkLease},
		{"attempts", "Each message's Attempts counts how often it was handed out.", checkAttempts},
		{"delivered", "A delivered message leaves the outbox; a postponed one is handed out again from its time on.", checkDelivered},
		{"unsent", "Unsent drops the partner's messages to an address, and nobody else's, nor those that come with it.", checkUnsent},
	}
}

// fillOutbox stores four messages, the last first.
func fillOutbox(ctx context.Context, s storage.Store) error {
	for i := 3; i >= 0; i-- {
		id := string(rune('a' + i))
		c := storage.Changes{Messages: []engagement.Message{message(id, northwind, 1, start.Add(time.Duration(i/2)*time.Second), "ana@contoso.com")}}
		if err := s.Apply(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func lease(ctx context.Context, s storage.Store, now time.Time, limit int) ([]engagement.Message, error) {
	return s.Lease(ctx, storage.LeaseQuery{Now: now, Until: now.Add(time.Minute), Limit: limit})
}

func checkLease(ctx context.Context, a, b storage.Store) error {
	if err := fillOutbox(ctx, a); err != nil {
		return err
	}
	now := start.Add(time.Hour)
	first, err1 := lease(ctx, a, now, 3)
	second, err2 := lease(ctx, b, now, 3)
	early, err3 := lease(ctx, b, now.Add(time.Minute-time.Microsecond), 9)
	late, err4 := lease(ctx, a, now.Add(time.Minute), 9)
	_, err5 := a.Lease(ctx, storage.LeaseQuery{Now: now, Until: now})
	return errors.Join(err1, err2, err3, err4, same("the first lease", ids(first), "a b c"), same("the second lease", ids(second), "d"),
		same("a lease just before the others end", ids(early), ""), same("a lease when the others have ended", ids(late), "a b c d"),
		matches("a lease of no message", err5, storage.ErrInvalid))
}

func checkAttempts(ctx context.Context, a, b storage.Store) error {
	if err := fillOutbox(ctx, a); err != nil {
		return err
	}
	for n := 1; n <= 3; n++ {
		got, err := lease(ctx, []storage.Store{a, b}[n%2], start.Add(time.Duration(n)*time.Hour), 1)
		if err != nil {
			return err
		}
		if len(got) != 1 || got[0].Attempts != n {
			return errors.Join(errors.New("the attempts are not counted"), same("the messages handed out", got, n))
		}
	}
	return nil
}

func checkDelivered(ctx context.Context, a, b storage.Store) error {
	if err := fillOutbox(ctx, a); err != nil {
		return err
	}
	now := start.Add(time.Hour)
	if _, err := lease(ctx, a, now, 4); err != nil {
		return err
	}
	if err := b.Apply(ctx, storage.Changes{
		Delivered: []engagement.MessageID{"a", "unknown"}, Postponed: map[engagement.MessageID]time.Time{"b": now.Add(time.Hour), "c": now, "unknown": now},
	}); err != nil {
		return err
	}
	early, err1 := lease(ctx, a, now, 9)
	late, err2 := lease(ctx, b, now.Add(time.Hour), 9)
	return errors.Join(err1, err2, same("what is handed out at once after a postponement to now", ids(early), "c"), same("what is handed out an hour later", ids(late), "b c d"))
}

func checkUnsent(ctx context.Context, a, b storage.Store) error {
	gone, other, foreign := message("m-1", northwind, 1, start, "ana@contoso.com"), message("m-2", northwind, 1, start, "joao@contoso.com"), message("m-3", fabrikam, 1, start, "ana@contoso.com")
	if err := a.Apply(ctx, storage.Changes{Messages: []engagement.Message{gone, other, foreign}}); err != nil {
		return err
	}
	later := message("m-4", northwind, 1, start, "ana@contoso.com")
	if err := b.Apply(ctx, storage.Changes{Unsent: []storage.Recipient{{Partner: northwind, To: gone.To}}, Messages: []engagement.Message{later}}); err != nil {
		return err
	}
	left, err := lease(ctx, a, start, 9)
	return errors.Join(err, same("the messages left", ids(left), "m-2 m-3 m-4"))
}
