package engagement_test

import (
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// A window of 30 days that begins in summer ends in winter at the same time of
// day. At the deadline itself it is over.
func ExampleDeadline() {
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		fmt.Println(err)
		return
	}
	added := time.Date(2026, 10, 1, 9, 0, 0, 0, lisbon)
	deadline := engagement.Deadline(added, 30, lisbon)
	fmt.Println(deadline.In(lisbon).Format(time.RFC1123))
	fmt.Println(engagement.DaysLeft(deadline, added, lisbon), "days left")
	fmt.Println(engagement.DaysLeft(deadline, deadline.Add(-time.Second), lisbon), "day left")
	fmt.Println(engagement.Passed(deadline, deadline))
	// Output:
	// Sat, 31 Oct 2026 09:00:00 WET
	// 30 days left
	// 1 day left
	// true
}

// A row says what is to do, how long there is for it, and what it lets the partner do
// now. What is stored of it is made once, and tells all later rows.
func ExampleEntry_RowAt() {
	now := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	offer := engagement.Engagement{ID: "azure-migration", Type: engagement.TypeAssessment}
	terms := engagement.TermsOf(offer, now)
	contoso := tenant.Identity{TPID: 640037, Name: "Contoso"}

	added := engagement.Participation{
		ID: "p-1", Partner: "northwind", Engagement: offer.ID, Customer: contoso.Key(), Identity: contoso, Origin: engagement.OriginAdded,
		StartedAt: now, Terms: terms, Consent: consent.Start(terms.Deadline(now, terms.Windows.Consent)),
	}
	record := engagement.PartnerRecord{Key: added.Record(), Identity: contoso}.WithParticipation(added)
	shared := engagement.CustomerEngagement{Key: record.Key.Shared(), ClaimLimit: 1}

	entry := record.EntryOf(added, shared.RoomFor("northwind"), now)
	for _, when := range []time.Time{now, now.AddDate(0, 0, 29), now.AddDate(0, 0, 30)} {
		row, _ := entry.RowAt(offer, link.Policy{}, when)
		fmt.Printf("%s: %s; %s; %v\n", row.Name(), row.Tab, row.Todo(words.Words{}), row.Actions)
	}
	// Output:
	// Contoso: eligible; 30 days left to obtain consent; [request consent cancel]
	// Contoso: eligible; 1 day left to obtain consent; [request consent cancel]
	// Contoso: off the page; Customer consent expired; []
}

// A history verifies while nothing in it is changed; erasing a person is no
// damage.
func ExampleVerifyHistory() {
	event := engagement.Event{
		Partner: "northwind", Customer: "tpid:640037", At: time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC),
		Kind: engagement.EventCustomerAdded, By: engagement.ByPartner, Person: &engagement.Person{Salt: "a random text", User: "ana"},
	}
	known := event
	known.Kind, known.By, known.Person = engagement.EventCustomerKnown, engagement.ByCustomer, nil

	history, head := engagement.Chain(engagement.Head{}, event, known)
	fmt.Println(engagement.VerifyHistory(history, head))

	history[0] = history[0].Erase()
	fmt.Println(engagement.VerifyHistory(history, head))

	history[0].By = engagement.ByProgram
	fmt.Println(engagement.VerifyHistory(history, head))
	// Output:
	// <nil>
	// <nil>
	// history is broken at event 1: what it says does not match its hash
}
