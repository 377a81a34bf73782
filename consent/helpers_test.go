package consent_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"

	"github.com/partnerengage/partnerengage/internal/errtest"
)

var update = flag.Bool("update", false, "write the golden files and STATES.md anew")

var (
	start    = time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	deadline = start.AddDate(0, 0, 30)
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
	carla = email("carla@contoso.com")
	paula = email("paula@fabrikam.com")
)

func emails(es ...tenant.Email) []link.Contact {
	contacts := make([]link.Contact, len(es))
	for i, e := range es {
		contacts[i].Email = e
	}
	return contacts
}

func links(ids ...link.ID) []link.ID { return ids }

func terms(language link.Language) consent.Terms {
	return consent.NewTerms(consent.StandardTexts().For(language),
		consent.Subject{ID: "azure-migration", Name: "Azure Migration Workshop", Summary: "Three days that end in a plan."},
		consent.Party{Role: consent.RoleCustomer, ID: "tenant:00000000-0000-0000-0000-000000000001", Name: "Contoso"},
		consent.Party{Role: consent.RolePartner, ID: "fabrikam", Name: "Fabrikam Consulting"},
		consent.Party{Role: consent.RoleProgram, ID: "mci", Name: "Commerce Incentives"},
	)
}

// apply is Apply where it has to succeed.
func apply(t *testing.T, s consent.State, e consent.Event, now time.Time) consent.State {
	t.Helper()
	next, err := consent.Apply(s, e, now)
	if err != nil {
		t.Fatalf("%s at %s: %v", e.Kind(), now, err)
	}
	return next
}

// requested has asked ana (link l1) and bruno (link l2) at the start.
func requested(t *testing.T) consent.State {
	t.Helper()
	return apply(t, consent.Start(deadline), consent.Request{
		Customer: emails(ana, bruno), Partner: emails(paula), Links: links("l1", "l2"), Terms: terms("en"),
	}, start)
}

// in returns a state that has the status at start.
func in(t *testing.T, status consent.Status) consent.State {
	t.Helper()
	switch status {
	case consent.StatusAwaitingRequest:
		return consent.Start(deadline)
	case consent.StatusRequested:
		return requested(t)
	case consent.StatusGranted:
		return apply(t, requested(t), consent.Accept{Link: "l1"}, start)
	case consent.StatusDeclined:
		return apply(t, requested(t), consent.Decline{Link: "l1"}, start)
	case consent.StatusExpired:
		return apply(t, requested(t), consent.Expire{}, deadline)
	case consent.StatusWithdrawn:
		return apply(t, in(t, consent.StatusGranted), consent.Withdraw{Link: "l2"}, start)
	case consent.StatusCanceled:
		return apply(t, requested(t), consent.Cancel{}, start)
	}
	panic(fmt.Sprintf("no way to %q", status))
}

// golden compares v, as JSON, with a file of testdata.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (run with -update if this is meant):\n%s", file, diff)
	}
}

// The checks report where they were called and go on, but for noError and
// errorAs, without which a test makes no sense. What follows the values is a
// format and its arguments, or one text.

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

func contains(t testing.TB, s, part string, msg ...any) {
	t.Helper()
	if !strings.Contains(s, part) {
		t.Errorf("%q is missing%s in:\n%s", part, say(msg), s)
	}
}

func lacks(t testing.TB, s, part string, msg ...any) {
	t.Helper()
	if strings.Contains(s, part) {
		t.Errorf("%q should not be%s in:\n%s", part, say(msg), s)
	}
}

func who(e tenant.Email) link.Contact { return link.Contact{Email: e} }
