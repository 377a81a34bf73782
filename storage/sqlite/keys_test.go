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
		pl := known(n + 1)
		pl.Standings[0].FriendlyName = name
		apply(t, s, changed(pl))
	}
	names := func(s storage.Store, search string) []string {
		page, err := s.Page(t.Context(), storage.PageQuery{
			Partner: "northwind", Engagement: "azure-migration", Tab: engagement.TabIneligible, Sort: storage.ByName, Limit: 10, Now: noon,
			Filter: storage.Filter{Words: engagement.SearchWords(search)},
		})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range page.Rows {
			out = append(out, r.Place.Standings[0].FriendlyName)
		}
		return out
	}
	want := []string{"Águas de São João", "Łódź", "Zebra"}
	if got := names(s, ""); !slices.Equal(got, want) {
		t.Fatalf("the order is %q", got)
	}

	// Another version was here.
	run(t, openDB(t, path), `
		DROP TRIGGER pe_entry_keys_new;
		DROP TRIGGER pe_entry_keys_same;
		UPDATE pe_entry SET name = lower(name) || row, search = '', keys = 'another';
		CREATE TRIGGER pe_entry_keys_new BEFORE INSERT ON pe_entry WHEN NEW.keys <> 'another' BEGIN SELECT RAISE(ABORT, 'the keys of an entry are of another version'); END;
		CREATE TRIGGER pe_entry_keys_same BEFORE UPDATE ON pe_entry WHEN NEW.keys <> 'another' BEGIN SELECT RAISE(ABORT, 'the keys of an entry are of another version'); END;`)
	q := storage.PageQuery{Partner: "northwind", Engagement: "azure-migration", Tab: engagement.TabIneligible, Sort: storage.ByName, Limit: 10, Now: noon}
	_, read := s.Page(t.Context(), q)
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
