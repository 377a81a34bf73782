package workflow

import (
	"encoding/json"
	"errors"
	"slices"
)

// MarshalJSON writes the event's fields, and the cursor among them.
func (e FeedEvent) MarshalJSON() ([]byte, error) {
	event, err := json.Marshal(e.Event)
	if err != nil {
		return nil, err
	}
	cursor, err := json.Marshal(cursorOnly{e.Cursor})
	return slices.Concat(event[:len(event)-1], []byte{','}, cursor[1:]), err
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *FeedEvent) UnmarshalJSON(b []byte) error {
	var cursor cursorOnly
	err := errors.Join(json.Unmarshal(b, &e.Event), json.Unmarshal(b, &cursor))
	e.Cursor = cursor.Cursor
	return err
}

type cursorOnly struct {
	Cursor string `json:"cursor"`
}
