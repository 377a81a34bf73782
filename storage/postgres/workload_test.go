package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// workload lets two partners add the same customers, ask them for consent and get
// an answer, over and over.
type workload struct {
	desk  *workflow.Service
	store storage.Store
	clock func() time.Time
	tell  func(line string) // what has been acknowledged
	lossy bool              // whether it can be lost since

	mu    sync.Mutex
	links map[engagement.ParticipationID][]link.Token // as they were mailed
	mails map[engagement.MessageID]int

	commands atomic.Int64 // acknowledged
	retries  atomic.Int64 // of commands whose outcome was not known
}

// hasty is a clock that begins in the middle of Contoso's year and goes a thousand
// times as fast, so that leases end while a test runs.
func hasty(began time.Time) func() time.Time {
	return func() time.Time {
		return time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC).Add(1000 * time.Since(began)).Truncate(time.Microsecond)
	}
}

// everybody is a directory in which every domain is of an organisation.
type everybody struct{}

func (everybody) Lookup(_ context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	var n int
	if _, err := fmt.Sscanf(d.String(), "customer-%d.example", &n); err != nil {
		return nil, err
	}
	id, err := tenant.ParseID(fmt.Sprintf("00000000-0000-4000-9000-%012d", n))
	return []tenant.Entry{{Tenant: id, Name: fmt.Sprintf("Customer %d", n), Cloud: tenant.CloudPublic}}, err
}

func largeEnterprise(context.Context, engagement.PartnerID, tenant.Identity) (eligibility.Facts, error) {
	var facts eligibility.Facts
	workflowtest.Seats.Set(&facts, 500)
	workflowtest.Segment.Set(&facts, "enterprise")
	return facts, nil
}

// newWorkload returns a workload on a store. began is when its clock did.
func newWorkload(s storage.Store, began time.Time, tell func(string)) (*workload, error) {
	sc := workflowtest.Contoso()
	catalog, err := engagement.NewCatalog(sc.Engagements[:2], sc.Partners)
	if err != nil {
		return nil, err
	}
	w := &workload{store: s, clock: hasty(began), tell: tell, links: map[engagement.ParticipationID][]link.Token{}, mails: map[engagement.MessageID]int{}}
	w.desk, err = workflow.New(s, everybody{}, catalog, workflow.FactFunc(largeEnterprise), &workflow.Options{Notifier: w, Now: w.clock, Policy: link.Unlimited()})
	return w, err
}

// Notify is the workload's workflow.Notifier.
func (w *workload) Notify(_ context.Context, d workflow.Delivery) error {
	w.mu.Lock()
	w.mails[d.Message.ID]++
	if d.Message.Kind == engagement.MessageConsentRequest {
		token, err := link.ParseToken(d.Link)
		if err != nil {
			w.mu.Unlock()
			return err
		}
		w.links[d.Message.Participation] = append(w.links[d.Message.Participation], token)
	}
	w.mu.Unlock()
	w.tell(fmt.Sprintf("mail %s %s", d.Message.ID, d.Message.Participation))
	return nil
}

// actors are the two partners, and their locations.
var actors = []struct {
	workflow.Actor
	location engagement.LocationID
}{{workflowtest.Northwind, "4711201"}, {workflowtest.Fabrikam, "5822301"}}

// customer does everything that one partner does with one customer. What fails
// because the storage gave no answer it does again with the same key, for as long
// as the context lasts.
func (w *workload) customer(ctx context.Context, partner, n int) error {
	who := actors[partner]
	name := fmt.Sprintf("%d-%d", partner, n)
	var id engagement.ParticipationID
	err := w.insist(ctx, func() error {
		started, err := w.desk.Customers.Add(ctx, who.Actor.Request("add-"+name), workflow.AddCustomer{
			Engagements: []engagement.ID{"azure-migration"},
			Candidate:   workflow.Candidate{Location: who.location, Domain: fmt.Sprintf("customer-%d.example", n)},
		})
		if err == nil {
			id = started[0].ID
			w.tell(fmt.Sprintf("add %s %s", name, id))
		}
		return err
	})
	if errors.As(err, new(*workflow.NotEligibleError)) {
		return nil // the other partner has its consent already
	}
	if err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	err = w.insist(ctx, func() error {
		_, err := w.desk.Consents.Request(ctx, who.Actor.Request("ask-"+name), id, workflow.RequestConsent{
			Customer: workflow.ByEmail("contact@customer.example"), Partner: workflow.ByEmail("desk@" + string(who.Partner) + ".example"), Language: "en",
		})
		if err == nil {
			w.tell("ask " + name + " " + string(id))
		}
		return err
	})
	if errors.As(err, new(*workflow.WrongStateError)) || w.lossy && errors.As(err, new(*workflow.NotFoundError)) {
		return nil // the same, since then; or it is lost
	}
	if err != nil {
		return fmt.Errorf("ask %s: %w", name, err)
	}
	if err := w.insist(ctx, func() error { _, err := w.desk.Jobs.Relay(ctx); return err }); err != nil {
		return fmt.Errorf("relay: %w", err)
	}
	if len(w.mailed(id)) == 0 {
		return nil // another relay has it, or had it before it was killed
	}
	err = w.insist(ctx, func() error {
		err := w.accept(ctx, id)
		if err == nil || errtest.Is(err, errtest.Code("already_answered")) { // or done before without our knowing
			w.tell("yes " + name + " " + string(id))
			return nil
		}
		return err
	})
	if errors.Is(err, consent.ErrTakenElsewhere) || errors.As(err, new(*link.VoidError)) || w.lossy && errors.Is(err, link.ErrUnknown) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("answer %s: %w", name, err)
	}
	return nil
}

func (w *workload) mailed(id engagement.ParticipationID) []link.Token {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.links[id])
}

// accept answers through the newest link that is known. One that is mailed late, by a
// relay whose lease was over, is not: on a busy machine a lease is short by the clock
// here, and the mail with the right link can still be on its way.
func (w *workload) accept(ctx context.Context, id engagement.ParticipationID) error {
	for tries := 0; ; tries++ {
		err := error(link.ErrUnknown)
		for _, token := range slices.Backward(w.mailed(id)) {
			if _, err = w.desk.Links.AnswerConsent(ctx, token, consent.DecisionAccept); !errors.Is(err, link.ErrUnknown) {
				return err
			}
		}
		if w.lossy || tries == 1000 {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// insist does a command until its outcome is known.
func (w *workload) insist(ctx context.Context, command func() error) error {
	for {
		err := command()
		if err == nil {
			w.commands.Add(1)
			return nil
		}
		if !errors.As(err, new(*workflow.UnavailableError)) || ctx.Err() != nil {
			return err
		}
		if !errors.Is(err, storage.ErrUnavailable) && !strings.Contains(err.Error(), "too many others") {
			return fmt.Errorf("an error that does not say that it is worth trying again: %w", err)
		}
		w.retries.Add(1)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// run lets so many goroutines go over customers from the first one until the
// context ends, or until n have been seen to.
func (w *workload) run(ctx context.Context, goroutines, first, n int) error {
	var wg sync.WaitGroup
	errs := make([]error, goroutines)
	for g := range goroutines {
		wg.Go(func() {
			for i := first + g/2; i < first+n && ctx.Err() == nil; i += goroutines / 2 {
				if err := w.customer(ctx, g%2, i); err != nil && ctx.Err() == nil {
					errs[g] = err
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
