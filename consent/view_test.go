package consent_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"

	"github.com/partnerengage/partnerengage/internal/errtest"
)

func TestViewShowsWhatWasSent(t *testing.T) {
	zone := time.FixedZone("WEST", 3600)
	v, err := consent.NewView(requested(t), "l1", consent.Page{Zone: zone}, start)
	noError(t, err)
	want := consent.View{
		Partner: "Fabrikam Consulting", Customer: "Contoso", Program: "Commerce Incentives",
		Engagement: "Azure Migration Workshop", Summary: "Three days that end in a plan.",
		Contacts: emails(paula), Text: consent.StandardTexts().For("en"), Language: "en",
		Deadline: deadline.In(zone), Status: consent.StatusRequested, MayDecide: true,
	}
	if diff := cmp.Diff(want, v, comparable); diff != "" {
		t.Error(diff)
	}
	equal(t, zone, v.Deadline.Location())
	check(t, !v.IsZero())
	check(t, consent.View{}.IsZero())
}

func TestViewFollowsTheState(t *testing.T) {
	now := start.Add(2 * time.Hour)
	flagged := apply(t, in(t, consent.StatusGranted), consent.Withdraw{Link: "l1", AfterSubmission: true}, start.Add(time.Hour))
	type shown struct {
		Status                        consent.Status
		Decide, Withdraw              bool
		Answered, Withdrawn, Canceled bool
	}
	for name, c := range map[string]struct {
		state consent.State
		now   time.Time
		want  shown
	}{
		"requested":             {in(t, consent.StatusRequested), now, shown{consent.StatusRequested, true, false, false, false, false}},
		"a microsecond before":  {in(t, consent.StatusRequested), deadline.Add(-time.Microsecond), shown{consent.StatusRequested, true, false, false, false, false}},
		"at the deadline":       {in(t, consent.StatusRequested), deadline, shown{consent.StatusExpired, false, false, false, false, false}},
		"granted":               {in(t, consent.StatusGranted), now, shown{consent.StatusGranted, false, true, true, false, false}},
		"granted, long ago":     {in(t, consent.StatusGranted), deadline.Add(day), shown{consent.StatusGranted, false, true, true, false, false}},
		"declined":              {in(t, consent.StatusDeclined), now, shown{consent.StatusDeclined, false, false, true, false, false}},
		"withdrawn":             {in(t, consent.StatusWithdrawn), now, shown{consent.StatusWithdrawn, false, false, true, true, false}},
		"withdrawn as a flag":   {flagged, now, shown{consent.StatusGranted, false, false, true, true, false}},
		"cancelled":             {in(t, consent.StatusCanceled), now, shown{consent.StatusCanceled, false, false, false, false, true}},
		"expired, recorded":     {in(t, consent.StatusExpired), deadline, shown{consent.StatusExpired, false, false, false, false, false}},
		"cancelled after a yes": {apply(t, in(t, consent.StatusGranted), consent.Cancel{}, now), now, shown{consent.StatusCanceled, false, false, true, false, true}},
	} {
		v, err := consent.NewView(c.state, "l1", consent.Page{}, c.now)
		noError(t, err, name)
		equal(t, c.want, shown{v.Status, v.MayDecide, v.MayWithdraw, !v.AnsweredAt.IsZero(), !v.WithdrawnAt.IsZero(), !v.CancelledAt.IsZero()}, name)
	}
	v, err := consent.NewView(in(t, consent.StatusGranted), "l1", consent.Page{Submitted: true}, now)
	noError(t, err)
	check(t, v.Submitted && v.MayWithdraw)
}

func TestViewRefuses(t *testing.T) {
	s := apply(t, requested(t), consent.Resend{Links: links("l3", "l4")}, start.Add(day))
	_, err := consent.NewView(s, "l1", consent.Page{}, start.Add(day))
	errorIs(t, err, errtest.Type[*link.VoidError]())
	_, err = consent.NewView(s, "l9", consent.Page{}, start.Add(day))
	errorIs(t, err, link.ErrUnknown)
	texts, err := consent.NewTexts(french("1"))
	noError(t, err)
	_, err = consent.NewView(s, "l3", consent.Page{Texts: texts}, start.Add(day))
	errorIs(t, err, consent.ErrUnknownText, "what was sent is shown, or nothing")
}

// The page of a link shows the terms of its own sending.
func TestViewOfEachLink(t *testing.T) {
	s := apply(t, requested(t), consent.Resend{Links: links("l3", "l4"), Terms: terms("pt")}, start.Add(day))
	v, err := consent.NewView(s, "l4", consent.Page{}, start.Add(day))
	noError(t, err)
	equal(t, link.Language("pt-PT"), v.Language)
}
