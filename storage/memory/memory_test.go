package memory_test

import (
	"context"
	"math/rand/v2"
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

// FuzzStore compares the store with a plain list, step by step.
func FuzzStore(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"))
	for seed := range byte(8) {
		f.Add(randomBytes(seed, 4000))
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		s := memory.New()
		if err := storagetest.CompareBytes(context.Background(), s, s, choices[:min(len(choices), 1<<14)]); err != nil {
			t.Error(err)
		}
	})
}

func randomBytes(seed byte, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}
