package rows

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Storable reports whether every engine can have a text in a column and find it
// again: it is in UTF-8 and has no NUL.
func Storable(text string) bool { return !unstorable(text) }

func unstorable(text string) bool { return !utf8.ValidString(text) || strings.Contains(text, "\x00") }

// checkTexts returns ErrInvalid for a plan with a text that is not storable, and says
// where it is.
func (p *Plan) checkTexts() error {
	err := checkText("delivered", p.Delivered...)
	check := func(table string, columns []string, fields []any) {
		for i, f := range fields {
			if text, ok := f.(*string); ok && err == nil {
				err = checkText(table+"."+columns[i], *text)
			}
			if text, ok := f.(**string); ok && *text != nil && err == nil {
				err = checkText(table+"."+columns[i], **text)
			}
		}
	}
	for _, pl := range p.Places {
		check("place", PlaceColumns(), pl.Place.Fields())
		for _, row := range pl.Standings {
			check("standing", StandingColumns(), row.Fields())
		}
		for _, row := range pl.Participations {
			check("participation", ParticipationColumns(), row.Fields())
		}
		for _, row := range pl.Entries {
			check("entry", EntryColumns(), row.Fields())
		}
	}
	for _, c := range p.Customers {
		check("customer", CustomerColumns(), c.Customer.Fields())
		for _, row := range c.Events {
			check("event", EventColumns(), row.Fields())
		}
	}
	for _, row := range p.Erased {
		check("event", EventColumns(), row.Fields())
	}
	for _, row := range p.Tokens {
		check("token", TokenColumns(), row.Fields())
	}
	for _, row := range p.Messages {
		check("message", MessageColumns(), row.Fields())
	}
	for _, row := range p.Sendings {
		check("sending", SendingColumns(), row.Fields())
	}
	for _, f := range p.Forgotten {
		check("sending", []string{"partner"}, []any{&f.Partner})
	}
	for _, m := range p.Postponed {
		check("message", []string{"id"}, []any{&m.Message})
	}
	for _, r := range p.Unsent {
		check("message", []string{"partner", "receiver"}, []any{&r.Partner, &r.Receiver})
	}
	if p.Command != nil {
		check("command", CommandColumns(), p.Command.Fields())
	}
	return err
}

// checkText does not say what the text is: it can be about a person.
func checkText(where string, texts ...string) error {
	if slices.ContainsFunc(texts, unstorable) {
		return invalid("%s has a NUL, or is not in UTF-8", where)
	}
	return nil
}
