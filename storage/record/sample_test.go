package record_test

import (
	"context"
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
	found := load(t, w, id)
	p, ok := found.Records[found.At].Participation(id)
	if !ok {
		t.Fatal("the store has no such participation")
	}
	return p
}

func load(t testing.TB, w *workflowtest.World, id engagement.ParticipationID) storage.Loaded {
	key := storage.ParticipationKey{Partner: w.Actor.Partner, ID: id}
	found, err := w.Store.Load(context.Background(), storage.Want{Participation: key})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// held is what partners share once one of them has a consent, and knownRecord the record of
// that one.
func held(t testing.TB) engagement.CustomerEngagement {
	w := workflowtest.New(t, workflowtest.Contoso)
	found := load(t, w, w.Granted("azure-migration", "ana@contoso.com"))
	return found.Shared[found.At.Shared()]
}

func knownRecord(t testing.TB) engagement.PartnerRecord {
	w := workflowtest.New(t, workflowtest.Contoso)
	found := load(t, w, w.Granted("azure-migration", "ana@contoso.com"))
	r := found.Records[found.At]
	r.Participations = nil
	return r
}

// shownKnown is what a row shows of a customer who is merely known, and shownAsked of a
// participation whose customer was asked.
func shownKnown(t testing.TB) engagement.Shown {
	r := knownRecord(t)
	return r.Entry(engagement.Room{}, r.Evaluation.At).Shown
}

func shownAsked(t testing.TB) engagement.Shown {
	w := workflowtest.New(t, workflowtest.Contoso)
	id := w.Added("azure-migration", "ana@contoso.com")
	w.Requested(id)
	found := load(t, w, id)
	r := found.Records[found.At]
	return r.EntryOf(r.Participations[0], engagement.Room{}, w.Now()).Shown
}
