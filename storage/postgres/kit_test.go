package postgres_test

import (
	"fmt"
	"testing"

	"github.com/partnerengage/partnerengage/storage/storagetest"
)

// TestContract runs every case on two pools of one database, in each way of
// sending statements.
func TestContract(t *testing.T) {
	c := running(t)
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, two := c.pool(t, mode, 10), c.pool(t, mode, 10)
			for _, k := range storagetest.Cases() {
				if k.Name == "model" && name != "cached" {
					continue // TestCompare does that
				}
				t.Run(k.Name, func(t *testing.T) {
					schema := newSchema()
					a, b := store(t, one, schema), store(t, two, schema)
					if err := k.Run(t.Context(), a, b); err != nil {
						t.Error(err)
					}
				})
			}
		})
	}
}

// TestContractOnPartitions runs every case on tables that are partitioned.
func TestContractOnPartitions(t *testing.T) {
	c := running(t)
	one, two := c.pool(t, modes["cached"], 10), c.pool(t, modes["exec"], 10)
	for _, k := range storagetest.Cases() {
		t.Run(k.Name, func(t *testing.T) {
			schema := newSchema()
			a, b := storeIn(t, one, schema, 3), storeIn(t, two, schema, 3)
			if err := k.Run(t.Context(), a, b); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestCompare compares with a plain list, step by step. One handle keeps its
// statements, and the other sends them in each way.
func TestCompare(t *testing.T) {
	c := running(t)
	steps := 500
	if testing.Short() {
		steps = 100
	}
	for seed, mode := range []string{"simple", "exec", "cached"} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			one, two := c.pool(t, modes["cached"], 4), c.pool(t, modes[mode], 4)
			schema := newSchema()
			a, b := store(t, one, schema), store(t, two, schema)
			if err := storagetest.Compare(t.Context(), a, b, uint64(seed+2), steps); err != nil {
				t.Error(err)
			}
		})
	}
}
