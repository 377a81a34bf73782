package workflow

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"

	"github.com/partnerengage/partnerengage/storage"
)

// longestCursor is more than any of ours has: names and rows are short.
const longestCursor = 4096

// cursor is what a cursor's text holds: where a page ended, and in what list.
type cursor struct {
	List string           `json:"q"`
	At   storage.Position `json:"p"`
}

// encodeCursor returns the cursor of a position in the list that q pages through.
func encodeCursor(q storage.PageQuery, at storage.Position) (string, error) {
	at.Time = at.Time.UTC()
	text, err := json.Marshal(cursor{List: listOf(q), At: at})
	return base64.RawURLEncoding.EncodeToString(text), err
}

// decodeCursor returns where a cursor points to, or a *CursorError. A cursor is
// for one list: another tab, order or filter needs another. It accepts exactly
// what encodeCursor makes of a position in that list. A cursor gives no access:
// whoever makes one up begins somewhere else in the same list of their own.
func decodeCursor(q storage.PageQuery, text string) (storage.Position, error) {
	foreign := &CursorError{Problem: "is not one of ours"}
	if len(text) > longestCursor {
		return storage.Position{}, foreign
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return storage.Position{}, foreign
	}
	var c cursor
	if err := json.Unmarshal(raw, &c); err != nil || c.At.Row == "" {
		return storage.Position{}, foreign
	}
	if c.List != listOf(q) {
		return storage.Position{}, &CursorError{Problem: "belongs to another list"}
	}
	if ours, err := encodeCursor(q, c.At); err != nil || ours != text {
		return storage.Position{}, foreign
	}
	c.At.Time = c.At.Time.UTC()
	return c.At, nil
}

// listOf names the list that a query pages through.
func listOf(q storage.PageQuery) string {
	text, err := json.Marshal(struct {
		P, E, T, S any
		D          bool
		F          storage.Filter
	}{q.Partner, q.Engagement, q.Tab, q.Sort, q.Descending, q.Filter})
	if err != nil {
		panic(err) // texts and times of the years that pageQuery lets through always marshal
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}
