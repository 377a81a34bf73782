package verify

import (
	"bytes"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage/record"
)

// differs says what of an entry is not as it is at any of the moments, or nothing.
func differs(e engagement.Entry, moments []time.Time, at func(time.Time) engagement.Entry) string {
	problem := ""
	for _, m := range moments {
		p := different(e, at(m))
		if p == "" {
			return ""
		}
		if problem == "" {
			problem = p
		}
	}
	return problem
}

// different says in what two entries differ, by a word that tells nothing of what is
// there.
func different(a, b engagement.Entry) string {
	for _, c := range []struct {
		what string
		same bool
	}{
		{"tab", a.Tab == b.Tab && a.Base == b.Base},
		{"type", a.Type == b.Type},
		{"status", a.Status == b.Status && a.Rank == b.Rank},
		{"locations", slices.Equal(a.Locations, b.Locations)},
		{"name", a.Name == b.Name},
		{"words", a.Search == b.Search},
		{"times", a.Since.Equal(b.Since) && a.Deadline.Equal(b.Deadline) && a.Until.Equal(b.Until) && a.Due.Equal(b.Due)},
		{"amount", a.Amount == b.Amount},
		{"month", a.Month == b.Month},
		{"room", a.MindsRoom == b.MindsRoom && a.Room.Equal(b.Room)},
		{"content", sameShown(a.Shown, b.Shown)},
	} {
		if !c.same {
			return "the row that lists show has another " + c.what + " than the record gives"
		}
	}
	return ""
}

// sameShown compares what is shown as it is stored. More may have been asked than the
// record still knows, which forgets that in time.
func sameShown(stored, made engagement.Shown) bool {
	for _, a := range made.Asked {
		if !slices.ContainsFunc(stored.Asked, func(b engagement.Ask) bool { return a.Mailbox == b.Mailbox && a.At.Equal(b.At) }) {
			return false
		}
	}
	stored.Asked, made.Asked = nil, nil
	a, err := record.Encode(stored)
	b, err2 := record.Encode(made)
	return err == nil && err2 == nil && bytes.Equal(a, b)
}
