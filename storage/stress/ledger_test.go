package stress_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/storage"
)

// line is something that a process writes down while it works.
type line struct {
	What string `json:"w"` // "record", "shared", "made", "leased", "sent", "gone" or "end"

	Record  engagement.RecordKey `json:"r,omitzero"` // of what is shared without a partner
	Version int64                `json:"v,omitzero"` // that was written
	Granted int                  `json:"g,omitzero"` // how many consents hold a part of the claim limit

	Message engagement.MessageID `json:"m,omitzero"`
	Made    *engagement.Message  `json:"made,omitzero"`
	From    int64                `json:"from,omitzero"` // of a lease, in microseconds
	Until   int64                `json:"until,omitzero"`

	End *tally `json:"end,omitzero"`
}

// tally is what a process did.
type tally struct {
	Done      map[string]int `json:"done"`      // commands that were carried out, by kind of event
	Refused   map[string]int `json:"refused"`   // commands that were not, by reason
	Again     int            `json:"again"`     // commands that were given twice
	Crowded   int            `json:"crowded"`   // commands that too many others were faster than
	Conflicts int            `json:"conflicts"` // changes that somebody else was faster than
}

// ledger is a store that writes down what goes through it.
type ledger struct {
	storage.Store
	now func() time.Time

	mu        sync.Mutex
	out       *bufio.Writer
	conflicts int
}

func newLedger(s storage.Store, file *os.File, now func() time.Time) *ledger {
	return &ledger{Store: s, now: now, out: bufio.NewWriterSize(file, 1<<20)}
}

func (l *ledger) write(lines ...line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	enc := json.NewEncoder(l.out)
	for _, one := range lines {
		if err := enc.Encode(one); err != nil {
			panic(err) // the folder is the test's own
		}
	}
}

func (l *ledger) sent(d workflow.Delivery) { l.write(line{What: "sent", Message: d.Message.ID}) }

// Apply writes down what was changed.
func (l *ledger) Apply(ctx context.Context, c storage.Changes) error {
	err := l.Store.Apply(ctx, c)
	if errors.Is(err, storage.ErrConflict) {
		l.mu.Lock()
		l.conflicts++
		l.mu.Unlock()
	}
	if err != nil {
		return err
	}
	var lines []line
	for _, r := range c.Records {
		lines = append(lines, line{What: "record", Record: r.Key, Version: r.Version + 1})
	}
	for _, v := range c.Shared {
		key := engagement.RecordKey{Engagement: v.Key.Engagement, Customer: v.Key.Customer}
		lines = append(lines, line{What: "shared", Record: key, Version: v.Version + 1, Granted: v.Granted(l.now())})
	}
	for _, m := range c.Messages {
		lines = append(lines, line{What: "made", Message: m.ID, Made: &m})
	}
	for _, id := range c.Delivered {
		lines = append(lines, line{What: "gone", Message: id})
	}
	l.write(lines...)
	return nil
}

// Lease writes down who holds what, and until when.
func (l *ledger) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	messages, err := l.Store.Lease(ctx, q)
	var lines []line
	for _, m := range messages {
		lines = append(lines, line{What: "leased", Message: m.ID, From: q.Now.UnixMicro(), Until: q.Until.UnixMicro()})
	}
	l.write(lines...)
	return messages, err
}
