package survey

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/instant"
	"github.com/partnerengage/partnerengage/internal/text"
)

// Answer records what the contact of a live link answered, by the IDs of the
// questions, and the survey is done. White space around an answer is left out, an
// empty answer is none, and line ends become line feeds. The state it is given stays
// as it was; with an error it is what is returned, and nothing is recorded.
//
// It is refused, in this order: when the link is unknown ([link.ErrUnknown])
// or replaced ([*link.VoidError]), when there are other answers already
// ([*AlreadyAnsweredError]), at or after the deadline ([*ExpiredError]), and when
// answers are missing, malformed or to no question of the form ([*AnswersError],
// which lists them all). The same answers again are no error and leave the state as
// it is: see [State.Repeats].
func Answer(s State, id link.ID, answers map[string]string, now, deadline time.Time) (State, error) {
	if _, err := link.Live(s.Links, id); err != nil {
		return s, err
	}
	if s.Repeats(answers) {
		return s, nil
	}
	move, err := s.moveOf(CommandAnswer, now, deadline)
	if err != nil {
		return s, err
	}
	recorded, err := s.Form.read(answers)
	if err != nil {
		return s, err
	}
	next := s.clone()
	next.Response = Response{Link: id, At: instant.Of(now), Answers: recorded}
	next.Status = move.To
	return next, nil
}

// Repeats reports whether the survey is done, with these answers: a second click, or
// a click whose reply was lost.
func (s State) Repeats(answers map[string]string) bool {
	if s.Status != StatusDone {
		return false
	}
	recorded, err := s.Form.read(answers)
	return err == nil && maps.Equal(recorded, s.Response.Answers)
}

// read returns the answers as they are recorded, or an [*AnswersError]: in the order
// of the form, and then what was not asked.
func (f Form) read(answers map[string]string) (map[string]string, error) {
	var recorded map[string]string
	var problems []*AnswerError
	for _, q := range f.Questions {
		answer := clean(answers[q.ID])
		if p := q.problem(answer); p != "" {
			problems = append(problems, &AnswerError{q.ID, q.Kind, p})
			continue
		}
		if answer != "" {
			if recorded == nil {
				recorded = make(map[string]string)
			}
			recorded[q.ID] = answer
		}
	}
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		if _, ok := f.question(id); !ok {
			problems = append(problems, &AnswerError{Question: id, Problem: ProblemNotAsked})
		}
	}
	if problems != nil {
		return nil, &AnswersError{problems}
	}
	return recorded, nil
}

// problem returns what is wrong with a clean answer, or nothing.
func (q Question) problem(answer string) Problem {
	switch {
	case answer == "" && q.Required:
		return ProblemMissing
	case answer == "":
		return ""
	case q.Kind != KindText && !slices.Contains(q.Kind.Choices(), answer):
		return ProblemNoChoice
	case utf8.RuneCountInString(answer) > MaxText:
		return ProblemTooLong
	case text.Prose(answer, MaxText) != "":
		return ProblemUnreadable
	}
	return ""
}

// clean leaves out white space around an answer, all of one in which there is nothing
// to see, and writes line ends in one way.
func clean(answer string) string {
	answer = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(answer))
	if text.Prose("."+answer, len(answer)+1) == "" && !text.Visible(answer) {
		return "" // nobody could read it
	}
	return answer
}
