package storagetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

func valueCases() []Case {
	return []Case{
		{"awkward values", "What a command accepts is read again as it was, however awkward: texts, addresses, amounts and times at their limits.", checkAwkward},
		{"impossible values", "A value that has no stored form is ErrInvalid, where the store does not keep it as it is.", checkImpossible},
	}
}

func checkImpossible(ctx context.Context, a, _ storage.Store) error {
	var errs []error
	for n, break_ := range []func(p *engagement.Participation){
		func(p *engagement.Participation) { p.Origin = "found" },
		func(p *engagement.Participation) { p.RemindedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		func(p *engagement.Participation) { p.Labels = make([]string, 1<<17+1) },
	} {
		p := added(northwind, migration, n+1, start)
		break_(&p)
		if err := a.Apply(ctx, changed(start, of(p))); err != nil {
			errs = append(errs, matches(fmt.Sprintf("an Apply with impossible value %d", n), err, storage.ErrInvalid))
		}
	}
	return errors.Join(errs...)
}

// awkward are values that a command accepts, one of each type.
type awkward struct {
	text           string // of a person: names, labels, reasons
	email          string
	amount         string
	at             time.Time
	domain, reason string
}

var awkwards = []awkward{
	{"composed São João", "joão@exemplo.pt", "0.01 USD", time.Date(2025, 12, 31, 23, 59, 59, 999999000, time.UTC), "bücher.example", "One\nand\r\n\ttwo."},
	{"decomposed Sa\u0303o Joa\u0303o", "joa\u0303o@exemplo.pt", "999999999999999.99 USD", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), "xn--bcher-kva.example", "decomposed a\u0303"},
	{strings.Repeat("ã", engagement.MaxLabel), strings.Repeat("a", 64) + "@" + strings.Repeat("b", 63) + ".example", "999999999999999 JPY", time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC), strings.Repeat("c", 63) + ".example", strings.Repeat("ã", 2000)},
	{"👩🏽 🇵🇹 e\u0301\u0323", "o'neil+tag@b-c.example", "0.001 KWD", time.Date(2028, 2, 29, 12, 0, 0, 500000000, time.UTC), "例え.テスト", "👩\u200d💻 \u2028 \u202e"},
	{`'); DROP TABLE "x" -- \u0000 \ % _ {} <&>`, "a@b.example", "1234567.89 EUR", time.Date(9999, 12, 1, 23, 59, 59, 999999000, time.UTC), "a.example", "\U0010ffff\ue000\uffff\ufdd0\ufeff"},
	{"שלום مرحبا 日本 株式会社", "用户@例え.テスト", "1.50 CHF", time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), "xn--p1ai.example", "مرحبا\u200f"},
	{"", "", "", time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), "", ""}, // what can be left out is
}

func checkAwkward(ctx context.Context, a, b storage.Store) error {
	var errs []error
	for i, v := range awkwards {
		if err := v.check(ctx, a, b, i+1); err != nil {
			errs = append(errs, fmt.Errorf("value %d, %q: %w", i, v.text, err))
		}
	}
	return errors.Join(errs...)
}

func (v awkward) check(ctx context.Context, a, b storage.Store, n int) error {
	p, err := v.participation(n)
	if err != nil {
		return err
	}
	c := changed(v.at, of(p))
	customer := newCustomer(northwind, n)
	customer.Identity, customer.FriendlyName, customer.KnownSince = p.Identity, v.text, v.at
	e := event(engagement.EventCustomerAdded)
	e.At, e.Person.User, e.Person.Why, e.Person.Contacts, e.Detail.DealSize = v.at, v.text, v.reason, link.Emails(p.Consent.Partner), p.DealSize
	if v.text == "" {
		e.Detail, e.Person = engagement.Detail{}, nil
	}
	c, customer = told(c, customer, e)
	m := message(fmt.Sprintf("m-%d", n), northwind, n, v.at, "ana@contoso.com")
	if len(p.Consent.Partner) > 0 {
		m.To, m.Deadline = p.Consent.Partner[0].Email, v.at
	}
	c.Messages = []engagement.Message{m}
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	loaded, err := b.Load(ctx, storage.Want{Records: []engagement.RecordKey{p.Record()}, Customers: []engagement.CustomerKey{customer.Key}})
	if err != nil {
		return err
	}
	stored, _ := loaded.Records[p.Record()].Participation(p.ID)
	events, err := b.History(ctx, storage.HistoryQuery{Customer: customer.Key, Limit: 2})
	if err != nil || len(events) != 1 {
		return fmt.Errorf("the history has %d events: %v", len(events), err)
	}
	_, chain := engagement.Chain(engagement.Head{}, events...)
	head := loaded.Customers[customer.Key].History
	leased, err := b.Lease(ctx, storage.LeaseQuery{Now: v.at.Add(time.Second), Until: v.at.Add(time.Minute), Limit: 1})
	if err != nil || len(leased) != 1 {
		return fmt.Errorf("%d messages are handed out: %v", len(leased), err)
	}
	m.Attempts = leased[0].Attempts // which has a case of its own
	return errors.Join(
		asWritten("the participation", stored, p), asWritten("the customer", loaded.Customers[customer.Key], customer), asWritten("the event", events[0], c.Events[0]),
		same("the hash of what is read", chain, head), asWritten("the message", leased[0], m),
		a.Apply(ctx, storage.Changes{Delivered: []engagement.MessageID{m.ID}}))
}

// participation has the value wherever a command could have put it.
func (v awkward) participation(n int) (engagement.Participation, error) {
	p := added(northwind, migration, n, v.at)
	p.FriendlyName, p.Owner = v.text, v.text
	var errs []error
	if v.text != "" {
		p.Identity.Name, p.Labels = v.text, []string{v.text}
	}
	if v.email != "" {
		email, err := tenant.ParseEmail(v.email)
		errs = append(errs, err)
		p.Consent.Partner = []link.Contact{{Name: v.text, Email: email, Phone: "+351 21 000 00 00"}}
	}
	if v.domain != "" {
		domain, err := tenant.ParseDomain(v.domain)
		errs = append(errs, err)
		p.Identity.Domain = domain
	}
	if v.amount != "" {
		p.DealSize = money(v.amount)
	}
	return p, errors.Join(errs...)
}

// asWritten returns an error that shows both unless they are written alike.
func asWritten(what string, got, want any) error {
	one, err := json.Marshal(got)
	two, err2 := json.Marshal(want)
	return errors.Join(err, err2, same(what, string(one), string(two)))
}
