package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
)

func TestARepeatedCommandGivesItsFirstResult(t *testing.T) {
	w := newWorld()
	_, _, err := w.call(t, "one", "Contoso", contoso)
	require.NoError(t, err)
	before, _, err := w.call(t, "two", "Contoso Ltd", contoso)
	require.NoError(t, err)
	assert.Equal(t, "Contoso", before)

	before, _, err = w.call(t, "two", "Contoso Ltd", contoso)
	require.NoError(t, err)
	assert.Equal(t, "Contoso", before, "the result of the first time, not of this one")
	assert.EqualValues(t, 2, w.customer(t, contoso).History.Seq, "events")

	_, _, err = w.call(t, "two", "Contoso Inc", contoso)
	assert.ErrorIs(t, err, errReused, "another body")
	assert.Equal(t, "Contoso Ltd", w.customer(t, contoso).FriendlyName)
}

func TestARefusalLeavesNothingBehind(t *testing.T) {
	w := newWorld()
	command, err := engine.Command(contoso.Partner, "one", "call", "Contoso")
	require.NoError(t, err)
	refused := errors.New("no")
	_, err = engine.Attempt(background, w.Engine, command, func(u *engine.Unit) (string, error) {
		_, _ = u.Domain.(*toy).call("Contoso", contoso)
		return "", refused
	})
	require.ErrorIs(t, err, refused)
	assert.Zero(t, w.store.writes)
	used, err := w.Used(background, command.Key)
	require.NoError(t, err)
	assert.False(t, used, "the key is still new")

	_, _, err = w.call(t, "one", "Contoso", contoso)
	require.NoError(t, err)
	used, err = w.Used(background, command.Key)
	require.NoError(t, err)
	assert.True(t, used)
}

func TestDryWritesNothing(t *testing.T) {
	w := newWorld()
	command, err := engine.Command(contoso.Partner, "one", "call", "Contoso")
	require.NoError(t, err)
	do := func(u *engine.Unit) (string, error) { return u.Domain.(*toy).call("Contoso", contoso) }
	_, err = engine.Dry(background, w.Engine, command, do)
	require.NoError(t, err)
	assert.Zero(t, w.store.writes)

	_, err = engine.Attempt(background, w.Engine, command, do)
	require.NoError(t, err)
	before, err := engine.Dry(background, w.Engine, command, do)
	require.NoError(t, err)
	assert.Empty(t, before, "what the command gave when it was carried out")
}

func TestWhoeverIsOvertakenDecidesAgain(t *testing.T) {
	w := newWorld()
	w.store.before = func(storage.Changes) error {
		w.store.before = nil
		_, _, err := w.call(t, "another", "Contoso Ltd", contoso)
		return err
	}
	before, times, err := w.call(t, "one", "Contoso", contoso)
	require.NoError(t, err)
	assert.Equal(t, 2, times)
	assert.Equal(t, "Contoso Ltd", before, "what the other one wrote")
	assert.EqualValues(t, 2, w.customer(t, contoso).History.Seq, "both events are in the history")
}

func TestWhoeverIsOvertakenEveryTimeGivesUp(t *testing.T) {
	w := newWorld()
	w.store.before = func(storage.Changes) error { return storage.ErrConflict }
	_, err := engine.AttemptUpTo(background, w.Engine, storage.CommandRecord{}, 3, func(u *engine.Unit) (string, error) {
		return u.Domain.(*toy).call("Contoso", contoso)
	})
	assert.ErrorIs(t, err, errUnavailable)
	assert.Equal(t, 3, w.store.writes)
}

// A command that waited for an answer decides once more, at the moment after, on the
// answer that it has.
func TestOneMomentOneTruth(t *testing.T) {
	w := newWorld()
	asked, times := 0, 0
	_, err := engine.Attempt(background, w.Engine, storage.CommandRecord{}, func(u *engine.Unit) (string, error) {
		times++
		name, err := engine.Remember(u.Memo, "name", contoso, func() (string, error) {
			asked++
			w.now = w.now.Add(time.Minute)
			return "Contoso", nil
		})
		if err != nil {
			return "", err
		}
		return u.Domain.(*toy).call(name, contoso)
	})
	require.NoError(t, err)
	assert.Equal(t, 1, asked)
	assert.Equal(t, 2, times)
	h, err := w.store.History(background, storage.HistoryQuery{Customer: contoso, Limit: 10})
	require.NoError(t, err)
	require.Len(t, h, 1)
	assert.Equal(t, begin.Add(time.Minute), h[0].At)
}

func TestAClockThatRunsAhead(t *testing.T) {
	w := newWorld()
	_, err := engine.Attempt(background, w.Engine, storage.CommandRecord{}, func(u *engine.Unit) (string, error) {
		_, _ = engine.Remember(u.Memo, "time", w.now, func() (string, error) { return "", nil })
		w.now = w.now.Add(time.Minute)
		return "", nil
	})
	assert.ErrorIs(t, err, errInternal)
}

func TestTheHostsTransaction(t *testing.T) {
	w := newWorld()
	own := errors.New("the host's own")
	w.Transaction = func(_ context.Context, apply func(storage.Store) error) error { return own }
	_, _, err := w.call(t, "one", "Contoso", contoso)
	assert.Equal(t, own, err, "as it is")

	w.Transaction = func(_ context.Context, apply func(storage.Store) error) error { return nil }
	_, _, err = w.call(t, "one", "Contoso", contoso)
	assert.ErrorIs(t, err, errInternal, "nothing was applied")

	tries := 0
	w.Transaction = func(_ context.Context, apply func(storage.Store) error) error {
		if tries++; tries == 1 {
			return fmt.Errorf("the host's rows: %w", storage.ErrConflict)
		}
		return apply(w.store)
	}
	_, times, err := w.call(t, "one", "Contoso", contoso)
	require.NoError(t, err)
	assert.Equal(t, 2, times, "decided again when somebody else was faster with the host's rows")
	assert.Equal(t, "Contoso", w.customer(t, contoso).FriendlyName)
}

func TestSweepRecordsWhatIsDueOnce(t *testing.T) {
	w := newWorld()
	p := w.wait(t, "", contoso, 30)
	w.now = begin.AddDate(0, 0, 29)
	n, err := w.Sweep(background)
	require.NoError(t, err)
	assert.Equal(t, []int{1, 1, 0}, []int{n, w.due, w.ended}, "swept, reminded, ended")

	w.now = begin.AddDate(0, 0, 30)
	u := w.Unit(nil)
	_, err = u.Load(background, storage.Want{Records: []engagement.RecordKey{p.Record()}, Customers: []engagement.CustomerKey{contoso}})
	require.NoError(t, err)
	seen, ok := u.Found(p.ID)
	require.True(t, ok)
	assert.True(t, seen.Ended(), "whoever reads sees the deadline passed before it is recorded")

	n, err = w.Sweep(background)
	require.NoError(t, err)
	assert.Equal(t, []int{1, 1, 1}, []int{n, w.due, w.ended}, "swept, reminded, ended")
	n, err = w.Sweep(background)
	require.NoError(t, err)
	assert.Zero(t, n)
	h, err := w.store.History(background, storage.HistoryQuery{Customer: contoso, Limit: 10})
	require.NoError(t, err)
	require.Len(t, h, 2)
	assert.Equal(t, engagement.EventDeadlinePassed, h[1].Kind)
}

func TestSweepGoesOnAfterOneThatFails(t *testing.T) {
	w := newWorld()
	fabrikam := engagement.CustomerKey{Partner: "northwind", Customer: "tpid:1002"}
	w.wait(t, "", contoso, 30)
	w.wait(t, "", fabrikam, 30)
	w.now = begin.AddDate(0, 0, 40)
	broken := errors.New("a row that cannot be written")
	w.store.before = func(c storage.Changes) error {
		if slices.ContainsFunc(c.Customers, func(c engagement.Customer) bool { return c.Key == fabrikam }) {
			return fmt.Errorf("%w: %w", storage.ErrInvalid, broken)
		}
		return nil
	}
	w.Errors.Unavailable = func(_ string, err error) error { return err }
	n, err := w.Sweep(background)
	assert.ErrorIs(t, err, broken)
	assert.Equal(t, 1, n)
}

func TestJointlyHalves(t *testing.T) {
	w := newWorld()
	bad := errors.New("bad")
	var done, alone []int
	err := engine.Jointly(background, w.Engine, []int{1, 2, 3, 4, 5}, func(items []int, tries int) error {
		if slices.Contains(items, 4) {
			return bad
		}
		done = append(done, items...)
		return nil
	}, func(item int, err error) { alone = append(alone, item) })
	require.NoError(t, err)
	assert.Equal(t, []int{1, 2, 3, 5}, done)
	assert.Equal(t, []int{4}, alone)

	err = engine.Jointly(background, w.Engine, []int{1, 2}, func([]int, int) error { return errUnavailable }, func(int, error) { t.Error("nobody is to blame") })
	assert.ErrorIs(t, err, errUnavailable)
}

func TestIDsSortByTimeAndCarryTheirSlot(t *testing.T) {
	w := newWorld()
	u := w.Unit(nil)
	var ids []string
	for range 20 {
		ids = append(ids, u.NewID(contoso.Customer))
	}
	w.now = w.now.Add(time.Second)
	ids = append(ids, w.Unit(nil).NewID(contoso.Customer))
	assert.True(t, slices.IsSorted(ids), "%q", ids)
	for _, id := range ids {
		assert.Equal(t, storage.SlotOf(contoso.Customer), storage.SlotIn(id))
	}
}
