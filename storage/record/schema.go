package record

import "slices"

// Message is one of the messages in record.proto.
type Message struct {
	Name   string
	Fields []Field // in the order of their numbers
}

// Field is a field of a message.
type Field struct {
	Number   int
	Name     string
	Type     string // as in record.proto: "string", "map<string, string>", or a message
	Repeated bool
	Optional bool   // to be there with a zero value is something else than not to be there
	OneOf    string // of the fields with the same OneOf at most one is there; "": none
}

// Schema returns the messages as this package writes and reads them, each followed by
// those that stand in it. It is what record.proto is held against.
func Schema() []Message {
	var all schema
	for _, fields := range rows() {
		var s schema
		fields(&coder{mode: describing, schema: &s})
		all.include(s.messages)
	}
	return all.messages
}

// nameOf returns the name of a field, "" for none.
func nameOf(message string, number int) string {
	for _, m := range Schema() {
		for _, f := range m.Fields {
			if m.Name == message && f.Number == number {
				return f.Name
			}
		}
	}
	return ""
}

// schema collects messages. The first is the one whose fields are being named.
type schema struct{ messages []Message }

func (s *schema) include(messages []Message) {
	for _, m := range messages {
		if !slices.ContainsFunc(s.messages, func(o Message) bool { return o.Name == m.Name }) {
			s.messages = append(s.messages, m)
		}
	}
}

// describe notes the field at hand.
func (c *coder) describe(f Field) {
	f.Number, f.Name = c.number, c.name
	m := &c.schema.messages[0]
	m.Fields = append(m.Fields, f)
}

// describe notes the field at hand, which is a message or a list of them.
func describe[T any](c *coder, f Field, fields func(*coder, *T)) {
	var inner schema
	fields(&coder{mode: describing, schema: &inner}, new(T))
	f.Type = inner.messages[0].Name
	c.describe(f)
	c.schema.include(inner.messages)
}
