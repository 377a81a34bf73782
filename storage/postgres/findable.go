package postgres

import (
	"slices"

	"github.com/partnerengage/partnerengage/storage"
)

// findable returns the arguments of a statement that only reads, with NULL for each
// text that PostgreSQL cannot have, and would refuse: nothing is equal to NULL, as
// nothing stored is to such a text.
func findable(args []any) []any {
	args = slices.Clone(args)
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			if !storage.Storable(arg) {
				args[i] = nil
			}
		case []string:
			texts := make([]*string, len(arg))
			for j := range arg {
				if storage.Storable(arg[j]) {
					texts[j] = &arg[j]
				}
			}
			args[i] = texts
		}
	}
	return args
}
