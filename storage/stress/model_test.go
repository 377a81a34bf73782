package stress_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
)

// op is what a client can ask.
type op string

const (
	add      op = "add"
	claim    op = "claim"
	request  op = "request"
	cancel   op = "cancel"
	accept   op = "accept"
	decline  op = "decline"
	withdraw op = "withdraw"
	look     op = "look"
	list     op = "list"
)

// command is what a client asked.
type command struct {
	op      op
	partner int
	id      engagement.ParticipationID // unless it is an add, a claim or a list
	limit   int                        // of the history's engagement
	n       int                        // of the command in its history
}

func (c command) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s", partners[c.partner].Partner, c.op, c.id))
}

// answer is what a client was told.
type answer struct {
	unknown bool                       // the storage gave no answer
	refused string                     // why; "": it was done
	id      engagement.ParticipationID // that began, or that is in the way
	shown   string                     // what was read
}

func (a answer) String() string {
	if a.unknown {
		return "no answer"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s%s", a.refused, a.id, a.shown))
}

// part is a participation as a partner sees it.
type part struct {
	id     engagement.ParticipationID
	status engagement.Status
}

func sortParts(parts []part) {
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(string(a.id), string(b.id)) })
}

func (p part) open() bool {
	return slices.Contains([]engagement.Status{engagement.StatusCustomerClaimed, engagement.StatusAwaitingConsentResponse, engagement.StatusConsentReceived}, p.status)
}

// side is what one partner has with the customer. Arrays make it comparable.
type side struct {
	known bool
	n     int
	parts [20]part // in the order in which they began
}

// room is one customer in one engagement: the state of the model.
type room struct {
	limit int
	sides [len(partners)]side
}

func (r *room) part(partner int, id engagement.ParticipationID) *part {
	s := &r.sides[partner]
	for i := range s.parts[:s.n] {
		if s.parts[i].id == id {
			return &s.parts[i]
		}
	}
	return nil
}

func (r *room) open(partner int) *part {
	s := &r.sides[partner]
	for i := range s.parts[:s.n] {
		if s.parts[i].open() {
			return &s.parts[i]
		}
	}
	return nil
}

func (r *room) granted(partner int) int {
	n := 0
	for _, p := range r.sides[partner].parts {
		if p.status == engagement.StatusConsentReceived {
			n++
		}
	}
	return n
}

// full says why the claim limit leaves the partner no room, in the program's words
// and without saying who took it; "" while there is room.
func (r *room) full(partner int) string {
	own, other := r.granted(partner), 0
	for i := range r.sides {
		if i != partner {
			other += r.granted(i)
		}
	}
	if own+other < r.limit {
		return ""
	}
	var why []string
	if other > 0 {
		why = append(why, string(engagement.ReasonConsentedElsewhere))
	}
	if own > 0 || r.limit > 1 {
		why = append(why, string(engagement.ReasonClaimLimitReached))
	}
	return strings.Join(why, ", ")
}

// do returns what the program answers to a command, and what is then. A
// participation that begins gets the ID.
func (r room) do(c command, id engagement.ParticipationID) (answer, room) {
	switch c.op {
	case add, claim:
		return r.begin(c, id)
	case list:
		parts := slices.Clone(r.sides[c.partner].parts[:r.sides[c.partner].n])
		sortParts(parts)
		return answer{shown: textOf(parts)}, r
	}
	p := r.part(c.partner, c.id)
	if p == nil {
		return answer{refused: "no such participation"}, r
	}
	refused := ""
	switch c.op {
	case look:
		return answer{shown: string(p.status)}, r
	case request:
		refused = r.request(c, p)
	case cancel:
		if refused = notNow(p); p.open() {
			refused, p.status = "", engagement.StatusCanceled
		}
	default:
		refused = r.answer(c, p)
	}
	return answer{refused: refused}, r
}

// begin adds or claims the customer. Add is for strangers, claim for those who
// have consented to the partner before.
func (r room) begin(c command, id engagement.ParticipationID) (answer, room) {
	s := &r.sides[c.partner]
	var refusals []string
	switch p := r.open(c.partner); {
	case c.op == claim && !s.known:
		return answer{refused: "not known"}, r
	case p != nil:
		return answer{refused: "open: " + string(p.status), id: p.id}, r
	case c.op == add && s.known:
		refusals = append(refusals, "already known")
	}
	if why := r.full(c.partner); why != "" {
		refusals = append(refusals, "not eligible: "+why)
	}
	if len(refusals) > 0 {
		return answer{refused: strings.Join(refusals, "; ")}, r
	}
	s.parts[s.n] = part{id, engagement.StatusCustomerClaimed}
	s.n++
	return answer{id: id}, r
}

func notNow(p *part) string { return "not now: " + string(p.status) }

func (r *room) request(c command, p *part) string {
	switch {
	case p.status != engagement.StatusCustomerClaimed:
		return notNow(p)
	case r.full(c.partner) != "":
		return notNow(p) + "; taken"
	}
	p.status = engagement.StatusAwaitingConsentResponse
	return ""
}

// answer is what the customer decides by the link. The first answer wins, and the
// same again is done; only what was accepted can be withdrawn.
func (r *room) answer(c command, p *part) string {
	switch p.status {
	case engagement.StatusAwaitingConsentResponse:
		switch {
		case c.op == decline:
			p.status = engagement.StatusConsentDeclined
			return ""
		case c.op == withdraw:
			return "not allowed"
		case r.full(c.partner) != "":
			return "taken"
		}
		p.status = engagement.StatusConsentReceived
		r.sides[c.partner].known = true
		return ""
	case engagement.StatusConsentReceived:
		if c.op == withdraw {
			p.status = engagement.StatusConsentWithdrawn
			return ""
		}
		if c.op == accept {
			return ""
		}
		return "answered: " + string(consent.DecisionAccept)
	case engagement.StatusConsentDeclined:
		if c.op == decline {
			return ""
		}
		return "answered: " + string(consent.DecisionDecline)
	case engagement.StatusConsentWithdrawn:
		if c.op == withdraw {
			return ""
		}
		return "answered: " + string(consent.DecisionWithdraw)
	}
	return "not allowed" // it was cancelled
}

// nameless is the ID of a participation of which nobody has been told.
func nameless(c command) engagement.ParticipationID {
	return engagement.ParticipationID(fmt.Sprintf("?%d", c.n))
}

// named gives a nameless participation of the partner's, of which there is one at
// most because it is open, the ID that an answer tells.
func (r room) named(partner int, told answer) room {
	s := &r.sides[partner]
	for i := range s.parts[:s.n] {
		if !strings.HasPrefix(string(s.parts[i].id), "?") {
			continue
		}
		if told.id != "" && r.part(partner, told.id) == nil {
			s.parts[i].id = told.id
		}
		for _, entry := range strings.Split(told.shown, "; ") {
			if id, _, ok := strings.Cut(entry, " "); ok && r.part(partner, engagement.ParticipationID(id)) == nil {
				s.parts[i].id = engagement.ParticipationID(id)
			}
		}
	}
	return r
}

// step returns the states in which the command can have left the room, none when
// the program would not have answered so.
func (r room) step(c command, got answer) []any {
	r.limit = c.limit // the same for every command of a history
	if got.unknown {
		_, next := r.do(c, nameless(c))
		return []any{r, next} // not done, or done
	}
	begins := (c.op == add || c.op == claim) && got.refused == ""
	if begins && (got.id == "" || r.part(c.partner, got.id) != nil) {
		return nil
	}
	if !begins && (c.op == add || c.op == claim || c.op == list) {
		r = r.named(c.partner, got)
	}
	if want, next := r.do(c, got.id); want == got {
		return []any{next}
	}
	return nil
}

// program is the sequential model of what partners can do.
var program = (&porcupine.NondeterministicModel{
	Init:              func() []any { return []any{room{}} },
	Step:              func(state, input, output any) []any { return state.(room).step(input.(command), output.(answer)) },
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%v -> %v", input, output) },
}).ToModel()
