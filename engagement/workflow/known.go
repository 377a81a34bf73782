package workflow

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Progress counts what a long-running call has done.
type Progress struct {
	Done    int // customers, or rows, looked at
	Changed int // of these, those for which something was written
	Failed  int // of these, those that could not be judged; their errors are in the joined error
}

// maxErrors is how many errors a long-running call keeps; the rest it counts.
const maxErrors = 20

// KnownCustomer is a customer of whom the program says that it has consented to
// the partner before.
type KnownCustomer struct {
	Identity     tenant.Identity
	FriendlyName string
	Since        time.Time // zero: now
}

// ImportKnown makes customers known to a partner and evaluates them for every
// engagement, in batches, each written whole. Customers that are known already
// stay as they are, so that an import which stopped can be run again; hence it
// takes no idempotency key. progress, where given, is called after each batch.
//
// It needs the role Program. It returns what it did, with a *ForbiddenError, a
// *NotFoundError or an *UnavailableError when it stopped early, and the joined
// errors of customers who could not be imported or evaluated otherwise.
func (s *Service) ImportKnown(ctx context.Context, actor Actor, partner engagement.PartnerID, customers iter.Seq[KnownCustomer], progress func(Progress)) (Progress, error) {
	var done Progress
	if err := s.authorize(ctx, actor, RunProgram); err != nil {
		return done, err
	}
	p, err := s.partner(ctx, partner)
	if err != nil {
		return done, err
	}
	var errs []error
	batch := map[tenant.Key]KnownCustomer{}
	var keys []tenant.Key
	flush := func() error {
		step, failed, err := s.judge(ctx, p, keys, nil, func(u *unit, key engagement.CustomerKey) {
			u.importKnown(actor, key, batch[key.Customer])
		})
		done.add(step)
		errs = keepErrors(errs, failed)
		clear(batch)
		keys = keys[:0]
		if err == nil && progress != nil {
			progress(done)
		}
		return err
	}
	for c := range customers {
		key := c.Identity.Key()
		if key == "" {
			done.Done++
			done.Failed++
			errs = keepErrors(errs, []error{&InputError{Field: "identity", Problem: fmt.Sprintf("of customer %q has neither tenant ID nor TPID", c.Identity.Name)}})
			continue
		}
		if _, twice := batch[key]; twice {
			continue
		}
		batch[key] = c
		if keys = append(keys, key); len(keys) == customersBatch {
			if err := flush(); err != nil {
				return done, errors.Join(append(errs, err)...)
			}
		}
	}
	err = flush()
	return done, errors.Join(append(errs, err)...)
}

// importKnown makes a customer known, unless it is.
func (u *unit) importKnown(actor Actor, key engagement.CustomerKey, in KnownCustomer) {
	c := u.customers[key]
	if c.Known() {
		return
	}
	c.Key, c.KnownSince = key, in.Since.UTC().Truncate(time.Microsecond)
	if in.Since.IsZero() {
		c.KnownSince = u.now
	}
	if c.History.Seq == 0 {
		c.Identity, c.FriendlyName = in.Identity, engagement.CleanName(in.FriendlyName)
	}
	u.putCustomer(c)
	u.customerEvent(engagement.Event{Kind: engagement.CustomerKnown, By: engagement.ByProgram, Note: "known to the program since " + c.KnownSince.Format(time.RFC3339)}, key)
}

// Scope is what to re-evaluate for a partner: one customer, one engagement, both
// or, where a field is empty, all.
type Scope struct {
	Partner    engagement.PartnerID
	Customer   tenant.Key
	Engagement engagement.ID
}

// Reevaluate asks the rules again about known customers, after facts or rules
// have changed or an engagement is new, and brings the Customers pages up to
// date, in batches. Participations that began stay as they are: a customer that
// was eligible then stays so. progress, where given, is called after each batch.
//
// It needs the role Program, and takes no idempotency key because running it
// again does no harm. It returns what ImportKnown returns; the rows of a customer
// who could not be judged stay as they were.
func (s *Service) Reevaluate(ctx context.Context, actor Actor, scope Scope, progress func(Progress)) (Progress, error) {
	var done Progress
	if err := s.authorize(ctx, actor, RunProgram); err != nil {
		return done, err
	}
	p, err := s.partner(ctx, scope.Partner)
	if err != nil {
		return done, err
	}
	var only []engagement.ID
	if scope.Engagement != "" {
		if _, err := s.engagement(ctx, scope.Engagement); err != nil {
			return done, err
		}
		only = []engagement.ID{scope.Engagement}
	}
	var errs []error
	step := func(keys []tenant.Key) error {
		step, failed, err := s.judge(ctx, p, keys, only, nil)
		done.add(step)
		errs = keepErrors(errs, failed)
		if err == nil && progress != nil {
			progress(done)
		}
		return err
	}
	if scope.Customer != "" {
		err := step([]tenant.Key{scope.Customer})
		return done, errors.Join(append(errs, err)...)
	}
	for batch, err := range s.customers(ctx, storage.CustomersQuery{Partner: p.ID, Known: true, Limit: customersBatch}) {
		if err != nil {
			return done, errors.Join(append(errs, err)...)
		}
		keys := make([]tenant.Key, len(batch))
		for i, c := range batch {
			keys[i] = c.Key.Customer
		}
		if err := step(keys); err != nil {
			return done, errors.Join(append(errs, err)...)
		}
	}
	return done, errors.Join(errs...)
}

// judge evaluates customers of a partner in one transaction, for all engagements
// or for some, after preparing each; those that are not known then are left out.
// The errors of customers who could not be judged come apart from the error that
// stopped it.
func (s *Service) judge(ctx context.Context, p engagement.Partner, customers []tenant.Key, only []engagement.ID, prepare func(*unit, engagement.CustomerKey)) (Progress, []error, error) {
	if len(customers) == 0 {
		return Progress{}, nil, nil
	}
	all, err := s.engagements(ctx)
	if err != nil {
		return Progress{}, nil, err
	}
	if only != nil {
		all = slices.DeleteFunc(slices.Clone(all), func(e engagement.Engagement) bool { return !slices.Contains(only, e.ID) })
	}
	var failed []error
	done, err := attempt(ctx, s, storage.CommandRecord{}, func(u *unit) (Progress, error) {
		failed = nil
		return u.judge(ctx, p, customers, all, prepare, &failed)
	})
	return done, failed, err
}

func (u *unit) judge(ctx context.Context, p engagement.Partner, customers []tenant.Key, all []engagement.Engagement, prepare func(*unit, engagement.CustomerKey), failed *[]error) (Progress, error) {
	var done Progress
	var want storage.Want
	for _, customer := range customers {
		want.Customers = append(want.Customers, engagement.CustomerKey{Partner: p.ID, Customer: customer})
		for _, e := range all {
			want.Places = append(want.Places, engagement.PlaceKey{Engagement: e.ID, Customer: customer})
		}
	}
	if _, err := u.load(ctx, want); err != nil {
		return done, err
	}
	if err := u.askElsewhere(ctx, want.Places); err != nil {
		return done, err
	}
	var known []engagement.CustomerKey
	var who []tenant.Identity
	for _, key := range want.Customers {
		if prepare != nil {
			prepare(u, key)
		}
		if c := u.customers[key]; c.Known() {
			known, who = append(known, key), append(who, c.Identity)
		}
	}
	if len(known) == 0 {
		return done, nil
	}
	facts, err := u.s.factsOfAll(ctx, p.ID, who)
	if err != nil {
		return done, err
	}
	locations := make([][]engagement.Location, len(all))
	for i, e := range all {
		if locations[i], err = mayAdd(e, p, u.now); err != nil {
			return done, err
		}
	}
	for i, key := range known {
		changed, err := u.rejudge(key, all, locations, facts[i])
		done.Done++
		if changed {
			done.Changed++
		}
		if err != nil {
			done.Failed++
			*failed = keepErrors(*failed, []error{fmt.Errorf("customer %s: %w", key.Customer, err)})
		}
	}
	return done, nil
}

// rejudge evaluates one known customer and changes what has changed.
func (u *unit) rejudge(key engagement.CustomerKey, all []engagement.Engagement, locations [][]engagement.Location, facts eligibility.Facts) (bool, error) {
	changed := false
	var errs []error
	for i, e := range all {
		standing, _ := u.place(engagement.PlaceKey{Engagement: e.ID, Customer: key.Customer}).Standing(key.Partner)
		was := standing.Evaluation
		is, err := u.s.evaluate(e, locations[i], facts, u.now)
		if err != nil {
			errs = append(errs, err)
			is = was
		}
		if standing.Known && is.SameAs(was) {
			continue
		}
		changed = true
		if was.Outcome != "" && was.Outcome != is.Outcome {
			u.customerEvent(engagement.Event{
				Kind: engagement.EligibilityChanged, By: engagement.ByProgram, Engagement: e.ID,
				From: string(was.Outcome), To: string(is.Outcome), Note: is.RuleSet + " " + is.Version,
			}, key)
		}
		u.stand(u.customers[key], e, is)
	}
	return changed, errors.Join(errs...)
}

func (p *Progress) add(q Progress) {
	p.Done += q.Done
	p.Changed += q.Changed
	p.Failed += q.Failed
}

func keepErrors(errs, more []error) []error {
	return append(errs, more[:min(len(more), max(maxErrors-len(errs), 0))]...)
}
