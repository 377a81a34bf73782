// Package scripts reads the migrations of a relational adapter: files such as
// "0001_begin.sql", each the statements that lead to one version.
package scripts

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Script leads from the version before to its own.
type Script struct {
	Version int64
	SQL     string
}

// Folder returns the folder of an embedded file system. It panics when there is
// none: the folder is in the program.
func Folder(files fs.FS, name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err)
	}
	return sub
}

// Read returns the scripts in order of their versions, or why a file is none.
func Read(files fs.FS) ([]Script, error) {
	names, err := fs.Glob(files, "*.sql") // in order
	if err != nil {
		return nil, err
	}
	var out []Script
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
		if len(out) > 0 && version <= out[len(out)-1].Version {
			return nil, fmt.Errorf("the migration %s does not come after version %d", name, out[len(out)-1].Version)
		}
		out = append(out, Script{version, string(sql)})
	}
	return out, nil
}
