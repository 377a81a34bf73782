package storage_test

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/quick"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// TestPositions gives every order entries that stand in it in the order of the
// list.
func TestPositions(t *testing.T) {
	for _, try := range []struct {
		sort    storage.Sort
		entries []engagement.Entry
	}{
		{storage.SortByName, []engagement.Entry{
			{Name: "", Row: "9"}, {Name: "A", Row: "8"}, {Name: "a", Row: "7"}, {Name: "a b", Row: "6"}, {Name: "ab", Row: "1", Deadline: noon},
			{Name: "ab", Row: "2"}, {Name: "\u00e9", Row: "0"},
		}},
		{storage.SortByDeadline, []engagement.Entry{
			{Deadline: noon.Add(-time.Hour), Row: "9", Name: "z"}, {Deadline: noon, Row: "1", Name: "y"}, {Deadline: noon, Row: "2", Name: "x"},
			{Deadline: noon.Add(time.Microsecond), Row: "0"}, {Row: "1"}, {Row: "2", Name: "a"},
		}},
		{storage.SortBySince, []engagement.Entry{
			{Row: "9"}, {Since: noon, Row: "1", Name: "b"}, {Since: noon, Row: "2", Name: "a"}, {Since: noon.Add(time.Microsecond), Row: "0"},
		}},
		{storage.SortByStatus, []engagement.Entry{
			{Row: "9", Name: "z"},
			{Type: engagement.RowNotStarted, Name: "z", Row: "6"},
			{Type: engagement.RowNotStarted, Status: engagement.StatusCustomerClaimed, Name: "a", Row: "4"},
			{Type: engagement.RowNotStarted, Status: engagement.StatusCustomerClaimed, Name: "b", Row: "1"},
			{Type: engagement.RowNotStarted, Status: engagement.StatusCustomerClaimed, Name: "b", Row: "2"},
			{Type: engagement.RowActive, Status: engagement.StatusConsentReceived, Name: "z", Row: "9"},
			{Type: engagement.RowComplete, Status: engagement.StatusCanceled, Name: "z", Row: "9"},
			{Type: engagement.RowComplete, Status: engagement.StatusRejected, Name: "z", Row: "8"},
			{Type: engagement.RowComplete, Status: engagement.StatusRejectedFinal, Name: "a", Row: "7"},
		}},
		{storage.SortByAmount, []engagement.Entry{
			{Row: "8", Name: "z"}, {Row: "9"},
			{Amount: amount("0.00 EUR"), Row: "7"}, {Amount: amount("9.99 EUR"), Row: "6", Name: "y"}, {Amount: amount("10 EUR"), Row: "1"},
			{Amount: amount("10.00 EUR"), Row: "2", Name: "a"}, {Amount: amount("1500 EUR"), Row: "0"}, {Amount: amount("2 USD"), Row: "0", Deadline: noon},
		}},
		{storage.SortByEngagement, []engagement.Entry{
			{Record: engagement.RecordKey{Engagement: "z"}, Name: "a", Row: "9"}, {Record: engagement.RecordKey{Engagement: "z"}, Name: "b", Row: "1"},
			{Record: engagement.RecordKey{Engagement: "z"}, Name: "b", Row: "2"}, {Record: engagement.RecordKey{Engagement: "a"}, Name: "a", Row: "0"},
			{Record: engagement.RecordKey{Engagement: "unnamed-1"}, Name: "z", Row: "0"}, {Record: engagement.RecordKey{Engagement: "unnamed-2"}, Name: "a", Row: "0"},
		}},
	} {
		names := storage.Names{"a": "B key", "z": "A key"}
		for i := range try.entries {
			try.entries[i].Rank = engagement.StatusRank(try.entries[i].Type, try.entries[i].Status)
		}
		for i, a := range try.entries {
			for j, b := range try.entries {
				got := sign(try.sort.PositionOf(a, names).Compare(try.sort.PositionOf(b, names)))
				if want := sign(i - j); got != want {
					t.Errorf("%s: entries %d and %d compare as %d, not %d", try.sort, i, j, got, want)
				}
			}
		}
	}
}

func amount(text string) string {
	m, err := eligibility.ParseMoney(text)
	if err != nil {
		panic(err)
	}
	return engagement.AmountSortKey(m)
}

func sign(n int) int { return max(-1, min(1, n)) }

// TestPositionsAreTotal: whatever entries there are, only one and the same row
// stands where another one does.
func TestPositionsAreTotal(t *testing.T) {
	total := func(name1, name2 string, since1, since2 int32, row1, row2 string) bool {
		a := engagement.Entry{Name: name1, Amount: name2, Since: noon.Add(time.Duration(since1)), Deadline: noon.Add(time.Duration(since2)), Row: engagement.RowID(row1)}
		b := engagement.Entry{Name: name2, Amount: name1, Since: noon.Add(time.Duration(since2)), Deadline: noon.Add(time.Duration(since1)), Row: engagement.RowID(row2)}
		for _, s := range storage.AllSorts() {
			p, q := s.PositionOf(a, nil), s.PositionOf(b, nil)
			if sign(p.Compare(q)) != -sign(q.Compare(p)) || p.Compare(p) != 0 || p.Compare(q) == 0 && row1 != row2 {
				return false
			}
		}
		return true
	}
	if err := quick.Check(total, nil); err != nil {
		t.Error(err)
	}
}

// TestPositionAsText: a position is kept in cursors as JSON.
func TestPositionAsText(t *testing.T) {
	entry := engagement.Entry{Row: "p-1", Name: "n\u00e4me \"quoted\"", Type: engagement.RowComplete, Status: engagement.StatusCanceled, Since: noon.Add(time.Microsecond), Amount: "EUR 041500"}
	for _, s := range storage.AllSorts() {
		p := s.PositionOf(entry, nil)
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var q storage.Position
		if err := json.Unmarshal(text, &q); err != nil {
			t.Fatal(err)
		}
		if p.Compare(q) != 0 || p != q {
			t.Errorf("%s: %+v comes back from %s as %+v", s, p, text, q)
		}
	}
}

func TestFilter(t *testing.T) {
	entry := engagement.Entry{
		Search: " contoso ltd com=1=", Type: engagement.RowNotStarted, Status: engagement.StatusCustomerClaimed, Participation: "p-1",
		Locations: []engagement.LocationID{"1", "2"}, Since: noon, Amount: amount("1500 EUR"),
		Record: engagement.RecordKey{Engagement: "azure-migration", Customer: "tpid:1"},
	}
	for _, try := range []struct {
		name   string
		filter storage.Filter
		want   bool
	}{
		{"nothing", storage.Filter{}, true},
		{"words", storage.Filter{Words: engagement.SearchWords("contoso.co")}, true},
		{"its ID", storage.Filter{Words: engagement.SearchWords("{1}")}, false},
		{"its TPID", storage.Filter{Words: engagement.SearchWords("001")}, true},
		{"one way of several", storage.Filter{Words: []engagement.Word{{Texts: []string{"x", "=1="}}}}, true},
		{"its engagement instead", storage.Filter{Words: []engagement.Word{{Texts: []string{"x"}, Engagements: []engagement.ID{"azure-migration"}}}}, true},
		{"no way", storage.Filter{Words: []engagement.Word{{}}}, false},
		{"other words", storage.Filter{Words: engagement.SearchWords("fabrikam")}, false},
		{"the middle of a word", storage.Filter{Words: engagement.SearchWords("ontoso")}, false},
		{"one of the types", storage.Filter{Types: []engagement.RowType{engagement.RowComplete, engagement.RowNotStarted}}, true},
		{"other types", storage.Filter{Types: []engagement.RowType{engagement.RowComplete}}, false},
		{"one of the statuses", storage.Filter{Statuses: []engagement.Status{engagement.StatusPaid, engagement.StatusCustomerClaimed}}, true},
		{"other statuses", storage.Filter{Statuses: []engagement.Status{engagement.StatusPaid}}, false},
		{"one of the locations", storage.Filter{Locations: []engagement.LocationID{"3", "2"}}, true},
		{"other locations", storage.Filter{Locations: []engagement.LocationID{"3"}}, false},
		{"from its time", storage.Filter{SinceFrom: noon}, true},
		{"from later", storage.Filter{SinceFrom: noon.Add(time.Microsecond)}, false},
		{"before later", storage.Filter{SinceBefore: noon.Add(time.Microsecond)}, true},
		{"before its time", storage.Filter{SinceBefore: noon}, false},
		{"participations", storage.Filter{Participation: true}, true},
		{"whichever engagement", storage.Filter{Engagements: nil}, true},
		{"one of the engagements", storage.Filter{Engagements: []engagement.ID{"another", "azure-migration"}}, true},
		{"other engagements", storage.Filter{Engagements: []engagement.ID{"another"}}, false},
		{"no engagement", storage.Filter{Engagements: []engagement.ID{}}, false},
		{"its customer", storage.Filter{Customer: "tpid:1"}, true},
		{"another customer", storage.Filter{Customer: "tpid:11"}, false},
		{"from its amount", storage.Filter{AmountFrom: amount("1500.00 EUR")}, true},
		{"from more", storage.Filter{AmountFrom: amount("1500.01 EUR")}, false},
		{"from less", storage.Filter{AmountFrom: amount("999 EUR")}, true},
		{"before more", storage.Filter{AmountBefore: amount("1500.01 EUR")}, true},
		{"before its amount", storage.Filter{AmountBefore: amount("1500 EUR")}, false},
		{"before more digits", storage.Filter{AmountBefore: amount("10000 EUR")}, true},
		{"from another currency", storage.Filter{AmountFrom: amount("1 USD")}, false},
		{"all of several", storage.Filter{Words: engagement.SearchWords("contoso"), SinceFrom: noon, Participation: true}, true},
		{"not all of several", storage.Filter{Words: engagement.SearchWords("contoso"), SinceFrom: noon, Statuses: []engagement.Status{engagement.StatusPaid}}, false},
	} {
		t.Run(try.name, func(t *testing.T) {
			if got := try.filter.Match(entry); got != try.want {
				t.Errorf("it matches: %t, not %t", got, try.want)
			}
		})
	}
	entry.Participation, entry.Amount = "", ""
	if (storage.Filter{AmountFrom: amount("0 EUR")}).Match(entry) {
		t.Error("an entry without an amount passes a filter from an amount")
	}
	if (storage.Filter{Participation: true}).Match(entry) {
		t.Error("a customer who is only known passes a filter for participations")
	}
}

func TestAllSorts(t *testing.T) {
	if got := storage.AllSorts(); len(got) != 6 || len(slices.Compact(slices.Sorted(slices.Values(got)))) != 6 {
		t.Errorf("the orders are %q", got)
	}
}
