package engagement_test

import (
	"encoding"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
)

// Every enumeration has exactly its documented spellings, reads them, reads
// nothing as the missing value, and refuses everything else.
func TestEnums(t *testing.T) {
	checkEnum(t, engagement.AllAvailabilities(), "upcoming", "active", "expired")
	checkEnum(t, engagement.AllOrigins(), "added", "claimed")
	checkEnum(t, engagement.AllStatuses(), "Customer claimed", "Awaiting customer consent response", "Customer consent received",
		"Customer consent declined", "Customer consent expired", "Customer consent withdrawn", "Canceled", "Submitted", "Under review",
		"Partner action required", "Approved", "Paid", "Rejected", "Disputed", "Rejected final", "Not submitted expired",
		"Post submission expired", "Disputed expired")
	checkEnum(t, engagement.AllTabs(), "eligible", "ineligible", "complete")
	checkEnum(t, []engagement.Tab{engagement.TabOff}, "off the page")
	checkEnum(t, engagement.AllRowTypes(), "not started", "active", "complete")
	checkEnum(t, engagement.AllActions(), "claim customer", "request consent", "resend consent", "work on claim", "submit claim",
		"recall claim", "dispute", "view claim", "cancel")
	checkEnum(t, engagement.AllReasonKinds(), "criteria not met", "facts missing", "consented to another partner",
		"already participated with another partner", "claim limit reached",
		"the engagement does not take the customer's IDs", "your company has this customer already", "not eligible through these locations")
	checkEnum(t, engagement.AllPaymentModels(), "fixed", "variable")
	checkEnum(t, engagement.AllEventKinds(), "customer added", "customer claimed", "customer known", "consent requested", "consent resent",
		"contacts changed", "consent sent", "consent granted", "consent declined", "consent withdrawn", "participation cancelled",
		"deadline passed", "eligibility changed", "person erased", "reminder due", "details changed", "customer associated",
		"customer disassociated", "evidence added", "evidence removed", "survey requested", "survey resent", "survey sent", "survey answered",
		"comment added", "claim submitted", "claim recalled", "review started", "action asked for", "claim approved", "claim rejected", "dispute opened",
		"payment recorded", "message not delivered", "referral recorded")
	checkEnum(t, engagement.AllTakenBy(), spelled(engagement.AllTakenBy())...)
	checkEnum(t, engagement.AllContactDoubts(), spelled(engagement.AllContactDoubts())...)
	checkEnum(t, engagement.AllAnchors(), spelled(engagement.AllAnchors())...)
	checkEnum(t, engagement.AllParties(), "partner", "customer", "program", "clock")
	checkEnum(t, engagement.AllMessageKinds(), "ask for consent", "consent granted", "consent declined", "consent expired",
		"consent withdrawn", "participation cancelled", "ask for survey", "ask for referral", "action required", "claim approved", "claim rejected", "claim paid",
		"claim expired", "reminder of consent", "reminder of submission", "reminder of action", "reminder of dispute")
}

// spelled are values as they are, where no document says how they are spelled.
func spelled[T ~string](all []T) (texts []string) {
	for _, v := range all {
		texts = append(texts, string(v))
	}
	return texts
}

func checkEnum[T ~string, P interface {
	*T
	encoding.TextUnmarshaler
}](t *testing.T, all []T, spellings ...string) {
	t.Helper()
	require.Len(t, all, len(spellings))
	for i, v := range all {
		require.Equal(t, spellings[i], string(v))
		var back T
		require.NoError(t, json.Unmarshal(must(json.Marshal(v)), P(&back)))
		require.Equal(t, v, back)
	}
	missing := all[0]
	require.NoError(t, P(&missing).UnmarshalText(nil))
	require.Empty(t, missing)
	for _, junk := range []string{"x", " ", " " + spellings[0], spellings[0] + " ", spellings[0] + "\x00", "Eligible!", strings.ToUpper(spellings[0])} {
		v := all[0]
		err := P(&v).UnmarshalText([]byte(junk))
		require.ErrorAs(t, err, new(*engagement.UnknownValueError), "%q", junk)
		var unknown *engagement.UnknownValueError
		require.ErrorAs(t, err, &unknown)
		require.Equal(t, junk, unknown.Value)
		require.NotEmpty(t, unknown.Field)
		require.Contains(t, unknown.Allowed, spellings[0])
		require.ErrorContains(t, err, spellings[0], "it says what would have been right")
		require.Equal(t, all[0], v, "junk changes nothing")
	}
}

// The program's lists have another word for one status. It is read, and not written.
func TestConsentRejected(t *testing.T) {
	var s engagement.Status
	if err := json.Unmarshal([]byte(`"Consent rejected"`), &s); err != nil || s != engagement.StatusConsentDeclined {
		t.Fatalf("read %q with %v", s, err)
	}
	if text, err := json.Marshal(s); err != nil || string(text) != `"Customer consent declined"` {
		t.Fatalf("written %s with %v", text, err)
	}
	if err := s.UnmarshalText([]byte("Consent Rejected")); err == nil {
		t.Fatal("other spellings are read, too")
	}
}
