package memory_test

import (
	"context"
	"testing"

	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

func TestContract(t *testing.T) {
	for _, c := range storagetest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			s := memory.New()
			if err := c.Run(t.Context(), s, s); err != nil {
				t.Error(err)
			}
		})
	}
}

// FuzzStore compares the store with a plain list, step by random step.
func FuzzStore(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, uint16(200))
	}
	f.Fuzz(func(t *testing.T, seed uint64, steps uint16) {
		s := memory.New()
		if err := storagetest.Compare(context.Background(), s, s, seed, int(steps%500)); err != nil {
			t.Error(err)
		}
	})
}
