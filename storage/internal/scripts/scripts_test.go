package scripts_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/storage/internal/scripts"
)

func TestRead(t *testing.T) {
	file := func(sql string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(sql)} }
	all := fstest.MapFS{"sql/0002_more.sql": file("B"), "sql/0001_begin.sql": file("A"), "sql/README.md": file("")}
	got, err := scripts.Read(scripts.Folder(all, "sql"))
	require.NoError(t, err)
	require.Equal(t, []scripts.Script{{Version: 1, SQL: "A"}, {Version: 2, SQL: "B"}}, got)

	for name, files := range map[string]fstest.MapFS{
		"does not begin with its number": {"begin.sql": file("A")},
		"does not come after version 1":  {"0001_a.sql": file("A"), "01_b.sql": file("B")},
	} {
		_, err := scripts.Read(files)
		require.ErrorContains(t, err, name)
	}
	require.Panics(t, func() { scripts.Folder(all, "../sql") })
}
