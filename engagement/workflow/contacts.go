package workflow

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/tenant"
)

// Contact is a person on one side, as somebody typed it. See link.Contact.
type Contact struct {
	Name  string `json:"name,omitzero"` // as the person is addressed; at most link.MaxName characters
	Email string `json:"email"`
	Phone string `json:"phone,omitzero"` // at most link.MaxPhone characters
}

// LogValue hides the person.
func (Contact) LogValue() slog.Value { return slog.StringValue("[contact]") }

// ByEmail returns contacts of whom only the addresses are known.
func ByEmail(addresses ...string) []Contact {
	contacts := make([]Contact, len(addresses))
	for i, a := range addresses {
		contacts[i].Email = a
	}
	return contacts
}

// Typed returns contacts that are known as a form shows them, to be asked for again.
func Typed(contacts []link.Contact) []Contact {
	typed := make([]Contact, len(contacts))
	for i, c := range contacts {
		typed[i] = Contact{Name: c.Name, Email: c.Email.String(), Phone: c.Phone}
	}
	return typed
}

// readContacts reads the contacts of one side. Every contact that a command names
// goes through it. Its error joins an *InputError for each mistake, with fields such
// as "customer[1].email". What is nil stays nil.
func readContacts(side string, given []Contact) ([]link.Contact, error) {
	if given == nil {
		return nil, nil
	}
	if len(given) > link.MaxContacts {
		return nil, &InputError{Field: side, Problem: fmt.Sprintf("names %d contacts: at most %d are written to", len(given), link.MaxContacts)}
	}
	contacts := make([]link.Contact, len(given))
	for i, g := range given {
		contacts[i] = link.Contact{Name: strings.TrimSpace(g.Name), Phone: strings.TrimSpace(g.Phone)}
		contacts[i].Email, _ = tenant.ParseEmail(g.Email) // what it says of one that cannot be read follows
	}
	var errs []error
	for _, err := range split(link.ValidateContacts(side, contacts)) {
		bad := new(link.InvalidError)
		if errors.As(err, &bad) {
			err = &InputError{Field: bad.Field, Problem: "cannot be used: " + bad.Problem, Err: err}
			for i, g := range given {
				if _, unread := tenant.ParseEmail(g.Email); unread != nil && bad.Field == fmt.Sprintf("%s[%d].email", side, i) {
					err = &InputError{Field: bad.Field, Problem: "is not an e-mail address that can be written to: " + unread.Error(), Err: unread}
				}
			}
		}
		errs = append(errs, err)
	}
	return contacts, problems.Join(errs...)
}

// readContact reads one contact, with fields such as "contact.email".
func readContact(field string, given Contact) (link.Contact, error) {
	contacts, err := readContacts(field, []Contact{given})
	var errs []error
	for _, err := range split(err) {
		if bad := (*InputError)(nil); errors.As(err, &bad) {
			one := *bad
			one.Field = strings.Replace(bad.Field, field+"[0]", field, 1)
			err = &one
		}
		errs = append(errs, err)
	}
	return contacts[0], problems.Join(errs...)
}

// split returns the errors that were joined, or the one that is not.
func split(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var errs []error
		for _, e := range joined.Unwrap() {
			errs = append(errs, split(e)...)
		}
		return errs
	}
	return []error{err}
}
