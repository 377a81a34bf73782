package webhook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/relay/cloudevents"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// Feed is where events come from: the Feed desk of a [workflow.Service].
type Feed interface {
	Read(context.Context, workflow.Actor, workflow.FeedQuery) (workflow.FeedPage, error)
	Consumers(context.Context, workflow.Actor) ([]workflow.FeedConsumer, error)
	MoveConsumer(context.Context, workflow.Actor, workflow.MoveFeedConsumer) error
}

// Endpoint is where events go to.
type Endpoint struct {
	// Name is that of its consumer of the feed, 1 to 100 characters, unique for its Actor's
	// partner, or for the program. It stays the same when the rest changes.
	Name  string
	Actor workflow.Actor // for whom it follows the feed: a partner or the program
	URL   string
	// Secrets sign, each of them: two while one takes the other's place. 1 to 5.
	Secrets []Secret

	Kinds []engagement.EventKind // that it is sent; nil: all
	Since time.Time              // it is sent nothing that happened before
	// EnabledAt is when somebody has set it up or, after it was disabled, has enabled it
	// last: what had failed before does not count.
	EnabledAt time.Time
}

// LogValue names the endpoint, and leaves out its address, which may hold a secret.
func (e Endpoint) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", e.Name), slog.String("partner", string(e.Actor.Partner)))
}

// Options are what a host decides. Source is needed.
type Options struct {
	Source string // of the CloudEvents, see [cloudevents.New]

	// Disabled is told that an endpoint has failed since a time, and why the last time: it
	// is sent nothing more until its EnabledAt is later than now, by this process. The host
	// leaves it out of its list, or other processes, and this one after a restart, try it a
	// few times more and tell again. nil: it is only logged.
	Disabled func(ctx context.Context, e Endpoint, since time.Time, why error)
	// Failed is told whatever goes wrong: with an endpoint or, with the zero Endpoint, with
	// the list of them. It is logged anyway. nil: it is only logged.
	Failed func(e Endpoint, err error)
	GiveUp time.Duration // after how long without success an endpoint is disabled; 0: five days

	// Allow says to which addresses endpoints' names may lead; nil: [Public] ones.
	Allow     func(netip.Addr) bool
	AllowHTTP bool              // endpoints need no TLS, as in a network of the host's own
	Transport http.RoundTripper // nil: one that heeds Allow. One of the host's own has to guard itself

	Timeout time.Duration // for one request; 0: 15 seconds
	Every   time.Duration // how often Run looks for events; 0: ten seconds
	// Wake has Run look at once: a listener for new events sends when there may be some.
	Wake <-chan struct{}

	Now    func() time.Time // nil: time.Now
	Logger *slog.Logger     // nil: nothing is logged
}

// Sender sends events to endpoints.
type Sender struct {
	feed      Feed
	endpoints func(context.Context) ([]Endpoint, error)
	o         Options
	encoder   *cloudevents.Encoder
	client    *http.Client

	mu    sync.Mutex
	known map[key]*follower
}

// key names an endpoint.
type key struct {
	partner engagement.PartnerID
	name    string
}

func (e Endpoint) key() key { return key{e.Actor.Partner, e.Name} }

// New returns a Sender of the events of a feed to the endpoints that there are whenever
// it asks for them.
func New(feed Feed, endpoints func(context.Context) ([]Endpoint, error), o Options) (*Sender, error) {
	encoder, err := cloudevents.New(o.Source)
	if err != nil {
		return nil, err
	}
	if o.GiveUp < 0 || o.Timeout < 0 || o.Every < 0 {
		return nil, errors.New("webhook: a time in the options is less than nothing")
	}
	o.GiveUp, o.Timeout, o.Every = cmp.Or(o.GiveUp, 5*24*time.Hour), cmp.Or(o.Timeout, 15*time.Second), cmp.Or(o.Every, 10*time.Second)
	if o.Allow == nil {
		o.Allow = Public
	}
	if o.Transport == nil {
		o.Transport = guarded(o.Allow)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	client := &http.Client{Transport: o.Transport, Timeout: o.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Sender{feed: feed, endpoints: endpoints, o: o, encoder: encoder, client: client, known: map[key]*follower{}}, nil
}

// check returns what is wrong with an endpoint.
func (s *Sender) check(e Endpoint) error {
	problem := checkURL(e.URL, s.o.AllowHTTP)
	if problem != "" {
		problem = "its address " + problem
	}
	if len(e.Secrets) < 1 || len(e.Secrets) > 5 {
		problem = fmt.Sprintf("it has %d secrets: 1 to 5 sign", len(e.Secrets))
	}
	for _, secret := range e.Secrets {
		if secret.IsZero() {
			problem = "one of its secrets is missing"
		}
	}
	if problem != "" {
		return fmt.Errorf("webhook: endpoint %q cannot be sent to: %s", e.Name, problem)
	}
	return nil
}

// Send sends what there is to every endpoint whose time it is, to each on its own, and
// returns how many events have arrived. What went wrong is in the joined error. It is for
// hosts that have a timetable of their own; others call Run.
func (s *Sender) Send(ctx context.Context) (int, error) {
	var running sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	sent := 0
	s.round(ctx, &running, func(n int, err error) {
		mu.Lock()
		defer mu.Unlock()
		if sent += n; err != nil {
			errs = append(errs, err)
		}
	})
	running.Wait()
	return sent, errors.Join(errs...)
}

// Run sends, every now and then and when it is woken, until the context ends; then it
// returns nil, after the last request. A slow endpoint keeps no other waiting.
func (s *Sender) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	wake := s.o.Wake
	for ctx.Err() == nil {
		s.round(ctx, &running, func(int, error) {})
		timer := time.NewTimer(s.o.Every)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case _, open := <-wake:
			if !open {
				wake = nil
			}
		}
		timer.Stop()
	}
	return nil
}

// round begins to send to every endpoint to which nobody does so already, and whose time
// it is. It tells the end of each.
func (s *Sender) round(ctx context.Context, running *sync.WaitGroup, done func(int, error)) {
	all, err := s.endpoints(ctx)
	if err != nil {
		err = fmt.Errorf("webhook: the endpoints cannot be had: %w", err)
		s.failed(ctx, Endpoint{}, err)
		done(0, err)
		return
	}
	listed := map[key]bool{}
	for _, e := range all {
		if listed[e.key()] {
			err := fmt.Errorf("webhook: there are two endpoints %q", e.Name)
			s.failed(ctx, e, err)
			done(0, err)
			continue
		}
		listed[e.key()] = true
		f := s.take(e)
		if f == nil {
			continue
		}
		running.Go(func() {
			n, err := f.follow(ctx, e)
			s.free(f)
			if err != nil {
				s.failed(ctx, e, err)
			}
			done(n, err)
		})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, f := range s.known {
		if !listed[k] && !f.busy {
			delete(s.known, k)
		}
	}
}

// take returns the endpoint's follower, which is the caller's until it is freed; nil if
// it is busy, or to wait.
func (s *Sender) take(e Endpoint) *follower {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.known[e.key()]
	if f == nil || !f.busy && e.EnabledAt.After(f.enabledAt) {
		f = &follower{s: s, enabledAt: e.EnabledAt}
		s.known[e.key()] = f
	}
	if f.busy || f.disabled || s.o.Now().Before(f.next) {
		return nil
	}
	f.busy = true
	return f
}

func (s *Sender) free(f *follower) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.busy = false
}

func (s *Sender) failed(ctx context.Context, e Endpoint, err error) {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) { // it was told to stop
		return
	}
	s.o.Logger.WarnContext(ctx, "events could not be sent", "endpoint", e, "error", err)
	if s.o.Failed != nil {
		s.o.Failed(e, err)
	}
}

// Restart has an endpoint begin again, with the first event since Endpoint.Since: after
// an error that matches storage.ErrRewound, which says that the storage was restored from
// an earlier state. What arrives again has the ID that it had.
func (s *Sender) Restart(ctx context.Context, e Endpoint) error {
	f := &follower{s: s}
	if err := f.locate(ctx, e); err != nil || f.cursor == "" {
		return err
	}
	return s.feed.MoveConsumer(ctx, e.Actor, workflow.MoveFeedConsumer{Name: e.Name, From: f.cursor})
}
