package sqlite_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// What another version made of names is made anew before anything is read by it,
// and is not mixed with what this version makes.
func TestKeysOfAnotherVersion(t *testing.T) {
	path := newFile(t)
	s := open(t, path, relaxed)
	for n, name := range []string{"Zebra", "Águas de São João", "Łódź"} {
		r := known(n + 1)
		r.FriendlyName = name
		apply(t, s, changed(r))
	}
	names := func(s storage.Store, search string) []string {
		q := page(engagement.TabIneligible, storage.SortByName, 10)
		q.Filter.Words = engagement.SearchWords(search)
		list, err := s.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range list.Rows {
			out = append(out, r.Entry.Shown.FriendlyName)
		}
		return out
	}
	want := []string{"Águas de São João", "Łódź", "Zebra"}
	if got := names(s, ""); !slices.Equal(got, want) {
		t.Fatalf("the order is %q", got)
	}

	// Another version was here.
	run(t, openDB(t, path), "UPDATE pe_entry SET name = lower(name) || row, search = ''; DELETE FROM pe_word; UPDATE pe_keys SET version = 'another'")
	_, read := s.List(t.Context(), page(engagement.TabIneligible, storage.SortByName, 10))
	_, opened := sqlite.Open(t.Context(), path, &sqlite.Options{NoMigration: true})
	for what, err := range map[string]error{"a page": read, "a change": s.Apply(t.Context(), changed(known(9))), "Open without migration": opened} {
		if !errors.Is(err, sqlite.ErrKeys) || !strings.Contains(err.Error(), "call Migrate") {
			t.Errorf("%s: %v", what, err)
		}
	}

	s = open(t, path, relaxed)
	if got := names(s, ""); !slices.Equal(got, want) {
		t.Errorf("the order is %q", got)
	}
	if got := names(s, "sao agu"); !slices.Equal(got, want[:1]) {
		t.Errorf("a search finds %q", got)
	}
	apply(t, s, changed(known(9)))
}
