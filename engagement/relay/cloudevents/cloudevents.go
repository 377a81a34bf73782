// Package cloudevents writes the events of a program's feed as CloudEvents 1.0, the
// form in which other systems take events whatever they are: for webhooks, brokers, and
// whatever a host sends itself.
//
//	encoder, err := cloudevents.New("https://portal.example/program")
//	for _, e := range page.Events { // of workflow.FeedDesk.Read
//		body, err := json.Marshal(encoder.Encode(e.Event))
//	}
//
// # What a host decides
//
// Only the source: a URI that names the host's program, and stays the same. With it an
// event's ID is unique in the world, and the same whoever reads the feed, when, and how
// often: receivers that remember it take nothing in twice. Events of one customer's
// history are in order by data.seq; a receiver must let an older one not undo what a
// newer one has said.
//
// # What an event says
//
// EVENTS.md lists all types, and testdata holds one of each. An event says what has
// happened, not everything that is so now: who wants to know that asks the desks. It
// never says who did it, to whom mails went, or what somebody wrote, also where the feed
// is read with persons; erasing a person therefore changes no event that went out. What
// a partner is not shown (workflow.FeedDesk.Read) is not in the events of its feed.
//
// # Versions
//
// A type ends with its version. Within a version, fields are added, and new values of
// enumerations; none is taken away or comes to mean something else. Receivers ignore
// what they do not know, whole types included.
package cloudevents

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// ContentType is the media type of an [Event] as JSON.
const ContentType = "application/cloudevents+json"

// prefix begins every type.
const prefix = "com.github.partnerengage."

// version ends every type.
const version = ".v1"

// Type says what happened: "com.github.partnerengage.claim_approved.v1".
type Type string

// TypeOf returns the type of the events of a kind.
func TypeOf(kind engagement.EventKind) Type {
	return Type(prefix + strings.ReplaceAll(string(kind), " ", "_") + version)
}

// AllTypes returns every Type.
func AllTypes() []Type {
	var out []Type
	for _, kind := range engagement.AllEventKinds() {
		out = append(out, TypeOf(kind))
	}
	return out
}

// Event is a CloudEvent in JSON format: json.Marshal gives what a receiver takes.
type Event struct {
	SpecVersion     string    `json:"specversion"` // "1.0"
	ID              string    `json:"id"`          // the event's hash in its history
	Source          string    `json:"source"`
	Type            Type      `json:"type"`
	Subject         string    `json:"subject"` // the participation or, where it is about none, the customer
	Time            time.Time `json:"time"`    // when it happened
	DataContentType string    `json:"datacontenttype"`
	Data            Data      `json:"data"`
}

// Data is what happened.
type Data struct {
	Partner       engagement.PartnerID       `json:"partner"`
	Customer      tenant.Key                 `json:"customer"`
	Seq           int64                      `json:"seq"` // 1, 2, 3 … within the history of partner and customer
	By            engagement.Party           `json:"by"`
	Engagement    engagement.ID              `json:"engagement,omitzero"`
	Participation engagement.ParticipationID `json:"participation,omitzero"`
	From          engagement.Status          `json:"from,omitzero"`   // status before
	To            engagement.Status          `json:"to,omitzero"`     // status after
	Detail        engagement.Detail          `json:"detail,omitzero"` // what else there is to say
}

// Encoder makes CloudEvents. It is safe for concurrent use.
type Encoder struct{ source string }

// New returns an Encoder for the events of a source: a URI reference, best an absolute
// URI of the host's, of visible ASCII.
func New(source string) (*Encoder, error) {
	u, err := url.Parse(source)
	if err != nil || source == "" || u.User != nil || slices.ContainsFunc([]byte(source), func(b byte) bool { return b <= ' ' || b > '~' }) {
		return nil, fmt.Errorf("cloudevents: the source %.100q is no URI, such as https://portal.example/program", source)
	}
	return &Encoder{source}, nil
}

// Encode returns an event of a feed as a CloudEvent.
func (c *Encoder) Encode(e engagement.Event) Event {
	subject := string(e.Participation)
	if subject == "" {
		subject = string(e.Customer)
	}
	e.Detail.OwnReview = "" // is in somebody's words
	return Event{
		SpecVersion: "1.0", ID: e.Hash.String(), Source: c.source, Type: TypeOf(e.Kind), Subject: subject, Time: e.At.UTC(), DataContentType: "application/json",
		Data: Data{
			Partner: e.Partner, Customer: e.Customer, Seq: e.Seq, By: e.By, Engagement: e.Engagement, Participation: e.Participation,
			From: e.From, To: e.To, Detail: e.Detail,
		},
	}
}
