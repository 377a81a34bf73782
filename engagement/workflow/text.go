package workflow

import (
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/text"
)

// checkName returns a friendly name as it is kept, runs of blanks as one, or an
// *InputError for one that people could not read or that is too long; "" is none.
func checkName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if problem := text.Line(name, engagement.MaxFriendlyName); problem != "" {
		return "", &InputError{Field: "friendly_name", Problem: problem}
	}
	return name, nil
}

// checkReason returns an *InputError for a reason that people could not read; ""
// is none.
func checkReason(reason string) error {
	if problem := text.Prose(reason, longestReason); problem != "" {
		return &InputError{Field: "reason", Problem: problem}
	}
	return nil
}
