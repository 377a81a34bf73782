package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
)

// Evidence returns what proves a participation's consent: each sending and each
// answer, joined by the IDs of the links.
func (d *ConsentsDesk) Evidence(ctx context.Context, actor Actor, id engagement.ParticipationID) ([]consent.Evidence, error) {
	s := d.s
	p, err := s.unit().participation(ctx, actor, MayViewHistory, id)
	return p.Consent.Evidence(), err
}

// Receipt returns a receipt of a participation's consent along ISO/IEC TS 27560, to be
// written as JSON. The details are what only the host can say; RecordID, ReceiptID and
// IssuedAt default to the participation's ID, a new ID and the current time. Details
// that lack what the specification makes mandatory are refused with the error of
// package consent.
func (d *ConsentsDesk) Receipt(ctx context.Context, actor Actor, id engagement.ParticipationID, details consent.ReceiptDetails) (consent.Receipt, error) {
	s := d.s
	u := s.unit()
	p, err := u.participation(ctx, actor, MayViewHistory, id)
	if err != nil {
		return consent.Receipt{}, err
	}
	if details.RecordID == "" {
		details.RecordID = string(p.ID)
	}
	if details.ReceiptID == "" {
		details.ReceiptID = u.NewID(p.Customer)
	}
	if details.IssuedAt.IsZero() {
		details.IssuedAt = u.Now
	}
	return consent.NewReceipt(p.Consent, details)
}
