package stress_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/partnerengage/partnerengage/storage"
)

// shaky is a store behind a connection that is slow and gets lost: also after a
// change was made, of which nobody is told then.
type shaky struct {
	storage.Store
	lost *atomic.Int64
}

func (s shaky) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	s.dawdle()
	if rand.N(60) == 0 {
		return storage.Loaded{}, s.lose()
	}
	return s.Store.Load(ctx, want)
}

func (s shaky) Apply(ctx context.Context, c storage.Changes) error {
	s.dawdle()
	where := rand.N(20)
	if where == 0 {
		return s.lose()
	}
	err := s.Store.Apply(ctx, c)
	if where == 1 && err == nil {
		return s.lose()
	}
	return err
}

func (s shaky) lose() error {
	s.lost.Add(1)
	return fmt.Errorf("%w: the connection is lost", storage.ErrUnavailable)
}

func (shaky) dawdle() {
	if rand.N(2) == 0 {
		time.Sleep(rand.N(200 * time.Microsecond))
	}
}

// unguarded is a store that has lost the guard of versions: it replaces a record and
// what is shared by whatever was decided on earlier ones.
type unguarded struct{ storage.Store }

func (s unguarded) Apply(ctx context.Context, c storage.Changes) error {
	for {
		var want storage.Want
		for _, r := range c.Records {
			want.Records = append(want.Records, r.Key)
		}
		for _, v := range c.Shared {
			want.Shared = append(want.Shared, v.Key)
		}
		stored, err := s.Load(ctx, want)
		if err != nil {
			return err
		}
		raced := false
		for i, r := range c.Records {
			raced = raced || r.Version != stored.Records[r.Key].Version
			c.Records[i].Version = stored.Records[r.Key].Version
		}
		for i, v := range c.Shared {
			raced = raced || v.Version != stored.Shared[v.Key].Version
			c.Shared[i].Version = stored.Shared[v.Key].Version
		}
		for i, r := range c.Relied {
			raced = raced || r.Version != stored.Shared[r.Key].Version
			c.Relied[i].Version = stored.Shared[r.Key].Version
		}
		err = s.Store.Apply(ctx, c)
		if !errors.Is(err, storage.ErrConflict) || !raced {
			return err
		}
	}
}

// stale is a store some of whose reads come from a copy that lags behind.
type stale struct {
	storage.Store
	mu   *sync.Mutex
	copy map[string]storage.Loaded
}

func newStale(s storage.Store) storage.Store {
	return stale{s, &sync.Mutex{}, map[string]storage.Loaded{}}
}

func (s stale) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	asked := fmt.Sprintf("%+v", want)
	loaded, err := s.Store.Load(ctx, want)
	s.mu.Lock()
	defer s.mu.Unlock()
	if copied, ok := s.copy[asked]; ok && rand.N(4) == 0 {
		return copied, err
	}
	s.copy[asked] = loaded
	return loaded, err
}

// forgetful is a store that says it has written, and has not, now and then.
type forgetful struct{ storage.Store }

func (s forgetful) Apply(ctx context.Context, c storage.Changes) error {
	if len(c.Records) > 0 && rand.N(20) == 0 {
		return nil
	}
	return s.Store.Apply(ctx, c)
}

// doubling is a store that forgets which commands it has carried out.
type doubling struct{ storage.Store }

func (s doubling) Apply(ctx context.Context, c storage.Changes) error {
	c.Command = nil
	return s.Store.Apply(ctx, c)
}
