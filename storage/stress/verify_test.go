package stress_test

import (
	"context"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/verify"
)

// verified holds everything that a store keeps together.
func verified(t *testing.T, s storage.Store, now func() time.Time) {
	t.Helper()
	done, err := verify.Check(t.Context(), s.(storage.Inspector), verify.Options{Now: now, Report: func(f storage.Finding) error {
		t.Errorf("a check of everything finds %+v", f)
		return nil
	}})
	if err != nil || done.Customers == 0 {
		t.Errorf("%+v were checked, %v", done, err)
	}
}

// looking checks everything over and over while others work, of which nothing that is
// just being written is a finding. What it returns ends that, and returns how often it
// was done.
func looking(t *testing.T, d database, c *clock) func() int {
	t.Helper()
	s, done, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	n, over := 0, make(chan struct{})
	go func() {
		defer close(over)
		defer done()
		for ctx.Err() == nil {
			_, err := verify.Check(ctx, s.(storage.Inspector), verify.Options{Now: c.now, Report: func(f storage.Finding) error {
				t.Errorf("a check of everything while others work finds %+v", f)
				return nil
			}})
			if err == nil {
				n++
			} else if ctx.Err() == nil {
				t.Errorf("a check of everything while others work: %v", err)
				return
			}
		}
	}()
	return func() int {
		stop()
		<-over
		return n
	}
}
