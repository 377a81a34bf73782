package survey

import (
	"time"

	"github.com/partnerengage/partnerengage/internal/instant"
)

// AnswerWithin records what the partner answers to its own survey without a link,
// where it works on its claim, and the survey is done: also one that was sent to a
// contact, whose link from then on says so. User is who answered, as the host names
// people. Otherwise it is [Answer].
//
// It is refused, in this order: for a form that is not the partner's own
// ([*link.InvalidError]), when there is an answer already
// ([*AlreadyAnsweredError]), at or after the deadline ([*ExpiredError]), and when
// answers are missing, malformed or to no question of the form ([*AnswersError]).
func AnswerWithin(s State, user string, answers map[string]string, now, deadline time.Time) (State, error) {
	if !s.Form.OfPartner {
		return s, invalid("survey", "it is the customer's; send it to a contact of the customer")
	}
	move, err := s.moveOf(CommandAnswerWithin, now, deadline)
	if err != nil {
		return s, err
	}
	recorded, err := s.Form.read(answers)
	if err != nil {
		return s, err
	}
	next := s.clone()
	next.Response = Response{User: user, At: instant.Of(now), Answers: recorded}
	next.Status = move.To
	return next, nil
}
