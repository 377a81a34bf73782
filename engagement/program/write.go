package program

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/tenant"
)

// Write writes a program as one document that Read reads as the same program, always in
// the same and the shortest form: what can be left out is. A document in that form is
// written as it was read. The errors are those of [Program.Validate], and a
// *[DocumentError] with the pointer to each thing that no document can hold: rules that
// are Go functions, and facts that the registry does not have.
func (d Documents) Write(p *Program) ([]byte, error) {
	if err := p.Validate(d.Currencies); err != nil {
		return nil, err
	}
	data, err := d.write(p)
	if err != nil {
		return nil, err
	}
	again, err := d.Read("the written document", data)
	if err != nil {
		return nil, err
	}
	if second, err := d.write(again); err != nil || !bytes.Equal(data, second) {
		return nil, errors.Join(err, &DocumentError{File: "the written document", Problem: "does not read back as the program that it is of"})
	}
	return data, nil
}

func (d Documents) write(p *Program) ([]byte, error) {
	w := writer{docs: d, program: p}
	out := object{}
	if !utf8.ValidString(p.Name) || !utf8.ValidString(p.Version) {
		w.refuse(place{}, nil, "has a name or a version that is not UTF-8: JSON cannot hold it")
	}
	out.add("program", p.Name)
	out.add("version", p.Version)
	out.add("currency", p.Currency)
	if p.Zone.String() != "UTC" { // as which nil is, too
		out.add("time_zone", p.Zone.String())
	}
	out.add("types", p.Types)
	out.add("engagements", w.engagements())
	out.add("partners", w.partners())
	if err := problems.Join(w.mistakes...); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	layout(&b, out.json(), "")
	b.WriteByte('\n')
	return b.Bytes(), nil
}

type writer struct {
	decoder // for its mistakes
	docs    Documents
	program *Program
}

// object is a JSON object that is being written; what is empty is left out.
type object struct{ bytes.Buffer }

func (o *object) add(name string, value any) {
	raw := marshal(value)
	if s := string(raw); s == "null" || s == `""` || s == "[]" && name != "proof" && name != "accepts_ids" {
		return
	}
	o.set(name, raw)
}

// set adds a member whatever it is.
func (o *object) set(name string, raw []byte) {
	if o.Len() > 0 {
		o.WriteByte(',')
	}
	o.Write(marshal(name))
	o.WriteByte(':')
	o.Write(raw)
}

func (o *object) json() json.RawMessage { return slices.Concat([]byte("{"), o.Bytes(), []byte("}")) }

// marshal is json.Marshal for what can be marshaled, with < > & as they are.
func marshal(v any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("program: %T: %v", v, err)) // the types of documents can be
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func (w *writer) engagements() []json.RawMessage {
	var out []json.RawMessage
	for i, e := range w.program.Engagements {
		out = append(out, w.engagement(e, place{}.member("engagements").element(i)))
	}
	return out
}

func (w *writer) engagement(e engagement.Engagement, at place) json.RawMessage {
	in := engagementDocument{Engagement: e}
	if e.Zone.String() != w.program.Zone.String() {
		in.TimeZone = e.Zone.String()
	}
	if e.Windows == w.program.windowsOf(e.Type) {
		in.Windows = engagement.Windows{}
	}
	if len(e.Rates) == 1 && e.Rates[0] == (engagement.Rate{From: e.Opens, Amount: e.Rates[0].Amount}) {
		amount := e.Rates[0].Amount
		in.Rate, in.Rates = amount.String(), nil
		if amount.Currency == w.program.Currency {
			in.Rate = amount.Digits()
		}
	}
	in.Location, in.LaterLocation = w.rules(e, "location", e.LocationRules, e.LaterLocationRules, at)
	in.Customer, in.LaterCustomer = w.rules(e, "customer", e.CustomerRules, e.LaterCustomerRules, at)

	out := object{}
	all, _ := members(marshal(in))
	for _, m := range all {
		if m.name != "version" || e.Version != w.program.Version {
			out.add(m.name, withoutNulls(m.raw))
		}
	}
	return out.json()
}

// withoutNulls leaves null members out: the value of a version that is the default.
func withoutNulls(raw json.RawMessage) json.RawMessage {
	if all, ok := members(raw); ok {
		out := object{}
		for _, m := range all {
			if string(m.raw) != "null" {
				out.set(m.name, withoutNulls(m.raw))
			}
		}
		return out.json()
	}
	if all, ok := elements(raw); ok {
		for i := range all {
			all[i] = withoutNulls(all[i])
		}
		return marshal(all)
	}
	return raw
}

func (w *writer) rules(e engagement.Engagement, kind string, first *eligibility.RuleSet, later []*eligibility.RuleSet, at place) (json.RawMessage, []json.RawMessage) {
	write := func(set *eligibility.RuleSet, at place) json.RawMessage {
		raw, err := w.docs.registry().WriteRuleSet(set, defaults(e, kind))
		for _, err := range mistakes(err) {
			if refused, ok := errors.AsType[*criteria.DocumentError](err); ok {
				w.refuse(at.within(refused.Path), refused, "%s", refused.Problem)
			} else {
				w.refuse(at, err, "cannot be written: %s", err)
			}
		}
		return raw
	}
	var sets []json.RawMessage
	for i, set := range later {
		sets = append(sets, write(set, at.member("later_"+kind).element(i)))
	}
	return write(first, at.member(kind)), sets
}

func (w *writer) partners() []json.RawMessage {
	var out []json.RawMessage
	for i, p := range w.program.Partners {
		at := place{}.member("partners").element(i)
		o := object{}
		o.add("id", p.ID)
		o.add("name", p.Name)
		o.add("domains", append([]tenant.Domain{}, p.Domains...))
		var locations []json.RawMessage
		for j, l := range p.Locations {
			locations = append(locations, w.location(l, at.member("locations").element(j)))
		}
		o.add("locations", locations)
		out = append(out, o.json())
	}
	return out
}

func (w *writer) location(l engagement.Location, at place) json.RawMessage {
	o := object{}
	o.add("id", l.ID)
	o.add("name", l.Name)
	in := locationDocument{facts: l.Facts}
	if in.enrolled() != l.Enrolled {
		o.add("enrolled", l.Enrolled)
	}
	o.add("payee_profile", l.Payee)
	o.add("payee_url", l.PayeeURL)
	if err := l.Facts.Check(); err != nil {
		w.refuse(at, err, "has facts that cannot be used: %s", err)
		return o.json()
	}
	facts := w.docs.registry().Facts()
	for name := range l.Facts.All() {
		i := slices.IndexFunc(facts, func(f eligibility.AnyFact) bool { return f.Name() == name })
		taken := slices.ContainsFunc(fieldsOf(reflect.TypeFor[locationDocument]()), func(f field) bool { return f.name == name })
		var value any
		ok := i >= 0 && !taken
		if ok {
			value, ok = factJSON(l.Facts, facts[i])
		}
		if !ok {
			w.refuse(at.member(name), nil, "is a fact that the registry does not have with this kind, or with the name of another member: register it, or name it otherwise")
			continue
		}
		o.set(name, marshal(value))
	}
	return o.json()
}

// layout writes JSON for people: what is short on one line, and else each member and
// element on a line of its own.
func layout(b *bytes.Buffer, raw []byte, indent string) {
	if line := oneLine(raw); utf8.RuneCount(line)+len(indent) <= 120 {
		b.Write(line)
		return
	}
	inner := indent + "  "
	if all, ok := members(raw); ok {
		b.WriteString("{\n")
		for i, m := range all {
			b.WriteString(inner)
			b.Write(marshal(m.name))
			b.WriteString(": ")
			layout(b, m.raw, inner)
			b.WriteString(map[bool]string{true: ",\n", false: "\n"}[i < len(all)-1])
		}
		b.WriteString(indent + "}")
	} else if all, ok := elements(raw); ok {
		b.WriteString("[\n")
		for i, e := range all {
			b.WriteString(inner)
			layout(b, e, inner)
			b.WriteString(map[bool]string{true: ",\n", false: "\n"}[i < len(all)-1])
		}
		b.WriteString(indent + "]")
	} else {
		b.Write(raw)
	}
}

// oneLine writes JSON on one line, with a blank after each comma and colon.
func oneLine(raw []byte) []byte {
	if all, ok := members(raw); ok {
		parts := make([]string, len(all))
		for i, m := range all {
			parts[i] = string(marshal(m.name)) + ": " + string(oneLine(m.raw))
		}
		return []byte("{" + strings.Join(parts, ", ") + "}")
	}
	if all, ok := elements(raw); ok {
		parts := make([]string, len(all))
		for i, e := range all {
			parts[i] = string(oneLine(e))
		}
		return []byte("[" + strings.Join(parts, ", ") + "]")
	}
	return raw
}
