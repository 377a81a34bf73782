package survey_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/survey"
)

// whole returns a state with something in every field.
func whole(t testing.TB) survey.State {
	s, err := survey.Mint(in(t, survey.StatusSent), "l1", link.Hash{1})
	noError(t, err)
	zoned := start.Add(day + 1234567*time.Nanosecond).In(time.FixedZone("WEST", 3600))
	s, err = survey.Send(s, survey.Invitation{Contact: who(bruno), Language: "pt", Link: "l2"}, zoned, deadline)
	noError(t, err)
	s, err = survey.Mint(s, "l2", link.Hash{2})
	noError(t, err)
	s, err = survey.Answer(s, "l2", answers(), zoned.Add(2*time.Hour), deadline)
	noError(t, err)
	return s
}

func TestJSONRoundTrip(t *testing.T) {
	erased, _ := whole(t).Erase(bruno)
	noIntro := survey.CustomerForm()
	noIntro.Intro = map[link.Language]string{}
	plain, err := survey.Start(noIntro)
	noError(t, err)
	for name, s := range map[string]survey.State{
		"zero": {}, "not sent": in(t, survey.StatusNotSent), "sent": in(t, survey.StatusSent), "done": in(t, survey.StatusDone),
		"whole": whole(t), "erased": erased, "no intro": plain,
		"by the clock": byTheClock(t),
	} {
		text, err := json.Marshal(s)
		noError(t, err, name)
		var back survey.State
		noError(t, json.Unmarshal(text, &back), name)
		equal(t, s, back, name)
	}
}

// byTheClock returns a state with times that hold readings of the monotonic clock
// when they are given.
func byTheClock(t *testing.T) survey.State {
	now := time.Now()
	s, err := survey.Send(in(t, survey.StatusNotSent), to(ana, "l1"), now, now.Add(day))
	noError(t, err)
	s, err = survey.Send(s, to(bruno, "l2"), time.Now(), now.Add(day))
	noError(t, err)
	s, err = survey.Answer(s, "l2", answers(), time.Now(), now.Add(day))
	noError(t, err)
	return s
}

// What was stored stays readable.
func TestStoredState(t *testing.T) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	noError(t, enc.Encode(whole(t)))
	const file = "testdata/state.json"
	if *update {
		noError(t, os.WriteFile(file, b.Bytes(), 0o644))
	}
	want, err := os.ReadFile(file)
	noError(t, err)
	equal(t, string(want), b.String())

	stored, err := os.ReadFile("testdata/state_addresses.json") // from when a contact was an address
	noError(t, err)
	var old survey.State
	noError(t, json.Unmarshal(stored, &old))
	equal(t, whole(t), old)
}

func TestJunkIsNotReadAsAState(t *testing.T) {
	for _, text := range []string{
		`{"status":"gone"}`, `{"sendings":[{"command":"shout"}]}`, `{"links":[{"id":""}]}`, `{"form":{"questions":[{"kind":"number"}]}}`,
		`{"links":[{"id":"a","contact":"nobody"}]}`, `{"sendings":[{"language":"!"}]}`,
	} {
		var s survey.State
		check(t, json.Unmarshal([]byte(text), &s) != nil, text)
	}
}

// Nothing that is done to one state, or to what it was made of, shows in another.
func TestStatesShareNothing(t *testing.T) {
	form := survey.CustomerForm()
	first, err := survey.Start(form)
	noError(t, err)
	form.Titles["en"], form.Questions[0].ID, form.Questions[1].Texts["en"] = "x", "x", "x"
	equal(t, in(t, survey.StatusNotSent), first)

	want, s := whole(t), whole(t)
	for name, next := range map[string]func() survey.State{
		"mint":  func() survey.State { n, err := survey.Mint(s, "l2", link.Hash{9}); noError(t, err); return n },
		"erase": func() survey.State { n, _ := s.Erase(ana); return n },
		"scrub": func() survey.State { n, _ := s.Scrub(func(string) string { return "-" }); return n },
	} {
		n := next()
		n.Form.Titles["en"], n.Form.Intro["en"], n.Form.Questions[0].Texts["en"] = "x", "x", "x"
		n.Form.Questions[0].ID = "x"
		n.Links[0].ID, n.Links[0].Tokens[0] = "x", link.Hash{}
		n.Sendings[0].Link = "x"
		n.Response.Answers["delivered"] = "x"
		equal(t, want, s, name)
	}
}

func TestLogsShowNobody(t *testing.T) {
	s := whole(t)
	v, err := survey.NewView(s, "l2", survey.Page{Partner: "Fabrikam"}, start)
	noError(t, err)
	var b strings.Builder
	for _, h := range []slog.Handler{slog.NewJSONHandler(&b, nil), slog.NewTextHandler(&b, nil)} {
		slog.New(h).Info("x", "state", s, "response", s.Response, "invitation", to(ana, "l3"), "view", v)
	}
	for _, secret := range []string{"ana@", "bruno@", "did well", link.Hash{1}.String()} {
		check(t, !strings.Contains(b.String(), secret), "%s is in\n%s", secret, &b)
	}
	for _, shown := range []string{"customer-survey", "done", "l3", "pt-PT"} {
		check(t, strings.Contains(b.String(), shown), "%s is not in\n%s", shown, &b)
	}
}

func TestErase(t *testing.T) {
	s := whole(t)
	next, found := s.Erase(email("BRUNO@contoso.com"))
	check(t, found)
	check(t, next.Contact().IsZero())
	check(t, next.Links[1].Erased() && !next.Links[0].Erased())
	equal(t, s.Response, next.Response, "that it was done, and when, stays")
	equal(t, survey.StatusDone, next.Status)
	link, err := next.Find(link.Hash{2})
	noError(t, err)
	equal(t, next.Response.Link, link.ID)
	text, err := json.Marshal(next)
	noError(t, err)
	check(t, !strings.Contains(strings.ToLower(string(text)), "bruno"))

	_, found = next.Erase(bruno)
	check(t, !found, "nothing is left of bruno")
	_, found = next.Erase(email("nobody@contoso.com"))
	check(t, !found)
	same, found := next.Erase(survey.State{}.Contact().Email)
	check(t, !found, "no address is nobody's")
	equal(t, next, same)

	// Who was erased before can still answer.
	waiting, found := in(t, survey.StatusSent).Erase(ana)
	check(t, found)
	done, err := survey.Answer(waiting, "l1", answers(), start, deadline)
	noError(t, err)
	equal(t, survey.StatusDone, done.Status)
}

func TestScrub(t *testing.T) {
	s := in(t, survey.StatusDone)
	next, changed := s.Scrub(func(text string) string { return strings.ReplaceAll(text, "Ana", "(erased)") })
	check(t, changed)
	equal(t, "(erased) did well.", next.Response.Answers["comments"])
	equal(t, "Ana did well.", s.Response.Answers["comments"])
	_, changed = next.Scrub(strings.TrimSpace)
	check(t, !changed)
	next, changed = s.Scrub(func(text string) string {
		check(t, text == "Ana did well.", "only free text is scrubbed, not %q", text)
		return ""
	})
	check(t, changed)
	equal(t, map[string]string{"delivered": "yes", "findings": "no", "satisfaction": "4"}, next.Response.Answers)
	equal(t, survey.StatusDone, next.Status)

	only := s
	only.Response.Answers = map[string]string{"comments": "Ana"}
	next, changed = only.Scrub(func(string) string { return "" })
	check(t, changed && next.Response.Answers == nil)
	_, changed = in(t, survey.StatusSent).Scrub(func(string) string { return "x" })
	check(t, !changed)
}
