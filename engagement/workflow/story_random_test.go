package workflow_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
)

// Many stories at random. A failing one is printed so short that it can become a
// test. Together they meet every status, and most go far: else they would prove little.
func TestRandomStories(t *testing.T) {
	const workers = 4
	told := storyCount()
	var mu sync.Mutex
	met := map[engagement.Status]int{}
	t.Run("told", func(t *testing.T) {
		for n := range workers {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				for seed := n; seed < told; seed += workers {
					s := randomStory(rand.New(rand.NewPCG(uint64(seed), 7)))
					shown, err := tell(s)
					report(t, s, err)
					mu.Lock()
					for status := range shown {
						met[status]++
					}
					mu.Unlock()
				}
			})
		}
	})
	if t.Failed() {
		return
	}
	for _, status := range engagement.AllStatuses() {
		if met[status] < told/100 {
			t.Errorf("%d of %d stories meet %q: too few", met[status], told, status)
		}
	}
	for status, percent := range map[engagement.Status]int{
		engagement.StatusSubmitted: 50, engagement.StatusUnderReview: 40, engagement.StatusRejected: 15, engagement.StatusDisputed: 8, engagement.StatusApproved: 10, engagement.StatusPaid: 5,
	} {
		if met[status] < told*percent/100 {
			t.Errorf("%d of %d stories meet %q: too few", met[status], told, status)
		}
	}
}

// weights are how often something happens that no life calls for.
var weights = [moves]int{
	adds: 3, claims: 3, asks: 5, reasks: 3, changes: 1, accepts: 5, declines: 1, withdraws: 2, cancels: 1, waits: 5, goesBack: 1, jumps: 3, sweeps: 2, judges: 1,
	files: 2, removes: 1, surveys: 1, resends: 1, replies: 1, owns: 2, proves: 4, notes: 1, details: 1, submits: 4, recalls: 2, disputes: 2, reviews: 3, demands: 1, approves: 2, rejects: 1, pays: 3, turns: 1,
}

var anything = func() []move {
	var all []move
	for do, n := range weights {
		all = append(all, slices.Repeat([]move{move(do)}, n)...)
	}
	return all
}()

// randomStory makes a story of one to three lives of participations, with other things
// in between.
func randomStory(r *rand.Rand) story {
	var s story
	for len(s) < 20 {
		for _, x := range life(r) {
			for r.IntN(4) == 0 {
				s = append(s, other(r))
			}
			if r.IntN(40) > 0 {
				s = append(s, x)
			}
		}
	}
	for range r.IntN(4) {
		s = append(s, other(r))
	}
	return s
}

// other is something by the way: mostly about the newest participation, about the
// first customer, and soon.
func other(r *rand.Rand) step {
	x := step{anything[r.IntN(len(anything))], byte(r.IntN(8)), byte(r.IntN(12))}
	switch x.do {
	case adds, claims:
		if r.IntN(6) > 0 {
			x.a &= 1
		}
	case waits, goesBack:
		if r.IntN(8) > 0 {
			x.a = 2 // a day
		}
	case accepts, declines, withdraws, replies:
		if r.IntN(5) > 0 {
			x.b = 0 // the newest link
		}
		x.a %= 3
	case jumps:
		x.b = byte(r.IntN(20))
		x.a %= 3
	default:
		x.a %= 3
	}
	return x
}

// life is how a participation can go on from its beginning to an end.
func life(r *rand.Rand) story {
	var s story
	then := func(do move) { s = append(s, step{do, 0, byte(r.IntN(12))}) }
	// restless lets the clock come to a reminder, and to the same one again.
	restless := func() {
		if r.IntN(10) == 0 {
			to := step{jumps, 0, 4 * byte(3+r.IntN(2))}
			s = append(s, to, step{sweeps, 0, 0}, step{goesBack, byte(2 + r.IntN(2)), 0}, step{notes, 0, 0}, to, step{sweeps, 0, 0})
		}
	}
	late := func() { s = append(s, step{jumps, 0, 4 * byte(r.IntN(3))}) } // to the deadline that runs, or about it
	again := r.IntN(4) == 0
	if first := (step{adds, byte(r.IntN(2)), byte(r.IntN(4))}); again {
		s = append(s, step{claims, first.a, first.b})
	} else {
		s = append(s, first)
	}
	then(asks)
	switch r.IntN(16) {
	case 0:
		s = append(s, step{declines, 0, 0})
		return s
	case 1:
		late()
		return s
	}
	restless()
	s = append(s, step{accepts, 0, 0})
	restless()
	if r.IntN(4) == 0 {
		for _, do := range []move{files, surveys, resends, replies, removes, replies} {
			if r.IntN(5) > 0 {
				then(do)
			}
		}
	}
	then(proves)
	switch r.IntN(20) {
	case 0:
		late()
		return s
	case 1:
		then(cancels)
		return s
	case 2:
		s = append(s, step{withdraws, 0, 0})
		return s
	}
	then(submits)
	for r.IntN(8) == 0 {
		then(recalls)
		if r.IntN(4) == 0 {
			late()
			return s
		}
		then(submits)
	}
	for disputed := false; ; {
		then(reviews)
		for r.IntN(3) == 0 {
			then(demands)
			restless()
			if r.IntN(4) == 0 {
				late()
				return s
			}
			then(submits)
			if r.IntN(8) == 0 {
				then(recalls)
				restless()
				then(submits)
			}
			then(reviews)
		}
		if r.IntN(2) == 0 {
			break
		}
		then(rejects)
		if disputed {
			return s
		}
		restless()
		if r.IntN(4) == 0 {
			late()
			return s
		}
		then(disputes)
		if r.IntN(4) == 0 {
			late()
			return s
		}
		then(submits)
		disputed = true
	}
	then(approves)
	for range 1 + r.IntN(3) {
		then(pays)
	}
	return s
}
