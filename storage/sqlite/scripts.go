package sqlite

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// script leads from the version before to its own.
type script struct {
	version int64
	sql     string
}

// scripts returns those of a folder in order of their versions, or why a file is none.
func scripts(files fs.FS) ([]script, error) {
	names, err := fs.Glob(files, "*.sql") // in order
	if err != nil {
		return nil, err
	}
	var out []script
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the migration %s does not begin with its number: %w", name, err)
		}
		sql, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		if len(out) > 0 && version <= out[len(out)-1].version {
			return nil, fmt.Errorf("the migration %s does not come after version %d", name, out[len(out)-1].version)
		}
		out = append(out, script{version, string(sql)})
	}
	return out, nil
}
