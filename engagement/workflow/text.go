package workflow

import (
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/text"
)

// checkName returns a friendly name as it is kept, or an *InputError for one that
// people could not read; "" is none.
func checkName(name string) (string, error) {
	name = engagement.CleanName(name)
	if problem := text.Line(name, 200); problem != "" {
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
