package engagement_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// story is a history of five events, with its head. Every field that an event
// has is set in one of them.
func story() ([]engagement.Event, engagement.Head) {
	e := func(kind engagement.EventKind, person *engagement.Person) engagement.Event {
		return engagement.Event{
			Partner: northwind, Customer: contoso.Key(), At: start, Kind: kind, By: engagement.ByPartner, Engagement: the.Engagement,
			Participation: "p-1", From: engagement.StatusCustomerClaimed, To: engagement.StatusAwaitingConsentResponse,
			Detail: engagement.Detail{Location: "4711201", Deadline: start}, State: engagement.Digest{1}, Person: person,
		}
	}
	person := func(n int) *engagement.Person {
		return &engagement.Person{Salt: fmt.Sprint("salt", n), User: "ana", Contacts: []tenant.Email{email("bruno@contoso.com")}, Why: "asked"}
	}
	first, head := engagement.Chain(engagement.Head{}, e(engagement.EventCustomerAdded, person(1)), e(engagement.EventConsentRequested, person(2)))
	then, head := engagement.Chain(head, e(engagement.EventConsentGranted, person(3)), e(engagement.EventCustomerKnown, nil), e(engagement.EventDeadlinePassed, nil))
	return append(first, then...), head
}

func TestChain(t *testing.T) {
	events, head := story()
	require.NoError(t, engagement.VerifyHistory(events, head))
	for i, e := range events {
		require.EqualValues(t, i+1, e.Seq)
		require.False(t, e.Hash.IsZero())
		require.Equal(t, e.Person == nil, e.PersonDigest.IsZero())
	}
	require.Equal(t, engagement.Head{Seq: 5, Hash: events[4].Hash}, head)
	require.NoError(t, engagement.VerifyHistory(nil, engagement.Head{}), "nothing has happened")
	require.NotEqual(t, events[0].PersonDigest, events[1].PersonDigest, "the salt keeps two that say the same apart")

	// Storage keeps microseconds, so nothing finer is hashed.
	fine, head := engagement.Chain(engagement.Head{}, engagement.Event{At: start.Add(1999).In(zone("Asia/Tokyo"))})
	require.Equal(t, start.Add(time.Microsecond), fine[0].At)
	require.NoError(t, engagement.VerifyHistory(fine, head))
}

// Of some events of a history what can be known is checked: the first, and those behind
// one another.
func TestVerifyLinks(t *testing.T) {
	events, head := story()
	require.NoError(t, engagement.VerifyLinks(events))
	require.NoError(t, engagement.VerifyLinks([]engagement.Event{events[0], events[2], events[3]}), "with a gap")
	require.Error(t, engagement.VerifyLinks([]engagement.Event{events[1], events[0]}), "out of order")
	changed := slices.Clone(events)
	changed[2].Detail.Location = "4711202"
	var broken *engagement.HistoryError
	require.ErrorAs(t, engagement.VerifyLinks(changed), &broken)
	require.EqualValues(t, 3, broken.Seq)

	require.True(t, head.In(events))
	require.True(t, engagement.Head{}.In(events), "every history begins")
	require.False(t, engagement.Head{Seq: 2, Hash: head.Hash}.In(events))
	require.False(t, engagement.Head{Seq: 9, Hash: head.Hash}.In(events))
}

func TestHistorySurvivesJSON(t *testing.T) {
	events, head := story()
	var back []engagement.Event
	require.NoError(t, json.Unmarshal(must(json.Marshal(events)), &back))
	require.Equal(t, events, back)
	var headBack engagement.Head
	require.NoError(t, json.Unmarshal(must(json.Marshal(head)), &headBack))
	require.NoError(t, engagement.VerifyHistory(back, headBack))
}

// Whatever single thing somebody changes in a stored history shows, and at
// which event.
func TestTamperingShows(t *testing.T) {
	check := func(t *testing.T, seq int64, events []engagement.Event, head engagement.Head) {
		t.Helper()
		err := engagement.VerifyHistory(events, head)
		require.ErrorAs(t, err, new(*engagement.HistoryError))
		var broken *engagement.HistoryError
		require.ErrorAs(t, err, &broken)
		require.Equal(t, seq, broken.Seq, "%v", err)
		require.Equal(t, fmt.Sprintf("history is broken at event %d: %s", seq, broken.Problem), err.Error())
	}

	t.Run("a field", func(t *testing.T) {
		events, head := story()
		for i := range events {
			fields := reflect.TypeFor[engagement.Event]().NumField()
			for f := range fields {
				name := reflect.TypeFor[engagement.Event]().Field(f).Name
				tampered := slices.Clone(events)
				if !tamper(reflect.ValueOf(&tampered[i]).Elem().Field(f)) {
					require.Equal(t, "Person", name, "of event %d", i+1) // there is none to change
					continue
				}
				t.Run(fmt.Sprintf("%s of %d", name, i+1), func(t *testing.T) { check(t, int64(i+1), tampered, head) })
			}
		}
	})
	t.Run("a person", func(t *testing.T) {
		events, head := story()
		for f := range reflect.TypeFor[engagement.Person]().NumField() {
			person := *events[1].Person
			require.True(t, tamper(reflect.ValueOf(&person).Elem().Field(f)))
			tampered := slices.Clone(events)
			tampered[1].Person = &person
			check(t, 2, tampered, head)
		}
		tampered := slices.Clone(events)
		tampered[3].Person = events[0].Person
		check(t, 4, tampered, head)
	})
	t.Run("text that moves between fields", func(t *testing.T) {
		events, head := story()
		events[2].From, events[2].To = events[2].From+events[2].To[:1], events[2].To[1:]
		check(t, 3, events, head)
	})
	t.Run("left out", func(t *testing.T) {
		for i := range 5 {
			events, head := story()
			seq := int64(i + 1) // where the next stands instead, or where it ends too soon
			if i == 4 {
				seq = 4
			}
			check(t, seq, slices.Delete(events, i, i+1), head)
		}
		_, head := story()
		check(t, 0, nil, head)
	})
	t.Run("left out, and those behind renumbered", func(t *testing.T) {
		for i := range 4 {
			events, head := story()
			events = slices.Delete(events, i, i+1)
			for j := i; j < len(events); j++ {
				events[j].Seq--
			}
			check(t, int64(i+1), events, head)
		}
	})
	t.Run("left out, and those behind hashed anew", func(t *testing.T) {
		events, head := story()
		events, _ = engagement.Chain(engagement.Head{}, slices.Delete(events, 1, 2)...)
		check(t, 4, events, head)
	})
	t.Run("changed, and all hashed anew", func(t *testing.T) {
		events, head := story()
		events[0].Detail.Location = "another"
		events, _ = engagement.Chain(engagement.Head{}, events...)
		check(t, 5, events, head)
	})
	t.Run("swapped", func(t *testing.T) {
		for i := range 4 {
			events, head := story()
			events[i], events[i+1] = events[i+1], events[i]
			check(t, int64(i+1), events, head)
			events[i].Seq, events[i+1].Seq = events[i+1].Seq, events[i].Seq
			check(t, int64(i+1), events, head)
		}
	})
	t.Run("put in", func(t *testing.T) {
		for i := range 5 {
			events, head := story()
			check(t, int64(i+2), slices.Insert(events, i, events[i]), head)
		}
		events, head := story()
		more, _ := engagement.Chain(head, events[4])
		check(t, 6, append(events, more...), head)
	})
	t.Run("another's head", func(t *testing.T) {
		events, head := story()
		head.Seq++
		check(t, 5, events, head)
	})
}

// tamper changes a value, whatever it is; it reports whether it could.
func tamper(v reflect.Value) bool {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = x.Add(time.Microsecond)
	case *engagement.Digest:
		x[31] ^= 1
	case **engagement.Person:
		if *x == nil {
			return false
		}
		changed := **x
		changed.Why += "!"
		*x = &changed
	case *engagement.Detail:
		x.Contacts++
	case *engagement.Erased:
		x.User[0] ^= 1
	case *[]tenant.Email:
		*x = []tenant.Email{email("eve@contoso.com")}
	default:
		switch v.Kind() {
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Int, reflect.Int64:
			v.SetInt(v.Int() + 1)
		default:
			panic(v.Type())
		}
	}
	return true
}

// An erased person is no damage, and nothing of the person is left.
func TestErase(t *testing.T) {
	events, head := story()
	for i, e := range events {
		events[i] = e.Erase()
		require.NotNil(t, story1(i), "the event that was given stays as it was")
	}
	require.NoError(t, engagement.VerifyHistory(events, head))
	text := string(must(json.Marshal(events)))
	for _, trace := range []string{"salt1", "ana", "bruno", "asked"} {
		require.NotContains(t, text, trace)
	}
	require.NotContains(t, text, `"person":`)
	require.Contains(t, text, `"person_digest":`)
}

// story1 returns the person of an event of a story, or of one that has none.
func story1(i int) *engagement.Person {
	events, _ := story()
	if events[i].Person == nil {
		return &engagement.Person{}
	}
	return events[i].Person
}

func TestAbout(t *testing.T) {
	p := &engagement.Person{User: "ana", Contacts: []tenant.Email{email("Bruno@contoso.com"), {}}}
	require.True(t, p.Names("ana", tenant.Email{}))
	require.True(t, p.Names("", email("bruno@CONTOSO.com")))
	require.False(t, p.Names("Ana", email("carla@contoso.com")))
	require.False(t, p.Names("", tenant.Email{}), "nobody is named")
	require.False(t, (*engagement.Person)(nil).Names("ana", email("bruno@contoso.com")))
}

func TestDigestText(t *testing.T) {
	events, _ := story()
	d := events[0].Hash
	text := d.String()
	require.Len(t, text, 64)
	var back engagement.Digest
	require.NoError(t, back.UnmarshalText([]byte(text)))
	require.Equal(t, d, back)
	require.Empty(t, engagement.Digest{}.String())
	require.NoError(t, back.UnmarshalText(nil))
	require.True(t, back.IsZero())

	for _, junk := range []string{"x", text[1:], text + "0", strings.ToUpper(text), strings.Repeat("0", 64), strings.Repeat("g", 64), text[:63] + "\n", text[:63] + "G"} {
		back = d
		invalid(t, back.UnmarshalText([]byte(junk)), "text")
		require.Equal(t, d, back, "junk changes nothing")
	}
}

// Logs show what things are about and nobody's data.
func TestLogsHidePersons(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	events, _ := story()
	p := asked(began(northwind, engagement.OriginAdded))
	p.Reason, p.FriendlyName = "she said so", "Ana's own"
	log.Info("x", "event", events[0], "person", events[0].Person, "participation", p,
		"shared", placeOf(1, p).shared, "record", placeOf(1, p).records[0],
		"message", engagement.Message{ID: "m-1", Kind: engagement.MessageConsentRequest, To: email("ana@contoso.com")})
	for _, hidden := range []string{"ana@", "bruno", "salt", `"ana"`, "asked", "she said so", "Ana's own"} {
		require.NotContains(t, out.String(), hidden)
	}
	for _, shown := range []string{"m-1", string(p.ID), string(p.Engagement), string(engagement.MessageConsentRequest), string(events[0].Kind)} {
		require.Contains(t, out.String(), shown)
	}
}

// The digest of a person is that of this JSON for good, whatever Person is called or
// tagged with; that nobody is named and that nobody was left are two things.
func TestDigestOfAPerson(t *testing.T) {
	ana, err := tenant.ParseEmail("ana&co@contoso.com")
	require.NoError(t, err)
	for _, c := range []struct {
		person engagement.Person
		json   string
	}{
		{engagement.Person{}, `{"salt":""}`},
		{engagement.Person{Salt: "s", User: "<ana>", Contacts: []tenant.Email{ana}, Why: "it \"was\" so"},
			`{"salt":"s","user":"\u003cana\u003e","contacts":["ana\u0026co@contoso.com"],"why":"it \"was\" so"}`},
		{engagement.Person{Salt: "s", Contacts: []tenant.Email{}}, `{"salt":"s","contacts":[]}`},
		{engagement.Person{Salt: "s", Why: "a\xffb\x00"}, "{\"salt\":\"s\",\"why\":\"a\ufffdb\ufffd\"}"},
	} {
		chained, head := engagement.Chain(engagement.Head{}, engagement.Event{Kind: engagement.EventCommentAdded, Person: &c.person})
		require.Equal(t, engagement.Digest(sha256.Sum256([]byte(c.json))), chained[0].PersonDigest, c.json)
		require.NoError(t, engagement.VerifyHistory(chained, head))
	}
}
