package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

func (s *story) say(format string, args ...any) {
	fmt.Fprintln(s.out, strings.TrimRight(fmt.Sprintf(format, args...), " "))
}

// explain prints a text behind a label, as many lines of it as it takes, each
// beginning under the first.
func (s *story) explain(label, text string) {
	const width = 110
	indent := strings.Repeat(" ", utf8.RuneCountInString(label))
	line, length := label, len(indent)
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case length+1+n > width:
			s.say("%s", line)
			line, length = indent, len(indent)
		default:
			line, length = line+" ", length+1
		}
		line, length = line+word, length+n
	}
	s.say("%s", line)
}

func (s *story) title(text string) {
	s.say("\n%s\n%s", text, strings.Repeat("─", len([]rune(text))))
}

// page prints the three tabs of a partner's Customers page.
func (s *story) page(actor workflow.Actor, id engagement.ID) error {
	s.say("")
	s.say("  Customers · %s · %s · %s", actor.Partner, id, s.now.Format("2 Jan 2006"))
	for _, tab := range engagement.AllTabs() {
		page, err := s.desk.Customers.List(s.ctx, actor, workflow.CustomersQuery{Engagement: id, Tab: tab})
		if err != nil {
			return err
		}
		s.say("  %s (%v)", strings.ToUpper(string(tab[0]))+string(tab[1:]), page.Counts[tab])
		for _, r := range page.Rows {
			s.say("    %-20s %-12s %-36s %s", r.Name, r.Type, r.Todo(words.Words{}), list(r.Actions))
			for _, reason := range r.Reasons {
				s.explain("      - ", reason.String())
			}
		}
	}
	s.say("")
	return nil
}

// outbox is the story's Notifier: it keeps what goes out.
type outbox struct {
	sent  []workflow.Delivery
	shown int
}

// Notify implements workflow.Notifier.
func (o *outbox) Notify(_ context.Context, d workflow.Delivery) error {
	o.sent = append(o.sent, d)
	return nil
}

// links returns the tokens of a participation's links of a kind, as they went out.
func (o *outbox) links(p engagement.ParticipationID, kind engagement.MessageKind) []link.Token {
	var tokens []link.Token
	for _, d := range o.sent {
		if d.Message.Participation == p && d.Message.Kind == kind {
			if t, err := link.ParseToken(d.Link[strings.LastIndexByte(d.Link, '/')+1:]); err == nil {
				tokens = append(tokens, t)
			}
		}
	}
	return tokens
}

// link returns the token of the newest link by which a customer consents.
func (o *outbox) link(p engagement.ParticipationID) link.Token {
	tokens := o.links(p, engagement.MessageConsentRequest)
	if len(tokens) == 0 {
		return link.Token{}
	}
	return tokens[len(tokens)-1]
}

// tally lets the waiting messages go out, and counts them by what they are.
func (s *story) tally() error {
	if _, err := s.desk.Jobs.Relay(s.ctx); err != nil {
		return err
	}
	counts := map[engagement.MessageKind]int{}
	for _, d := range s.mail.sent[s.mail.shown:] {
		counts[d.Message.Kind]++
	}
	s.mail.shown = len(s.mail.sent)
	var texts []string
	for _, kind := range engagement.AllMessageKinds() {
		if counts[kind] > 0 {
			texts = append(texts, fmt.Sprintf("%d × %s", counts[kind], kind))
		}
	}
	s.explain("✉ ", strings.Join(texts, ", "))
	return nil
}

// amount shows money, or a dash where there is none.
func amount(m eligibility.Money) string {
	if m.IsZero() {
		return "–"
	}
	return m.String()
}

// deliver lets the waiting messages go out, and prints them.
func (s *story) deliver() error {
	if _, err := s.desk.Jobs.Relay(s.ctx); err != nil {
		return err
	}
	for _, d := range s.mail.sent[s.mail.shown:] {
		subject := strings.ReplaceAll(d.Subject, d.ClaimNumber, "C-…") // another one each time
		to := d.Message.To.String()
		if to == "" { // to the partner as a whole: the host knows who that is
			to = string(d.Message.Partner)
		}
		s.say("✉ %-36s %s", to, subject)
	}
	s.mail.shown = len(s.mail.sent)
	return nil
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// short shows the beginning of an ID.
func short(id string) string {
	if len(id) > 11 {
		return id[:8] + "…"
	}
	return id
}

func list(actions []engagement.Action) string {
	if len(actions) == 0 {
		return ""
	}
	texts := make([]string, len(actions))
	for i, a := range actions {
		texts[i] = string(a)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// refusalLines are the reasons of a refusal, one a line.
func refusalLines(err error) []string {
	var location *workflow.LocationNotEligibleError
	var customer *workflow.NotEligibleError
	var lines []string
	switch {
	case errors.As(err, &location):
		for _, r := range location.Reasons {
			lines = append(lines, "the location: "+r.String())
		}
	case errors.As(err, &customer):
		for _, r := range customer.Reasons {
			lines = append(lines, r.String())
		}
	default:
		lines = []string{err.Error()}
	}
	return lines
}

func consentByOrWhyNot(started []workflow.ParticipationView, err error) string {
	if err != nil {
		return "✗ " + err.Error()
	}
	return "✓ consent by " + started[0].Consent.Deadline.Format("2 Jan 2006")
}

// change tells an event in English, with the engagement and the statuses.
func change(e engagement.Event) string {
	parts := []string{e.Sentence(words.Words{}, nil)}
	if e.Engagement != "" {
		parts = append(parts, string(e.Engagement))
	}
	if e.To != "" && e.From != e.To {
		parts = append(parts, string(cmp.Or(e.From, "—")+" → "+e.To))
	}
	return strings.Join(parts, ", ")
}
