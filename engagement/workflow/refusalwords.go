package workflow

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/evidence"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/tenant"
)

// RefusalsIn is [Refusals] with messages for the people who use the front end: in a
// language of the catalogue, with times in a zone, nil being UTC. Engagements and
// locations are named by their IDs unless the words have a text for them, see
// [words.Words.With]. Of what is wrong with the value of a field they say no more than
// which field it is: Message of Refusals says what, in English.
func RefusalsIn(err error, w words.Words, zone *time.Location) []Refusal {
	w = w.Of(words.GroupErrors)
	var all []Refusal
	for _, e := range single(err) {
		r := refusalOf(e)
		key, values := refusalWords(e, w, zone)
		r.Message = w.Text(cmp.Or(key, words.KeyOf("error", string(r.Code))), values)
		all = append(all, r)
	}
	return all
}

// refusalWords returns the text that says more of an error than the one of its code, or
// "", and what to put in.
func refusalWords(err error, w words.Words, zone *time.Location) (words.Key, words.Values) {
	named := func(id engagement.ID) string { return w.Own(string(id)) }
	reasons := func(list []engagement.Reason) string {
		var texts []string
		for _, r := range list {
			texts = append(texts, r.In(w)+".")
		}
		return strings.Join(texts, " ")
	}
	ids := func(kinds []tenant.IDKind) string {
		texts := make([]string, len(kinds))
		for i, k := range kinds {
			texts[i] = w.Named("id", string(k))
		}
		return w.Or(texts)
	}
	moment := func(t time.Time) string { return w.Moment(t, zone) }
	switch e := err.(type) {
	case *InputError:
		return fieldWords(e.Field, w)
	case *NameRequiredError:
		return "error.invalid_input.name", nil
	case *OwnContactError:
		return "error.invalid_input.own_contact", words.Values{"field": fieldName(e.Field, w)}
	case *ForeignContactError:
		values := words.Values{"field": fieldName(e.Field, w), "domain": e.Domain.Unicode()}
		if e.WithAReason {
			return "error.reason_required.contact", values
		}
		return "error.invalid_input.foreign_contact", values
	case *InvalidCursorError:
		return "error.invalid_input.cursor", nil
	case *evidence.TooLargeError:
		return "error.invalid_input.too_large", words.Values{"limit": w.Count("bytes", int(e.Limit))}
	case *claim.AmountError:
		values := words.Values{"amount": cmp.Or(w.Money(e.Amount), e.Amount.String()), "limit": w.Money(e.Limit)}
		if e.Limit.IsZero() {
			return "error.invalid_input.amount", values
		}
		return "error.invalid_input.amount_limit", values
	case *link.InvalidError:
		return fieldWords(e.Field, w)
	case *engagement.InvalidError:
		return fieldWords(e.Field, w)
	case *claim.InvalidError:
		return fieldWords(e.Field, w)
	case *tenant.MalformedError:
		return fieldWords(e.Field, w)
	case *survey.AnswerError:
		return fieldWords("answers", w)

	case *NotKnownError:
		return "error.not_found.not_known", nil
	case *PersonNotFoundError:
		return "error.not_found.person", nil

	case *ForbiddenError:
		if e.Location != "" {
			return "error.forbidden.location", words.Values{"location": w.Own(string(e.Location))}
		}
	case *FourEyesError:
		return "error.forbidden.four_eyes", nil

	case *tenant.NotFoundError:
		return "error.id_required.domain", words.Values{"domain": e.Domain.Unicode()}
	case *tenant.AmbiguousError:
		return "error.id_required.ambiguous", words.Values{"domain": e.Domain.Unicode()}
	case *tenant.ConsumerDomainError:
		if !e.NeedsID {
			return "error.reason_required.public_service", words.Values{"domain": e.Domain.Unicode()}
		}
		return "error.id_required.public_service", words.Values{"domain": e.Domain.Unicode()}
	case *IDNotAcceptedError:
		return "error.id_required.kinds", words.Values{"engagement": named(e.Engagement), "ids": ids(e.Takes)}
	case *StatedIdentityError:
		return "error.id_required.stated", words.Values{"engagement": named(e.Engagement)}

	case *tenant.ReasonRequiredError:
		return "error.reason_required.id", nil
	case *PayeeNotValidError:
		return "error.reason_required.payee", words.Values{"location": w.Own(string(e.Location))}

	case *NotEligibleError:
		return "error.not_eligible.customer", words.Values{"engagement": named(e.Engagement), "reasons": reasons(e.Reasons)}
	case *LocationNotEligibleError:
		if e.Engagement == "" {
			return "error.not_eligible.not_enrolled", words.Values{"location": w.Own(string(e.Location))}
		}
		return "error.not_eligible.location", words.Values{"engagement": named(e.Engagement), "location": w.Own(string(e.Location)), "reasons": reasons(e.Reasons)}
	case *NotClaimableError:
		values := words.Values{"engagement": named(e.Engagement), "from": moment(e.Opens), "until": moment(e.Until)}
		if e.Availability == engagement.AvailabilityUpcoming {
			return "error.not_open.upcoming", values
		}
		return "error.not_open.over", values

	case *OpenParticipationError:
		values := words.Values{"engagement": named(e.Engagement), "status": e.Status.In(w)}
		if e.Participation == "" {
			return "error.already_open.colleagues", values
		}
		return "error.already_open.status", values

	case *WrongStateError:
		causes := single(e.Err)
		for _, cause := range causes {
			if key, values := refusalWords(cause, w, zone); key != "" {
				return key, values
			}
		}
		for _, cause := range causes {
			if c := code.Of(cause); c != "" && c != code.WrongState {
				return "", nil // that code's own text
			}
		}
		if e.Status != "" {
			return "error.wrong_state.status", words.Values{"status": e.Status.In(w)}
		}
	case *DisassociatedError:
		return "error.wrong_state.disassociated", words.Values{"since": w.Day(e.Since, zone)}
	case *survey.FrozenError:
		return "error.wrong_state.frozen", nil

	case *claim.IncompleteError:
		var lacks []string
		for _, m := range e.Missing {
			lacks = append(lacks, m.In(w))
		}
		return "error.incomplete.items", words.Values{"missing": w.Series(lacks)}
	case *PayoutChangedError:
		return "error.stale.payout", words.Values{"engagement": named(e.Engagement), "now": amountText(w, e.Now), "previewed": amountText(w, e.Previewed)}

	case *consent.ExpiredError:
		return "error.expired.deadline", words.Values{"deadline": moment(e.Deadline)}
	case *claim.ExpiredError:
		return "error.expired.deadline", words.Values{"deadline": moment(e.Deadline)}
	case *link.VoidError:
		return "error.expired.link", nil
	case *link.TooSoonError:
		return "error.too_soon.from", words.Values{"time": moment(e.NotBefore)}
	case *link.LimitError:
		values := words.Values{"n": fmt.Sprint(e.Sent), "time": moment(e.NotBefore), "field": fieldName(e.Field, w)}
		if e.Field == "" {
			return "error.too_soon.day", values
		}
		return "error.too_soon.contact", values
	case *link.TooManyError:
		return sentTooOften(e.Sent)
	}
	switch {
	case errors.Is(err, link.ErrUnknown):
		return "error.not_found.link", nil
	case errors.Is(err, consent.ErrTakenElsewhere):
		return "error.limit_reached.elsewhere", nil
	}
	return "", nil
}

func sentTooOften(n int) (words.Key, words.Values) {
	return "error.limit_reached.sent", words.Values{"n": fmt.Sprint(n)}
}

// amountText is an amount, and that of nothing is zero.
func amountText(w words.Words, m eligibility.Money) string {
	return cmp.Or(w.Money(m), "0")
}

// fieldWords say that a field's value cannot be used.
func fieldWords(field string, w words.Words) (words.Key, words.Values) {
	if field == "" {
		return "", nil
	}
	return "error.invalid_input.field", words.Values{"field": fieldName(field, w)}
}

var indices = regexp.MustCompile(`\[[^\]]*\]`)

// fieldName names a field such as "customer[1].email" by its last part for which there
// is a name: "E-mail address".
func fieldName(field string, w words.Words) string {
	parts := strings.Split(indices.ReplaceAllString(field, ""), ".")
	for i := len(parts) - 1; i >= 0; i-- {
		if name := w.Named("field", parts[i]); name != parts[i] {
			return name
		}
	}
	return field
}
