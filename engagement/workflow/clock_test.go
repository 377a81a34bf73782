package workflow_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/storage"
)

// watch is a store whose clock is off by so much.
type watch struct {
	storage.Store
	off time.Duration
	err error
}

func (s watch) Now(context.Context) (time.Time, error) { return time.Now().Add(s.off), s.err }

// A process whose clock is far from the storage's records no deadline; one that is
// near does, as does one whose host gives the time, or says that it may.
func TestSweepByAWrongClock(t *testing.T) {
	for _, tt := range []struct {
		name   string
		off    time.Duration
		skew   time.Duration
		given  bool
		refuse bool
	}{
		{"40 days ahead", -40 * day, 0, false, true},
		{"40 days behind", 40 * day, 0, false, true},
		{"six minutes ahead", -6 * time.Minute, 0, false, true},
		{"four minutes ahead", -4 * time.Minute, 0, false, false},
		{"six minutes, of ten", -6 * time.Minute, 10 * time.Minute, false, false},
		{"off", -40 * day, -1, false, false},
		{"given", -40 * day, 0, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, spy := newWorld(t)
			w.Added(migration, "ana@contoso.com") // in a September that is long past, or far ahead, of the machine's
			opts := workflow.Options{ClockSkew: tt.skew}
			if tt.given {
				opts.Now = time.Now
			}
			desk, err := workflow.New(watch{Store: spy, off: tt.off}, directory{}, w.Catalog, workflow.FactFunc(noFacts), &opts)
			ok(t, err)
			sweep := func() {
				_, err = desk.Jobs.Sweep(background)
				if errors.As(err, new(*workflow.ClockError)) != tt.refuse {
					t.Fatalf("the sweep: %v", err)
				}
			}
			if tt.refuse {
				unchanged(t, spy, sweep)
				var clock *workflow.ClockError
				if !errors.As(err, &clock) || clock.Own.Sub(clock.Storage)+tt.off > time.Minute || errors.As(err, new(*workflow.UnavailableError)) {
					t.Fatalf("the error is %#v", err)
				}
				return
			}
			sweep()
		})
	}
	w, _ := newWorld(t)
	down := errors.New("down")
	desk, err := workflow.New(watch{Store: w.Store, err: down}, directory{}, w.Catalog, workflow.FactFunc(noFacts), nil)
	ok(t, err)
	if _, err := desk.Jobs.Sweep(background); !errors.Is(err, down) || !errors.As(err, new(*workflow.UnavailableError)) {
		t.Fatalf("the sweep: %v", err)
	}
}
