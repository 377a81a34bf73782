package storage

import (
	"time"

	"github.com/partnerengage/partnerengage/engagement"
)

// Sending says that a partner wrote to a mailbox of a customer's. Sendings are kept
// for as long as they count against the limits on sending.
type Sending struct {
	Partner    engagement.PartnerID
	Message    engagement.MessageID // with which; no two sendings of a partner have the same
	Mailbox    engagement.Digest    // by which the partner's mailboxes are told apart; no address is stored here
	Engagement engagement.ID        // "" for what counts in none
	At         time.Time
}

// Mailbox names what a partner has written to.
type Mailbox struct {
	Partner engagement.PartnerID
	Mailbox engagement.Digest
}

// SendingsQuery asks how often a partner has written to customers.
type SendingsQuery struct {
	Partner   engagement.PartnerID // "": nothing is wanted
	Mailboxes []engagement.Digest  // whose sendings are brought
	Since     time.Time            // those to the mailboxes at or after it
	Today     time.Time            // the partner's at or after it are counted, to whatever mailbox
}
