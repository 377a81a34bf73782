// Package survey is the life of one survey that a claim needs as proof: sent to a
// contact of the customer or of the partner, and answered once.
//
// It is pure, like package consent, and has its links from package link, too: its functions
// take a [State] and the time and give the next State or a typed refusal; they do
// no I/O, read no clock and make no random numbers. Which command may happen when is
// one table, [Moves]; the diagram in STATES.md is drawn from it.
//
//	s, err := survey.Start(survey.CustomerForm())
//	s, err = survey.Send(s, survey.Invitation{Contact: ana, Language: "pt", Link: id}, now, deadline)
//	s, err = survey.Mint(s, id, hash)           // when the message to the contact is written
//	opened, err := s.Find(token.Hash())         // when somebody opens the link
//	s, err = survey.Answer(s, opened.ID, map[string]string{"delivered": "yes", "findings": "yes", "satisfaction": "5"}, now, deadline)
//
// # Forms
//
// A [Form] is data of an engagement's version: questions of three kinds, in every
// language in which the survey is sent. The State keeps the form it was started
// with, so that what was asked stays with what was answered.
//
// The form also says who answers, and whether the partner reads what the customer
// answered: the page tells the customer. The partner can answer its own survey
// without a link, too, by [AnswerWithin].
//
// # Time
//
// The deadline is the claim's, and its owner gives it with each command. It is half
// open: at the deadline itself the time is over. Times are kept in UTC and to the
// microsecond.
//
// # Links and tokens
//
// One contact is asked at a time, by one live [link.Link]. Sending again and
// asking another contact void every earlier link. Once the survey is done it is
// not sent any more, and its contact is frozen.
//
// # Limits on sending
//
// They are those of a [link.Policy]. A change of contact counts as one of the sendings
// of a survey; to an address that was not written to it goes out at once. A workflow
// has a policy of its own for surveys.
//
// # Persons
//
// [State.Erase] removes a person's address; that the survey was answered, and when,
// stays. [State.Scrub] does the same for what was written as free text. Neither
// structured logs nor errors show an address or an answer.
//
// # Errors
//
// An unknown link is [link.ErrUnknown]; every other refusal has a type, for [errors.As]:
//
//	the link            *link.VoidError
//	the time            *ExpiredError
//	the state           *NotAllowedError, *FrozenError, *AlreadyAnsweredError
//	writing too often   *link.TooSoonError, *link.TooManyError
//	what is given       *AnswersError, of *AnswerError, and *link.InvalidError
package survey
