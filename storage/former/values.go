package former

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/tenant"
)

// ParticipationOf returns the participation of a body. Of a survey's form that the
// library publishes a body has the ID and the version alone.
func ParticipationOf(body []byte) (engagement.Participation, error) {
	var p engagement.Participation
	if err := json.Unmarshal(body, &p); err != nil {
		return p, err
	}
	if slices.ContainsFunc(p.Terms.Proof, func(i claim.ProofItem) bool { return i.Survey != nil }) {
		for i := range p.Terms.Proof {
			if f := p.Terms.Proof[i].Survey; f != nil {
				whole, err := wholeForm(*f)
				if err != nil {
					return p, err
				}
				p.Terms.Proof[i].Survey = &whole
			}
		}
	}
	if p.Claim != nil {
		for i := range p.Claim.Surveys {
			whole, err := wholeForm(p.Claim.Surveys[i].Form)
			if err != nil {
				return p, err
			}
			p.Claim.Surveys[i].Form = whole
		}
	}
	return p, nil
}

func wholeForm(f survey.Form) (survey.Form, error) {
	if len(f.Questions) > 0 || f.ID == "" {
		return f, nil
	}
	p, ok := survey.Published(f.ID, f.Version)
	if !ok {
		return f, fmt.Errorf("the survey's form %q of version %q is none that this version of the library has", f.ID, f.Version)
	}
	return p, nil
}

// CustomerOf returns the customer of a body, without its history, whose end stood in
// columns beside it.
func CustomerOf(body []byte) (engagement.Customer, error) {
	var c engagement.Customer
	err := json.Unmarshal(body, &c)
	if err == nil {
		var former struct {
			ParkedSince time.Time `json:"parked_since"`
		}
		err = json.Unmarshal(body, &former)
		c.DisassociatedAt = former.ParkedSince
	}
	c.History = engagement.Head{}
	return c, err
}

// message is how a message was written.
type message struct {
	ID            engagement.MessageID             `json:"id"`
	Kind          engagement.MessageKind           `json:"kind"`
	Partner       engagement.PartnerID             `json:"partner"`
	Place         engagement.CustomerEngagementKey `json:"place"`
	Participation engagement.ParticipationID       `json:"participation"`
	To            tenant.Email                     `json:"to"`
	Language      link.Language                    `json:"language"`
	Link          link.ID                          `json:"link"`
	Deadline      time.Time                        `json:"deadline"`
	Of            int                              `json:"of"`
	CreatedAt     time.Time                        `json:"created_at"`
}

// MessageOf returns the message of a body, without its attempts, which stood in a column
// beside it.
func MessageOf(body []byte) (engagement.Message, error) {
	var m message
	err := json.Unmarshal(body, &m)
	return engagement.Message{
		ID: m.ID, Kind: m.Kind, Partner: m.Partner, Engagement: m.Place.Engagement, Customer: m.Place.Customer, Participation: m.Participation,
		To: m.To, Language: m.Language, Link: m.Link, Deadline: m.Deadline, Of: m.Of, CreatedAt: m.CreatedAt,
	}, err
}

// EventOf returns an event: what stood in columns, with its details and its person,
// JSON both; "" where there were none.
func EventOf(e engagement.Event, detail, person string) (engagement.Event, error) {
	if detail != "" {
		if err := json.Unmarshal([]byte(detail), &e.Detail); err != nil {
			return e, fmt.Errorf("its details: %w", err)
		}
	}
	if person != "" {
		if err := json.Unmarshal([]byte(person), &e.Person); err != nil {
			return e, fmt.Errorf("its person: %w", err)
		}
	}
	return e, nil
}
