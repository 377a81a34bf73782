package stress_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"

	"github.com/partnerengage/partnerengage/internal/errtest"
)

// history is what clients ask at the same time about one customer in one
// engagement, and what they are told.
type history struct {
	engagement engagement.ID
	customer   int
	partners   int // how many compete
	mail       *mailbox

	time atomic.Int64 // orders what is asked and what is answered
	n    atomic.Int64 // commands

	mu  sync.Mutex
	ids [len(partners)][]engagement.ParticipationID // of which a partner was told
	ops []porcupine.Operation
}

// client is one of those who ask, for a partner and for its customer. What it asks
// may get no answer; what relays for it always does.
type client struct {
	*history
	partner     int
	desk, relay *desk
}

// run asks so many times.
func (c *client) run(ctx context.Context, commands int) {
	for range commands {
		cmd := c.choose()
		cmd.n, cmd.limit = int(c.n.Add(1)), limits[c.engagement]
		called := c.time.Add(1)
		got := c.ask(ctx, cmd)
		returned := c.time.Add(1)
		if got.unknown {
			returned = math.MaxInt64 // it may yet happen
		}
		c.note(cmd, got, called, returned)
		if cmd.op == request && got.refused == "" || rand.N(4) == 0 {
			_, _ = c.relay.Jobs.Relay(ctx) // whoever asks for a link that is missing finds out
		}
		if rand.N(3) == 0 {
			time.Sleep(rand.N(300 * time.Microsecond))
		}
	}
}

func (h *history) note(c command, got answer, called, returned int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if got.id != "" {
		h.ids[c.partner] = append(h.ids[c.partner], got.id)
	}
	h.ops = append(h.ops, porcupine.Operation{ClientId: c.partner, Input: c, Call: called, Output: got, Return: returned})
}

// choose chooses what is asked next. The newest participation is the most
// interesting one.
func (c *client) choose() command {
	c.mu.Lock()
	defer c.mu.Unlock()
	cmd := command{partner: c.partner}
	answers := rand.N(10) < 4
	if answers {
		cmd.partner = rand.N(c.partners)
	}
	ids := c.ids[cmd.partner]
	if len(ids) == 0 {
		cmd.op = add
		cmd.partner = c.partner
		return cmd
	}
	cmd.id = ids[max(rand.N(len(ids)), rand.N(len(ids)))]
	_, asked := c.mail.token(cmd.id)
	switch {
	case answers && asked:
		cmd.op = []op{accept, accept, accept, accept, decline, withdraw}[rand.N(6)]
		return cmd
	case !asked && rand.N(2) == 0:
		cmd.op = request
		return cmd
	}
	cmd.op = []op{add, claim, request, cancel, look, look, list}[rand.N(7)]
	if cmd.op == add || cmd.op == claim || cmd.op == list {
		cmd.id = ""
	}
	return cmd
}

// ask asks, and asks again with the same key in some cases in which there is no
// answer: that is one command.
func (c *client) ask(ctx context.Context, cmd command) answer {
	for {
		got := c.once(ctx, cmd)
		retries := cmd.op == add || cmd.op == claim || cmd.op == request || cmd.op == cancel
		if !got.unknown || !retries || rand.N(2) == 0 {
			return got
		}
	}
}

func (c *client) once(ctx context.Context, cmd command) answer {
	var got answer
	var err error
	key := fmt.Sprintf("%d-%s-%d", c.customer, c.engagement, cmd.n)
	switch cmd.op {
	case add:
		got.id, err = c.desk.add(ctx, cmd.partner, c.engagement, c.customer, key)
	case claim:
		got.id, err = c.desk.claim(ctx, cmd.partner, c.engagement, c.customer, key)
	case request:
		err = c.desk.request(ctx, cmd.partner, cmd.id, key)
	case cancel:
		err = c.desk.cancel(ctx, cmd.partner, cmd.id, key)
	case look:
		var status engagement.Status
		status, err = c.desk.Claims.Status(ctx, partners[cmd.partner].Actor, cmd.id)
		got.shown = string(status)
	case list:
		var parts []part
		parts, err = c.desk.list(ctx, cmd.partner, c.engagement, c.customer)
		got.shown = textOf(parts)
	default:
		token, _ := c.mail.token(cmd.id)
		_, err = c.desk.Links.AnswerConsent(ctx, token, consent.Decision(cmd.op))
	}
	if err != nil {
		return refusal(err)
	}
	return got
}

// refusal is a refusal in the words of the model.
func refusal(err error) answer {
	if errors.As(err, new(*workflow.UnavailableError)) {
		return answer{unknown: true}
	}
	var got answer
	var words []string
	var open *workflow.OpenParticipationError
	var ineligible *workflow.NotEligibleError
	var late *workflow.WrongStateError
	var answered *consent.AlreadyAnsweredError
	if errors.As(err, &open) {
		got.id = open.Participation
		words = append(words, "open: "+string(open.Status))
	}
	if errors.As(err, new(*workflow.AlreadyKnownError)) {
		words = append(words, "already known")
	}
	if errors.As(err, new(*workflow.NotKnownError)) {
		words = append(words, "not known")
	}
	if errors.As(err, &ineligible) {
		var why []string
		for _, r := range ineligible.Reasons {
			why = append(why, string(r.Kind))
		}
		words = append(words, "not eligible: "+strings.Join(why, ", "))
	}
	isLate := errors.As(err, &late)
	if isLate {
		words = append(words, "not now: "+string(late.Status))
	}
	if errors.Is(err, consent.ErrTakenElsewhere) {
		words = append(words, "taken")
	}
	if errors.As(err, &answered) && !isLate {
		words = append(words, "answered: "+string(answered.Decision))
	}
	if errtest.Is(err, errtest.Code("expired")) && !isLate {
		words = append(words, "expired")
	}
	if errtest.Is(err, errtest.Code("wrong_state")) && !isLate {
		words = append(words, "not allowed")
	}
	if len(words) == 0 {
		words = append(words, "unexpected: "+err.Error())
	}
	got.refused = strings.Join(words, "; ")
	return got
}
