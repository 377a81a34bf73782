package workflow_test

import (
	"flag"
	"testing"
)

// .ci/run -long passes it.
var long = flag.Bool("long", false, "tell 10,000 random stories, walk through 60 worlds, and go every way to every status")

// storyCount is how many random stories are told.
func storyCount() int { return numberOf(10_000, 1000, 200) }

// promiseCount is how many worlds are walked through by what their rows offer.
func promiseCount() int { return numberOf(60, 20, 6) }

// numberOf returns the first with -long, the last for the inner loop and under the race
// detector, and else the one between.
func numberOf(all, some, few int) int {
	switch {
	case *long:
		return all
	case testing.Short() || raced:
		return few
	}
	return some
}

// thorough skips a test that takes seconds, in the inner loop, and under the race
// detector, which has nothing to find in it: all of it happens in one goroutine.
func thorough(t *testing.T) {
	t.Helper()
	if !*long && (testing.Short() || raced) {
		t.Skip("takes long, in one goroutine")
	}
}
