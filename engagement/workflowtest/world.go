package workflowtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/evidence/evidencetest"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/tenant"
)

// T is what a world needs of a *testing.T.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Panic is a T for where there is no *testing.T, as in an Example: a helper
// that is refused panics.
type Panic struct{}

// Helper does nothing.
func (Panic) Helper() {}

// Fatalf panics with the message.
func (Panic) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// Scenario is what a world starts with.
type Scenario struct {
	Start       time.Time
	Engagements []engagement.Engagement
	Partners    []engagement.Partner
	Customers   []Customer
	Actor       workflow.Actor   // whom the world starts as
	Options     workflow.Options // the clock and the random source are the world's, an External and an Evidence too unless there is one; a Notifier is called after the world's
	Store       storage.Store    // nil: a new one in memory
}

// Customer is an organisation that the directory finds by its domain, with what
// the rules can know of it.
type Customer struct {
	Domain string
	Entry  tenant.Entry
	Facts  eligibility.Facts
}

// World is a program to test in.
type World struct {
	Desk    *workflow.Service
	Catalog *engagement.Catalog
	Store   storage.Store
	Actor   workflow.Actor // who acts; see As

	t     T
	state *state
}

// state is what all of a world's actors share.
type state struct {
	mu        sync.Mutex
	now       time.Time
	keys      int
	directory map[tenant.Domain][]tenant.Entry
	facts     map[tenant.Key]eligibility.Facts
	external  map[engagement.CustomerEngagementKey]engagement.ExternalHoldings
	messages  []workflow.Delivery
	failing   map[Source]error
	notifier  workflow.Notifier // the scenario's; nil: none
	random    *rand.ChaCha8
}

// Source is something that a test can let fail.
type Source string

// The sources.
const (
	Directory Source = "directory"
	Facts     Source = "facts"
	External  Source = "external holdings"
	Mail      Source = "mail"
)

// New returns a world at the start of a scenario.
func New(t T, scenario func() Scenario) *World {
	t.Helper()
	sc := scenario()
	st := &state{
		now: sc.Start, directory: map[tenant.Domain][]tenant.Entry{}, facts: map[tenant.Key]eligibility.Facts{},
		external: map[engagement.CustomerEngagementKey]engagement.ExternalHoldings{}, failing: map[Source]error{},
		random: rand.NewChaCha8([32]byte{}),
	}
	w := &World{t: t, state: st, Actor: sc.Actor, Store: sc.Store}
	if w.Store == nil {
		w.Store = memory.New()
	}
	for _, c := range sc.Customers {
		w.PutCustomer(c)
	}
	var err error
	if w.Catalog, err = engagement.NewCatalog(sc.Engagements, sc.Partners); err != nil {
		t.Fatalf("the scenario's catalog: %v", err)
	}
	opts := sc.Options
	st.notifier = opts.Notifier
	opts.Now, opts.Random, opts.Notifier = w.Now, st, st
	if opts.External == nil {
		opts.External = st
	}
	if opts.LinkURL == "" {
		opts.LinkURL = "https://portal.example/consent/"
	}
	if opts.SurveyURL == "" {
		opts.SurveyURL = "https://portal.example/survey/"
	}
	if opts.Evidence == nil {
		opts.Evidence = &evidencetest.Memory{}
	}
	if w.Desk, err = workflow.New(w.Store, st, w.Catalog, st, &opts); err != nil {
		t.Fatalf("the scenario's desk: %v", err)
	}
	return w
}

// As returns the same world for another actor.
func (w *World) As(actor workflow.Actor) *World {
	other := *w
	other.Actor = actor
	return &other
}

// Key returns an idempotency key that was not used before.
func (w *World) Key() string {
	w.state.mu.Lock()
	defer w.state.mu.Unlock()
	w.state.keys++
	return fmt.Sprintf("key-%d", w.state.keys)
}

// Now returns the time in the world.
func (w *World) Now() time.Time {
	w.state.mu.Lock()
	defer w.state.mu.Unlock()
	return w.state.now
}

// Advance lets time pass. A negative duration is a clock that was set back.
func (w *World) Advance(d time.Duration) { w.SetNow(w.Now().Add(d)) }

// SetNow sets the time.
func (w *World) SetNow(now time.Time) {
	w.state.mu.Lock()
	defer w.state.mu.Unlock()
	w.state.now = now
}

// PutCustomer adds an organisation to the directory and to the facts, or replaces
// what they have of it. A second entry for a domain makes the domain ambiguous.
func (w *World) PutCustomer(c Customer) {
	w.t.Helper()
	d, err := tenant.ParseDomain(c.Domain)
	if err != nil {
		w.t.Fatalf("the customer's domain: %v", err)
	}
	w.state.mu.Lock()
	defer w.state.mu.Unlock()
	if entries := w.state.directory[d]; !slices.Contains(entries, c.Entry) {
		w.state.directory[d] = append(entries, c.Entry)
	}
	w.state.facts[c.Entry.Key()] = c.Facts
}

// SetFacts replaces what the rules can know of the customer with that domain.
// The Customers pages follow when the program re-evaluates; see Reevaluated.
func (w *World) SetFacts(domain string, facts eligibility.Facts) {
	w.t.Helper()
	key := w.Customer(domain)
	w.state.mu.Lock()
	defer w.state.mu.Unlock()
	w.state.facts[key] = facts
}

// Customer returns the key of the customer with that domain.
func (w *World) Customer(domain string) tenant.Key {
	w.t.Helper()
	d, err := tenant.ParseDomain(domain)
	w.state.mu.Lock()
	defer w.state.mu.Unlock()
	if entries := w.state.directory[d]; err == nil && len(entries) == 1 {
		return entries[0].Key()
	}
	w.t.Fatalf("the directory does not know exactly one customer by %q", domain)
	return ""
}

// Held sets what other portals hold of the customer with that domain.
func (w *World) Held(e engagement.ID, domain string, held engagement.ExternalHoldings) {
	w.t.Helper()
	key := engagement.CustomerEngagementKey{Engagement: e, Customer: w.Customer(domain)}
	w.state.mu.Lock()
	defer w.state.mu.Unlock()
	w.state.external[key] = held
}

// Fail lets a source fail with that error from now on; nil mends it.
func (w *World) Fail(source Source, err error) {
	w.state.mu.Lock()
	defer w.state.mu.Unlock()
	w.state.failing[source] = err
}

// Messages returns everything that went out so far, the oldest first.
func (w *World) Messages() []workflow.Delivery {
	w.state.mu.Lock()
	defer w.state.mu.Unlock()
	return slices.Clone(w.state.messages)
}

// Lookup is the world's tenant.Directory.
func (s *state) Lookup(_ context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.directory[d]), s.failing[Directory]
}

// LookupID is the world's tenant.IDDirectory: it knows tenants and TPIDs.
func (s *state) LookupID(_ context.Context, id tenant.Key) ([]tenant.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.failing[Directory]; err != nil {
		return nil, err
	}
	if kind, _, _ := strings.Cut(string(id), ":"); kind != "tenant" && kind != "tpid" {
		return nil, fmt.Errorf("the directory has no IDs of the kind %q: %w", kind, errors.ErrUnsupported)
	}
	var found []tenant.Entry
	for _, entries := range s.directory {
		for _, e := range entries {
			if (tenant.TenantKey(e.Tenant) == id || tenant.TPIDKey(e.TPID) == id) && !slices.Contains(found, e) {
				found = append(found, e)
			}
		}
	}
	return found, nil
}

// Facts is the world's workflow.FactSource.
func (s *state) Facts(_ context.Context, _ engagement.PartnerID, customers []tenant.Identity) ([]eligibility.Facts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	facts := make([]eligibility.Facts, len(customers))
	for i, c := range customers {
		facts[i] = s.facts[c.Key()].Clone()
	}
	return facts, s.failing[Facts]
}

// Held is the world's workflow.ExternalHoldings.
func (s *state) Held(_ context.Context, of []engagement.CustomerEngagementKey) ([]engagement.ExternalHoldings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := make([]engagement.ExternalHoldings, len(of))
	for i, key := range of {
		held[i] = s.external[key]
	}
	return held, s.failing[External]
}

// Notify is the world's workflow.Notifier.
func (s *state) Notify(ctx context.Context, d workflow.Delivery) error {
	if err := s.receive(d); err != nil || s.notifier == nil {
		return err
	}
	return s.notifier.Notify(ctx, d)
}

func (s *state) receive(d workflow.Delivery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.failing[Mail]; err != nil {
		return err
	}
	s.messages = append(s.messages, d)
	return nil
}

// Read is the world's random source: the same bytes in the same order.
func (s *state) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var word [8]byte
	for i := range p {
		if i%8 == 0 {
			binary.LittleEndian.PutUint64(word[:], s.random.Uint64())
		}
		p[i] = word[i%8]
	}
	return len(p), nil
}

// token returns the token at the end of a link.
func token(address string) (link.Token, error) {
	return link.ParseToken(address[strings.LastIndexByte(address, '/')+1:])
}
