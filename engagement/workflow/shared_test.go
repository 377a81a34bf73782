package workflow_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// waiting is a world in which northwind has asked for a consent, for which fabrikam
// leaves room since its own time to submit is over, which nobody has recorded.
func waiting(t *testing.T) (w *workflowtest.World, s *spy, theirs, ours engagement.ParticipationID) {
	w, s = newWorld(t)
	theirs = w.As(workflowtest.Fabrikam).Granted(migration, "eva@contoso.com")
	w.Relayed() // else what goes out later records it
	w.Advance(60 * day)
	ours = w.Added(migration, "ana@contoso.com")
	w.Requested(ours)
	return w, s, theirs, ours
}

// Before a consent takes the room that another partner's passed deadline left, that is
// recorded: on a clock that is behind, both are as they are.
func TestGrantRecordsWhatMadeRoom(t *testing.T) {
	w, _, theirs, ours := waiting(t)
	f := w.As(workflowtest.Fabrikam)
	equal(t, "in their history", count(t, f, "contoso.com", engagement.EventDeadlinePassed), 0)
	ok(t, answer(w, newest(w, ours), consent.DecisionAccept))
	equal(t, "in their history", count(t, f, "contoso.com", engagement.EventDeadlinePassed), 1)
	w.Advance(-time.Hour)
	f.ExpectStatus(theirs, engagement.StatusNotSubmittedExpired)
	f.ExpectTab(migration, engagement.TabComplete, "Contoso")
	w.ExpectStatus(ours, engagement.StatusConsentReceived)
	equal(t, "granted", granted(t, w, migration, "contoso.com"), 1)
}

// stubborn is a store that writes nothing of one partner's.
type stubborn struct {
	storage.Store
	partner engagement.PartnerID
}

func (s stubborn) Apply(ctx context.Context, c storage.Changes) error {
	for _, r := range c.Records {
		if r.Key.Partner == s.partner {
			return storage.ErrInvalid
		}
	}
	return s.Store.Apply(ctx, c)
}

// What of another partner cannot be recorded stands in nobody's way: its time is over
// all the same.
func TestGrantWithoutWhatMadeRoom(t *testing.T) {
	w, s, _, ours := waiting(t)
	s.Store = stubborn{s.Store, "fabrikam"}
	ok(t, answer(w, newest(w, ours), consent.DecisionAccept))
	w.ExpectStatus(ours, engagement.StatusConsentReceived)
	equal(t, "granted", granted(t, w, migration, "contoso.com"), 1)
	equal(t, "in their history", count(t, w.As(workflowtest.Fabrikam), "contoso.com", engagement.EventDeadlinePassed), 0)
}

// ownOnly is a store that notes which partners' records were asked for.
type ownOnly struct {
	storage.Store
	partners map[engagement.PartnerID]bool
}

func (s ownOnly) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	loaded, err := s.Store.Load(ctx, want)
	for key := range loaded.Records {
		s.partners[key.Partner] = true
	}
	return loaded, err
}

// However much another partner has with the same customer, a partner's commands read
// its own records alone.
func TestOnlyOwnRecordsAreRead(t *testing.T) {
	w, s := newWorld(t)
	f := w.As(workflowtest.Fabrikam)
	f.Known("contoso.com")
	f.Requested(f.Claimed(pilot, "contoso.com"))
	f.Relayed()
	read := ownOnly{s.Store, map[engagement.PartnerID]bool{}}
	s.Store = read
	p := w.Added(pilot, "ana@contoso.com")
	w.Requested(p)
	w.Accepted(p)
	w.Submitted(p)
	_, err := w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	_, err = w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Email: "ana@contoso.com"}, nil)
	ok(t, err)
	w.Reevaluated()
	equal(t, "whose records were read", read.partners, map[engagement.PartnerID]bool{"northwind": true})
}

// IDs and links carry the slot of the customer, and a link from before they did opens
// all the same.
func TestSlotsInIDsAndLinks(t *testing.T) {
	w, s := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	w.Requested(p)
	slot := storage.SlotOf(w.Customer("contoso.com"))
	equal(t, "of the participation", storage.SlotIn(string(p)), slot)
	for _, c := range s.writes {
		for _, m := range c.Messages {
			equal(t, "of a message", storage.SlotIn(string(m.ID)), slot)
		}
		for _, to := range c.Tokens {
			equal(t, "of a token", to.Slot, slot)
		}
	}
	token := newest(w, p)
	equal(t, "of the link", token.Slot(), int(slot))
	without, err := link.ParseToken(token.Secret()[:43])
	ok(t, err)
	view, err := w.Desk.Links.ConsentView(background, without)
	ok(t, err)
	equal(t, "may be answered", view.MayDecide, true)
	other, err := link.ParseToken(token.Secret()[:43] + "AB")
	ok(t, err)
	if _, err := w.Desk.Links.ConsentView(background, other); !errors.Is(err, link.ErrUnknown) {
		t.Errorf("a link with another slot: %v", err)
	}
}

// IDs sort by the time at which they were made, and then in their order within a
// command.
func TestIDsSort(t *testing.T) {
	w, s := newWorld(t)
	var last string
	for _, who := range []string{"ana@contoso.com", "bo@adatum.com"} {
		p := w.Added(migration, who)
		w.Advance(time.Millisecond)
		if id := string(p); id <= last || len(id) != 36 || id[14] != '8' || !strings.ContainsRune("89ab", rune(id[19])) {
			t.Errorf("%s comes after %s", id, last)
		}
		last = string(p)
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{Customer: workflow.ByEmail("a@"+who[strings.Index(who, "@")+1:], "b@"+who[strings.Index(who, "@")+1:])})
		ok(t, err)
		messages := s.writes[len(s.writes)-1].Messages
		if len(messages) != 2 || messages[0].ID >= messages[1].ID {
			t.Errorf("messages are not in order: %v", messages)
		}
	}
}

// What has ended leaves its record, which remembers by digests alone which mailboxes
// were asked, as long as the limits on sending need it and nobody is erased.
func TestEndedLeavesItsRecord(t *testing.T) {
	w, s := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	w.Requested(p, "ana@contoso.com", "bea@contoso.com")
	w.Cancelled(p)
	key := engagement.RecordKey{Partner: "northwind", Engagement: migration, Customer: w.Customer("contoso.com")}
	stored := func(ended bool) engagement.PartnerRecord {
		t.Helper()
		loaded, err := s.Store.Load(background, storage.Want{Records: []engagement.RecordKey{key}, Ended: ended})
		ok(t, err)
		return loaded.Records[key]
	}
	equal(t, "in the record", []int{len(stored(false).Participations), len(stored(true).Participations)}, []int{0, 1})
	equal(t, "asked", len(stored(false).Asked), 2)
	_, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Email: "ana@contoso.com"}, nil)
	ok(t, err)
	equal(t, "asked", len(stored(false).Asked), 1)
	again := w.Added(migration, "cid@contoso.com")
	w.Requested(again, "bea@contoso.com")
	equal(t, "what the row knows of earlier ones", len(entryOf(t, s, w, again).Shown.Asked), 1)
	w.Advance(31 * day)
	w.Swept()
	equal(t, "asked within the limits' horizon", len(stored(false).Asked), 0)
}

// entryOf is the stored row of a participation.
func entryOf(t *testing.T, s *spy, w *workflowtest.World, p engagement.ParticipationID) engagement.Entry {
	t.Helper()
	list, err := s.Store.List(background, storage.ListQuery{Partner: w.Actor.Partner, Sort: storage.SortByName, Limit: 100, Now: w.Now()})
	ok(t, err)
	for _, r := range list.Rows {
		if r.Entry.Participation == p {
			return r.Entry
		}
	}
	t.Fatalf("%s has no row", p)
	return engagement.Entry{}
}
