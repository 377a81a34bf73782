package engagement

import (
	"fmt"
	"strings"

	"github.com/partnerengage/partnerengage/internal/text"
)

// ID names an engagement within the program, for example "azure-migration".
type ID string

// PartnerID names a partner.
type PartnerID string

// LocationID is the program's number for one enrolled site of a partner.
type LocationID string

// ParticipationID names a participation. IDs sort by the time at which they
// were made.
type ParticipationID string

// InvalidError names the field that is wrong and what would help.
type InvalidError struct {
	Of      string // what is invalid: `engagement "azure-migration"`
	Field   string
	Problem string
}

func (e *InvalidError) Error() string {
	return fmt.Sprintf("%s: %s %s", e.Of, e.Field, e.Problem)
}

const maxIDLength = 100

// checkID says what is wrong with an identifier, or nothing: identifiers come
// to stand in keys, links and exports, so they are printable, short and plain.
func checkID(id string) string {
	if id == "" {
		return "is empty: give it a short name"
	}
	if len(id) > maxIDLength {
		return fmt.Sprintf("is longer than %d bytes", maxIDLength)
	}
	for _, r := range id {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
		default:
			return fmt.Sprintf("holds %q: use letters, digits, '-', '_' and '.'", r)
		}
	}
	return ""
}

// MaxFriendlyName is the most characters of a friendly name.
const MaxFriendlyName = 200

// CleanName returns a name which nobody can be asked to correct as it is shown:
// valid UTF-8 without control characters, blanks around it or runs of blanks, and cut
// to MaxFriendlyName characters.
func CleanName(name string) string {
	name = text.OneLine(name)
	if runes := []rune(name); len(runes) > MaxFriendlyName {
		name = strings.TrimSpace(string(runes[:MaxFriendlyName]))
	}
	return name
}
