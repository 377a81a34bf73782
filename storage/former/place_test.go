package former_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/former"
)

const (
	customer = "tenant:00000000-0000-4000-8000-000000000022"

	knownBody = `{"partner":"northwind","identity":{"tenant_id":"00000000-0000-4000-8000-000000000022","name":"Éclair","cloud":"public"},"friendly_name":"A pastelaria",
		"known":true,"evaluation":{"rule_set":"azure-migration/customer","version":"2","at":"2026-12-07T09:00:00Z","outcome":"eligible","locations":["4711201","4711202"]}}`
	theirBody = `{"partner":"fabrikam","identity":{"tenant_id":"00000000-0000-4000-8000-000000000022","cloud":"public"}}`

	start   = `,"engagement":"azure-migration","customer":"` + customer + `","identity":{"tenant_id":"00000000-0000-4000-8000-000000000022"},"location":"4711201","origin":"added","claim_number":"C-1",`
	asked   = `"links":[{"id":"OW8PYNgV11ywAOz5CG7fFg","contact":"it@late.example","issued_at":"2026-09-01T09:01:00Z","tokens":["N1-xyZQbG3YLz4D321gj58g7bOjAAgzP99-XFldO9DA"]}]`
	waiting = `{"id":"p-2","partner":"northwind"` + start + `"started_at":"2027-01-04T09:01:00Z","consent":{"status":"requested","deadline":"2027-02-03T09:01:00Z"},` +
		`"terms":{"version":"2","windows":{"consent":30,"first_submission":75,"review_done":100,"dispute":30,"after_dispute":30},"zone":"Europe/Lisbon","proof":[{"kind":"customer-survey","title":"Survey","required":true,"survey":{"id":"customer-survey","version":"2026-07","titles":null,"questions":null}}]}}`
	declined = `{"id":"p-1","partner":"northwind"` + start + `"started_at":"2026-09-01T09:01:00Z","consent":{"status":"declined","deadline":"2026-10-01T09:01:00Z",` + asked + `},"terms":{"version":"2","windows":{},"zone":"UTC"}}`
	granted  = `{"id":"q-1","partner":"fabrikam"` + start + `"started_at":"2026-09-01T09:01:00Z","consent":{"status":"granted","deadline":"2026-10-01T09:01:00Z"},"terms":{"version":"2","windows":{},"zone":"UTC"},` +
		`"claim":{"status":"draft","opened_at":"2026-09-01T09:01:00Z","submit_by":"2026-12-01T09:00:00Z","review_by":"2027-01-01T09:00:00Z"}}`
)

func place() former.Place {
	return former.Place{
		Key: engagement.CustomerEngagementKey{Engagement: "azure-migration", Customer: customer}, Version: 7, ClaimLimit: 1,
		Standings: []former.Standing{
			{Partner: "northwind", Body: []byte(knownBody), Participations: []former.Participation{
				{ID: "p-1", Status: engagement.StatusConsentDeclined, Body: []byte(declined)},
				{ID: "p-2", Status: engagement.StatusAwaitingConsentResponse, Open: true, Body: []byte(waiting)},
			}},
			{Partner: "fabrikam", Body: []byte(theirBody), Participations: []former.Participation{
				{ID: "q-1", Status: engagement.StatusConsentReceived, Open: true, Holding: true, Body: []byte(granted)},
			}},
		},
	}
}

// What partners share, what each has and what pages show follows of what was kept of
// all of them together.
func TestPlace(t *testing.T) {
	now := place().Now()
	if s := now.Shared; s.Version != 7 || s.ClaimLimit != 1 || len(s.Holders) != 1 || s.Holders[0].Participation != "q-1" || s.Holders[0].Until.IsZero() {
		t.Errorf("what is shared is %+v", s)
	}
	if len(now.Records) != 2 || now.Records[0].Key.Partner != "fabrikam" {
		t.Fatalf("the records are %+v", now.Records)
	}
	r := now.Records[1]
	if !r.Known || r.FriendlyName != "A pastelaria" || len(r.Evaluation.Locations) != 2 || len(r.Unreadable) != 0 {
		t.Errorf("the record is %+v", r.PartnerRecord)
	}
	if len(r.Participations) != 1 || len(r.Ended) != 1 || len(r.Asked) != 1 || !r.Asked[0].At.Equal(time.Date(2026, 9, 1, 9, 1, 0, 0, time.UTC)) {
		t.Errorf("the participations are %+v, and those that ended %+v, in which mailboxes were asked %+v", r.Participations, r.Ended, r.Asked)
	}
	if f := r.Participations[0].Terms.Proof[0].Survey; len(f.Questions) == 0 {
		t.Errorf("the survey's form is %+v", f)
	}
	tabs := map[engagement.RowID]engagement.Tab{}
	for _, e := range r.Entries {
		tabs[e.Row] = e.Tab
	}
	if want := (map[engagement.RowID]engagement.Tab{customer: engagement.TabNone, "p-1": engagement.TabOff, "p-2": engagement.TabIneligible}); len(tabs) != 3 || tabs[customer] != want[customer] || tabs["p-1"] != want["p-1"] || tabs["p-2"] != want["p-2"] {
		t.Errorf("the entries are on the tabs %q, not %q", tabs, want)
	}
}

// Nobody takes part where a customer is merely known.
func TestKnown(t *testing.T) {
	p := place()
	p.Standings = p.Standings[:1]
	p.Standings[0].Participations = nil
	now := p.Now()
	if now.Shared.Version != 0 || len(now.Records[0].Entries) != 1 || now.Records[0].Entries[0].Tab != engagement.TabEligible {
		t.Errorf("it becomes %+v", now)
	}
	p.External.Consented = 1
	if now = p.Now(); now.Shared.Version != 7 || now.Records[0].Entries[0].Tab != engagement.TabIneligible {
		t.Errorf("with one who takes part elsewhere it becomes %+v", now)
	}
}

// What cannot be read is named, stays as it is, and takes as much room as it did.
func TestUnreadable(t *testing.T) {
	p := place()
	p.Standings[0].Body = []byte("[]")
	p.Standings[0].Participations[1].Body = []byte("{")
	p.Standings[0].Entries = []former.Entry{{Row: "p-2", Tab: engagement.TabEligible, Type: engagement.RowNotStarted, Status: engagement.StatusAwaitingConsentResponse, Name: "eclair"}}
	p.Standings[1].Participations[0].Body = []byte(strings.Replace(granted, "fabrikam", "northwind", 1))
	now := p.Now()
	theirs, ours := now.Records[0], now.Records[1]
	if h := now.Shared.Holders; len(h) != 1 || h[0] != (engagement.Holder{Partner: "fabrikam", Participation: "q-1"}) {
		t.Errorf("the holders are %+v", h)
	}
	if string(ours.Kept[customer]) != "[]" || string(ours.Kept["p-2"]) != "{" || len(theirs.Kept) != 1 || len(ours.Ended) != 1 {
		t.Errorf("what is kept is %q and %q", ours.Kept, theirs.Kept)
	}
	for id, kind := range map[engagement.ParticipationID]string{"": "record", "p-2": "participation"} {
		if err := ours.ErrUnreadable(id); !errors.Is(err, storage.ErrUnreadable) || !strings.Contains(err.Error(), "stored "+kind) {
			t.Errorf("of %q it says %v", id, err)
		}
	}
	if e := ours.Entries[len(ours.Entries)-1]; e.Row != "p-2" || e.Tab != engagement.TabEligible || e.Name != "eclair" || e.Status != engagement.StatusAwaitingConsentResponse {
		t.Errorf("the entry of what cannot be read is %+v", e)
	}
	if e := theirs.Entries[0]; !e.Shown.Open {
		t.Errorf("of a participation that cannot be read the record says %+v", e.Shown)
	}
}

func TestMessage(t *testing.T) {
	m, err := former.MessageOf([]byte(`{"id":"m-1","kind":"reminder of submission","partner":"northwind","place":{"engagement":"azure-migration","customer":"` + customer +
		`"},"participation":"p-1","to":"partner@partner.example","language":"en","deadline":"2027-02-03T09:01:00Z","created_at":"2027-02-02T11:00:00Z","attempts":3}`))
	if err != nil || m.Engagement != "azure-migration" || m.Customer != customer || m.Kind != engagement.MessageSubmissionReminder || m.To.String() != "partner@partner.example" || m.Deadline.IsZero() || m.Attempts != 0 {
		t.Errorf("the message is %+v: %v", m, err)
	}
}
