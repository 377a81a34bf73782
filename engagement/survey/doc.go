// Package survey is the life of one survey that a claim needs as proof: sent to a
// contact of the customer or of the partner, and answered once.
//
// It is pure, like package consent, whose links and tokens it shares: its functions
// take a [State] and the time and give the next State or a typed refusal; they do
// no I/O, read no clock and make no random numbers. Which command may happen when is
// one table, [Moves]; the diagram in STATES.md is drawn from it.
//
//	s, err := survey.Start(survey.CustomerForm())
//	s, err = survey.Send(s, survey.Invitation{Contact: ana, Language: "pt", Link: id}, now, deadline)
//	s, err = survey.Mint(s, id, hash)           // when the message to the contact is written
//	link, err := s.Find(token.Hash())           // when somebody opens the link
//	s, err = survey.Answer(s, link.ID, map[string]string{"delivered": "yes", "findings": "yes", "satisfaction": "5"}, now, deadline)
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
// One contact is asked at a time, by one live [consent.Link]. Sending again and
// asking another contact void every earlier link. Once the survey is done it is
// not sent any more, and its contact is frozen.
//
// # Limits on sending
//
// They are a [consent.Policy], of which the limits for one consent hold here for one
// survey. The zero one allows five sendings in all, the first included, and one in 24
// hours to the same address. A change of contact counts as one of them; to an address
// that was not written to it goes out at once. These defaults are the library's; a
// workflow has limits of its own for surveys.
//
// # Persons
//
// [State.Erase] removes a person's address; that the survey was answered, and when,
// stays. [State.Scrub] does the same for what was written as free text. Neither
// structured logs nor errors show an address or an answer.
//
// # Errors
//
// Every refusal matches one of the sentinels of package consent with [errors.Is],
// and where there is something to tell, has a type for [errors.As]:
//
//	consent.ErrUnknownLink, ErrLinkVoid  *consent.LinkVoidError
//	consent.ErrAlreadyAnswered           *AlreadyAnsweredError
//	consent.ErrExpired                   *ExpiredError
//	consent.ErrNotAllowed                *FrozenError, *NotAllowedError
//	consent.ErrTooSoon, ErrTooMany       *consent.TooSoonError, *TooManyError
//	consent.ErrInvalid                   *AnswersError, *consent.InvalidError
package survey
