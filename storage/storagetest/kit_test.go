package storagetest_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

func TestMemoryKeepsTheContract(t *testing.T) {
	for _, c := range storagetest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			s := memory.New()
			if err := c.Run(t.Context(), s, s); err != nil {
				t.Error(err)
			}
		})
	}
}
