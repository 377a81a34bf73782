package workflow

import (
	"context"
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/storage"
)

// defaultSkew is how far a process's clock may be from the storage's.
const defaultSkew = 5 * time.Minute

// ClockError says by how much the process's clock and the storage's differ. What
// has passed by a wrong clock would be recorded for good, so nothing is: set the
// clock of whichever machine is wrong.
type ClockError struct {
	Own, Storage time.Time
	Most         time.Duration // that they may differ
}

func (e *ClockError) Error() string {
	return fmt.Sprintf("this process's clock shows %s and the storage's %s: they may differ by %s, so nothing is recorded by it; set the clock that is wrong",
		e.Own.Format(time.RFC3339), e.Storage.Format(time.RFC3339), e.Most)
}

// checkClock compares the process's clock with the storage's, unless the host gives
// the time or has said not to.
func (s *Service) checkClock(ctx context.Context) error {
	if s.skew < 0 {
		return nil
	}
	_, err := s.behind(ctx)
	return err
}

// behind returns by how much the process's clock is behind the storage's, by which
// messages are held: what one process holds no other is to take because its clock shows
// another time. It is 0 where the host gives the time, and on a storage that has no
// clock. It returns a *ClockError where they differ by more than they may.
func (s *Service) behind(ctx context.Context) (time.Duration, error) {
	clock, ok := s.store.(storage.Clock)
	if !ok || s.given {
		return 0, nil
	}
	before := s.now()
	at, err := clock.Now(ctx)
	if err != nil {
		return 0, unavailable("storage", err)
	}
	after := s.now() // the answer is of some moment in between
	if s.skew >= 0 && (at.Before(before.Add(-s.skew)) || at.After(after.Add(s.skew))) {
		return 0, &ClockError{Own: after, Storage: at, Most: s.skew}
	}
	return at.Sub(after), nil
}
