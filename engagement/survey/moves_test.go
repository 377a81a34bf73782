package survey_test

import (
	"encoding"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

// do carries out a command that nothing but status and time refuses.
func do(s survey.State, c survey.Command, now time.Time) (survey.State, error) {
	switch c {
	case survey.CommandSend:
		return survey.Send(s, to(bruno, "new"), now, deadline)
	case survey.CommandResend:
		return survey.Resend(s, "new", link.Policy{}, now, deadline)
	}
	if c == survey.CommandAnswerWithin {
		return survey.AnswerWithin(s, "paula", answers(), now, deadline)
	}
	return survey.Answer(s, "l1", answers(), now, deadline)
}

// Each command in each status, before, at and after the deadline: what the program
// says, written out, so that the table in the code is held to it.
func TestEveryCommandInEveryStatus(t *testing.T) {
	var (
		no       = errtest.Code("wrong_state")
		answered = errtest.Type[*survey.AlreadyAnsweredError]()
		over     = errtest.Type[*survey.ExpiredError]()
		unknown  = link.ErrUnknown
		same     = "done already" // with the same answers; what others say is in TestSecondAnswerIsTold
	)
	const before, at, after = -time.Microsecond, time.Duration(0), time.Hour
	for _, c := range []struct {
		status survey.Status
		late   time.Duration
		want   [4]any // as AllCommands: send, resend, answer, answer within
	}{
		{survey.StatusNotSent, before, [4]any{survey.StatusSent, no, unknown, survey.StatusDone}},
		{survey.StatusNotSent, at, [4]any{over, over, unknown, over}},
		{survey.StatusNotSent, after, [4]any{over, over, unknown, over}},
		{survey.StatusSent, before, [4]any{survey.StatusSent, survey.StatusSent, survey.StatusDone, survey.StatusDone}},
		{survey.StatusSent, at, [4]any{over, over, over, over}},
		{survey.StatusSent, after, [4]any{over, over, over, over}},
		{survey.StatusDone, before, [4]any{no, no, same, answered}},
		{survey.StatusDone, at, [4]any{no, no, same, answered}},
		{survey.StatusDone, after, [4]any{no, no, same, answered}},
	} {
		now := deadline.Add(c.late)
		for i, command := range survey.AllCommands() {
			s, given := in(t, c.status), in(t, c.status)
			s.Form.OfPartner, given.Form.OfPartner = true, true // so that nothing but status and time refuses
			got, err := do(s, command, now)
			if want, ok := c.want[i].(error); ok {
				errorIs(t, err, want, "%s while %s, %s late", command, c.status, c.late)
				equal(t, s, got, "a refusal leaves the state as it was")
				check(t, !s.Allows(command, now, deadline), "Allows(%s) while %s, %s late", command, c.status, c.late)
				continue
			}
			noError(t, err, "%s while %s, %s late", command, c.status, c.late)
			if c.want[i] == same {
				equal(t, s, got, "the same answers again leave the state as it was")
				check(t, !s.Allows(command, now, deadline))
				continue
			}
			equal(t, c.want[i], got.Status)
			check(t, s.Allows(command, now, deadline), "Allows(%s) while %s, %s late", command, c.status, c.late)
			equal(t, given, s, "the state it was given stays as it was")
		}
	}
}

// What the table lists is what happens, and the caller can change only a copy.
func TestMovesIsACopy(t *testing.T) {
	survey.Moves()[0].To = survey.StatusDone
	equal(t, survey.Move{From: survey.StatusNotSent, On: survey.CommandSend, To: survey.StatusSent}, survey.Moves()[0])
}

func TestNothingBeforeStart(t *testing.T) {
	_, err := survey.Send(survey.State{}, to(ana, "l1"), start, deadline)
	var no *survey.NotAllowedError
	errorAs(t, err, &no)
	equal(t, "send is not allowed before the survey has begun; begin it with Start", err.Error())
	_, err = survey.Resend(in(t, survey.StatusNotSent), "l1", link.Policy{}, start, deadline)
	errorAs(t, err, &no)
	equal(t, "resend is not allowed while the survey is not sent; send it to a contact first", err.Error())
}

// All the enums spell themselves as documented and refuse everything else.
func TestEnums(t *testing.T) {
	checkEnum(t, survey.AllStatuses(), "not sent", "sent", "done")
	checkEnum(t, survey.AllCommands(), "send", "resend", "answer", "answer within the claim")
	checkEnum(t, survey.AllKinds(), "rating", "yes/no", "text")
	checkEnum(t, survey.AllProblems(), "missing", "no choice", "too long", "unreadable", "not asked")

	var s survey.Status
	equal(t, `status: "gone" is none of ["not sent" "sent" "done"]`, s.UnmarshalText([]byte("gone")).Error())
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
	for _, junk := range []string{"", "x", " " + spellings[0], spellings[0] + " ", "Sent", "DONE"} {
		v := all[0]
		errorIs(t, P(&v).UnmarshalText([]byte(junk)), errtest.Code("invalid_input"), "%q", junk)
		equal(t, all[0], v, "junk changes nothing")
		_, err := T(junk).MarshalText()
		errorIs(t, err, errtest.Code("invalid_input"), "%q", junk)
	}
}
