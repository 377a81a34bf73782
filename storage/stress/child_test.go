package stress_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/storage"
)

// childTask is the environment variable in which a process of the test finds its
// task.
const childTask = "PARTNERENGAGE_STRESS_CHILD"

// task is what a process has to do.
type task struct {
	Database  database `json:"database"`
	Process   int      `json:"process"`
	Commands  int      `json:"commands"`
	Customers int      `json:"customers"`
	Began     int64    `json:"began"` // when the clock of all processes did, in microseconds
	Ahead     int      `json:"ahead"` // by how many minutes this one's is ahead of it
	Ledger    string   `json:"ledger"`
}

// clock is that of a process. Days pass in jumps, when the test says so, and
// between them time passes as it does everywhere, so that a lease is not over at
// once.
type clock struct {
	began time.Time
	ahead time.Duration // of those of others
	day   atomic.Int64
}

func (c *clock) now() time.Time {
	return start.AddDate(0, 0, int(c.day.Load())).Add(time.Since(c.began) + c.ahead)
}

// follow takes the days from the test. The process ends with the test.
func (c *clock) follow(days io.Reader) {
	for {
		var day int64
		if _, err := fmt.Fscanln(days, &day); err != nil {
			os.Exit(1)
		}
		c.day.Store(day)
	}
}

// worker is one of the goroutines of a process.
type worker struct {
	*child
	partner int
}

// child is a process: it works for every partner, sweeps and relays.
type child struct {
	task
	*clock
	desk *desk
	left atomic.Int64 // commands

	mu    sync.Mutex
	tally tally
	known map[string]bool // customers that a partner may claim, for all that was said
}

// work carries out a task.
func work(ctx context.Context, text string) error {
	c := &child{known: map[string]bool{}, tally: tally{Done: map[string]int{}, Refused: map[string]int{}}}
	if err := json.Unmarshal([]byte(text), &c.task); err != nil {
		return err
	}
	s, done, err := c.Database.open(ctx)
	if err != nil {
		return err
	}
	defer done()
	file, err := os.Create(c.Ledger)
	if err != nil {
		return err
	}
	c.clock = &clock{began: time.UnixMicro(c.Began), ahead: time.Duration(c.Ahead) * time.Minute}
	go c.follow(os.Stdin)
	book := newLedger(s, file, c.now)
	mail := newMailbox()
	mail.sent = book.sent
	if c.desk, err = newDesk(book, mail, c.now); err != nil {
		return err
	}
	c.left.Store(int64(c.Commands))
	err = c.all(ctx)
	c.tally.Conflicts = book.conflicts
	book.write(line{What: "end", End: &c.tally})
	return errors.Join(err, book.out.Flush(), file.Close())
}

// all lets workers work while others sweep and relay, until the commands are done
// or something is wrong.
func (c *child) all(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	over := make(chan struct{})
	var workers, helpers sync.WaitGroup
	for _, job := range []func(context.Context) (int, error){c.desk.Jobs.Sweep, c.desk.Jobs.Relay, c.desk.Jobs.Relay} {
		helpers.Go(func() {
			for {
				select {
				case <-over:
					return
				case <-time.After(rand.N(100 * time.Millisecond)):
				}
				if _, err := job(ctx); err != nil && !crowded(err) {
					cancel(err)
					return
				}
			}
		})
	}
	for n := range 2 * len(partners) {
		w := &worker{child: c, partner: n % len(partners)}
		workers.Go(func() {
			for i := 0; c.left.Add(-1) >= 0; i++ {
				if err := w.one(ctx, fmt.Sprintf("%d-%d-%d", c.Process, n, i)); err != nil {
					cancel(err)
					return
				}
				fmt.Println(1) // command more
			}
		})
	}
	workers.Wait()
	close(over)
	helpers.Wait()
	return context.Cause(ctx)
}

// crowded reports whether the workflow gave up because others were faster every
// time, which is no trouble of the storage.
func crowded(err error) bool {
	return errors.As(err, new(*workflow.UnavailableError)) && !errors.Is(err, storage.ErrUnavailable) && strings.Contains(err.Error(), "too many others")
}

// one carries out one command, now and then by two at the same time.
func (w *worker) one(ctx context.Context, key string) error {
	kind, do, err := w.choose(ctx, key)
	if err != nil {
		return err
	}
	if kind.keyed() && rand.N(20) == 0 {
		err = w.both(kind, do)
	} else {
		_, err = do()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil:
		w.tally.Done[string(events[kind])]++
		return nil
	case crowded(err):
		w.tally.Crowded++
		return nil
	}
	got := refusal(err)
	if got.unknown || strings.HasPrefix(got.refused, "unexpected") {
		return fmt.Errorf("%s %s: %w", kind, key, err)
	}
	reason, _, _ := strings.Cut(got.refused, ":")
	if strings.Contains(got.refused, "taken") {
		reason = "taken"
	}
	w.tally.Refused[reason]++
	return nil
}

// both gives the same command, with the same key, twice at the same time. It is
// carried out once, and neither takes what the other did for an obstacle.
func (w *worker) both(kind op, do func() (string, error)) error {
	w.mu.Lock()
	w.tally.Again++
	w.mu.Unlock()
	var started [2]string
	var errs [2]error
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { started[i], errs[i] = do() })
	}
	wg.Wait()
	if errs[0] != nil {
		slices.Reverse(errs[:])
		slices.Reverse(started[:])
	}
	switch {
	case errs[0] != nil || crowded(errs[1]):
		return errs[0]
	case errs[1] == nil:
		if started[0] != started[1] {
			return fmt.Errorf("the same %s gave %s and %s", kind, started[0], started[1])
		}
		return nil
	}
	got := refusal(errs[1])
	if got.unknown {
		return errs[1]
	}
	if string(got.id) == started[0] && started[0] != "" || got.refused == "not now: "+string(leaves[kind]) {
		return fmt.Errorf("the same %s was carried out, and refused because of that: %s", kind, got.refused)
	}
	return nil // it was refused before, for another reason that went away
}

// leaves is the status in which a command leaves a participation.
var leaves = map[op]engagement.Status{request: engagement.StatusAwaitingConsentResponse, cancel: engagement.StatusCanceled}

// events are what commands leave in a history.
var events = map[op]engagement.EventKind{
	add: engagement.EventCustomerAdded, claim: engagement.EventCustomerClaimed, request: engagement.EventConsentRequested, cancel: engagement.EventParticipationCanceled,
	accept: engagement.EventConsentGranted, decline: engagement.EventConsentDeclined, withdraw: engagement.EventConsentWithdrawn,
}

func (o op) keyed() bool { return o == add || o == claim || o == request || o == cancel }

// choose chooses what to do: answer one of the newest links, or go on with a
// customer, one of those with whom everybody is busy today or any.
func (w *worker) choose(ctx context.Context, key string) (op, func() (string, error), error) {
	if id, ok := w.newest(); ok && rand.N(10) < 4 {
		kind, do := w.answer(ctx, id)
		return kind, do, nil
	}
	customer := rand.N(w.Customers)
	if rand.N(2) == 0 {
		busy := 4 + w.Customers/20
		customer = (int(w.day.Load())*busy + rand.N(busy)) % w.Customers
	}
	e := []engagement.ID{once, twice}[rand.N(2)]
	parts, err := w.desk.list(ctx, w.partner, e, customer)
	if err != nil {
		return "", nil, err
	}
	kind, id := w.next(parts, customer)
	if kind == "" { // it waits for the customer, whose link may still be in the outbox
		if _, err := w.desk.Jobs.Relay(ctx); err != nil && !crowded(err) {
			return "", nil, err
		}
		if id, ok := w.newest(); ok {
			kind, do := w.answer(ctx, id)
			return kind, do, nil
		}
		kind = add
	}
	switch kind {
	case request:
		return kind, func() (string, error) { return "", w.desk.request(ctx, w.partner, id, key) }, nil
	case cancel:
		return kind, func() (string, error) { return "", w.desk.cancel(ctx, w.partner, id, key) }, nil
	}
	begin := map[op]func(context.Context, int, engagement.ID, int, string) (engagement.ParticipationID, error){add: w.desk.add, claim: w.desk.claim}[kind]
	return kind, func() (string, error) {
		started, err := begin(ctx, w.partner, e, customer, key)
		w.learn(customer, err)
		return string(started), err
	}, nil
}

func (w *worker) answer(ctx context.Context, id engagement.ParticipationID) (op, func() (string, error)) {
	token, _ := w.desk.token(id)
	kind := []op{accept, accept, accept, accept, decline, withdraw}[rand.N(6)]
	return kind, func() (string, error) {
		_, err := w.desk.Links.AnswerConsent(ctx, token, consent.Decision(kind))
		return "", err
	}
}

// newest returns one of the last participations whose link this process has sent.
func (w *worker) newest() (engagement.ParticipationID, bool) {
	m := w.desk.mailbox
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.newest) == 0 {
		return "", false
	}
	m.newest = m.newest[max(0, len(m.newest)-24):]
	i := rand.N(len(m.newest))
	id := m.newest[i]
	if rand.N(3) == 0 { // else it is answered again
		m.newest = slices.Delete(m.newest, i, i+1)
	}
	return id, true
}

// next is what a partner does next about a customer, "" to wait. Now and then it
// tries what is refused.
func (w *worker) next(parts []part, customer int) (op, engagement.ParticipationID) {
	i := slices.IndexFunc(parts, part.open)
	switch {
	case i < 0 || rand.N(8) == 0:
	case parts[i].status == engagement.StatusCustomerClaimed && rand.N(8) > 0:
		return request, parts[i].id
	case rand.N(5) == 0:
		return cancel, parts[i].id
	default:
		return "", ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known[w.name(customer)] {
		return claim, ""
	}
	return add, ""
}

func (w *worker) name(customer int) string { return fmt.Sprintf("%d %d", w.partner, customer) }

func (w *worker) learn(customer int, err error) {
	if errors.As(err, new(*workflow.AlreadyKnownError)) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.known[w.name(customer)] = true
	}
}
