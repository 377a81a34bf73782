package consent_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"

	"github.com/partnerengage/partnerengage/internal/errtest"
)

var comparable = cmp.AllowUnexported(tenant.Email{}, tenant.Domain{})

func TestEvidence(t *testing.T) {
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	s := apply(t, requested(t), consent.ChangeContacts{Customer: emails(carla), Links: links("l3"), Terms: terms("pt")}, hour(1))
	s = apply(t, s, consent.Accept{Link: "l3"}, hour(2))
	s = apply(t, s, consent.Withdraw{Link: "l3", Channel: consent.ChannelHost, AfterSubmission: true}, hour(3))
	want := []consent.Evidence{
		{Link: "l1", Contact: who(ana), At: start, Sent: consent.KindRequest, Terms: terms("en")},
		{Link: "l2", Contact: who(bruno), At: start, Sent: consent.KindRequest, Terms: terms("en")},
		{Link: "l3", Contact: who(carla), At: hour(1), Sent: consent.KindChangeContacts, Terms: terms("pt")},
		{Link: "l3", Contact: who(carla), At: hour(2), Decision: consent.DecisionAccept, Channel: consent.ChannelPage, Terms: terms("pt")},
		{Link: "l3", Contact: who(carla), At: hour(3), Decision: consent.DecisionWithdraw, Channel: consent.ChannelHost, AfterSubmission: true, Terms: terms("pt")},
	}
	if diff := cmp.Diff(want, s.Evidence(), comparable); diff != "" {
		t.Error(diff)
	}
	equal(t, 0, len(consent.Start(deadline).Evidence()))
}

// A person is gone from everything, and everything that was proven is still there.
func TestErase(t *testing.T) {
	s := apply(t, requested(t), consent.Resend{Links: links("l3", "l4")}, start.Add(day))
	s, err := consent.Mint(s, "l3", link.Hash{1})
	noError(t, err)
	s = apply(t, s, consent.Accept{Link: "l3"}, start.Add(2*day))

	erased, ok := s.Erase(email("Ana@CONTOSO.com"))
	check(t, ok)
	for _, v := range []any{erased, erased.Evidence(), receipt(t, erased)} {
		b, err := json.Marshal(v)
		noError(t, err)
		lacks(t, strings.ToLower(string(b)), "ana@")
		contains(t, string(b), terms("en").Text.Hash.String(), "to what text")
	}
	equal(t, s.Status, erased.Status)
	equal(t, s.Answer, erased.Answer, "that somebody consented, when, to what")
	before, after := s.Evidence(), erased.Evidence()
	equal(t, len(before), len(after))
	for i := range before {
		if before[i].Contact == who(ana) {
			check(t, after[i].Erased)
			before[i].Contact, before[i].Erased = link.Contact{}, true
		}
		equal(t, before[i], after[i])
	}

	link, err := erased.Find(link.Hash{1})
	noError(t, err, "the person keeps the right to withdraw")
	check(t, link.Erased())
	equal(t, consent.StatusWithdrawn, apply(t, erased, consent.Withdraw{Link: link.ID}, start.Add(3*day)).Status)

	again, ok := erased.Erase(ana)
	check(t, !ok)
	equal(t, erased, again)
	_, ok = s.Erase(carla)
	check(t, !ok)
	_, ok = erased.Erase(tenant.Email{})
	check(t, !ok, "nobody in particular is not somebody erased")

	noPartner, ok := s.Erase(paula)
	check(t, ok)
	equal(t, 0, len(noPartner.Partner))
}

func TestNobodyErasedIsWrittenToAgain(t *testing.T) {
	s, _ := requested(t).Erase(ana)
	equal(t, emails(bruno), s.Contacts())
	resent := apply(t, s, consent.Resend{Links: links("l3")}, start.Add(day))
	l, err := resent.Link("l3")
	noError(t, err)
	equal(t, who(bruno), l.Contact)

	s, _ = s.Erase(bruno)
	_, err = consent.Apply(s, consent.Resend{}, start.Add(day))
	errorIs(t, err, errtest.Type[*link.InvalidError]())
	_, err = consent.Apply(s, consent.ChangeContacts{Customer: emails(carla), Links: links("l3")}, start.Add(day))
	noError(t, err)
}

func details() consent.ReceiptDetails {
	return consent.ReceiptDetails{
		ReceiptID: "6d1f0b1e-7a52-4f0e-9a53-1f7a3cf0a001",
		RecordID:  "a6f58318-72e6-46a2-bfd7-f36d795e30cd",
		IssuedAt:  start.Add(60 * day),
		Notice:    "https://fabrikam.example/consent/2026-07/en",
		Parties: []consent.RecordParty{
			{ID: "fabrikam", Address: "1 Main Street, Lisbon", Contact: "privacy@fabrikam.com"},
			{ID: "mci", Address: "2 Side Street, Dublin", Contact: "https://mci.example/privacy"},
			{ID: "mailer", Name: "Mail House", Role: consent.ThirdParty, Address: "3 Back Street, Porto", Contact: "dpo@mailer.example"},
		},
		StorageLocations: []string{"EU"},
		RetentionPeriod:  "P7Y",
		Jurisdiction:     []string{"PT"},
	}
}

func receipt(t *testing.T, s consent.State) consent.Receipt {
	t.Helper()
	r, err := consent.NewReceipt(s, details())
	noError(t, err)
	return r
}

func TestReceiptGolden(t *testing.T) {
	s := apply(t, requested(t), consent.Resend{Links: links("l3", "l4")}, start.Add(day))
	s = apply(t, s, consent.Accept{Link: "l3"}, start.Add(2*day))
	s = apply(t, s, consent.Withdraw{Link: "l4", AfterSubmission: true}, start.Add(50*day))
	r := receipt(t, s)
	golden(t, "receipt.json", r)

	b, err := json.Marshal(r)
	noError(t, err)
	var back consent.Receipt
	noError(t, json.Unmarshal(b, &back))
	equal(t, r, back)
	noError(t, back.Validate())

	erased, _ := s.Erase(ana)
	erased, _ = erased.Erase(bruno)
	golden(t, "receipt_erased.json", receipt(t, erased))
}

func TestReceiptTellsEachState(t *testing.T) {
	accepted := in(t, consent.StatusGranted)
	for name, c := range map[string]struct {
		state consent.State
		last  consent.RecordEvent
	}{
		"requested": {in(t, consent.StatusRequested), consent.RecordEvent{Time: start, ValidityDuration: "until 2026-07-31T09:00:00Z", EntityID: "fabrikam", State: "dpv:ConsentRequested", Note: "request"}},
		"granted":   {accepted, consent.RecordEvent{Time: start, ValidityDuration: terms("en").Validity, EntityID: "l1", State: "dpv:ConsentGiven", Method: consent.ChannelPage}},
		"declined":  {in(t, consent.StatusDeclined), consent.RecordEvent{Time: start, ValidityDuration: "final", EntityID: "l1", State: "dpv:ConsentRefused", Method: consent.ChannelPage}},
		"withdrawn": {in(t, consent.StatusWithdrawn), consent.RecordEvent{Time: start, ValidityDuration: "final", EntityID: "l2", State: "dpv:ConsentWithdrawn", Method: consent.ChannelPage}},
		"cancelled": {apply(t, accepted, consent.Cancel{}, start), consent.RecordEvent{Time: start, ValidityDuration: "final", EntityID: "fabrikam", State: "dpv:ConsentTerminated", Note: "cancelled by the partner"}},
	} {
		d := details()
		d.IssuedAt = start.Add(time.Hour)
		r, err := consent.NewReceipt(c.state, d)
		noError(t, err, name)
		c.last.Type = "dpv:ExplicitlyExpressedConsent"
		equal(t, c.last, r.Record.Events[len(r.Record.Events)-1], name)
	}
	// Expired: recorded or not.
	for _, s := range []consent.State{in(t, consent.StatusRequested), in(t, consent.StatusExpired)} {
		events := receipt(t, s).Record.Events
		equal(t, "dpv:ConsentExpired", events[len(events)-1].State)
		equal(t, deadline, events[len(events)-1].Time)
	}
	// A receipt tells what had happened when it was issued.
	late := apply(t, accepted, consent.Withdraw{Link: "l1"}, start.Add(90*day))
	events := receipt(t, late).Record.Events
	equal(t, "dpv:ConsentGiven", events[len(events)-1].State)
}

func TestReceiptLeavesOutWhoDidNothing(t *testing.T) {
	b, err := json.Marshal(receipt(t, in(t, consent.StatusGranted)))
	noError(t, err)
	contains(t, string(b), "ana@contoso.com")
	lacks(t, string(b), "bruno@contoso.com")
}

func TestReceiptNeedsItsMandatoryFields(t *testing.T) {
	_, err := consent.NewReceipt(consent.Start(deadline), details())
	errorIs(t, err, errtest.Type[*link.InvalidError](), "nobody was asked")

	_, err = consent.NewReceipt(in(t, consent.StatusGranted), consent.ReceiptDetails{})
	errorIs(t, err, errtest.Type[*link.InvalidError]())
	for _, field := range []string{
		"receipt_id", "issued_at", "consent_record.record_id", "consent_record.events",
		"consent_record.pii_processing.purposes[3].pii_controllers",
		"consent_record.pii_processing.purposes[0].storage_locations",
		"consent_record.pii_processing.purposes[0].retention_period",
		"consent_record.pii_processing.purposes[0].jurisdiction",
	} {
		contains(t, err.Error(), field+": ")
	}

	// Each mandatory field by itself.
	for field, drop := range map[string]func(*consent.Receipt){
		"schema_version":                                                        func(r *consent.Receipt) { r.SchemaVersion = "1" },
		"receipt_id":                                                            func(r *consent.Receipt) { r.ReceiptID = "" },
		"issued_at":                                                             func(r *consent.Receipt) { r.IssuedAt = time.Time{} },
		"consent_record.schema_version":                                         func(r *consent.Receipt) { r.Record.SchemaVersion = "" },
		"consent_record.record_id":                                              func(r *consent.Receipt) { r.Record.RecordID = " " },
		"consent_record.pii_principal_id":                                       func(r *consent.Receipt) { r.Record.PrincipalID = "somebody" },
		"consent_record.pii_processing.privacy_notice":                          func(r *consent.Receipt) { r.Record.Processing.PrivacyNotice = "" },
		"consent_record.pii_processing.notice_version":                          func(r *consent.Receipt) { r.Record.Processing.NoticeVersion = "" },
		"consent_record.pii_processing.notice_hash":                             func(r *consent.Receipt) { r.Record.Processing.NoticeHash = "" },
		"consent_record.pii_processing.language":                                func(r *consent.Receipt) { r.Record.Processing.Language = "" },
		"consent_record.pii_processing.purposes":                                func(r *consent.Receipt) { r.Record.Processing.Purposes = nil },
		"consent_record.pii_processing.purposes[0].purpose":                     func(r *consent.Receipt) { r.Record.Processing.Purposes[0].Purpose = "" },
		"consent_record.pii_processing.purposes[0].pii_information":             func(r *consent.Receipt) { r.Record.Processing.Purposes[0].PII = nil },
		"consent_record.pii_processing.purposes[0].pii_information[0].pii_type": func(r *consent.Receipt) { r.Record.Processing.Purposes[0].PII[0].Type = "" },
		"consent_record.pii_processing.purposes[0].pii_controllers[0]":          func(r *consent.Receipt) { r.Record.Processing.Purposes[0].Controllers = []string{"nobody"} },
		"consent_record.pii_processing.purposes[0].storage_locations":           func(r *consent.Receipt) { r.Record.Processing.Purposes[0].StorageLocations = nil },
		"consent_record.pii_processing.purposes[0].storage_locations[0]":        func(r *consent.Receipt) { r.Record.Processing.Purposes[0].StorageLocations = []string{""} },
		"consent_record.pii_processing.purposes[0].retention_period":            func(r *consent.Receipt) { r.Record.Processing.Purposes[0].RetentionPeriod = "" },
		"consent_record.pii_processing.purposes[0].jurisdiction":                func(r *consent.Receipt) { r.Record.Processing.Purposes[0].Jurisdiction = nil },
		"consent_record.pii_processing.purposes[0].recipient_third_parties":     func(r *consent.Receipt) { r.Record.Processing.Purposes[0].RecipientThirdParties = nil },
		"consent_record.pii_processing.purposes[0].recipient_third_parties[0]":  func(r *consent.Receipt) { r.Record.Processing.Purposes[0].RecipientThirdParties = []string{"nobody"} },
		"consent_record.pii_processing.purposes[0].withdrawal_method":           func(r *consent.Receipt) { r.Record.Processing.Purposes[0].WithdrawalMethod = "" },
		"consent_record.parties[3].party_name":                                  func(r *consent.Receipt) { r.Record.Parties[3].Name = "" },
		"consent_record.parties[3].party_role":                                  func(r *consent.Receipt) { r.Record.Parties[3].Role = "" },
		"consent_record.parties[3].party_type":                                  func(r *consent.Receipt) { r.Record.Parties[3].Type = "" },
		"consent_record.parties[3].party_address":                               func(r *consent.Receipt) { r.Record.Parties[3].Address = "" },
		"consent_record.parties[3].party_contact":                               func(r *consent.Receipt) { r.Record.Parties[3].Contact = "" },
		"consent_record.parties[4].party_id":                                    func(r *consent.Receipt) { r.Record.Parties = append(r.Record.Parties, r.Record.Parties[1]) },
		"consent_record.events":                                                 func(r *consent.Receipt) { r.Record.Events = nil },
		"consent_record.events[0].event_time":                                   func(r *consent.Receipt) { r.Record.Events[0].Time = time.Time{} },
		"consent_record.events[0].validity_duration":                            func(r *consent.Receipt) { r.Record.Events[0].ValidityDuration = "" },
		"consent_record.events[0].entity_id":                                    func(r *consent.Receipt) { r.Record.Events[0].EntityID = "nobody" },
		"consent_record.events[0].event_type":                                   func(r *consent.Receipt) { r.Record.Events[0].Type = "" },
		"consent_record.events[0].event_state":                                  func(r *consent.Receipt) { r.Record.Events[0].State = "" },
	} {
		r := receipt(t, in(t, consent.StatusGranted))
		noError(t, r.Validate())
		drop(&r)
		var invalid *link.InvalidError
		errorAs(t, r.Validate(), &invalid, field)
		equal(t, field, invalid.Field)
	}
	// Without third parties the list is there, and empty.
	d := details()
	d.Parties = d.Parties[:2]
	r, err := consent.NewReceipt(in(t, consent.StatusGranted), d)
	noError(t, err)
	b, err := json.Marshal(r)
	noError(t, err)
	contains(t, string(b), `"recipient_third_parties":[]`)
	d.Notice = ""
	r, err = consent.NewReceipt(in(t, consent.StatusGranted), d)
	noError(t, err)
	equal(t, "consent text 2026-07, en", r.Record.Processing.PrivacyNotice)
}

// Whatever holds an address keeps it out of structured logs.
func TestLogsHideAddresses(t *testing.T) {
	s := apply(t, requested(t), consent.Accept{Link: "l1"}, start)
	view, err := consent.NewView(s, "l1", consent.Page{}, start)
	noError(t, err)
	var out bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("x",
			"state", s, "link", s.Links[0], "evidence", s.Evidence()[0], "view", view, "receipt", receipt(t, s),
			"request", consent.Request{Customer: emails(ana), Partner: emails(paula), Links: links("l1")},
			"change", consent.ChangeContacts{Customer: emails(ana), Partner: emails(paula), Links: links("l1")})
	}
	lacks(t, out.String(), "@")
	for _, want := range []string{`state.status=granted`, `link.id=l1`, `evidence.sent=request`, `view.language=en`, `request.contacts=1`, `"event":"change contacts"`} {
		contains(t, out.String(), want)
	}
}
