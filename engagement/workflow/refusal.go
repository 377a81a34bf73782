package workflow

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/evidence"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Refusal is one error as a front end needs it. It can be sent to whoever made the
// call: it holds nothing of another partner, no confidential figure, and nothing that a
// source of the host's has answered.
type Refusal struct {
	Code    Code   `json:"code"`
	Field   string `json:"field,omitzero"` // what of the command it is about, as a JSON pointer: "/customer/1/email"
	Message string `json:"message"`        // a sentence, in English for those who build the front end, or of RefusalsIn for those who use it

	Engagement    engagement.ID              `json:"engagement,omitzero"`
	Participation engagement.ParticipationID `json:"participation,omitzero"` // that there is already
	Location      engagement.LocationID      `json:"location,omitzero"`
	Reasons       []engagement.Reason        `json:"reasons,omitempty"`   // why customer or location is not eligible
	Missing       []claim.Missing            `json:"missing,omitempty"`   // what the claim lacks
	NotBefore     time.Time                  `json:"not_before,omitzero"` // when trying again can help
}

// Refusals returns what a front end needs of each error that is joined in one, in
// their order: one for each field, engagement or answer. nil has none.
func Refusals(err error) []Refusal {
	var all []Refusal
	for _, e := range single(err) {
		all = append(all, refusalOf(e))
	}
	return all
}

// What is said where the error's own text is for whoever runs the program.
const (
	textInternal    = "something went wrong here, and trying again does not help: tell whoever runs this, whose log says more"
	textUnreadable  = "something that is stored cannot be read: tell whoever runs this, whose log says more"
	textUnavailable = "this cannot be done at the moment: try again, with the same key"
)

// refusalOf makes a refusal of an error that single has returned.
func refusalOf(err error) Refusal {
	codes := codesOfOne(err)
	r := Refusal{Code: codes[len(codes)-1]}
	switch r.Code {
	case CodeInternal:
		r.Message = textInternal
		return r
	case CodeUnavailable:
		r.Message = unavailableText(err)
		return r
	}
	r.Message = err.Error()
	if r.Code == CodeUnreadable && !forPeople(err) {
		r.Message = textUnreadable
	}
	r.Field = Pointer(fieldOf(err))
	r.about(err)
	return r
}

// unavailableText says which source gave no answer, and not what that was.
func unavailableText(err error) string {
	source := ""
	switch e := err.(type) {
	case *UnavailableError:
		source = e.Source
	case *tenant.UnavailableError:
		source = "directory"
	}
	if source == "" {
		return textUnavailable
	}
	return fmt.Sprintf("the %s gave no answer: try again, with the same key", source)
}

// forPeople reports whether the text of an error about something unreadable is for
// whoever made the call.
func forPeople(err error) bool {
	switch err.(type) {
	case *storage.UnreadableError, *UnreadableRowsError, *UnreadableEventsError, *engagement.HistoryError, *evidence.DamagedError, *code.Error:
		return true
	}
	return false
}

// about adds what the error names beside a field.
func (r *Refusal) about(err error) {
	switch e := err.(type) {
	case *ForbiddenError:
		r.Message, r.Location = e.public(), e.Location
	case *FourEyesError:
		r.Participation = e.Participation
	case *LocationNotEligibleError:
		r.Engagement, r.Location, r.Reasons = e.Engagement, e.Location, e.Reasons
	case *NotEligibleError:
		r.Engagement, r.Reasons = e.Engagement, e.Reasons
	case *NotClaimableError:
		r.Engagement = e.Engagement
		if e.Availability == engagement.AvailabilityUpcoming {
			r.NotBefore = e.Opens
		}
	case *AlreadyKnownError:
		r.Engagement = e.Engagement
	case *OpenParticipationError:
		r.Engagement, r.Participation = e.Engagement, e.Participation
	case *IDNotAcceptedError:
		r.Engagement = e.Engagement
	case *StatedIdentityError:
		r.Engagement = e.Engagement
	case *PayoutChangedError:
		r.Engagement = e.Engagement
	case *PayeeNotValidError:
		r.Location = e.Location
	case *claim.IncompleteError:
		r.Missing = e.Missing
	case *link.TooSoonError:
		r.NotBefore = e.NotBefore
	case *link.LimitError:
		r.NotBefore = e.NotBefore
	case *WrongStateError:
		for _, cause := range single(e.Err) {
			r.about(cause)
		}
	}
}

// public is the error's text without what the host's Authorizer said.
func (e *ForbiddenError) public() string {
	own := *e
	if _, ours := e.Why.(*code.Error); !ours {
		own.Why = errors.New("ask somebody who may")
	}
	return own.Error()
}

// fieldOf returns the field that an error names, as its text spells it.
func fieldOf(err error) string {
	switch e := err.(type) {
	case *InputError:
		return e.Field
	case *OwnContactError:
		return e.Field
	case *ForeignContactError:
		return e.Field
	case *NameRequiredError:
		return "friendly_name"
	case *InvalidCursorError:
		return "cursor"
	case *KeyReusedError:
		return "key"
	case *LocationNotEligibleError:
		return "location"
	case *PayoutChangedError:
		return "payout"
	case *PayeeNotValidError:
		return "reason"
	case *NotFoundError:
		return e.Field
	case *PersonNotFoundError:
		return e.Field
	case *tenant.MalformedError:
		return e.Field
	case *tenant.ReasonRequiredError:
		return "reason"
	case *tenant.ConsumerDomainError:
		if !e.NeedsID {
			return "reason"
		}
	case *link.InvalidError:
		return e.Field
	case *link.LimitError:
		return e.Field
	case *engagement.InvalidError:
		return e.Field
	case *claim.InvalidError:
		return e.Field
	case *claim.AmountError:
		if e.Field == "requested" {
			return e.Field
		}
		return "amount" // of a decision or a payment
	case *survey.AnswerError:
		return "answers." + e.Question
	case *WrongStateError:
		for _, cause := range single(e.Err) {
			if field := fieldOf(cause); field != "" {
				return field
			}
		}
	}
	return ""
}

// Pointer returns a field, as the errors of this module spell it, as a JSON pointer:
// "/customer/1/email" for "customer[1].email". "" stays "", which is the whole.
func Pointer(field string) string {
	if field == "" {
		return ""
	}
	steps := strings.NewReplacer("~", "~0", "/", "~1", "[", "/", "]", "", ".", "/")
	return "/" + steps.Replace(field)
}
