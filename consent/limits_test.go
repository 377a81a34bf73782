package consent_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
)

// Limits over participations say from when more is allowed, and let everything pass
// where there are none.
func TestLimitsOverParticipations(t *testing.T) {
	now := time.Date(2026, 9, 30, 9, 0, 0, 0, time.UTC)
	var earlier []consent.Earlier
	for i := range 25 {
		earlier = append(earlier, consent.Earlier{At: now.Add(-time.Duration(25-i) * time.Hour)})
	}
	err := consent.Policy{}.MayWriteTo(earlier, true, now)
	var limit *consent.LimitError
	if !errors.As(err, &limit) || !errors.Is(err, consent.ErrTooMany) || limit.Limit != consent.LimitMailbox {
		t.Fatalf("the 26th mail to a mailbox: %v", err)
	}
	if !limit.NotBefore.After(now) || !strings.Contains(limit.Error(), limit.NotBefore.Format("2006-01-02")) {
		t.Errorf("%v does not say from when, %v", err, limit.NotBefore)
	}
	if err := (consent.Policy{}).MayWriteTo(earlier, true, limit.NotBefore); err != nil {
		t.Errorf("from then on: %v", err)
	}
	if err := consent.Unlimited().MayWriteTo(earlier, true, now); err != nil {
		t.Errorf("without limits: %v", err)
	}

	if err := (consent.Policy{}).MayWriteToday(200, 1, 1, now); err != nil {
		t.Errorf("the 201st mail with one known customer: %v", err)
	}
	err = consent.Policy{}.MayWriteToday(201, 1, 1, now)
	if !errors.As(err, &limit) || limit.Limit != consent.LimitDay || !limit.NotBefore.Equal(consent.Today(now).AddDate(0, 0, 1)) {
		t.Errorf("the 202nd: %v", err)
	}
	if n, limited := (consent.Policy{}).DayAllows(); n != 200 || !limited {
		t.Errorf("a day allows %d, %v", n, limited)
	}
	if _, limited := consent.Unlimited().DayAllows(); limited {
		t.Error("a day without limits is limited")
	}
	if !(consent.Policy{}).Horizon(now).Equal(now.AddDate(0, 0, -30)) {
		t.Errorf("the horizon is %v", consent.Policy{}.Horizon(now))
	}
	for _, l := range consent.AllLimits() {
		text, err := l.MarshalText()
		var back consent.Limit
		if err != nil || back.UnmarshalText(text) != nil || back != l {
			t.Errorf("%q is written as %q, %v", l, text, err)
		}
	}
	if new(consent.Limit).UnmarshalText([]byte("junk")) == nil {
		t.Error("junk is a limit")
	}
}

// What became of a message is marked on its link alone.
func TestMarks(t *testing.T) {
	now := time.Date(2026, 9, 30, 9, 0, 0, 0, time.UTC)
	links := []consent.Link{{ID: "one"}, {ID: "two"}}
	code := consent.AllFailureCodes()[0]
	failed, err := consent.MarkFailed(links, "two", consent.Failure{Code: code, At: now})
	if err != nil || failed[1].Failed.Code != code || !failed[0].Failed.IsZero() || !links[1].Failed.IsZero() {
		t.Errorf("a failure: %+v, %v", failed, err)
	}
	sent, err := consent.MarkSent(failed, "two", "m1", now)
	if err != nil || !sent[1].SentAt.Equal(now) || !sent[1].Failed.IsZero() || sent[1].Message != "m1" {
		t.Errorf("a sending: %+v, %v", sent, err)
	}
	if _, err := consent.MarkSent(links, "three", "m1", now); !errors.Is(err, consent.ErrUnknownLink) {
		t.Errorf("an unknown link: %v", err)
	}
	for _, c := range consent.AllFailureCodes() {
		text, err := c.MarshalText()
		var back consent.FailureCode
		if err != nil || back.UnmarshalText(text) != nil || back != c {
			t.Errorf("%q is written as %q, %v", c, text, err)
		}
	}
	if new(consent.FailureCode).UnmarshalText([]byte("junk")) == nil {
		t.Error("junk is a code")
	}
}

// A client travels with the context of its answer, and hides itself in logs.
func TestClient(t *testing.T) {
	client := consent.Client{Address: "192.0.2.1", Agent: "Browser"}
	if got := consent.ClientOf(consent.WithClient(context.Background(), client)); got != client {
		t.Errorf("the client is %+v", got)
	}
	if got := consent.ClientOf(context.Background()); !got.IsZero() {
		t.Errorf("no client is %+v", got)
	}
	if text := client.LogValue().String(); strings.Contains(text, "192") || strings.Contains(text, "Browser") {
		t.Errorf("the log says %q", text)
	}
}
