package survey_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/partnerengage/partnerengage/tenant"
)

func TestSendRecordsWhatWasSent(t *testing.T) {
	zoned := start.In(time.FixedZone("WEST", 3600)).Add(1234 * time.Nanosecond)
	s, err := survey.Send(in(t, survey.StatusNotSent), survey.Invitation{Contact: who(ana), Language: "pt-BR", Link: "l1"}, zoned, deadline)
	noError(t, err)
	at := start.Add(time.Microsecond)
	equal(t, []link.Link{{ID: "l1", Contact: who(ana), IssuedAt: at}}, s.Links, "in UTC, to the microsecond")
	equal(t, []survey.Sending{{Command: survey.CommandSend, At: at, Link: "l1", Language: "pt-PT"}}, s.Sendings)
	equal(t, who(ana), s.Contact())
	check(t, s.AnsweredAt().IsZero())
}

// Who wants a language that the form lacks gets its default.
func TestLanguageOfASending(t *testing.T) {
	english, portuguese := survey.CustomerForm(), survey.CustomerForm()
	delete(portuguese.Titles, "en")
	delete(portuguese.Intro, "en")
	for _, q := range portuguese.Questions {
		delete(q.Texts, "en")
	}
	for _, c := range []struct {
		form         survey.Form
		wanted, want link.Language
	}{
		{english, "en-GB", "en"}, {english, "pt", "pt-PT"}, {english, "fr", "en"}, {english, "", "en"}, {english, "junk!", "en"},
		{portuguese, "en", "pt-PT"}, {portuguese, "", "pt-PT"},
	} {
		s, err := survey.Start(c.form)
		noError(t, err)
		s, err = survey.Send(s, survey.Invitation{Contact: who(ana), Language: c.wanted, Link: "l1"}, start, deadline)
		noError(t, err)
		equal(t, c.want, s.Sendings[0].Language, c.wanted)
	}
}

// A new link voids the old ones, whoever it goes to.
func TestSendingAgainVoidsEarlierLinks(t *testing.T) {
	s := in(t, survey.StatusSent)
	later := start.Add(day)
	resent, err := survey.Resend(s, "l2", link.Policy{}, later, deadline)
	noError(t, err)
	changed, err := survey.Send(s, survey.Invitation{Contact: who(bruno), Language: "pt", Link: "l2"}, later, deadline)
	noError(t, err)
	for contact, next := range map[tenant.Email]survey.State{ana: resent, bruno: changed} {
		equal(t, who(contact), next.Contact())
		equal(t, survey.StatusSent, next.Status)
		equal(t, later, next.Links[0].VoidedAt)
		check(t, !next.Links[1].Void())
		_, err := survey.Answer(next, "l1", answers(), later, deadline)
		var void *link.VoidError
		errorAs(t, err, &void)
		equal(t, later, void.VoidedAt)
		_, err = survey.Mint(next, "l1", link.Hash{1})
		errorIs(t, err, errtest.Type[*link.VoidError](), "a message that is no longer worth sending")
		_, err = survey.Answer(next, "l2", answers(), later, deadline)
		noError(t, err)
	}
	equal(t, []survey.Command{"send", "resend"}, []survey.Command{resent.Sendings[0].Command, resent.Sendings[1].Command})
	equal(t, link.Language("en"), resent.Sendings[1].Language, "as it was sent before")
	equal(t, link.Language("pt-PT"), changed.Sendings[1].Language)
}

// Once it is done, the contact is frozen.
func TestDoneIsFrozen(t *testing.T) {
	s := in(t, survey.StatusDone)
	_, err := survey.Send(s, to(bruno, "l2"), start.Add(2*day), deadline)
	var frozen *survey.FrozenError
	errorAs(t, err, &frozen)
	equal(t, start.Add(time.Hour), frozen.Since)
	equal(t, "the survey was answered at 2026-08-03T10:00:00Z; since then its contact is frozen and nothing needs to be sent", err.Error())
	_, err = survey.Resend(s, "l2", link.Policy{}, start.Add(2*day), deadline)
	errorAs(t, err, &frozen)
	equal(t, who(ana), s.Contact())
}

func TestExpiredSaysWhen(t *testing.T) {
	_, err := survey.Send(in(t, survey.StatusNotSent), to(ana, "l1"), deadline, deadline)
	var over *survey.ExpiredError
	errorAs(t, err, &over)
	equal(t, deadline, over.Deadline)
	equal(t, "the time for the survey ended at 2026-11-01T09:00:00Z, with the time to work on the claim", err.Error())
	check(t, !in(t, survey.StatusNotSent).Allows(survey.CommandSend, start, time.Time{}), "without a deadline it is over")
}

func TestLimitsOnSending(t *testing.T) {
	s := in(t, survey.StatusSent)
	_, err := survey.Resend(s, "l2", link.Policy{}, start.Add(day-time.Microsecond), deadline)
	var soon *link.TooSoonError
	errorAs(t, err, &soon)
	equal(t, start.Add(day), soon.NotBefore)
	noError(t, survey.MayResend(s, link.Policy{}, soon.NotBefore, deadline))
	noError(t, survey.MayResend(s, link.Policy{ResendInterval: time.Minute}, start.Add(time.Minute), deadline))
	noError(t, survey.MayResend(s, link.Policy{ResendInterval: -1}, start, deadline))

	// A change of contact is no way round, and goes to another address at once.
	_, err = survey.Send(s, to(email("ANA@contoso.com"), "l2"), start.Add(time.Hour), deadline)
	errorAs(t, err, &soon)
	s, err = survey.Send(s, to(bruno, "l2"), start.Add(time.Hour), deadline)
	noError(t, err)
	_, err = survey.Send(s, to(ana, "l3"), start.Add(2*time.Hour), deadline)
	errorAs(t, err, &soon)
	equal(t, start.Add(day), soon.NotBefore)

	for i, now := len(s.Sendings), start.Add(2*day); i < 5; i, now = i+1, now.Add(day) {
		s, err = survey.Resend(s, link.ID([]byte{'a', byte('0' + i)}), link.Policy{}, now, deadline)
		noError(t, err)
	}
	var many *link.TooManyError
	errorAs(t, survey.MayResend(s, link.Policy{}, start.Add(30*day), deadline), &many)
	equal(t, link.TooManyError{Sent: 5, Max: 5}, *many)
	_, err = survey.Send(s, to(email("carla@contoso.com"), "x"), start.Add(30*day), deadline)
	errorIs(t, err, errtest.Type[*link.TooManyError]())
	equal(t, "the contact was written to 5 times and 5 is the most; ask the contact to open the newest message", err.Error())
	noError(t, survey.MayResend(s, link.Policy{MaxSends: -1}, start.Add(30*day), deadline))
	noError(t, survey.MayResend(s, link.Policy{MaxSends: 6}, start.Add(30*day), deadline))
}

func TestSendRefusesMalformedInput(t *testing.T) {
	s := in(t, survey.StatusSent)
	later := start.Add(day)
	for want, send := range map[string]func() (survey.State, error){
		"contact.email: an e-mail address is needed": func() (survey.State, error) {
			return survey.Send(s, to(tenant.Email{}, "l2"), later, deadline)
		},
		"link: an ID is 1 to 64 letters, digits, - and _; make one with link.NewID": func() (survey.State, error) {
			return survey.Send(s, to(bruno, "no good"), later, deadline)
		},
		"links: \"l1\" was used before; make one with link.NewID": func() (survey.State, error) {
			return survey.Resend(s, "l1", link.Policy{}, later, deadline)
		},
		"contact: who was written to has been erased; send the survey to another contact instead": func() (survey.State, error) {
			erased, _ := s.Erase(ana)
			next, err := survey.Resend(erased, "l2", link.Policy{}, later, deadline)
			equal(t, erased, next)
			return s, err
		},
	} {
		next, err := send()
		errorIs(t, err, errtest.Code("invalid_input"))
		equal(t, want, err.Error())
		equal(t, s, next, "a refusal leaves the state as it was")
	}
}

func TestMintAndFind(t *testing.T) {
	token, hash, err := link.NewToken(counter{}, 0)
	noError(t, err)
	s, err := survey.Mint(in(t, survey.StatusSent), "l1", hash)
	noError(t, err)
	l, err := s.Find(token.Hash())
	noError(t, err)
	equal(t, link.ID("l1"), l.ID)
	same, err := survey.Mint(s, "l1", hash)
	noError(t, err)
	equal(t, s, same, "the same hash again changes nothing")
	more, err := survey.Mint(s, "l1", link.Hash{2})
	noError(t, err)
	equal(t, []link.Hash{hash, {2}}, more.Links[0].Tokens, "each attempt may have its own")
	equal(t, []link.Hash{hash}, s.Links[0].Tokens)

	_, err = more.Find(link.Hash{3})
	errorIs(t, err, link.ErrUnknown)
	_, err = survey.Mint(s, "l9", link.Hash{2})
	errorIs(t, err, link.ErrUnknown)
	_, err = survey.Mint(s, "l1", link.Hash{})
	errorIs(t, err, errtest.Code("invalid_input"))
	s, err = survey.Resend(s, "l2", link.Policy{}, start.Add(day), deadline)
	noError(t, err)
	_, err = survey.Mint(s, "l2", hash)
	errorIs(t, err, errtest.Code("invalid_input"), "a token opens one link")
	l, err = s.Find(hash)
	noError(t, err)
	check(t, l.Void(), "a void link is found as such")
}

// counter is a source of "random" bytes.
type counter struct{}

func (counter) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}
