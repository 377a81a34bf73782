package link_test

import (
	"errors"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
)

// What became of a message is marked on its link alone.
func TestMarks(t *testing.T) {
	now := time.Date(2026, 9, 30, 9, 0, 0, 0, time.UTC)
	links := []link.Link{{ID: "one"}, {ID: "two"}}
	code := link.AllFailureCodes()[0]
	failed, err := link.MarkFailed(links, "two", link.Failure{Code: code, At: now})
	if err != nil || failed[1].Failed.Code != code || !failed[0].Failed.IsZero() || !links[1].Failed.IsZero() {
		t.Errorf("a failure: %+v, %v", failed, err)
	}
	sent, err := link.MarkSent(failed, "two", "m1", now)
	if err != nil || !sent[1].SentAt.Equal(now) || !sent[1].Failed.IsZero() || sent[1].Message != "m1" {
		t.Errorf("a sending: %+v, %v", sent, err)
	}
	if _, err := link.MarkSent(links, "three", "m1", now); !errors.Is(err, link.ErrUnknown) {
		t.Errorf("an unknown link: %v", err)
	}
	for _, c := range link.AllFailureCodes() {
		text, err := c.MarshalText()
		var back link.FailureCode
		if err != nil || back.UnmarshalText(text) != nil || back != c {
			t.Errorf("%q is written as %q, %v", c, text, err)
		}
	}
	if new(link.FailureCode).UnmarshalText([]byte("junk")) == nil {
		t.Error("junk is a code")
	}
}
