package record_test

import (
	"context"
	"slices"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// draft is a participation as it is after the customer has consented, and paid one at
// its end.
func draft(t testing.TB) engagement.Participation {
	w := workflowtest.New(t, workflowtest.Contoso)
	return stored(t, w, w.Granted("azure-migration", "ana@contoso.com"))
}

func paid(t testing.TB) engagement.Participation {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	w.Proved(p)
	w.Submitted(p)
	w.Reviewed(p)
	w.Approved(p, "5000.00 USD")
	w.Paid(p, "5000.00 USD")
	return stored(t, w, p)
}

func stored(t testing.TB, w *workflowtest.World, id engagement.ParticipationID) engagement.Participation {
	key := storage.ParticipationKey{Partner: w.Actor.Partner, ID: id}
	found, err := w.Store.Load(context.Background(), storage.Want{Participation: key})
	if err != nil {
		t.Fatal(err)
	}
	p, ok := found.Places[found.At].Participation(key.Partner, id)
	if !ok {
		t.Fatal("the store has no such participation")
	}
	return p
}

func median[T int | int64 | float64](all []T) T {
	slices.Sort(all)
	return all[len(all)/2]
}
