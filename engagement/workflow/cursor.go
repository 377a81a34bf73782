package workflow

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// longestCursor is more than any of ours has: names and rows are short.
const longestCursor = 8192

// place is what a cursor's text holds: where a page ended or began, and in what list.
type place struct {
	List string           `json:"q"`
	At   storage.Position `json:"p"`
	Back bool             `json:"b,omitzero"` // before it
}

// cursor returns the cursor of what comes after a position in the list, or before it.
func (l list) cursor(at storage.Position, back bool) (string, error) {
	at.Time = at.Time.UTC()
	text, err := json.Marshal(place{List: l.name(), At: at, Back: back})
	return base64.RawURLEncoding.EncodeToString(text), err
}

// position returns where a cursor points to, and whether to what comes before that, or
// a *InvalidCursorError. A cursor is for one list: another tab, order or filter needs
// another. It accepts exactly what cursor makes of a position in that list. A cursor
// gives no access: whoever makes one up begins somewhere else in the same list of their
// own.
func (l list) position(text string) (at storage.Position, back bool, err error) {
	foreign := &InvalidCursorError{Problem: "is not one of ours"}
	if len(text) > longestCursor {
		return at, false, foreign
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return at, false, foreign
	}
	var c place
	if err := json.Unmarshal(raw, &c); err != nil || c.At.Row == "" {
		return at, false, foreign
	}
	if c.List != l.name() {
		return at, false, &InvalidCursorError{Problem: "belongs to another list"}
	}
	if ours, err := l.cursor(c.At, c.Back); err != nil || ours != text {
		return at, false, foreign
	}
	c.At.Time = c.At.Time.UTC()
	return c.At, c.Back, nil
}

// name tells the list from others.
func (l list) name() string {
	text, err := json.Marshal(struct {
		P, E, T, S any
		D          bool
		F          storage.Filter
		L          []engagement.LocationID `json:",omitempty"`
		K          string
	}{l.partner, l.engagement, string(l.tab), string(l.sort), l.descending, l.filter, l.scope, engagement.KeysVersion})
	if err != nil {
		panic(err) // texts and times of the years that a query's check lets through always marshal
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}
