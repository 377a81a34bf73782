package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A story is a sequence of steps by two partners, their customers, the program's
// reviewers and the clock. It is told twice: to the desk, and to a model that is
// written without it, from the program's rules. After each step both must say the
// same.
//
// To keep a story that failed, put the steps that were printed into stories.
type story []step

// step is one thing that happens; what a and b mean depends on what it is. Where it
// is about a participation, it is the a-th newest.
type step struct {
	do   move
	a, b byte
}

type move byte

const (
	adds      move = iota // a partner adds a customer to an engagement
	claims                // a partner claims a customer for an engagement
	asks                  // for consent
	reasks                // sends a new link for it
	changes               // names somebody else, and asks where that is being done
	accepts               // through the newest link, or an older one
	declines              //
	withdraws             //
	cancels               //
	waits                 // for a while
	goesBack              // the clock does
	jumps                 // to about a deadline, or some days before it
	sweeps                //
	judges                // the program re-evaluates a partner's customers
	files                 // adds a document
	removes               // a document
	surveys               // sends the survey
	resends               // sends the survey again
	replies               // answers the survey, through the newest link or an older one
	owns                  // answers the partner's own survey, or tries to answer the customer's
	proves                // adds all that is missing
	notes                 // either side comments
	details               // changes the name or the deal size
	submits               //
	recalls               //
	disputes              //
	reviews               // the program starts to
	demands               // the program asks for action
	approves              // some amount
	rejects               //
	pays                  // some amount
	turns                 // names other contacts of its own
	moves
)

var moveNames = [moves]string{
	"adds", "claims", "asks", "reasks", "changes", "accepts", "declines", "withdraws", "cancels", "waits", "goesBack", "jumps", "sweeps", "judges",
	"files", "removes", "surveys", "resends", "replies", "owns", "proves", "notes", "details", "submits", "recalls", "disputes", "reviews", "demands", "approves", "rejects", "pays", "turns",
}

func (s story) String() string {
	var b strings.Builder
	for _, x := range s {
		fmt.Fprintf(&b, "\t{%s, %d, %d},\n", moveNames[x.do], x.a, x.b)
	}
	return b.String()
}

// bytes is the story as storyOf reads it.
func (s story) bytes() []byte {
	var data []byte
	for _, x := range s {
		data = append(data, byte(x.do), x.a, x.b)
	}
	return data
}

func storyOf(data []byte) story {
	const longest = 60
	var s story
	for ; len(data) >= 3 && len(s) < longest; data = data[3:] {
		s = append(s, step{move(data[0]) % moves, data[1], data[2]})
	}
	return s
}

// stories mattered once, or show how far a story can go.
var stories = map[string]story{
	"of two partners one is granted": {{adds, 0, 0}, {adds, 1, 0}, {asks, 0, 0}, {asks, 1, 0}, {accepts, 1, 0}, {accepts, 0, 0}, {declines, 0, 0}},
	"a place is freed and claimed again": {{adds, 0, 0}, {asks, 0, 0}, {accepts, 0, 0}, {withdraws, 0, 0}, {claims, 0, 0}, {asks, 0, 0},
		{accepts, 0, 0}, {jumps, 0, 5}, {claims, 0, 0}},
	"the clock goes back over what was recorded": {{adds, 0, 0}, {asks, 0, 0}, {jumps, 0, 4}, {sweeps, 0, 0}, {goesBack, 4, 0}, {accepts, 0, 0}, {adds, 0, 0}},
	"the clock goes back over what was not":      {{adds, 0, 0}, {asks, 0, 0}, {jumps, 0, 4}, {goesBack, 4, 0}, {accepts, 0, 0}, {judges, 0, 0}},
	"a withdrawal after the claim was missed":    {{adds, 0, 0}, {asks, 0, 0}, {accepts, 0, 0}, {jumps, 0, 5}, {withdraws, 0, 0}, {sweeps, 0, 0}},
	"from the add to the last payment": {{adds, 0, 0}, {details, 0, 1}, {asks, 0, 0}, {accepts, 0, 0}, {files, 0, 0}, {surveys, 0, 0}, {resends, 0, 0},
		{replies, 0, 1}, {replies, 0, 0}, {submits, 0, 2}, {withdraws, 0, 0}, {reviews, 0, 0}, {approves, 0, 4}, {pays, 0, 1}, {claims, 0, 0}, {pays, 0, 0}, {adds, 1, 0}},
	"rejected, disputed and rejected for good": {{adds, 0, 1}, {asks, 0, 0}, {accepts, 0, 0}, {proves, 0, 0}, {submits, 0, 0}, {reviews, 0, 0}, {rejects, 0, 0},
		{disputes, 0, 0}, {submits, 0, 0}, {reviews, 0, 0}, {demands, 0, 0}, {submits, 0, 0}, {reviews, 0, 0}, {rejects, 0, 0}, {disputes, 0, 0}, {claims, 0, 1}},
	"a slow reviewer, and a partner who is slower": {{adds, 0, 0}, {asks, 0, 0}, {accepts, 0, 0}, {proves, 0, 0}, {submits, 0, 0}, {reviews, 0, 0}, {demands, 0, 0},
		{submits, 0, 0}, {reviews, 0, 0}, {jumps, 0, 2}, {sweeps, 0, 0}, {demands, 0, 0}, {jumps, 0, 6}, {demands, 0, 0}, {rejects, 0, 0}, {jumps, 0, 7}, {claims, 0, 0}},
	"a dispute that is not submitted": {{adds, 0, 0}, {asks, 0, 0}, {accepts, 0, 0}, {proves, 0, 0}, {submits, 0, 0}, {reviews, 0, 0}, {rejects, 0, 0}, {disputes, 0, 0},
		{removes, 0, 0}, {submits, 0, 0}, {jumps, 0, 15}, {sweeps, 0, 0}, {jumps, 0, 7}, {submits, 0, 0}, {sweeps, 0, 0}, {claims, 0, 0}},
	"a recall that is not submitted again": {{adds, 0, 0}, {asks, 0, 0}, {accepts, 0, 0}, {proves, 0, 0}, {submits, 0, 0}, {recalls, 0, 0}, {cancels, 0, 0}, {submits, 0, 0},
		{recalls, 0, 0}, {withdraws, 0, 0}, {jumps, 0, 5}, {sweeps, 0, 0}, {submits, 0, 0}, {claims, 0, 0}},
	"a recall after a review": {{adds, 0, 0}, {asks, 0, 0}, {accepts, 0, 0}, {proves, 0, 0}, {submits, 0, 0}, {reviews, 0, 0}, {recalls, 0, 0}, {demands, 0, 0}, {jumps, 0, 1},
		{submits, 0, 0}, {recalls, 0, 0}, {notes, 0, 0}, {jumps, 0, 6}, {sweeps, 0, 0}, {submits, 0, 0}},
	"a survey after a review that is late, and before the submission deadline": {{adds, 0, 1}, {asks, 0, 0}, {accepts, 0, 0}, {proves, 0, 0}, {submits, 0, 0},
		{reviews, 0, 0}, {rejects, 0, 0}, {disputes, 0, 0}, {submits, 0, 0}, {jumps, 0, 8}, {surveys, 0, 0}},
	"contacts after consent": {{adds, 0, 0}, {turns, 0, 0}, {changes, 0, 0}, {asks, 0, 0}, {turns, 0, 0}, {accepts, 0, 0}, {changes, 0, 0}, {turns, 0, 0},
		{withdraws, 0, 0}, {claims, 0, 0}, {changes, 0, 0}, {asks, 0, 0}, {accepts, 0, 0}, {changes, 0, 0}, {cancels, 0, 0}, {changes, 0, 0}, {turns, 0, 0}},
	"contacts of a claim that is paid": {{adds, 0, 0}, {asks, 0, 0}, {accepts, 0, 0}, {changes, 0, 0}, {proves, 0, 0}, {changes, 0, 0}, {submits, 0, 0}, {turns, 0, 0},
		{reviews, 0, 0}, {approves, 0, 0}, {turns, 0, 0}, {changes, 0, 0}, {pays, 0, 0}, {turns, 0, 0}, {changes, 0, 0}},
	"an action that is not taken": {{adds, 0, 0}, {asks, 0, 0}, {accepts, 0, 0}, {proves, 0, 0}, {submits, 0, 0}, {reviews, 0, 0}, {demands, 0, 0}, {jumps, 0, 14},
		{sweeps, 0, 0}, {goesBack, 3, 0}, {notes, 0, 1}, {jumps, 0, 14}, {sweeps, 0, 0}, {jumps, 0, 6}, {submits, 0, 0}, {claims, 0, 0}},
}

func TestStories(t *testing.T) {
	for name, s := range stories {
		t.Run(name, func(t *testing.T) {
			_, err := tell(s)
			report(t, s, err)
		})
	}
}

// shorten leaves out of a failing story what it fails without, and makes what is left
// as plain as it can.
func shorten(s story) story {
	fails := func(s story) bool {
		_, err := tell(s)
		return err != nil
	}
	for size := len(s) / 2; size > 0; {
		shorter := false
		for i := 0; i+size <= len(s); i++ {
			if next := slices.Delete(slices.Clone(s), i, i+size); fails(next) {
				s, shorter = next, true
				break
			}
		}
		if !shorter {
			size /= 2
		}
	}
	for i := range s {
		for _, x := range []step{{s[i].do, 0, 0}, {s[i].do, 0, s[i].b}, {s[i].do, s[i].a, 0}} {
			next := slices.Clone(s)
			if next[i] = x; next[i] != s[i] && fails(next) {
				s = next
				break
			}
		}
	}
	return s
}

func report(t *testing.T, s story, err error) {
	t.Helper()
	if err != nil {
		s = shorten(s)
		_, short := tell(s)
		t.Fatalf("%v, shortened:\n%v\n%s", err, short, s)
	}
}

func FuzzStory(f *testing.F) {
	for _, s := range stories {
		f.Add(s.bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := storyOf(data)
		_, err := tell(s)
		report(t, s, err)
	})
}
