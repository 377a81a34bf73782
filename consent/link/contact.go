package link

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode"

	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/tenant"
)

const (
	// MaxContacts is the most contacts that one request is sent to.
	MaxContacts = 20
	// MaxName is the most characters of a contact's name.
	MaxName = 100
	// MaxPhone is the most characters of a contact's telephone number.
	MaxPhone = 40
)

// Contact is a person to whom a link is sent, or whom one who has a link can ask. The zero Contact is none, or one
// who was erased. It is personal data, and hides itself in structured logs.
type Contact struct {
	Name  string       `json:"name,omitempty"` // as the person is addressed; may be empty
	Email tenant.Email `json:"email,omitzero"`
	Phone string       `json:"phone,omitempty"` // as it was written; may be empty
}

// IsZero reports whether c is nobody.
func (c Contact) IsZero() bool { return c == Contact{} }

// Is reports whether the address is that of the contact's mailbox: see
// [tenant.Email.Mailbox].
func (c Contact) Is(e tenant.Email) bool { return !e.IsZero() && c.Email.Mailbox() == e.Mailbox() }

// Validate returns nil, or an [*InvalidError] for each field that cannot be used,
// joined: an address is needed, and name and telephone number are one line of
// characters that show. The field is the contact's, such as "customer[1]", and
// those of the errors are like "customer[1].email".
func (c Contact) Validate(field string) error {
	var errs []error
	if c.Email.IsZero() {
		errs = append(errs, invalid(field+".email", "an e-mail address is needed"))
	}
	errs = append(errs, checkLine(field+".name", c.Name, MaxName), checkLine(field+".phone", c.Phone, MaxPhone))
	if c.Phone != "" && !strings.ContainsFunc(c.Phone, unicode.IsDigit) {
		errs = append(errs, invalid(field+".phone", "it holds no digit; write the telephone number, or leave it out"))
	}
	return errors.Join(errs...)
}

// checkLine lets an empty text through.
func checkLine(field, line string, most int) error {
	if problem := text.Line(line, most); problem != "" {
		return invalid(field, "it "+problem)
	}
	if strings.TrimSpace(line) != line {
		return invalid(field, "it begins or ends with a blank; leave that out")
	}
	return nil
}

// UnmarshalJSON reads a contact and, as contacts were stored before they had
// names, an address by itself.
func (c *Contact) UnmarshalJSON(b []byte) error {
	var read Contact
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &read.Email); err != nil {
			return err
		}
	} else {
		type fields Contact // without this method
		if err := json.Unmarshal(b, (*fields)(&read)); err != nil {
			return err
		}
	}
	*c = read
	return nil
}

// LogValue shows the domain of the address and hides the person.
func (c Contact) LogValue() slog.Value { return c.Email.LogValue() }

// Emails returns the addresses of contacts, in their order.
func Emails(contacts []Contact) []tenant.Email {
	if contacts == nil {
		return nil
	}
	emails := make([]tenant.Email, len(contacts))
	for i, c := range contacts {
		emails[i] = c.Email
	}
	return emails
}

// ValidateContacts returns nil, or an [*InvalidError] for each mistake in the
// contacts of one side, joined, with fields such as "customer[1].email". At most
// [MaxContacts] are taken, and no mailbox twice.
func ValidateContacts(side string, contacts []Contact) error {
	var errs []error
	if len(contacts) > MaxContacts {
		errs = append(errs, invalid(side, fmt.Sprintf("%d contacts are named, and at most %d are written to", len(contacts), MaxContacts)))
	}
	for i, c := range contacts {
		at := fmt.Sprintf("%s[%d]", side, i)
		errs = append(errs, c.Validate(at))
		if slices.ContainsFunc(contacts[:i], func(o Contact) bool { return o.Is(c.Email) }) {
			errs = append(errs, invalid(at+".email", "it is the mailbox of a contact before this one; name each once"))
		}
	}
	return errors.Join(errs...)
}
