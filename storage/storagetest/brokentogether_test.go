package storagetest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
)

// TestBrokenTogether is TestBrokenStores for what the parts of one Apply have to do with
// each other, and with what is stored.
func TestBrokenTogether(t *testing.T) {
	adapted := func(change func(c *storage.Changes) error) func() storage.Store {
		return func() storage.Store { return &adapted{Store: memory.New(), change: change} }
	}
	expectFailures(t, []brokenStore{
		{"records that wake by what is given of them", []string{"due", "wake"}, func() storage.Store {
			return &givenWake{Store: memory.New(), asleep: map[engagement.RecordKey]bool{}}
		}},
		{"mailboxes that are forgotten only alone", []string{"sendings go"}, adapted(func(c *storage.Changes) error {
			if len(c.Sendings) > 0 {
				c.Forgotten = nil
			}
			return nil
		})},
		{"sendings that are old when they come", []string{"sendings go"}, adapted(func(c *storage.Changes) error {
			c.Sendings = slices.Clone(c.Sendings)
			c.Sendings = slices.DeleteFunc(c.Sendings, func(s storage.Sending) bool { return s.At.Before(c.SendingsFrom) })
			return nil
		})},
		{"messages that are unsent when they come", []string{"unsent"}, adapted(func(c *storage.Changes) error {
			c.Messages = slices.DeleteFunc(slices.Clone(c.Messages), func(m engagement.Message) bool {
				return slices.Contains(c.Unsent, storage.Recipient{Partner: m.Partner, To: m.To})
			})
			return nil
		})},
		{"values whose trouble has no name", []string{"impossible values"}, adapted(func(c *storage.Changes) error {
			for _, p := range c.Participations {
				if !slices.Contains(engagement.AllOrigins(), p.Origin) {
					return errors.New("no such origin")
				}
			}
			return nil
		})},
	})
}

// adapted changes what it is given, or refuses it.
type adapted struct {
	storage.Store
	change func(c *storage.Changes) error
}

func (s *adapted) Apply(ctx context.Context, c storage.Changes) error {
	if err := s.change(&c); err != nil {
		return err
	}
	return s.Store.Apply(ctx, c)
}

// givenWake takes the participations that a record is given with for all that there are.
type givenWake struct {
	storage.Store
	asleep map[engagement.RecordKey]bool
}

func (s *givenWake) Apply(ctx context.Context, c storage.Changes) error {
	for _, r := range c.Records {
		s.asleep[r.Key] = r.Wake().Equal(time.Time{})
	}
	return s.Store.Apply(ctx, c)
}

func (s *givenWake) Due(ctx context.Context, q storage.DueQuery) ([]engagement.RecordKey, error) {
	keys, err := s.Store.Due(ctx, q)
	return slices.DeleteFunc(keys, func(k engagement.RecordKey) bool { return s.asleep[k] }), err
}
