package workflow_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// An event of the feed is JSON with its cursor, and is read back as it was.
func TestFeedEventInJSON(t *testing.T) {
	w, _ := newWorld(t)
	w.Granted(migration, "ana@contoso.com")
	page, err := w.Desk.Feed.Read(background, w.Actor, workflow.FeedQuery{Persons: true})
	ok(t, err)
	if len(page.Events) < 3 {
		t.Fatalf("only %d events", len(page.Events))
	}
	for _, e := range page.Events {
		text, err := json.Marshal(e)
		ok(t, err)
		if !strings.Contains(string(text), `"cursor":"`+e.Cursor+`"`) || !strings.Contains(string(text), `"kind":"`+string(e.Kind)+`"`) {
			t.Errorf("written as %s", text)
		}
		var back workflow.FeedEvent
		ok(t, json.Unmarshal(text, &back))
		equal(t, "read back", asJSON(t, back), string(text))
		equal(t, "its cursor", back.Cursor, e.Cursor)
	}
}
