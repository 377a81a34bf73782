package scripts_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/partnerengage/partnerengage/storage/postgres/internal/scripts"
)

func TestRead(t *testing.T) {
	file := func(sql string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(sql)} }
	all := fstest.MapFS{"sql/0002_more.sql": file("B"), "sql/0001_begin.sql": file("A"), "sql/README.md": file("")}
	got, err := scripts.Read(scripts.Folder(all, "sql"))
	if want := []scripts.Script{{Version: 1, SQL: "A"}, {Version: 2, SQL: "B"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("it read %v, %v", got, err)
	}
	for name, files := range map[string]fstest.MapFS{
		"does not begin with its number": {"begin.sql": file("A")},
		"does not come after version 1":  {"0001_a.sql": file("A"), "01_b.sql": file("B")},
	} {
		if _, err := scripts.Read(files); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("a file that %s: %v", name, err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a folder outside does not panic")
		}
	}()
	scripts.Folder(all, "../sql")
}
