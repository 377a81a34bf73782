package workflow

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Progress counts what a long-running call has done.
type Progress struct {
	Done    int `json:"done"`    // customers, or rows, looked at
	Changed int `json:"changed"` // of these, those for which something was written
	Failed  int `json:"failed"`  // of these, those that could not be judged; their errors are in the joined error
}

// KnownCustomer is a customer of whom the program says that it has consented to
// the partner before.
type KnownCustomer struct {
	Identity     tenant.Identity `json:"identity"`
	FriendlyName string          `json:"friendly_name,omitempty"`
	Since        time.Time       `json:"since,omitzero"` // zero: now
}

// Import makes customers known to a partner and evaluates them for every engagement, in
// batches, each written whole. Customers that are known already stay as they are, so an
// interrupted import can be run again. Up to two batches are processed concurrently, so
// [FactSource] may be called concurrently; progress, which may be nil, is called after
// each batch, by one goroutine at a time. It reads no further ahead, so any number of
// customers needs the same memory.
//
// It needs [RoleProgram]. It returns a *[NotFoundError] for the partner, and the joined
// errors of customers who could not be imported or evaluated: an *[InputError], or the
// errors of rules that failed (*[eligibility.RuleError]). Of these it keeps the first
// 20; Progress.Failed counts all.
func (d *ProgramDesk) Import(ctx context.Context, actor Actor, partner engagement.PartnerID, customers iter.Seq[KnownCustomer], progress func(Progress)) (Progress, error) {
	s := d.s
	if err := s.authorizeAll(ctx, actor, MayAdministerProgram); err != nil {
		return Progress{}, err
	}
	p, err := s.partner(ctx, partner)
	if err != nil {
		return Progress{}, err
	}
	r := newReevaluation(s, p, actor, progress)
	var b batch
	named := map[tenant.Key]KnownCustomer{}
	flush := func() bool {
		customers := named
		going := r.start(ctx, b, func(u *unit, key engagement.CustomerKey) { u.importKnown(actor, key, customers[key.Customer]) })
		b, named = batch{}, map[tenant.Key]KnownCustomer{}
		return going
	}
	for c := range customers {
		key := c.Identity.Key()
		if key == "" {
			b.fail(&InputError{Field: "identity", Problem: fmt.Sprintf("of customer %q has neither tenant ID nor TPID", c.Identity.Name)})
			continue
		}
		if c.Identity.Tenant.IsPersonal() {
			b.fail(&InputError{Field: "identity", Problem: "has the tenant of everybody's personal accounts, which is nobody's customer"})
			continue
		}
		if name, err := checkName(c.FriendlyName); err != nil {
			b.fail(err)
			continue
		} else {
			c.FriendlyName = name
		}
		if _, err := c.Identity.Cloud.MarshalText(); err != nil {
			b.fail(&InputError{Field: "identity.cloud", Problem: err.Error(), Err: err})
			continue
		}
		c.Identity.Name = text.Clean(c.Identity.Name, 256) // foreign text, which nobody can be asked to correct
		if _, twice := named[key]; twice {
			b.skipped++
			continue
		}
		named[key] = c
		if b.customers = append(b.customers, key); len(b.customers) == customersBatch && !flush() {
			break
		}
	}
	flush()
	return r.finish(nil)
}

// importKnown makes a customer known, unless it is.
func (u *unit) importKnown(actor Actor, key engagement.CustomerKey, in KnownCustomer) {
	c := u.Customer(key)
	if c.Known() {
		return
	}
	c.Key, c.KnownSince = key, in.Since.UTC().Truncate(time.Microsecond)
	if in.Since.IsZero() {
		c.KnownSince = u.Now
	}
	if c.History.Seq == 0 {
		c.Identity, c.FriendlyName = in.Identity, in.FriendlyName
	}
	u.PutCustomer(c)
	u.Event(engagement.Event{
		Kind: engagement.EventCustomerKnown, By: engagement.ByProgram, Person: byUser(actor),
		Detail: engagement.Detail{KnownSince: c.KnownSince},
	}, key)
}

// LogValue hides the friendly name, which somebody wrote.
func (c KnownCustomer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("customer", string(c.Identity.Key())), slog.Time("since", c.Since))
}

// Reevaluation is what to re-evaluate for a partner: one customer, one engagement, both
// or, where a field is empty, all.
type Reevaluation struct {
	Partner    engagement.PartnerID `json:"partner"`
	Customer   tenant.Key           `json:"customer,omitempty"`
	Engagement engagement.ID        `json:"engagement,omitempty"`
}

// Reevaluate asks the rules again about known customers, after facts or rules have
// changed or an engagement is new, and brings the Customers pages up to date, in
// batches, with what other portals hold and the claim limit of the engagement.
// Participations that have begun stay as they are: a customer that was eligible then
// stays so. Batches and progress are as with [ProgramDesk.Import].
//
// It needs [RoleProgram]. It returns a *[NotFoundError] for a partner, a customer or an
// engagement that does not exist, and joins the errors of customers who could not be
// evaluated, as Import does; their rows stay as they were.
func (d *ProgramDesk) Reevaluate(ctx context.Context, actor Actor, what Reevaluation, progress func(Progress)) (Progress, error) {
	s := d.s
	if err := s.authorizeAll(ctx, actor, MayAdministerProgram); err != nil {
		return Progress{}, err
	}
	p, err := s.partner(ctx, what.Partner)
	if err != nil {
		return Progress{}, inField(err, "partner")
	}
	r := newReevaluation(s, p, actor, progress)
	if r.only = what.Engagement; r.only != "" {
		if _, err := s.engagement(ctx, r.only); err != nil {
			return Progress{}, inField(err, "engagement")
		}
	}
	if what.Customer != "" {
		key := engagement.CustomerKey{Partner: p.ID, Customer: what.Customer}
		loaded, err := s.store.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}})
		if err != nil {
			return Progress{}, unavailable("storage", err)
		}
		if _, err := customerIn(loaded, key); is[*NotFoundError](err) {
			return Progress{}, inField(err, "customer")
		}
		r.start(ctx, batch{customers: []tenant.Key{what.Customer}}, nil)
		return r.finish(nil)
	}
	for list, err := range s.customers(ctx, storage.CustomersQuery{Partner: p.ID, Limit: customersBatch}) {
		if err != nil {
			return r.finish(err)
		}
		b := batch{customers: make([]tenant.Key, len(list.list))}
		for i, c := range list.list {
			b.customers[i] = c.Key.Customer
		}
		for _, bad := range list.lost {
			b.fail(ofCustomer(bad.Customer, bad))
		}
		if !r.start(ctx, b, nil) {
			break
		}
	}
	return r.finish(nil)
}

func (u *unit) judge(ctx context.Context, r *reevaluation, all []engagement.Engagement, customers []tenant.Key, prepare func(*unit, engagement.CustomerKey)) (verdicts, error) {
	var v verdicts
	var want storage.Want
	for _, customer := range customers {
		key := engagement.CustomerKey{Partner: r.partner.ID, Customer: customer}
		want.Customers = append(want.Customers, key)
		want.Records = append(want.Records, key.InEach(all)...)
	}
	u.Many = true
	if _, err := u.Load(ctx, want); err != nil {
		return v, err
	}
	if err := u.askExternal(ctx, want.Records); err != nil {
		return v, err
	}
	var known []engagement.CustomerKey
	var who []tenant.Identity
	for _, key := range want.Customers {
		if bad := u.Unreadable(key); bad != nil {
			v.failed = append(v.failed, bad)
			continue
		}
		if prepare != nil {
			prepare(u, key)
		}
		if c := u.Customer(key); c.Associated() {
			known, who = append(known, key), append(who, c.Identity)
		}
	}
	if len(known) > 0 {
		facts, err := u.s.factsOfAll(ctx, r.partner.ID, who)
		if err != nil {
			return v, err
		}
		offers := offersOf(all, r.partner, u.Now)
		for i, key := range known {
			err := checkFacts(facts[i])
			if err == nil {
				err = u.rejudge(r.actor, key, offers, facts[i])
			}
			if err != nil {
				v.failed = append(v.failed, fmt.Errorf("customer %s: %w", key.Customer, err))
			}
		}
	}
	for _, key := range want.Customers {
		if u.refresh(key, all) {
			v.changed++
		}
	}
	return v, nil
}

// offered is an engagement with the locations through which the partner may add
// customers to it, or why that cannot be told.
type offered struct {
	engagement.Engagement
	locations []engagement.Location
	err       error
}

func offersOf(all []engagement.Engagement, p engagement.Partner, now time.Time) []offered {
	out := make([]offered, len(all))
	for i, e := range all {
		locations, err := e.LocationsToAdd(p, now)
		out[i] = offered{e, locations, err}
	}
	return out
}

// rejudge evaluates one known customer and changes what has changed. Where the
// rules fail, it stays as it was.
func (u *unit) rejudge(actor Actor, key engagement.CustomerKey, offers []offered, facts eligibility.Facts) error {
	var errs []error
	for _, e := range offers {
		r := u.Record(key.In(e.ID))
		if len(r.Unreadable) > 0 { // it stays as it is
			errs = append(errs, r.Unreadable[0].Err)
			continue
		}
		was, is, err := r.Evaluation, engagement.Evaluation{}, e.err
		if err == nil {
			is, err = u.s.evaluate(e.Engagement, u.Customer(key).Identity, e.locations, facts, u.Now)
			is = u.s.evaluationSeen(is, u.Customer(key))
		}
		if err != nil {
			errs = append(errs, err)
			is = was
		}
		if r.Known && is.EquivalentTo(was) {
			continue
		}
		if r.Known && was.Outcome != is.Outcome {
			u.Event(engagement.Event{
				Kind: engagement.EventEligibilityChanged, By: engagement.ByProgram, Engagement: e.ID, Person: byUser(actor),
				Detail: engagement.Detail{OutcomeBefore: was.Outcome, OutcomeAfter: is.Outcome, RuleSet: is.RuleSet, RuleVersion: is.Version},
			}, key)
		}
		u.recordKnown(u.Customer(key), e.Engagement, is)
	}
	return problems.Join(errs...)
}

// refresh brings the claim limit of what the partner shares there up to date, and
// reports whether anything of the customer has changed.
func (u *unit) refresh(key engagement.CustomerKey, all []engagement.Engagement) bool {
	changed := u.Touches(key)
	for _, e := range all {
		r := u.Record(key.In(e.ID))
		if r.Version > 0 && len(r.Unreadable) == 0 {
			u.limited(e, r.Key.Shared())
		}
		changed = changed || u.Changing(r.Key)
	}
	return changed
}
