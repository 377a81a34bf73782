package workflow_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/tenant"
)

const (
	lisboa, porto, funchal = engagement.LocationID("4711201"), engagement.LocationID("4711202"), engagement.LocationID("4711203")
	madrid                 = engagement.LocationID("5822301")

	migration = engagement.ID("azure-migration")   // one per customer
	workshop  = engagement.ID("security-workshop") // one per customer
	pilot     = engagement.ID("data-pilot")        // two per customer
	day       = 24 * time.Hour
	tick      = time.Microsecond
)

var background = context.Background()

// spy is a store that remembers what is written to it, and that a test can let
// fail or be overtaken.
type spy struct {
	storage.Store
	mu      sync.Mutex
	writes  []storage.Changes // those that were made
	tries   int               // calls of Apply
	reads   int               // calls of everything else
	onApply func(n int, apply func() error) error
	onRead  func(n int) error
}

func (s *spy) Apply(ctx context.Context, c storage.Changes) error {
	s.mu.Lock()
	s.tries++
	n, hook := s.tries, s.onApply
	s.mu.Unlock()
	apply := func() error {
		err := s.Store.Apply(ctx, c)
		if err == nil {
			s.mu.Lock()
			s.writes = append(s.writes, c)
			s.mu.Unlock()
		}
		return err
	}
	if hook == nil {
		return apply()
	}
	return hook(n, apply)
}

func read[R any](s *spy, do func() (R, error)) (R, error) {
	s.mu.Lock()
	s.reads++
	n, hook := s.reads, s.onRead
	s.mu.Unlock()
	if hook != nil {
		if err := hook(n); err != nil {
			var none R
			return none, err
		}
	}
	return do()
}

func (s *spy) Load(ctx context.Context, w storage.Want) (storage.Loaded, error) {
	return read(s, func() (storage.Loaded, error) { return s.Store.Load(ctx, w) })
}

func (s *spy) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	return read(s, func() (storage.List, error) { return s.Store.List(ctx, q) })
}

func (s *spy) Figures(ctx context.Context, q storage.FiguresQuery) (storage.Figures, error) {
	return read(s, func() (storage.Figures, error) { return s.Store.Figures(ctx, q) })
}

func (s *spy) Customers(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	return read(s, func() ([]engagement.Customer, error) { return s.Store.Customers(ctx, q) })
}

func (s *spy) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	return read(s, func() ([]engagement.Event, error) { return s.Store.History(ctx, q) })
}

func (s *spy) Due(ctx context.Context, q storage.DueQuery) ([]engagement.RecordKey, error) {
	return read(s, func() ([]engagement.RecordKey, error) { return s.Store.Due(ctx, q) })
}

func (s *spy) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	return read(s, func() ([]engagement.Message, error) { return s.Store.Lease(ctx, q) })
}

func (s *spy) Feed(ctx context.Context, q storage.FeedQuery) (storage.Feed, error) {
	return read(s, func() (storage.Feed, error) { return s.Store.Feed(ctx, q) })
}

func (s *spy) FeedLag(ctx context.Context, q storage.FeedQuery) (storage.FeedLag, error) {
	return read(s, func() (storage.FeedLag, error) { return s.Store.FeedLag(ctx, q) })
}

func (s *spy) Consumers(ctx context.Context, p engagement.PartnerID) ([]storage.Consumer, error) {
	return read(s, func() ([]storage.Consumer, error) { return s.Store.Consumers(ctx, p) })
}

func (s *spy) Consume(ctx context.Context, c storage.Consumed) error {
	_, err := read(s, func() (any, error) { return nil, s.Store.Consume(ctx, c) })
	return err
}

func (s *spy) Prune(ctx context.Context, q storage.PruneQuery) (storage.Pruned, error) {
	return read(s, func() (storage.Pruned, error) { return s.Store.Prune(ctx, q) })
}

// count returns how many writes were made.
func (s *spy) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.writes)
}

// reset counts from now on, with these hooks.
func (s *spy) reset(onApply func(n int, apply func() error) error, onRead func(n int) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries, s.reads, s.onApply, s.onRead = 0, 0, onApply, onRead
}

// newLog logs as text.
func newLog(to io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(to, nil)) }

// newWorld returns Contoso on a store that is spied on. The changes are made to
// the scenario before.
func newWorld(t workflowtest.T, changes ...func(*workflowtest.Scenario)) (*workflowtest.World, *spy) {
	t.Helper()
	s := &spy{Store: memory.New()}
	return workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store = s
		for _, change := range changes {
			change(&sc)
		}
		return sc
	}), s
}

// unchanged fails the test when something is written during f.
func unchanged(t *testing.T, s *spy, f func()) {
	t.Helper()
	before := s.count()
	f()
	if n := s.count() - before; n != 0 {
		t.Fatalf("%d writes, want none", n)
	}
}

// refused returns the error as the type that it must have, and fails the test
// when it does not match its sentinel too or says nothing.
func refused[E error](t *testing.T, err error, sentinels ...error) E {
	t.Helper()
	e, ok := errors.AsType[E](err)
	if !ok {
		t.Fatalf("the error is %T %v, want a %T", err, err, e)
	}
	for _, sentinel := range sentinels {
		if !errtest.Is(err, sentinel) {
			t.Fatalf("the error is %T %v, want one that matches %q", err, err, sentinel)
		}
	}
	if e.Error() == "" {
		t.Fatalf("%T says nothing", e)
	}
	return e
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[V any](t *testing.T, what string, got, want V) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s is %v, want %v", what, got, want)
	}
}

// must is for what a test itself writes down.
func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	ok(t, err)
	return string(text)
}

// deskMethod is a method of a desk, such as "Claims.Get".
type deskMethod struct {
	name string
	reflect.Value
}

// deskMethods are all methods of all desks.
func deskMethods(s *workflow.Service) (all []deskMethod) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[workflow.Service]()) {
		if !f.IsExported() {
			continue
		}
		desk := reflect.ValueOf(s).Elem().FieldByIndex(f.Index)
		for i := range desk.NumMethod() {
			all = append(all, deskMethod{f.Name + "." + desk.Type().Method(i).Name, desk.Method(i)})
		}
	}
	return all
}

// within is a query within an engagement.
func within(e engagement.ID, q workflow.CustomersQuery) workflow.CustomersQuery {
	q.Engagement = e
	return q
}

// keyed gives each command a key: the first one this, the others one that begins
// like it.
func keyed(key string, commands ...workflow.AddCustomer) iter.Seq2[string, workflow.AddCustomer] {
	return func(yield func(string, workflow.AddCustomer) bool) {
		for i, c := range commands {
			at := key
			if i > 0 {
				at = fmt.Sprint(key, "-", i)
			}
			if !yield(at, c) {
				return
			}
		}
	}
}

// add is the command that adds a customer through the first location of Northwind.
func add(w *workflowtest.World, email string, engagements ...engagement.ID) workflow.AddCustomer {
	c := workflow.AddCustomer{Candidate: workflow.Candidate{Location: lisboa, Email: email}, Engagements: engagements}
	if w.Actor.Partner == workflowtest.Fabrikam.Partner {
		c.Candidate.Location = madrid
	}
	return c
}

// part returns a participation as it is now.
func part(t *testing.T, w *workflowtest.World, id engagement.ParticipationID) engagement.Participation {
	t.Helper()
	p, err := wholePart(w, w.Actor.Partner, id)
	ok(t, err)
	return p
}

// wholePart is a participation as it is now, with what nobody is shown.
func wholePart(w *workflowtest.World, partner engagement.PartnerID, id engagement.ParticipationID) (engagement.Participation, error) {
	loaded, err := w.Store.Load(background, storage.Want{Participation: storage.ParticipationKey{Partner: partner, ID: id}})
	if err != nil {
		return engagement.Participation{}, err
	}
	p, is := loaded.Records[loaded.At].Participation(id)
	if !is {
		return p, fmt.Errorf("there is no participation %s", id)
	}
	return p.Settle(w.Now())
}

// history returns the verified history that the actor's partner has with the
// customer, and its kinds.
func history(t *testing.T, w *workflowtest.World, domain string) ([]engagement.Event, []engagement.EventKind) {
	t.Helper()
	events, err := wholeHistory(background, w.Desk, w.Actor, w.Customer(domain))
	ok(t, err)
	head, err := w.Desk.Histories.Verify(background, w.Actor, w.Customer(domain))
	ok(t, err)
	equal(t, "where it ends", head.Seq, int64(len(events)))
	kinds := make([]engagement.EventKind, len(events))
	for i, e := range events {
		kinds[i] = e.Kind
	}
	return events, kinds
}

// wholeHistory returns all pages of a history, and what is wrong with it.
func wholeHistory(ctx context.Context, s *workflow.Service, actor workflow.Actor, customer tenant.Key) ([]engagement.Event, error) {
	var events []engagement.Event
	for e, err := range s.Histories.All(ctx, actor, workflow.HistoryQuery{Customer: customer, Limit: 7}) {
		if err != nil {
			return events, err
		}
		events = append(events, e)
	}
	return events, nil
}

// sentTo returns who got a message of that kind, in order.
func sentTo(w *workflowtest.World, kind engagement.MessageKind) []string {
	var to []string
	for _, m := range w.Messages() {
		if m.Message.Kind == kind {
			to = append(to, m.Message.To.String())
		}
	}
	return to
}

// stored returns every text that the world's store holds.
func stored(w *workflowtest.World) []string {
	return texts(w.Store.(*spy).Store)
}

// texts returns every text within a value, however deep and unexported, and
// every 32 bytes both raw and as link tokens are spelled.
func texts(v any) []string {
	found := &finder{seen: map[visit]bool{}}
	found.walk(reflect.ValueOf(v))
	slices.Sort(found.texts)
	return slices.Compact(found.texts)
}

// holding returns those of the texts in which a part occurs, in whatever case.
func holding(all []string, part string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool {
		return !strings.Contains(strings.ToLower(s), strings.ToLower(part))
	})
}

type visit struct {
	at   uintptr
	kind reflect.Type
}

type finder struct {
	texts []string
	seen  map[visit]bool
}

func (f *finder) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		f.texts = append(f.texts, v.String())
	case reflect.Pointer:
		at := visit{v.Pointer(), v.Type()}
		if !v.IsNil() && !f.seen[at] {
			f.seen[at] = true
			f.walk(v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() {
			f.walk(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[tenant.Email]() { // kept in two parts
			f.texts = append(f.texts, v.Field(0).String()+"@"+v.Field(1).Field(0).String())
		}
		for i := range v.NumField() {
			f.walk(v.Field(i))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			f.walk(it.Key())
			f.walk(it.Value())
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			b := make([]byte, v.Len())
			for i := range b {
				b[i] = byte(v.Index(i).Uint())
			}
			f.texts = append(f.texts, string(b))
			if len(b) == 32 {
				f.texts = append(f.texts, base64.RawURLEncoding.EncodeToString(b))
			}
			return
		}
		for i := range v.Len() {
			f.walk(v.Index(i))
		}
	}
}

// together calls all at once, and returns their errors in order.
func together(calls ...func() error) []error {
	errs := make([]error, len(calls))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, call := range calls {
		wg.Go(func() {
			<-start
			errs[i] = call()
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// tally says how many errors there are of each kind, in words. Of several
// kinds that match, the first counts.
func tally(errs []error, sentinels ...error) string {
	counts := map[string]int{}
	for _, err := range errs {
		name := "ok"
		if err != nil {
			name = err.Error()
			if i := slices.IndexFunc(sentinels, func(s error) bool { return errtest.Is(err, s) }); i >= 0 {
				name = sentinels[i].Error()
			}
		}
		counts[name]++
	}
	var parts []string
	for name, n := range counts {
		parts = append(parts, fmt.Sprintf("%d %s", n, name))
	}
	return inOrder(parts)
}

func inOrder(parts []string) string {
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// granted returns how many participations hold a part of the claim limit now.
func granted(t *testing.T, w *workflowtest.World, e engagement.ID, domain string) int {
	t.Helper()
	key := engagement.CustomerEngagementKey{Engagement: e, Customer: w.Customer(domain)}
	loaded, err := w.Store.Load(background, storage.Want{Shared: []engagement.CustomerEngagementKey{key}})
	ok(t, err)
	return loaded.Shared[key].Granted(w.Now())
}

// answer decides through a link.
func answer(w *workflowtest.World, link link.Token, d consent.Decision) error {
	_, err := w.Desk.Links.AnswerConsent(background, link, d)
	return err
}

// short are ExternalHoldings that leave customers out.
type short struct{}

func (short) Held(context.Context, []engagement.CustomerEngagementKey) ([]engagement.ExternalHoldings, error) {
	return []engagement.ExternalHoldings{}, nil
}

// catalog is a catalog without engagements.
type catalog struct{ *engagement.Catalog }

func (catalog) Engagements(context.Context) ([]engagement.Engagement, error) { return nil, nil }

func (catalog) Engagement(context.Context, engagement.ID) (engagement.Engagement, bool, error) {
	return engagement.Engagement{}, false, nil
}

// directory knows nobody.
type directory struct{}

func (directory) Lookup(context.Context, tenant.Domain) ([]tenant.Entry, error) { return nil, nil }

func noFacts(context.Context, engagement.PartnerID, tenant.Identity) (eligibility.Facts, error) {
	return eligibility.Facts{}, nil
}

// tampering is a store in which somebody has changed the second event of every
// history.
type tampering struct{ storage.Store }

func (s tampering) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	events, err := s.Store.History(ctx, q)
	events = slices.Clone(events)
	for i := range events {
		if events[i].Seq == 2 {
			events[i].To = engagement.StatusPaid
		}
	}
	return events, err
}

// detailOf is what an event says besides who and when, as JSON; "" for nothing.
func detailOf(t *testing.T, e engagement.Event) string {
	t.Helper()
	if e.Detail.IsZero() {
		return ""
	}
	text, err := json.Marshal(e.Detail)
	ok(t, err)
	return string(text)
}

// userOf and whyOf tell what an event says of a person, which may be nothing.
func userOf(e engagement.Event) string {
	if e.Person == nil {
		return ""
	}
	return e.Person.User
}

func whyOf(e engagement.Event) string {
	if e.Person == nil {
		return ""
	}
	return e.Person.Why
}

// forReview is a participation's claim as the program sees it.
func forReview(t *testing.T, w *workflowtest.World, p engagement.ParticipationID) workflow.ClaimState {
	t.Helper()
	view, err := w.Desk.Claims.Get(background, w.Reviewer(), p)
	ok(t, err)
	return *view.Claim
}

// storedPart is a participation as the store has it, with what nobody is shown.
func storedPart(t *testing.T, s *spy, w *workflowtest.World, id engagement.ParticipationID) engagement.Participation {
	t.Helper()
	loaded, err := s.Load(background, storage.Want{Participation: storage.ParticipationKey{Partner: w.Actor.Partner, ID: id}})
	ok(t, err)
	p, found := loaded.Records[loaded.At].Participation(id)
	if !found {
		t.Fatalf("%s is not stored", id)
	}
	return p
}

// idsIn is what a command was about, whatever has become of it; other results are as
// they are.
func idsIn(result any) any {
	switch v := result.(type) {
	case workflow.ParticipationView:
		return v.ID
	case []workflow.ParticipationView:
		var ids []engagement.ParticipationID
		for _, one := range v {
			ids = append(ids, one.ID)
		}
		return ids
	}
	return result
}

// unrepeated is a result of a command, whether or not it was repeated.
func unrepeated(result any) any {
	switch v := result.(type) {
	case workflow.ParticipationView:
		v.Repeated = false
		return v
	case []workflow.ParticipationView:
		v = slices.Clone(v)
		for i := range v {
			v[i].Repeated = false
		}
		return v
	}
	return result
}

// errOf is the error of a command whose result does not matter.
func errOf[V any](_ V, err error) error { return err }
