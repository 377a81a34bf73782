package stress_test

import (
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
