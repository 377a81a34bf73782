package consent_test

import (
	"encoding"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

// All the enums spell themselves as documented and refuse everything else.
func TestEnums(t *testing.T) {
	checkEnum(t, consent.AllStatuses(), "awaiting request", "requested", "granted", "declined", "expired", "withdrawn", "cancelled")
	checkEnum(t, consent.AllKinds(), "request", "resend", "change contacts", "accept", "decline", "withdraw", "cancel", "expire")
	checkEnum(t, consent.AllDecisions(), "accept", "decline", "withdraw")
	checkEnum(t, consent.AllChannels(), "page", "host")
	checkEnum(t, consent.AllRoles(), "customer", "partner", "program")

	d, err := consent.ParseDecision("decline")
	noError(t, err)
	equal(t, consent.DecisionDecline, d)
	_, err = consent.ParseDecision("yes")
	equal(t, `decision: "yes" is none of ["accept" "decline" "withdraw"]`, err.Error())
}

func checkEnum[T interface {
	~string
	encoding.TextMarshaler
}, P interface {
	*T
	encoding.TextUnmarshaler
}](t *testing.T, all []T, spellings ...string) {
	t.Helper()
	equal(t, len(spellings), len(all))
	for i, v := range all {
		equal(t, spellings[i], string(v))
		text, err := v.MarshalText()
		noError(t, err)
		var back T
		noError(t, P(&back).UnmarshalText(text))
		equal(t, v, back)
	}
	for _, junk := range []string{"", "x", " " + spellings[0], spellings[0] + " ", "Accept", "GRANTED"} {
		v := all[0]
		errorIs(t, P(&v).UnmarshalText([]byte(junk)), errtest.Type[*link.InvalidError](), "%q", junk)
		equal(t, all[0], v, "junk changes nothing")
		_, err := T(junk).MarshalText()
		errorIs(t, err, errtest.Type[*link.InvalidError](), "%q", junk)
	}
}
