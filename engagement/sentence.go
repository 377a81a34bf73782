package engagement

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/text"
)

// Sentence tells an event to people in their language, with times in a zone, nil
// being UTC: who did what, and the details that say something to a person, as in "ana
// submitted the claim: EUR 4,800.00". Who is the user or the customer's contact that
// the event names, or else the party. It says nothing of From and To. An event of
// [FormatNote] is told with its note, which is in English.
func (e Event) Sentence(w words.Words, zone *time.Location) string {
	w = w.Of(words.GroupHistory)
	sentence, details := w.Text(words.KeyOf("event", string(e.Kind)), words.Values{"who": e.who(w)}), e.Note
	if e.Format != FormatNote {
		details = w.Series(e.Detail.clauses(w, zone))
	}
	if details == "" {
		return sentence
	}
	return w.Text("event.with_details", words.Values{"sentence": sentence, "details": details})
}

// who names the one who caused an event.
func (e Event) who(w words.Words) string {
	if p := e.Person; p != nil {
		if user := text.Plain(p.User); user != "" {
			return user
		}
		if e.By == ByCustomer && len(p.Contacts) == 1 {
			return p.Contacts[0].String()
		}
	}
	return cmp.Or(e.By, ByClock).In(w)
}

// unsaid are the details that say nothing to a person who reads a history: what
// joins things, and what is for the program's own record.
var unsaid = []string{"link", "document_id", "sha256", "own_review"}

// clauses tells the details in the order of their fields.
func (d Detail) clauses(w words.Words, zone *time.Location) []string {
	var out []string
	v := reflect.ValueOf(d)
	for _, f := range numbered(v.Type()) {
		name, _, _ := strings.Cut(v.Type().Field(f.index).Tag.Get("json"), ",")
		if field := v.Field(f.index); !empty(field) && !slices.Contains(unsaid, name) {
			out = append(out, clause(w, zone, name, field))
		}
	}
	return out
}

// clause tells one detail.
func clause(w words.Words, zone *time.Location, name string, field reflect.Value) string {
	value := ""
	switch x := field.Interface().(type) {
	case time.Time:
		if value = w.Moment(x, zone); name == "known_since" {
			value = w.Day(x, zone)
		}
	case eligibility.Money:
		value = w.Money(x)
	case eligibility.Outcome:
		value = w.Named("outcome", string(x))
	case link.FailureCode:
		value = w.Named("failure", string(x))
	case MessageKind:
		value = x.In(w)
	case link.Language:
		value = w.Tongue(x)
	case []claim.RejectionCode:
		value = w.Series(namesOf(w, "rejection", x))
	case []ChangedField:
		value = w.List(namesOf(w, "changed", x))
	default:
		if name == "size" {
			value = w.Count("bytes", int(field.Int()))
			break
		}
		if field.CanInt() {
			return w.Count(words.KeyOf("detail", name), int(field.Int()))
		}
		if field.Kind() == reflect.String {
			value = field.String()
		}
		switch name {
		case "survey", "document":
			value = w.Named("proof", value)
		case "payee":
			value = w.Named("payee", value)
		}
	}
	return w.Text(words.KeyOf("detail", name), words.Values{"value": value})
}

func namesOf[T ~string](w words.Words, family string, values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = w.Named(family, string(v))
	}
	return out
}
