package engagement

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// Sentence tells an event to people in their language, with times in a zone, nil
// being UTC: what happened, and in brackets the details that say something to a
// person. It names nobody, and says nothing of From and To. An event of FormatNote
// is told with its note, which is in English.
func (e Event) Sentence(in words.Language, zone *time.Location) string {
	sentence, details := in.Text(words.Event(string(e.Kind)), nil), e.Note
	if e.Format != FormatNote {
		details = in.List(e.Detail.clauses(in, zone))
	}
	if details == "" {
		return sentence
	}
	return in.Text("event.with_details", words.Values{"sentence": sentence, "details": details})
}

// unsaid are the details that say nothing to a person who reads a history: what
// joins things, and what is for the program's own record.
var unsaid = []string{"link", "document_id", "sha256", "own_review"}

// clauses tells the details in the order of their fields.
func (d Detail) clauses(in words.Language, zone *time.Location) []string {
	var out []string
	v := reflect.ValueOf(d)
	for _, f := range numbered(v.Type()) {
		name, _, _ := strings.Cut(v.Type().Field(f.index).Tag.Get("json"), ",")
		if field := v.Field(f.index); !empty(field) && !slices.Contains(unsaid, name) {
			out = append(out, clause(in, zone, name, field))
		}
	}
	return out
}

// clause tells one detail.
func clause(in words.Language, zone *time.Location, name string, field reflect.Value) string {
	value := ""
	switch x := field.Interface().(type) {
	case time.Time:
		value = in.Moment(x, zone)
	case eligibility.Money:
		value = in.Money(x)
	case eligibility.Outcome:
		value = in.Text(words.Value("outcome", string(x)), nil)
	case consent.FailureCode:
		return in.Text(words.Value("failure", string(x)), nil)
	case MessageKind:
		return in.Text(words.Value("message", string(x)), nil)
	case []claim.RejectionCode:
		value = listOf(in, x, words.RejectionCode)
	case []ChangedField:
		value = listOf(in, x, func(c string) words.Key { return words.Value("changed", c) })
	default:
		if field.CanInt() {
			return in.Count(words.Detail(name), int(field.Int()))
		}
		if field.Kind() == reflect.String {
			value = field.String()
		}
	}
	return in.Text(words.Detail(name), words.Values{"value": value})
}

func listOf[T ~string](in words.Language, list []T, key func(string) words.Key) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = in.Text(key(string(v)), nil)
	}
	return in.List(out)
}
