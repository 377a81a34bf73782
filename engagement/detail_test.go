package engagement_test

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/stretchr/testify/require"
)

// only returns details of which one field alone has a value, for each field.
func only() map[string]engagement.Detail {
	out := map[string]engagement.Detail{}
	for i := range reflect.TypeFor[engagement.Detail]().NumField() {
		var d engagement.Detail
		fill(reflect.ValueOf(&d).Elem().Field(i))
		out[reflect.TypeFor[engagement.Detail]().Field(i).Name] = d
	}
	return out
}

func fill(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = start
	case *eligibility.Money:
		*x = money("1500.50 EUR")
	case *[]claim.RejectionCode:
		*x = []claim.RejectionCode{claim.RejectionDuplicateClaim, claim.RejectionOther}
	case *[]engagement.ChangedField:
		*x = []engagement.ChangedField{engagement.ChangedDealSize}
	case *link.FailureCode:
		*x = link.FailureBounced
	case *engagement.MessageKind:
		*x = engagement.MessageConsentReminder
	case *eligibility.Outcome:
		*x = eligibility.OutcomeEligible
	default:
		switch v.Kind() {
		case reflect.String:
			v.SetString("pt")
		case reflect.Int, reflect.Int64:
			v.SetInt(7)
		case reflect.Bool:
			v.SetBool(true)
		default:
			panic(v.Type())
		}
	}
}

// Every detail stands in the hash, comes back from JSON under a name in snake
// case, and is left out where there is none.
func TestDetailFields(t *testing.T) {
	hashes := map[engagement.Digest]string{}
	hash := func(d engagement.Detail) engagement.Digest {
		events, head := engagement.Chain(engagement.Head{}, engagement.Event{At: start, Detail: d})
		text := must(json.Marshal(events))
		var back []engagement.Event
		require.NoError(t, json.Unmarshal(text, &back))
		require.NoError(t, engagement.VerifyHistory(back, head), "after JSON: %s", text)
		return head.Hash
	}
	hashes[hash(engagement.Detail{})] = "none"
	for name, d := range only() {
		require.False(t, d.IsZero(), name)
		require.Empty(t, hashes[hash(d)], "%s is hashed like another", name)
		hashes[hash(d)] = name
		text := string(must(json.Marshal(d)))
		require.Regexp(t, `^\{"[a-z][a-z0-9_]*":[^:]`, text)
		var back engagement.Detail
		require.NoError(t, json.Unmarshal([]byte(text), &back))
		require.Equal(t, d, back)
	}
	require.Equal(t, "{}", string(must(json.Marshal(engagement.Detail{}))))
	require.True(t, engagement.Detail{}.IsZero())
	require.True(t, engagement.Detail{Codes: []claim.RejectionCode{}}.IsZero())
}

// The numbers of the fields never change: a field that is added is one line more
// here.
func TestDetailNumbers(t *testing.T) {
	numbers := map[string]string{}
	for i := range reflect.TypeFor[engagement.Detail]().NumField() {
		f := reflect.TypeFor[engagement.Detail]().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		numbers[f.Tag.Get("field")] = name
	}
	for i, name := range strings.Fields(`location rule_set rule_version engagement_version contacts text_version language link deadline
		requested approved paid deal_size over_cap items codes survey document document_id media_type size sha256 changed
		reminder known_since outcome_before outcome_after after_submission own_review`) {
		require.Equal(t, name, numbers[strconv.Itoa(i+1)])
	}
	require.Equal(t, []string{"message", "failure"}, []string{numbers["30"], numbers["31"]})
}

func TestDetailRefusesTheUnknown(t *testing.T) {
	for _, text := range []string{
		`{"locaton":"4711201"}`, `{"codes":["because"]}`, `{"changed":["owner's name"]}`, `{"reminder":"boo"}`, `{"outcome_after":"perhaps"}`,
		`{"approved":"12"}`, `{"approved":12}`, `{"deadline":"tomorrow"}`, `{"over_cap":"yes"}`, `{"link":"no link"}`, `[]`, `{"size":1.5}`,
	} {
		had := engagement.Detail{Items: 1}
		d := had
		require.Error(t, json.Unmarshal([]byte(text), &d), text)
		require.Equal(t, had, d, "junk changes nothing")
		var e engagement.Event
		require.Error(t, json.Unmarshal([]byte(`{"seq":1,"format":2,"detail":`+text+`}`), &e), text)
	}
	var e engagement.Event
	require.Error(t, json.Unmarshal([]byte(`{"format":2,"from":"eligible"}`), &e), "a status that there is not")
}

// What every storage gives back as it was is what is hashed.
func TestDetailsAreCleaned(t *testing.T) {
	events, head := engagement.Chain(engagement.Head{}, engagement.Event{At: start, Detail: engagement.Detail{
		Survey: "a\xffb\x00c", Deadline: start.Add(1999).In(zone("Asia/Tokyo")), Codes: []claim.RejectionCode{},
	}})
	require.Equal(t, engagement.Detail{Survey: "a\ufffdb\ufffdc", Deadline: start.Add(time.Microsecond)}, events[0].Detail)
	require.NoError(t, engagement.VerifyHistory(events, head))
}

// The hashes of these events are those that were written when their formats were
// new: what has been stored verifies for good.
func TestHashesStay(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 123456000, time.UTC)
	person := &engagement.Person{Salt: "00112233445566778899aabbccddeeff", User: "ana", Contacts: []tenant.Email{email("bruno@contoso.com")}, Why: "asked"}

	old := engagement.Event{
		Partner: "northwind", Customer: "tpid:42", Seq: 1, At: at, Kind: engagement.EventCustomerAdded, By: engagement.ByPartner,
		Engagement: "azure-migration", Participation: "p-1", To: engagement.StatusCustomerClaimed,
		Note: "through location 4711201; azure-migration/customer 1", Person: person, Format: engagement.FormatNote,
		PersonDigest: digest("50578295712be1d888065999516060413555aa9e9d8b89765fa1958c44a98432"),
		Hash:         digest("55c7536dbd36cf50b54751e08f4f4ebe6d8e8f2dc6d5b7e0fbef97a9672d5291"),
	}
	judged := engagement.Event{
		Partner: "northwind", Customer: "tpid:42", Seq: 2, At: at.Add(time.Hour), Kind: engagement.EventEligibilityChanged, By: engagement.ByProgram,
		Engagement: "azure-migration", From: "eligible", To: "ineligible", Note: "azure-migration/customer 1", Format: engagement.FormatNote,
		Hash: digest("ece0986abf6f183cd07b592de80e1d2358393f6ff6227af20467dce943ceb85b"),
	}
	first := []engagement.Event{old, judged}
	require.NoError(t, engagement.VerifyHistory(first, engagement.Head{Seq: 2, Hash: judged.Hash}))

	next, head := engagement.Chain(engagement.Head{Seq: 2, Hash: judged.Hash}, engagement.Event{
		Partner: "northwind", Customer: "tpid:42", At: at.Add(2 * time.Hour), Kind: engagement.EventClaimApproved, By: engagement.ByProgram,
		Engagement: "azure-migration", Participation: "p-1", From: engagement.StatusUnderReview, To: engagement.StatusApproved, Person: person,
		Detail: engagement.Detail{Approved: money("5000.00 USD"), OverCap: true, Deadline: at, Codes: []claim.RejectionCode{claim.RejectionOther}, Size: 1 << 40},
		State:  engagement.Digest{1, 2, 3},
	}, engagement.Event{
		Partner: "northwind", Customer: "tpid:42", At: at.Add(2 * time.Hour), Kind: engagement.EventCustomerKnown, By: engagement.ByCustomer,
	})
	require.Equal(t, "c561ca1c96ba69a3b52bc6ea2d463f2caffc8357afa9da6eb5b6090b8a87c9fe", next[0].Hash.String())
	require.Equal(t, "abc2d2e9568bc6d49ff15f38ba130c9e5d7d65c8d38bfeff8dd70b169276465d", head.Hash.String())

	// A history of both formats, and nothing that one of them does not cover.
	all := append(first, next...)
	require.NoError(t, engagement.VerifyHistory(all, head))
	for name, forge := range map[string]func([]engagement.Event){
		"details in an old event":  func(es []engagement.Event) { es[0].Detail.OverCap = true },
		"a state in an old event":  func(es []engagement.Event) { es[0].State[0]++ },
		"a note in a new event":    func(es []engagement.Event) { es[2].Note = "over the cap" },
		"a new event for an old":   func(es []engagement.Event) { es[2].Format = engagement.FormatNote },
		"an old event for a new":   func(es []engagement.Event) { es[0].Format, es[0].Note = engagement.FormatDetail, "" },
		"a format that is not yet": func(es []engagement.Event) { es[3].Format++ },
		"no format":                func(es []engagement.Event) { es[0].Format = 0 },
	} {
		tampered := append([]engagement.Event(nil), all...)
		forge(tampered)
		require.ErrorAs(t, engagement.VerifyHistory(tampered, head), new(*engagement.HistoryError), name)
	}

	// As it is read back from JSON that was written before formats had numbers.
	text := strings.ReplaceAll(string(must(json.Marshal(first))), `"format":1,`, "")
	require.NotContains(t, text, "format")
	var back []engagement.Event
	require.NoError(t, json.Unmarshal([]byte(text), &back))
	require.Equal(t, first, back)
}

func digest(text string) engagement.Digest {
	var d engagement.Digest
	if err := d.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return d
}

// Whatever is read as the details of an event is refused, or comes back as it was
// read, and can be hashed.
func FuzzDetail(f *testing.F) {
	for _, d := range only() {
		f.Add(must(json.Marshal(d)))
	}
	for _, text := range []string{`{}`, `{"items":-1}`, `{"codes":[]}`, `{"survey":"\u0000"}`, `{"approved":"0.50 EUR"}`, `{"deadline":"9999-12-31T23:59:59.999999999-23:59"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var d engagement.Detail
		if json.Unmarshal(text, &d) != nil {
			return
		}
		events, head := engagement.Chain(engagement.Head{}, engagement.Event{At: start, Detail: d})
		written, err := json.Marshal(events)
		if err != nil {
			t.Fatalf("%s is read, and cannot be written: %v", text, err)
		}
		var back []engagement.Event
		if err := json.Unmarshal(written, &back); err != nil {
			t.Fatalf("%s is read, and not what is written of it, %s: %v", text, written, err)
		}
		if err := engagement.VerifyHistory(back, head); err != nil {
			t.Fatalf("%s: %v", written, err)
		}
	})
}
