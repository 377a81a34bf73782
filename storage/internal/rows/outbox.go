package rows

import (
	"encoding/json"
	"fmt"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Message is the row of an outgoing message, but for what an adapter keeps about
// its lease.
type Message struct {
	Partner   string
	ID        string
	Receiver  string
	CreatedAt int64
	Attempts  int64
	Body      string // the message; its attempts are in the column
}

// MessageColumns returns the columns of a Message. The first two are its key.
// Delivered and postponed messages are named by their ID alone, which no two
// partners share.
func MessageColumns() []string {
	return []string{"partner", "id", "receiver", "created_at", "attempts", "body"}
}

// Fields points to the fields in the order of the columns.
func (r *Message) Fields() []any {
	return []any{&r.Partner, &r.ID, &r.Receiver, &r.CreatedAt, &r.Attempts, &r.Body}
}

func newMessage(m engagement.Message) (Message, error) {
	m.CreatedAt, m.Deadline = precise(m.CreatedAt), precise(m.Deadline)
	body, err := json.Marshal(m)
	if err != nil {
		return Message{}, fmt.Errorf("%w: message %q cannot be written as JSON: %w", storage.ErrInvalid, m.ID, err)
	}
	return Message{
		Partner: string(m.Partner), ID: string(m.ID), Receiver: m.To.String(), CreatedAt: Micros(m.CreatedAt), Attempts: int64(m.Attempts), Body: string(body),
	}, nil
}

// Value returns the message.
func (r Message) Value() (engagement.Message, error) {
	var m engagement.Message
	err := json.Unmarshal([]byte(r.Body), &m)
	if err != nil || string(m.ID) != r.ID || string(m.Partner) != r.Partner || m.To.String() != r.Receiver || Micros(m.CreatedAt) != r.CreatedAt {
		return m, &storage.UnreadableError{Kind: "message", Key: r.ID, Err: orOthers(err)}
	}
	m.Attempts = int(r.Attempts)
	return m, nil
}

// Token is the row of a link token.
type Token struct {
	Hash          []byte
	Partner       string
	Participation string
	Engagement    string
	Customer      string
}

// TokenColumns returns the columns of a Token. The first is its key.
func TokenColumns() []string {
	return []string{"hash", "partner", "participation", "engagement", "customer"}
}

// Fields points to the fields in the order of the columns.
func (r *Token) Fields() []any {
	return []any{&r.Hash, &r.Partner, &r.Participation, &r.Engagement, &r.Customer}
}

func newToken(t storage.Token) Token {
	return Token{
		Hash: t.Hash[:], Partner: string(t.Participation.Partner), Participation: string(t.Participation.ID),
		Engagement: string(t.Place.Engagement), Customer: string(t.Place.Customer),
	}
}

// Command is the row of a command record.
type Command struct {
	Partner string
	Key     string
	Body    []byte
	Result  []byte
	At      int64
}

// CommandColumns returns the columns of a Command. The first two are its key.
func CommandColumns() []string { return []string{"partner", "key", "body", "result", "at"} }

// Fields points to the fields in the order of the columns.
func (r *Command) Fields() []any { return []any{&r.Partner, &r.Key, &r.Body, &r.Result, &r.At} }

func newCommand(c storage.CommandRecord) Command {
	return Command{Partner: string(c.Key.Partner), Key: c.Key.Key, Body: c.Body[:], Result: c.Result, At: Micros(c.At)}
}

// Value returns the command record.
func (r Command) Value() (storage.CommandRecord, error) {
	body, err := digestOf(r.Body)
	if err != nil {
		err = &storage.UnreadableError{Kind: "command record", Key: r.Partner + " " + r.Key, Err: err}
	}
	return storage.CommandRecord{
		Key: storage.CommandKey{Partner: engagement.PartnerID(r.Partner), Key: r.Key}, Body: body, Result: r.Result, At: Time(r.At),
	}, err
}
