package survey_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"reflect"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/partnerengage/partnerengage/tenant"
)

var update = flag.Bool("update", false, "write STATES.md and the golden files anew")

var (
	start    = time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	deadline = start.AddDate(0, 0, 90)
)

const day = 24 * time.Hour

func email(s string) tenant.Email {
	e, err := tenant.ParseEmail(s)
	if err != nil {
		panic(err)
	}
	return e
}

var (
	ana   = email("ana@contoso.com")
	bruno = email("bruno@contoso.com")
)

// answers returns answers to the customer's form, with these changes: an ID and an
// answer, in turn.
func answers(changes ...string) map[string]string {
	given := map[string]string{"delivered": "yes", "findings": "no", "satisfaction": "4", "comments": "Ana did well."}
	for i := 0; i < len(changes); i += 2 {
		given[changes[i]] = changes[i+1]
	}
	return given
}

func without(given map[string]string, ids ...string) map[string]string {
	maps.DeleteFunc(given, func(id, _ string) bool {
		for _, out := range ids {
			if id == out {
				return true
			}
		}
		return false
	})
	return given
}

func to(contact tenant.Email, id link.ID) survey.Invitation {
	return survey.Invitation{Contact: link.Contact{Email: contact}, Language: "en", Link: id}
}

// in returns a state that has the status at start; by the link l1 it was sent to ana.
func in(t testing.TB, status survey.Status) survey.State {
	t.Helper()
	s, err := survey.Start(survey.CustomerForm())
	noError(t, err)
	if status == survey.StatusNotSent {
		return s
	}
	s, err = survey.Send(s, to(ana, "l1"), start, deadline)
	noError(t, err)
	if status == survey.StatusSent {
		return s
	}
	s, err = survey.Answer(s, "l1", answers(), start.Add(time.Hour), deadline)
	noError(t, err)
	return s
}

// The checks report where they were called and go on, but for noError and errorAs,
// without which a test makes no sense. What follows the values is a format and its
// arguments, or one text.

func say(msg []any) string {
	if len(msg) == 0 {
		return ""
	}
	return fmt.Sprintf(": "+fmt.Sprint(msg[0]), msg[1:]...)
}

func check(t testing.TB, holds bool, msg ...any) {
	t.Helper()
	if !holds {
		t.Errorf("does not hold%s", say(msg))
	}
}

func equal(t testing.TB, want, got any, msg ...any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Errorf("got %+v, want %+v%s", got, want, say(msg))
	}
}

func noError(t testing.TB, err error, msg ...any) {
	t.Helper()
	if err != nil {
		t.Fatalf("error %v%s", err, say(msg))
	}
}

func errorIs(t testing.TB, err, target error, msg ...any) {
	t.Helper()
	if !errtest.Is(err, target) {
		t.Errorf("error %v, want %v%s", err, target, say(msg))
	}
}

func errorAs(t testing.TB, err error, target any, msg ...any) {
	t.Helper()
	if !errors.As(err, target) {
		t.Fatalf("error %v, want a %T%s", err, target, say(msg))
	}
}

func who(e tenant.Email) link.Contact { return link.Contact{Email: e} }
