package survey_test

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/survey"
)

// FuzzSurveyAnswer answers with anything: it is recorded whole or refused whole, what
// was recorded survives a trip through JSON, and a second answer changes nothing.
func FuzzSurveyAnswer(f *testing.F) {
	f.Add("l1", "yes", "no", "4", "Ana did well.", "comments", int64(0))
	f.Add("l1", "Yes", "", "6", "a\x00b", "other", int64(0))
	f.Add("l2", "yes", "no", "5", "", "comments", int64(1))
	f.Add("l1", "yes", "no", "5", strings.Repeat("ã", 1001), "comments", int64(-1))
	f.Add("l1", " yes\r\n", "no\r", "1", "<script>\r\nalert(1)</script>\xff", "", int64(90*24*3600))
	f.Fuzz(func(t *testing.T, url, delivered, findings, satisfaction, text, id string, late int64) {
		s, now := in(t, survey.StatusSent), deadline.Add(time.Duration(late%1e9)*time.Second)
		given := map[string]string{"delivered": delivered, "findings": findings, "satisfaction": satisfaction, id: text}
		next, err := survey.Answer(s, link.ID(url), maps.Clone(given), now, deadline)
		if err != nil {
			if !reflect.DeepEqual(s, next) {
				t.Fatalf("refused and changed: %v", err)
			}
			wrong := new(survey.AnswersError)
			if errors.As(err, &wrong) == (errors.Is(err, link.ErrUnknown) || errors.As(err, new(*survey.ExpiredError))) {
				t.Fatalf("an error of no known kind, or of two: %v", err)
			}
			return
		}
		if url != "l1" || !now.Before(deadline) || next.Status != survey.StatusDone || next.Response.At.IsZero() {
			t.Fatalf("answered by %q at %s: %+v", url, now, next.Response)
		}
		for id, answer := range next.Response.Answers {
			if answer != strings.TrimSpace(answer) || answer == "" || utf8.RuneCountInString(answer) > survey.MaxText || !utf8.ValidString(answer) || strings.ContainsAny(answer, "\r\x00\x7f") {
				t.Fatalf("%s is recorded as %q", id, answer)
			}
			if _, ok := given[id]; !ok {
				t.Fatalf("%s was not given", id)
			}
		}
		again, err := survey.Answer(next, "l1", given, now, deadline)
		if err != nil || !reflect.DeepEqual(next, again) {
			t.Fatalf("the same answer again: %v", err)
		}
		if _, err := survey.Answer(next, "l1", map[string]string{"zodiac": "leo"}, now, deadline); !errors.As(err, new(*survey.AlreadyAnsweredError)) {
			t.Fatalf("a second answer: %v", err)
		}
		roundTrip(t, next)
	})
}

// FuzzSurveyJSON reads anything as a state: what is read survives a trip through JSON
// from then on, and whatever is done to it gives a state or a refusal.
func FuzzSurveyJSON(f *testing.F) {
	for _, s := range []survey.State{in(f, survey.StatusNotSent), in(f, survey.StatusSent), in(f, survey.StatusDone), whole(f), {}} {
		text, err := json.Marshal(s)
		noError(f, err)
		f.Add(text)
	}
	f.Add([]byte(`{"status":"not sent"}`))
	f.Add([]byte(`{"status":"done","links":[{"id":"l1","issued_at":"2026-08-03T09:00:00+01:00"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var s survey.State
		if json.Unmarshal(text, &s) != nil {
			return
		}
		first, err := json.Marshal(s)
		if err != nil {
			return // something that the reader did not miss
		}
		var back survey.State
		if err := json.Unmarshal(first, &back); err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, first)
		}
		if second, err := json.Marshal(back); err != nil || string(first) != string(second) {
			t.Fatalf("%v\n%s\n%s", err, first, second)
		}
		survey.Send(back, to(bruno, "new"), start, deadline)
		survey.Resend(back, "new", link.Policy{}, start, deadline)
		survey.Answer(back, "l1", answers(), start, deadline)
		survey.Mint(back, "l1", link.Hash{7})
		survey.NewView(back, "l1", page, start)
		back.Erase(ana)
		back.Scrub(strings.ToUpper)
		back.Find(link.Hash{1})
		if after, err := json.Marshal(back); err != nil || string(first) != string(after) {
			t.Fatalf("a state was changed: %v\n%s\n%s", err, first, after)
		}
	})
}

func roundTrip(t *testing.T, s survey.State) {
	t.Helper()
	text, err := json.Marshal(s)
	noError(t, err)
	var back survey.State
	noError(t, json.Unmarshal(text, &back))
	if !reflect.DeepEqual(s, back) {
		t.Fatalf("%+v came back as %+v", s, back)
	}
}
