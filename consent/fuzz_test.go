package consent_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

// FuzzEvents runs random events over one consent and holds it to what is always
// true. Each event is three bytes: its kind, whom it concerns, and how many hours
// later, or earlier, it comes.
func FuzzEvents(f *testing.F) {
	const hoursOf30Days, back = 30 * 24 / 6, 0x80
	f.Add([]byte{})
	f.Add([]byte{0, 0, 1, 3, 0, 1, 5, 1, 1, 5, 1, 1})                     // request, accept, withdraw twice
	f.Add([]byte{0, 3, 1, 1, 0, 4, 4, 0, 1, 4, 3, 1, 3, 2, 1})            // request, resend, decline by an old and a new link, accept
	f.Add([]byte{0, 0, 1, 2, 1, 1, 2, 0, 1, 2, 2, 9, 1, 0, 4, 1, 0, 4})   // change contacts back and forth
	f.Add([]byte{0, 0, 1, 7, 0, hoursOf30Days, 7, 0, 1, 3, 0, 1})         // expire twice, then accept
	f.Add([]byte{0, 0, 0, 7, 0, hoursOf30Days, 3, 0, back | 9, 6, 0, 0})  // a clock that goes back
	f.Add([]byte{0, 0, 0, 3, 0, 0, 5, 4, 0, 5, 0, 0, 6, 0, 0, 3, 1, 0})   // flagged withdrawal, cancel
	f.Add([]byte{6, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0})   // cancelled: nothing more
	f.Add([]byte{0, 7, 1, 8, 0, 0, 8, 1, 0, 9, 0, 0, 3, 0, 0, 9, 3, 200}) // tokens and erasure in between

	people := emails(ana, bruno, carla)
	all := consent.Moves()
	text := terms("en")

	f.Fuzz(func(t *testing.T, script []byte) {
		s, now := consent.Start(deadline), start
		var minted []link.Hash
		for step := 0; len(script) >= 3 && step < 64; step, script = step+1, script[3:] {
			kind, who, hours := script[0]%10, script[1], script[2]
			if hours&back == 0 {
				now = now.Add(time.Duration(hours) * 6 * time.Hour)
			} else {
				now = now.Add(-time.Duration(hours&^back) * time.Hour)
			}
			old := s
			switch kind {
			case 8: // a message is written
				id := pick(s, who)
				next, err := consent.Mint(s, id, link.Hash{byte(step + 1)})
				if l, _ := s.Link(id); (err == nil) != (l.ID != "" && !l.Void()) {
					t.Fatalf("mint for %+v: %v", l, err)
				}
				if err == nil {
					minted = append(minted, link.Hash{byte(step + 1)})
				}
				s = next
			case 9: // somebody is erased
				s, _ = s.Erase(people[int(who)%len(people)].Email)
				if slices.ContainsFunc(s.Links, func(l link.Link) bool { return l.Contact == people[int(who)%len(people)] }) {
					t.Fatal("an erased person is still in a link")
				}
			default:
				e := scripted(s, kind, who, step, people, text)
				next, err := consent.Apply(s, e, now)
				checkStep(t, all, old, next, e, now, err)
				s = next
			}
			if !s.Deadline.Equal(deadline) {
				t.Fatal("the deadline moved")
			}
			if !old.Answer.IsZero() && s.Answer != old.Answer || !old.Withdrawal.IsZero() && s.Withdrawal != old.Withdrawal {
				t.Fatal("an answer was changed")
			}
			if len(s.Sent) > 5 || len(s.Links) < len(old.Links) || len(s.Sent) < len(old.Sent) {
				t.Fatalf("sent %d times, %d links", len(s.Sent), len(s.Links))
			}
			for _, h := range minted {
				if _, err := s.Find(h); err != nil {
					t.Fatalf("a token was lost: %v", err)
				}
			}
		}
	})
}

// pick names one of the links, or one that there is not.
func pick(s consent.State, who byte) link.ID {
	if n := int(who) % (len(s.Links) + 1); n < len(s.Links) {
		return s.Links[n].ID
	}
	return "none"
}

func scripted(s consent.State, kind, who byte, step int, people []link.Contact, text consent.Terms) consent.Event {
	ids := func(n int) (ids []link.ID) {
		for i := range n {
			ids = append(ids, link.ID(fmt.Sprintf("s%d-%d", step, i)))
		}
		return ids
	}
	to := people[:1+int(who)%len(people)]
	if who%2 == 1 {
		to = people[int(who)%len(people):]
	}
	switch kind {
	case 0:
		return consent.Request{Customer: to, Links: ids(len(to)), Terms: text}
	case 1:
		return consent.Resend{Links: ids(len(s.Contacts()))}
	case 2:
		return consent.ChangeContacts{Customer: to, Links: ids(len(to))}
	case 3:
		return consent.Accept{Link: pick(s, who)}
	case 4:
		return consent.Decline{Link: pick(s, who)}
	case 5:
		return consent.Withdraw{Link: pick(s, who), AfterSubmission: who&4 != 0}
	case 6:
		return consent.Cancel{}
	}
	return consent.Expire{}
}

// checkStep holds one event to the table and to what is true of every link.
func checkStep(t *testing.T, all []consent.Move, old, next consent.State, e consent.Event, now time.Time, err error) {
	t.Helper()
	if err != nil {
		if next.Status != old.Status || len(next.Links) != len(old.Links) || next.Answer != old.Answer || next.Withdrawal != old.Withdrawal {
			t.Fatalf("%s was refused and changed something: %v", e.Kind(), err)
		}
		known := []error{link.ErrUnknown, errtest.Type[*link.VoidError](), errtest.Type[*consent.AlreadyAnsweredError](), errtest.Type[*consent.ExpiredError](),
			errtest.Type[*link.TooSoonError](), errtest.Type[*link.TooManyError](), errtest.Type[*consent.NotAllowedError](), errtest.Code("invalid_input")}
		if !slices.ContainsFunc(known, func(k error) bool { return errtest.Is(err, k) }) {
			t.Fatalf("%s: an error of no known kind: %v", e.Kind(), err)
		}
		return
	}
	if old.Repeats(e) { // the same answer again is done, and changes nothing
		if next.Status != old.Status || next.Answer != old.Answer || next.Withdrawal != old.Withdrawal || len(next.Links) != len(old.Links) {
			t.Fatalf("%s again changed something", e.Kind())
		}
		return
	}
	if !slices.ContainsFunc(all, func(m consent.Move) bool { return m.From == old.Status && m.On == e.Kind() && m.To == next.Status }) {
		t.Fatalf("%s from %s to %s is not in the table", e.Kind(), old.Status, next.Status)
	}
	if old.StatusAt(now) == consent.StatusExpired && e.Kind() != consent.KindExpire {
		t.Fatalf("%s after the deadline", e.Kind())
	}
	for _, answer := range []struct{ was, is consent.Answer }{{old.Answer, next.Answer}, {old.Withdrawal, next.Withdrawal}} {
		if answer.was == answer.is {
			continue
		}
		l, err := old.Link(answer.is.Link)
		if err != nil || l.Void() {
			t.Fatalf("the link %q decided, and it is %+v", answer.is.Link, l)
		}
	}
	live := 0
	for _, l := range next.Links {
		if !l.Void() {
			live++
		}
	}
	if len(next.Sent) > 0 && live != len(next.Sent[len(next.Sent)-1].Links) {
		t.Fatalf("%d links are live, of the last sending's %d", live, len(next.Sent[len(next.Sent)-1].Links))
	}
	if len(next.Sent) > len(old.Sent) && len(old.Sent) > 0 {
		last := old.Sent[len(old.Sent)-1].At
		if e.Kind() == consent.KindResend && now.Sub(last) < day {
			t.Fatalf("sent again after %s", now.Sub(last))
		}
		for _, n := range next.Links[len(old.Links):] {
			for _, o := range old.Links {
				if n.Contact == o.Contact && now.Sub(o.IssuedAt) < day {
					t.Fatalf("somebody was written to again after %s", now.Sub(o.IssuedAt))
				}
			}
		}
	}
}
