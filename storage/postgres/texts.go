package postgres

import "sync"

// texts remembers the statements that commands make most, since to put one
// together takes longer than to look it up. They are told apart by what they do and
// to how many rows, hence there are few of them.
type texts struct{ known sync.Map } // from textKey to string

type textKey struct {
	what  string
	rows  int
	width int // how many columns the rows have, where the same is done to rows of several shapes
	load  loadShape
	flags [2]bool
}

func (t *texts) get(key textKey, build func() string) string {
	if text, ok := t.known.Load(key); ok {
		return text.(string)
	}
	text := build()
	t.known.Store(key, text)
	return text
}
