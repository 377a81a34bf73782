package storagetest

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// What the cases are about.
const (
	northwind = engagement.PartnerID("northwind")
	fabrikam  = engagement.PartnerID("fabrikam")
	migration = engagement.ID("azure-migration")
	security  = engagement.ID("security-workshop")
)

// start is when the cases begin: a time with microseconds.
var start = time.Date(2026, 3, 2, 9, 0, 0, 123456000, time.UTC)

// recorded is before every deadline: what a participation is then is what is
// recorded of it, and by that stores tell which records are possible.
var recorded time.Time

const day = 24 * time.Hour

func customerOf(n int) tenant.Key { return tenant.TPIDKey(tenant.TPID(n)) }

func identityOf(n int, name string) tenant.Identity {
	return tenant.Identity{TPID: tenant.TPID(n), Name: name}
}

func keyOf(e engagement.ID, n int) engagement.CustomerEngagementKey {
	return engagement.CustomerEngagementKey{Engagement: e, Customer: customerOf(n)}
}

func recordOf(p engagement.PartnerID, e engagement.ID, n int) engagement.RecordKey {
	return engagement.RecordKey{Partner: p, Engagement: e, Customer: customerOf(n)}
}

// added is a participation that began at a time and waits for consent.
func added(p engagement.PartnerID, e engagement.ID, n int, at time.Time) engagement.Participation {
	return engagement.Participation{
		ID: engagement.ParticipationID(fmt.Sprintf("%s-%s-%d", p, e, n)), Partner: p, Engagement: e, Customer: customerOf(n),
		Identity: identityOf(n, fmt.Sprintf("Customer %03d", n)), Location: "4711201", Origin: engagement.OriginAdded,
		ClaimNumber: fmt.Sprintf("C-%d", n), StartedAt: at, Terms: engagement.Terms{Windows: engagement.DefaultWindows(engagement.TypeAssessment)},
		Consent: consent.Start(at.Add(30 * day)),
	}
}

// granted is what a participation becomes when its customer consents.
func granted(p engagement.Participation, at time.Time) engagement.Participation {
	p.Consent.Status = consent.StatusGranted
	p, err := engagement.OpenClaim(p, engagement.Engagement{}, at)
	if err != nil {
		panic(err) // there is no form that could be wrong
	}
	return p
}

// paid is what a participation is at the end of the way.
func paid(p engagement.Participation) engagement.Participation {
	p = granted(p, p.StartedAt)
	p.Claim.Status = claim.StatusPaid
	return p
}

// worth is a participation whose claim is about that amount.
func worth(p engagement.Participation, amount string) engagement.Participation {
	c := *p.Claim
	c.Estimated = money(amount)
	p.Claim = &c
	return p
}

func money(text string) eligibility.Money {
	m, err := eligibility.ParseMoney(text)
	if err != nil {
		panic(err)
	}
	return m
}

func amountText(text string) string { return engagement.AmountSortKey(money(text)) }

// amounts are in two currencies, in no order; one is there twice.
var amounts = []string{"1500 EUR", "250.50 USD", "250.5 EUR", "1500.00 EUR", "9.99 EUR", "12000 USD", "0 EUR"}

// told adds a customer with events to changes.
func told(c storage.Changes, customer engagement.Customer, events ...engagement.Event) (storage.Changes, engagement.Customer) {
	for i := range events {
		events[i].Partner, events[i].Customer = customer.Key.Partner, customer.Key.Customer
	}
	chained, head := engagement.Chain(customer.History, events...)
	customer.History = head
	c.Customers = append(c.Customers, customer)
	c.Events = append(c.Events, chained...)
	return c, customer
}

// event is something that happened, done by a user, with all there is to say.
func event(kind engagement.EventKind) engagement.Event {
	return engagement.Event{
		At: start, Kind: kind, By: engagement.ByPartner, From: engagement.StatusSubmitted, To: engagement.StatusUnderReview, Detail: detail(), State: engagement.Digest{31: 1},
		Person: &engagement.Person{Salt: "salt", User: "ana"},
	}
}

// detail has every field.
func detail() engagement.Detail {
	var d engagement.Detail
	all := reflect.ValueOf(&d).Elem()
	for i := range all.NumField() {
		v := all.Field(i)
		switch x := v.Addr().Interface().(type) {
		case *time.Time:
			*x = start.Add(time.Microsecond)
		case *eligibility.Money:
			*x = money("1500.50 EUR")
		case *[]claim.RejectionCode:
			*x = claim.AllRejectionCodes()
		case *[]engagement.ChangedField:
			*x = engagement.AllChangedFields()
		case *link.Language:
			*x = "pt-PT"
		case *link.ID:
			*x = "link-1"
		case *link.FailureCode:
			*x = link.FailureBounced
		case *engagement.MessageKind:
			*x = engagement.MessageConsentReminder
		case *eligibility.Outcome:
			*x = eligibility.OutcomeEligible
		default:
			switch v.Kind() {
			case reflect.String:
				v.SetString("São João, \"1\" < 2")
			case reflect.Int, reflect.Int64:
				v.SetInt(1 << 40)
			case reflect.Bool:
				v.SetBool(true)
			default:
				panic(v.Type())
			}
		}
	}
	return d
}

func newCustomer(p engagement.PartnerID, n int) engagement.Customer {
	return engagement.Customer{Key: engagement.CustomerKey{Partner: p, Customer: customerOf(n)}, Identity: identityOf(n, fmt.Sprintf("Customer %03d", n))}
}

// message is something to tell a customer's contact.
func message(id string, p engagement.PartnerID, n int, at time.Time, to string) engagement.Message {
	email, err := tenant.ParseEmail(to)
	if err != nil {
		panic(err)
	}
	return engagement.Message{
		ID: engagement.MessageID(id), Kind: engagement.MessageConsentRequest, Partner: p, Engagement: migration, Customer: customerOf(n),
		Participation: added(p, migration, n, at).ID, To: email, Language: "en", Link: "link-1", CreatedAt: at,
	}
}

// tokenOf is the token of a link.
func tokenOf(h link.Hash, p engagement.Participation) storage.Token {
	return storage.Token{Hash: h, Slot: storage.SlotOf(p.Customer), Participation: p.ID, Record: p.Record()}
}

// ids are the IDs of messages, in their order.
func ids(messages []engagement.Message) string {
	var b strings.Builder
	for _, m := range messages {
		b.WriteString(string(m.ID) + " ")
	}
	return strings.TrimSpace(b.String())
}
