package postgres_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/tenant"
)

// What another version made of names is made anew before anything is read by it,
// and is not mixed with what this version makes.
func TestKeysOfAnotherVersion(t *testing.T) {
	pool, schema := running(t).pool(t, modes["cached"], 4), newSchema()
	s := store(t, pool, schema)
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	put := func(s storage.Store, n int, name string) error {
		key := somebody(tenant.TPIDKey(tenant.TPID(n)))
		r := engagement.PartnerRecord{Key: key, Known: true, FriendlyName: name}
		return s.Apply(t.Context(), writing(now, engagement.CustomerEngagement{Key: key.Shared()}, r))
	}
	for n, name := range []string{"Zebra", "Águas de São João", "Łódź"} {
		if err := put(s, n+1, name); err != nil {
			t.Fatal(err)
		}
	}
	names := func(s storage.Store, search string) []string {
		page, err := s.List(t.Context(), storage.ListQuery{
			Partner: "northwind", Engagement: "azure-migration", Tab: engagement.TabIneligible, Sort: storage.SortByName, Limit: 10, Now: now,
			Filter: storage.Filter{Words: engagement.SearchWords(search)},
		})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range page.Rows {
			out = append(out, r.Entry.Shown.FriendlyName)
		}
		return out
	}
	want := []string{"Águas de São João", "Łódź", "Zebra"}
	if got := names(s, ""); !slices.Equal(got, want) {
		t.Fatalf("the order is %q", got)
	}

	// Another version was here.
	run(t, pool, schema, "ALTER TABLE pe.entry DROP CONSTRAINT entry_keys_are_of_one_version")
	run(t, pool, schema, `UPDATE pe.entry SET name = lower(name) || customer, search = '', keys = 7`)
	run(t, pool, schema, "ALTER TABLE pe.entry ADD CONSTRAINT entry_keys_are_of_one_version CHECK (keys = 7)")
	q := storage.ListQuery{Partner: "northwind", Engagement: "azure-migration", Tab: engagement.TabIneligible, Sort: storage.SortByName, Limit: 10, Now: now}
	_, read := s.List(t.Context(), q)
	for what, err := range map[string]error{"a page": read, "a change": put(s, 9, "Nine")} {
		if !errors.Is(err, postgres.ErrKeys) || !strings.Contains(err.Error(), "call Migrate") {
			t.Errorf("%s: %v", what, err)
		}
	}

	s = store(t, pool, schema)
	if got := names(s, ""); !slices.Equal(got, want) {
		t.Errorf("the order is %q", got)
	}
	if got := names(s, "sao agu"); !slices.Equal(got, want[:1]) {
		t.Errorf("a search finds %q", got)
	}
	if err := put(s, 9, "Nine"); err != nil {
		t.Error(err)
	}
}
