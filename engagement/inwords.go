package engagement

import (
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/words"
)

// In returns the status in a language.
func (s Status) In(w words.Words) string { return w.Named("status", string(s)) }

// In returns the tab's name in a language.
func (t Tab) In(w words.Words) string { return w.Named("tab", string(t)) }

// In returns the row type in a language.
func (t RowType) In(w words.Words) string { return w.Named("row_type", string(t)) }

// In returns the action in a language, as it stands on a button.
func (a Action) In(w words.Words) string { return w.Of(words.GroupRows).Named("action", string(a)) }

// In returns the origin in a language.
func (o Origin) In(w words.Words) string { return w.Named("origin", string(o)) }

// In returns the availability in a language.
func (a Availability) In(w words.Words) string { return w.Named("availability", string(a)) }

// In returns the type of engagement in a language; one that the catalogue does not know
// as the program calls it.
func (t Type) In(w words.Words) string { return w.Named("type", string(t)) }

// In returns the party in a language, as it begins a sentence.
func (p Party) In(w words.Words) string { return w.Named("party", string(p)) }

// In returns what the message is in a language: "the request for consent".
func (k MessageKind) In(w words.Words) string { return w.Named("message", string(k)) }

// Todo returns what is to do and how long there is for it, in a language, as the
// status column shows it: "3 days left to submit the claim".
func (r Row) Todo(w words.Words) string {
	w = w.Of(words.GroupRows)
	switch what := r.todo(); what {
	case "":
		return r.Status.In(w)
	case "nothing":
		return w.Text("todo.nothing", words.Values{"status": r.Status.In(w)})
	default:
		return w.Text(words.KeyOf("todo", what), words.Values{"days_left": w.Count("days_left", r.DaysLeft)})
	}
}

// TodoBy returns what is to do and until when, in a language and a zone, nil being UTC:
// "Submit the claim before 27 December 2026, 09:00 (Lisbon time)". Where nothing is
// due it is Todo.
func (r Row) TodoBy(w words.Words, zone *time.Location) string {
	w = w.Of(words.GroupRows)
	what := r.todo()
	if what == "" || what == "nothing" || r.Deadline.IsZero() {
		return r.Todo(w)
	}
	return w.Text(words.KeyOf("due", what), words.Values{"deadline": w.Moment(r.Deadline, zone)})
}

// todo names what is to do: "" where the status says it all.
func (r Row) todo() string {
	switch {
	case r.Tab == TabIneligible:
		return "not_eligible"
	case r.Participation == "" && slices.Contains(r.Actions, ActionClaimCustomer):
		return "can_be_claimed"
	case r.Participation == "":
		return "cannot_be_claimed"
	case r.Type == RowNotStarted:
		return "consent"
	case r.Type != RowActive:
		return ""
	case r.Deadline.IsZero():
		return "nothing"
	}
	switch r.Status {
	case StatusPartnerActionRequired:
		return "action"
	case StatusRejected:
		return "dispute"
	case StatusDisputed:
		return "submit_dispute"
	}
	return "submit"
}

// In tells that a contact was not reached, and why.
func (u Unreached) In(w words.Words) string {
	w = w.Of(words.GroupRows)
	values := words.Values{"message": u.Message.In(w), "failure": w.Named("failure", string(u.Code)), "contact": u.Contact.Email.String()}
	if u.Contact.Email.IsZero() {
		return w.Text("unreached.partner", values)
	}
	return w.Text("unreached", values)
}

// In says the reason in a language: the criterion in words, and, unless they are
// confidential, what was wanted and found.
func (r Reason) In(w words.Words) string {
	w = w.Of(words.GroupRows)
	criterion := strings.TrimSuffix(w.Own(r.Doc), ".")
	if criterion == "" {
		criterion = r.Rule
	}
	wanted, found := w.Finding(r.Wanted, r.Found)
	values := words.Values{"criterion": criterion, "wanted": wanted, "found": found}
	key := words.KeyOf("reason", string(r.Kind))
	switch r.Kind {
	case ReasonCriteriaNotMet:
		if r.Rule == ruleEligibleLocations {
			key = "reason.no_location"
		} else if wanted != "" && found != "" {
			key += ".figures"
		} else if found != "" {
			key += ".found"
		}
	case ReasonFactsMissing:
		if r.Rule == "" && len(r.Missing) == 0 {
			key = "reason.not_evaluated"
		} else if len(r.Missing) > 0 {
			key, values["facts"] = key+".facts", w.List(namesOf(w, "fact", r.Missing))
		}
	case ReasonIDNotAccepted:
		key = "reason.stated_id"
		if len(r.Takes) > 0 {
			key, values["ids"] = "reason.id_not_accepted", w.Or(namesOf(w, "id", r.Takes))
		}
	}
	return w.Text(key, values)
}

// String says the reason in the library's English, as Go errors do.
func (r Reason) String() string { return r.In(words.Words{}) }
