package eligibility

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/internal/enum"
)

// MarshalText refuses what is not in AllOutcomes; the zero Outcome is "".
func (o Outcome) MarshalText() ([]byte, error) {
	return enum.Marshal("outcome", o, enum.OrZero(AllOutcomes()), unknownText)
}

// UnmarshalText refuses what MarshalText does not write, with a *ParseError.
func (o *Outcome) UnmarshalText(text []byte) error {
	return enum.Unmarshal("outcome", o, text, enum.OrZero(AllOutcomes()), unknownText)
}

// MarshalText refuses what is not in AllResults.
func (r Result) MarshalText() ([]byte, error) {
	return enum.Marshal("result", r, AllResults(), unknownText)
}

// UnmarshalText refuses what is not in AllResults, with a *ParseError.
func (r *Result) UnmarshalText(text []byte) error {
	return enum.Unmarshal("result", r, text, AllResults(), unknownText)
}

// unknownText refuses a value that an enumeration does not have.
func unknownText(what, value string, all []string) error {
	return &ParseError{What: what, Text: value, Problem: fmt.Sprintf("it is none of %q", all)}
}

// MarshalJSON writes an object that has the known facts by name, each as an
// object of its kind and value, so that they are read back with their types:
//
//	{"azure_consumed_revenue":{"money":"2500.00 USD"},"rooms":{"integer":4}}
func (f Facts) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for name, c := range f.all() {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		value := c.value()
		switch {
		case c.kind == decimalNumber:
			value = c.String()
		case c.kind == list && c.box.list == nil: // known, and empty
			value = []string{}
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		typed, err := json.Marshal(map[Kind]any{c.kind.kind(): value})
		if err != nil {
			return nil, fmt.Errorf("eligibility: fact %q: %w", name, err)
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(typed)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON writes, in place of what f held. A
// kind, a value or a name twice that MarshalJSON does not write is refused
// with a *ParseError.
func (f *Facts) UnmarshalJSON(data []byte) error {
	refused := func(name, problem string) error {
		return &ParseError{What: "set of facts", Text: name, Problem: problem}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return refused(string(data), "it has to be a JSON object")
	}
	var read Facts
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return refused(string(data), err.Error())
		}
		name, _ := t.(string)
		if read.find(name) != nil {
			return refused(name, "the fact is there twice")
		}
		var typed map[Kind]json.RawMessage
		if err := dec.Decode(&typed); err != nil || len(typed) != 1 {
			return refused(name, `the value has to be one of a kind, as in {"integer":4}`)
		}
		for kind, raw := range typed {
			if err := read.place(name).unmarshal(kind.code(), raw); err != nil {
				return refused(name, fmt.Sprintf("%s is not a value of kind %s: %v", shorten(string(raw)), kind, err))
			}
		}
	}
	if _, err := dec.Token(); err != nil {
		return refused(string(data), "it does not end")
	}
	*f = read
	return nil
}

func (c *cell) unmarshal(kind kindCode, raw []byte) error {
	if string(raw) == "null" {
		return fmt.Errorf("an unknown fact is left out")
	}
	switch kind {
	case text:
		return decodeInto[string](c, raw)
	case integer:
		return decodeInto[int64](c, raw)
	case money:
		return decodeInto[Money](c, raw)
	case boolean:
		return decodeInto[bool](c, raw)
	case date:
		return decodeInto[Date](c, raw)
	case list:
		return decodeInto[[]string](c, raw)
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	d, err := parseDecimal(s)
	if err != nil {
		return err
	}
	store(c, d)
	return nil
}

func decodeInto[T Value](c *cell, raw []byte) error {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	if store(c, v); !c.known() {
		return fmt.Errorf("an unknown fact is left out")
	}
	return nil
}

type decisionJSON struct {
	RuleSet  string    `json:"rule_set"`
	Version  string    `json:"version"`
	At       time.Time `json:"at"`
	Outcome  Outcome   `json:"outcome"`
	Findings []Finding `json:"findings"`
	Facts    Facts     `json:"facts"`
}

// MarshalJSON writes all that a decision says and what it rests on: rule set,
// version, time, outcome, every finding, and the facts with their types.
func (d Decision) MarshalJSON() ([]byte, error) {
	return json.Marshal(decisionJSON{d.RuleSet, d.Version, d.At, d.Outcome, d.Findings(), d.Facts})
}

// UnmarshalJSON reads what MarshalJSON writes, in place of what d held. It
// refuses other fields, and an outcome that is not what the findings come to,
// with a *ParseError.
func (d *Decision) UnmarshalJSON(data []byte) error {
	var read decisionJSON
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&read); err != nil {
		if _, ok := errors.AsType[*ParseError](err); ok {
			return fmt.Errorf("eligibility: a decision: %w", err)
		}
		return &ParseError{What: "decision", Text: string(data), Problem: err.Error()}
	}
	said, err := Decision{RuleSet: read.RuleSet, Version: read.Version, At: read.At, Outcome: read.Outcome, Facts: read.Facts}.WithFindings(read.Findings)
	if err != nil {
		return err
	}
	*d = said
	return nil
}
