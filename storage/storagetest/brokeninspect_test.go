package storagetest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/storagetest"
	"github.com/partnerengage/partnerengage/tenant"
)

// silent is an Inspector that does not show everything.
type silent struct {
	*memory.Store
	keys  func([]tenant.Key) []tenant.Key
	whole func(*storage.Whole)
	found []storage.Finding
}

func (s silent) CustomerKeys(ctx context.Context, after tenant.Key, limit int) ([]tenant.Key, error) {
	keys, err := s.Store.CustomerKeys(ctx, after, limit)
	if s.keys != nil {
		keys = s.keys(keys)
	}
	return keys, err
}

func (s silent) Whole(ctx context.Context, customer tenant.Key) (storage.Whole, error) {
	w, err := s.Store.Whole(ctx, customer)
	if s.whole != nil {
		s.whole(&w)
	}
	return w, err
}

func (s silent) CheckRest(_ context.Context, _ bool, report func(storage.Finding) error) error {
	for _, f := range s.found {
		if err := report(f); err != nil {
			return err
		}
	}
	return nil
}

// TestSilentInspectors shows that the case about Inspectors can fail.
func TestSilentInspectors(t *testing.T) {
	for name, s := range map[string]silent{
		"a customer": {keys: func(k []tenant.Key) []tenant.Key { return k[:min(1, len(k))] }},
		"entries on no tab": {whole: func(w *storage.Whole) {
			var kept []storage.ListRow
			for _, r := range w.Entries {
				if r.Entry.Tab != engagement.TabNone {
					kept = append(kept, r)
				}
			}
			w.Entries = kept
		}},
		"what ended": {whole: func(w *storage.Whole) {
			for key, r := range w.Records {
				var live []engagement.Participation
				for _, p := range r.Participations {
					if !p.Ended() {
						live = append(live, p)
					}
				}
				r.Participations = live
				w.Records[key] = r
			}
		}},
		"what is shared": {whole: func(w *storage.Whole) { clear(w.Shared) }},
		"nothing":        {found: []storage.Finding{{Kind: storage.FindingCount}}},
	} {
		t.Run(name, func(t *testing.T) {
			s.Store = memory.New()
			for _, c := range storagetest.Cases() {
				if c.Name != "inspect" {
					continue
				}
				if err := c.Run(t.Context(), s, s); err == nil || !strings.Contains(err.Error(), "Inspector") {
					t.Errorf("it passes: %v", err)
				}
			}
		})
	}
}
