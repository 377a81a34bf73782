package workflow

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/storage"
)

// Whatever text comes as a cursor, it is refused or it is what was given out for
// that position in that list; and what is given out leads back to where it was.
func FuzzCursor(f *testing.F) {
	listBy := func(by, search string, descending bool) list {
		c := customersPage{partner: "northwind", engagement: engagement.Engagement{ID: "azure-migration"}, within: sight{Scope: AllLocations()}}
		return c.list(CustomersQuery{Tab: engagement.TabEligible, Sort: Sort(by), Search: search, Descending: descending})
	}
	for _, by := range storage.AllSorts() {
		q := listBy(string(by), "", false)
		text, err := q.cursor(by.PositionOf(engagement.Entry{Row: "p-1", Name: "contoso", Since: time.Unix(1, 0), Deadline: time.Unix(2, 5000)}, nil), false)
		if err != nil {
			f.Fatal(err)
		}
		raw, _ := base64.RawURLEncoding.DecodeString(text)
		f.Add(text, string(by), "", false)
		f.Add(text, string(by), "x", true)
		f.Add(text+"A", string(by), "", false)
		f.Add(base64.RawURLEncoding.EncodeToString(append(raw, raw...)), string(by), "", false)
		f.Add(base64.RawURLEncoding.EncodeToString([]byte(strings.ToUpper(string(raw)))), string(by), "", false)
	}
	f.Add("", "", "", false)
	f.Add("bnVsbA", "name", "\xff", true)
	f.Add("", "no such order", "z", true)
	f.Fuzz(func(t *testing.T, cursorText, by, search string, descending bool) {
		q := listBy(by, search, descending)
		at, back, err := q.position(cursorText)
		if err != nil {
			var bad *InvalidCursorError
			if !errors.As(err, &bad) || !errors.As(err, new(*InvalidCursorError)) || at != (storage.Position{}) {
				t.Fatalf("%q is refused with %T %v and %v", cursorText, err, err, at)
			}
		} else if again, err := q.cursor(at, back); err != nil || again != cursorText {
			t.Fatalf("%q is accepted, and %q is what stands for %+v", cursorText, again, at)
		}

		// Every position that a page can end at has a cursor.
		name := text.SortKey(engagement.CleanName(search + cursorText))
		e := engagement.Entry{Row: "tenant:00000000-0000-4000-8000-000000000001", Name: name, Since: time.UnixMicro(int64(len(cursorText)))}
		want := q.positionOf(e)
		cursor, err := q.cursor(want, descending)
		if err != nil {
			t.Fatal(err)
		}
		got, back, err := q.position(cursor)
		if err != nil || back != descending || got.Compare(want) != 0 || got.Row != want.Row {
			t.Fatalf("%+v comes back as %+v, %v", want, got, err)
		}
		q.descending = !q.descending
		if _, _, err := q.position(cursor); !errors.As(err, new(*InvalidCursorError)) {
			t.Fatalf("a cursor is accepted for another list: %v", err)
		}
	})
}
