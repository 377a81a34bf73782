package workflow

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"

	"github.com/partnerengage/partnerengage/storage"
)

// cursor is what a cursor's text holds: where a page ended, and in what list.
type cursor struct {
	List string           `json:"q"`
	At   storage.Position `json:"p"`
}

func encodeCursor(q storage.PageQuery, at storage.Position) string {
	at.Time = at.Time.UTC()
	text, err := json.Marshal(cursor{List: listOf(q), At: at})
	if err != nil {
		panic(err) // strings and a time of this era always marshal
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// decodeCursor returns where a cursor points to, or a *CursorError. A cursor is
// for one list: another tab, order or filter needs another.
func decodeCursor(q storage.PageQuery, text string) (storage.Position, error) {
	const longest = 4096
	if len(text) > longest {
		return storage.Position{}, &CursorError{Problem: "is too long to be one of ours"}
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return storage.Position{}, &CursorError{Problem: "is not one of ours"}
	}
	var c cursor
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil || c.At.Row == "" {
		return storage.Position{}, &CursorError{Problem: "is not one of ours"}
	}
	if c.List != listOf(q) {
		return storage.Position{}, &CursorError{Problem: "belongs to another list"}
	}
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
		return "" // a filter with a time that JSON does not know: its pages cannot be told apart
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}
