package storage_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// grant are changes with something of everything: the customer of a partner consents.
func grant(t *testing.T) storage.Changes {
	t.Helper()
	record := engagement.PartnerRecord{Key: engagement.RecordKey{Partner: "northwind", Engagement: "azure-migration", Customer: "tpid:1"}, Version: 1, Known: true}
	p := engagement.Participation{
		ID: "p-1", Partner: record.Key.Partner, Engagement: record.Key.Engagement, Customer: record.Key.Customer, StartedAt: noon,
		Terms:   engagement.Terms{Windows: engagement.DefaultWindows(engagement.TypeAssessment)},
		Consent: consent.State{Status: consent.StatusGranted, Deadline: noon.AddDate(0, 0, 30)},
	}
	p, err := engagement.OpenClaim(p, engagement.Engagement{}, noon)
	if err != nil {
		t.Fatal(err)
	}
	shared, _ := engagement.CustomerEngagement{Key: record.Key.Shared(), Version: 1, ClaimLimit: 1}.Following(p)
	c := storage.Changes{
		At: noon, Shared: []engagement.CustomerEngagement{shared}, Relied: []storage.Relied{{Key: engagement.CustomerEngagementKey{Engagement: "security", Customer: "tpid:1"}}},
		Records: []engagement.PartnerRecord{record}, Participations: []engagement.Participation{p},
		Entries:   record.WithParticipation(p).Entries(shared.RoomFor("northwind"), noon),
		Customers: []engagement.Customer{{Key: record.Key.OfCustomer()}},
		Tokens:    []storage.Token{{Hash: link.Hash{1}, Slot: storage.SlotOf("tpid:1"), Participation: "p-1", Record: record.Key}},
		Messages:  []engagement.Message{{ID: "m-1", Partner: "northwind", Engagement: "azure-migration", Customer: "tpid:1", CreatedAt: noon}},
		Sendings:  []storage.Sending{{Partner: "northwind", Message: "m-1", Mailbox: engagement.Digest{1}, At: noon}},
		Command:   &storage.CommandRecord{Key: storage.CommandKey{Partner: "northwind", Key: "k"}, At: noon},
		Delivered: []engagement.MessageID{"m-0"}, Erased: []engagement.Event{{Partner: "fabrikam", Customer: "tpid:1", Seq: 1}},
		Unsent: []storage.Recipient{{Partner: "fabrikam"}}, Forgotten: []storage.Mailbox{{Partner: "fabrikam"}},
	}
	c.Events, c.Customers[0].History = engagement.Chain(engagement.Head{Seq: 3}, engagement.Event{Partner: "northwind", Customer: "tpid:1", Kind: engagement.EventConsentGranted},
		engagement.Event{Partner: "northwind", Customer: "tpid:1", Kind: engagement.EventCustomerKnown})
	return c
}

func TestCheck(t *testing.T) {
	if err := grant(t).Check(); err != nil {
		t.Fatalf("changes as a workflow makes them: %v", err)
	}
	if err := (storage.Changes{}).Check(); err != nil {
		t.Fatalf("no changes: %v", err)
	}
	second := func(c *storage.Changes) engagement.Participation {
		p := c.Participations[0]
		p.ID, p.Claim, p.Consent = "p-2", nil, consent.Start(noon.AddDate(0, 0, 30))
		c.Entries = append(c.Entries, c.Records[0].EntryOf(p, c.Shared[0].RoomFor("northwind"), noon))
		return p
	}
	for _, try := range []struct {
		says  string
		wrong func(c *storage.Changes)
	}{
		{"is given twice, in Shared", func(c *storage.Changes) { c.Shared = append(c.Shared, c.Shared[0]) }},
		{"is given twice, in Shared or in Relied", func(c *storage.Changes) { c.Relied[0].Key = c.Shared[0].Key }},
		{"has no engagement or no customer", func(c *storage.Changes) { c.Relied[0].Key.Customer = "" }},
		{"has version -1", func(c *storage.Changes) { c.Shared[0].Version = -1 }},
		{"nothing says when", func(c *storage.Changes) { c.At = time.Time{} }},
		{"a holder has no partner", func(c *storage.Changes) {
			c.Shared[0].Holders = append(c.Shared[0].Holders, engagement.Holder{Participation: "p"})
		}},
		{"not in order of their partners", func(c *storage.Changes) {
			c.Shared[0].Holders = append(c.Shared[0].Holders, engagement.Holder{Partner: "fabrikam", Participation: "p"})
		}},
		{"of which nothing is left", func(c *storage.Changes) {
			c.Shared[0].Version = 0
			c.Shared[0].Holders = append(c.Shared[0].Holders, engagement.Holder{Partner: "zava", Participation: "p"})
		}},
		{"is neither in Shared nor in Relied", func(c *storage.Changes) { c.Shared = nil }},
		{"a record is changed twice", func(c *storage.Changes) { c.Records = append(c.Records, c.Records[0]) }},
		{"a record has version -2", func(c *storage.Changes) { c.Records[0].Version = -2 }},
		{"a record has no partner", func(c *storage.Changes) { c.Records[0].Key.Partner = "" }},
		{"is of none of the records", func(c *storage.Changes) { c.Participations[0].Engagement = "security" }},
		{"has no ID of its own", func(c *storage.Changes) { c.Participations = append(c.Participations, c.Participations[0]) }},
		{"is named like its customer", func(c *storage.Changes) { c.Participations[0].ID = "tpid:1" }},
		{"is a second open one", func(c *storage.Changes) { c.Participations = append(c.Participations, second(c)) }},
		{"relied on that nobody takes part", func(c *storage.Changes) {
			c.Relied[0].Key, c.Shared = c.Shared[0].Key, nil
		}},
		{"does not say of participation \"p-1\" whether it holds", func(c *storage.Changes) { c.Shared[0].Holders = nil }},
		{"does not say of participation \"p-1\" whether it holds", func(c *storage.Changes) {
			c.Shared[0].Holders[0].Until = noon
		}},
		{"is of none of the records", func(c *storage.Changes) { c.Entries[0].Record.Engagement = "security" }},
		{"is not named after its participation", func(c *storage.Changes) { c.Entries[1].Row = "p-2" }},
		{"is not named after its participation", func(c *storage.Changes) { c.Entries[0].Row = "p-2" }},
		{"is given twice", func(c *storage.Changes) { c.Entries = append(c.Entries, c.Entries[1]) }},
		{"is on tab \"nowhere\"", func(c *storage.Changes) { c.Entries[1].Tab = "nowhere" }},
		{"has type \"strange\"", func(c *storage.Changes) { c.Entries[1].Type = "strange" }},
		{"has status \"strange\"", func(c *storage.Changes) { c.Entries[1].Status = "strange" }},
		{"is not in line with what is shared", func(c *storage.Changes) { c.Entries[0].Room = engagement.Room{} }},
		{"is not in line with what is shared", func(c *storage.Changes) { c.Entries[0].Tab = engagement.TabEligible }},
		{"without its own entry", func(c *storage.Changes) { c.Entries = c.Entries[1:] }},
		{"participation \"p-1\" is written without its entry", func(c *storage.Changes) { c.Entries = c.Entries[:1] }},
		{"a customer is changed twice", func(c *storage.Changes) { c.Customers = append(c.Customers, c.Customers[0]) }},
		{"a customer has no partner", func(c *storage.Changes) { c.Customers[0].Key.Customer = "" }},
		{"belongs to none of the customers", func(c *storage.Changes) { c.Events[0].Customer = "tpid:2" }},
		{"event 6 follows event 4", func(c *storage.Changes) { c.Events[1].Seq = 6 }},
		{"event 0 follows", func(c *storage.Changes) { c.Events[0].Seq = 0 }},
		{"a customer's history ends at event 6", func(c *storage.Changes) { c.Customers[0].History.Seq++ }},
		{"a customer's history ends at event 5", func(c *storage.Changes) { c.Customers[0].History.Hash[0]++ }},
		{"still has its person", func(c *storage.Changes) { c.Erased[0].Person = &engagement.Person{} }},
		{"a token has no hash of its own", func(c *storage.Changes) { c.Tokens = append(c.Tokens, c.Tokens[0]) }},
		{"a token has no hash of its own", func(c *storage.Changes) { c.Tokens[0].Hash = link.Hash{} }},
		{"a token has no participation", func(c *storage.Changes) { c.Tokens[0].Participation = "" }},
		{"a token is in slot 0", func(c *storage.Changes) { c.Tokens[0].Slot = 0 }},
		{"has no ID of its own", func(c *storage.Changes) { c.Messages = append(c.Messages, c.Messages[0]) }},
		{"is given twice", func(c *storage.Changes) { c.Sendings = append(c.Sendings, c.Sendings[0]) }},
		{"a sending has no partner", func(c *storage.Changes) { c.Sendings[0].Mailbox = engagement.Digest{} }},
		{"a command is recorded without", func(c *storage.Changes) { c.Command.Key.Key = "" }},
	} {
		c := grant(t)
		try.wrong(&c)
		if err := c.Check(); !errors.Is(err, storage.ErrInvalid) || !strings.Contains(err.Error(), try.says) {
			t.Errorf("Check says %v, and should say that something %s", err, try.says)
		}
	}
}

// TestCheckTexts: a text that not every engine can keep is refused wherever one may
// stand in a column.
func TestCheckTexts(t *testing.T) {
	for i, put := range []func(c *storage.Changes, text string){
		func(c *storage.Changes, text string) { c.Relied[0].Key.Engagement = engagement.ID(text) },
		func(c *storage.Changes, text string) {
			c.Shared[0].Holders = append(c.Shared[0].Holders, engagement.Holder{Partner: "zava", Participation: engagement.ParticipationID(text)})
		},
		func(c *storage.Changes, text string) {
			c.Records[0].Key.Partner, c.Participations = engagement.PartnerID(text), nil
		},
		func(c *storage.Changes, text string) {
			c.Participations[0].ID, c.Shared = engagement.ParticipationID(text), nil
			c.Relied[0] = storage.Relied{Key: c.Records[0].Key.Shared(), Version: 1}
		},
		func(c *storage.Changes, text string) { c.Entries[0].Name = text },
		func(c *storage.Changes, text string) { c.Entries[0].Search = text },
		func(c *storage.Changes, text string) {
			c.Entries[1].Locations = []engagement.LocationID{"1", engagement.LocationID(text)}
		},
		func(c *storage.Changes, text string) { c.Customers[0].Key.Customer = tenant.Key(text) },
		func(c *storage.Changes, text string) { c.Events[0].Participation = engagement.ParticipationID(text) },
		func(c *storage.Changes, text string) { c.Erased[0].Partner = engagement.PartnerID(text) },
		func(c *storage.Changes, text string) { c.Tokens[0].Participation = engagement.ParticipationID(text) },
		func(c *storage.Changes, text string) { c.Messages[0].ID = engagement.MessageID(text) },
		func(c *storage.Changes, text string) { c.Delivered[0] = engagement.MessageID(text) },
		func(c *storage.Changes, text string) {
			c.Postponed = map[engagement.MessageID]time.Time{engagement.MessageID(text): noon}
		},
		func(c *storage.Changes, text string) { c.Unsent[0].Partner = engagement.PartnerID(text) },
		func(c *storage.Changes, text string) { c.Sendings[0].Message = engagement.MessageID(text) },
		func(c *storage.Changes, text string) { c.Forgotten[0].Partner = engagement.PartnerID(text) },
		func(c *storage.Changes, text string) { c.Command.Key.Key = text },
	} {
		for _, text := range []string{"a\x00", "\xff"} {
			c := grant(t)
			put(&c, text)
			if err := c.Check(); !errors.Is(err, storage.ErrInvalid) || !strings.Contains(err.Error(), "NUL") {
				t.Errorf("text %q, put in way %d: %v", text, i, err)
			}
		}
	}
}

func TestCheckHolders(t *testing.T) {
	a, b := engagement.Holder{Partner: "a", Participation: "p"}, engagement.Holder{Partner: "b", Participation: "p"}
	of := func(limit int, holders ...engagement.Holder) engagement.CustomerEngagement {
		return engagement.CustomerEngagement{ClaimLimit: limit, Holders: holders}
	}
	delivered := b
	delivered.Delivered = true
	for i, try := range []struct {
		had, next engagement.CustomerEngagement
		fits      bool
	}{
		{of(0), of(0, a), true}, {of(1), of(1, a), true}, {of(1, a), of(1, a, b), false}, {of(1, a), of(2, a, b), true},
		{of(2, a, b), of(1, a, delivered), true}, {of(0), of(0, a, b), false}, {engagement.CustomerEngagement{}, of(1, a, b), false},
	} {
		if err := storage.CheckHolders(try.had, try.next); (err == nil) != try.fits || err != nil && !errors.Is(err, storage.ErrInvalid) {
			t.Errorf("try %d: %v", i, err)
		}
	}
}

func TestInLine(t *testing.T) {
	c := grant(t)
	shared := c.Shared[0]
	other := engagement.PartnerRecord{Key: engagement.RecordKey{Partner: "fabrikam", Engagement: "azure-migration", Customer: "tpid:1"}, Known: true}
	other.Evaluation.Outcome = "eligible"
	e := other.Entry(engagement.Room{}, noon)
	next, changed := c.InLine(e, shared)
	if want := other.Entry(shared.RoomFor("fabrikam"), noon); !changed || next.Tab != engagement.TabIneligible || !next.Until.Equal(want.Until) || !next.Room.Equal(want.Room) {
		t.Errorf("the entry of a partner for which no room is left becomes %+v, changed %t", next, changed)
	}
	if _, again := c.InLine(next, shared); again {
		t.Error("an entry that is in line changes")
	}
	if _, changed := c.InLine(c.Entries[1], engagement.CustomerEngagement{}); changed {
		t.Error("an entry that does not mind the room changes")
	}
}
