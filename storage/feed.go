package storage

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/code"
)

// ErrRewound says that a position of the feed is that of an event which is not stored
// here: the store was restored from an earlier state, or lost its last commits in a
// failover, or it is another store. Nothing can be read from there. Read from the
// beginning; an event that is known already has the same partner, customer, Seq and
// Hash.
var ErrRewound error = code.New(code.Stale, "storage: the feed does not have the event that was last read")

// FeedPosition is how far somebody has read the feed, as text that only the store
// understands: some 100 bytes of printable ASCII at most. "" is the beginning. It names
// the event that was last read, so that a store can tell when it no longer has it.
type FeedPosition string

// FeedQuery asks for events of all histories.
type FeedQuery struct {
	After   FeedPosition
	Partner engagement.PartnerID // "": of all partners
	Limit   int                  // at least 1
}

// Feed is what a FeedQuery found.
type Feed struct {
	Events []FeedEvent
	Next   FeedPosition // to go on from; behind the last of Events, and perhaps behind events of other partners
	More   bool         // whether more can be there already, behind Next
}

// FeedEvent is an event, and the position behind it.
type FeedEvent struct {
	engagement.Event
	Position FeedPosition
}

// FeedLag is how far somebody is behind.
type FeedLag struct {
	Events int       // how many can be read, at most as many as were asked for
	More   bool      // whether there can be more than that: the count ended there, or where it became too long
	Oldest time.Time // when the first of them happened; zero without any

	// Held is how many are committed and cannot be read yet, at most as many as were
	// asked for: something that began before them is still under way, and what it
	// writes may have to come first. HeldBy says what it is, in a sentence for whoever
	// looks after the storage, and HeldSince when it began, as far as the store knows.
	// Stores with one writer hold nothing.
	Held      int
	HeldSince time.Time
	HeldBy    string
}

// ConsumerKey names somebody who follows the feed and has its position kept here.
type ConsumerKey struct {
	Partner engagement.PartnerID // "": the program's, or the host's own
	Name    string
}

// Consumer is how far a consumer has got.
type Consumer struct {
	Key      ConsumerKey
	Position FeedPosition
	At       time.Time // when it got there
}

// Consumed moves a consumer on.
type Consumed struct {
	Consumer ConsumerKey
	From     FeedPosition // where it must stand: "" for one that is not there
	To       FeedPosition // another one; "": it is forgotten
	At       time.Time
}

// Check returns ErrInvalid for a limit below 1, or texts that no engine can keep.
func (q FeedQuery) Check() error {
	if err := checkTexts("a query of the feed", string(q.After), string(q.Partner)); err != nil {
		return err
	}
	return checkLimit("events", q.Limit)
}

// Check returns ErrInvalid for a consumer without a name, that moves nowhere or at no
// time, or for texts that not every engine can keep.
func (c Consumed) Check() error {
	switch {
	case c.Consumer.Name == "" || c.At.IsZero():
		return invalid("a consumer of the feed has no name, or moves at no time")
	case c.From == c.To:
		return invalid("the consumer %q moves to where it is", c.Consumer.Name)
	}
	return checkTexts("a consumer of the feed", string(c.Consumer.Partner), c.Consumer.Name, string(c.From), string(c.To))
}

// Numbered returns the position behind an event, for adapters that number the events of
// all histories in the order in which they are committed. Event 1 is the first.
func Numbered(n int64, hash engagement.Digest) FeedPosition {
	return FeedPosition(strconv.FormatInt(n, 10) + "-" + hex.EncodeToString(hash[:8]))
}

// Number returns the number of the event of a position that Numbered made, and 0 for the
// beginning; ErrInvalid for any other text.
func (p FeedPosition) Number() (int64, error) {
	if p == "" {
		return 0, nil
	}
	text, check, _ := strings.Cut(string(p), "-")
	n, err := strconv.ParseInt(text, 10, 64)
	if b, bad := hex.DecodeString(check); err != nil || bad != nil || len(b) != 8 || n < 1 {
		return 0, invalid("a position of the feed is not one that this store gave")
	}
	return n, nil
}

// Of returns ErrRewound unless the event with the number of the position is the one with
// that hash.
func (p FeedPosition) Of(n int64, hash engagement.Digest) error {
	if p != Numbered(n, hash) {
		return ErrRewound
	}
	return nil
}
