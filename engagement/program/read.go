package program

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// Documents reads and writes programs. The zero Documents knows the published program's
// facts and the ready operators. It is safe for concurrent use.
type Documents struct {
	Registry   *criteria.Registry      // what rules and locations may name; nil: criteria.NewRegistry
	Currencies *eligibility.Currencies // of amounts; nil: those of ISO 4217
}

func (d Documents) registry() *criteria.Registry { return cmp.Or(d.Registry, &criteria.Registry{}) }

// Read reads a program from one document. Its error joins a *[DocumentError] with that
// name for everything that has to change, of which it keeps the first 20.
func (d Documents) Read(name string, data []byte) (*Program, error) {
	r := d.reader()
	r.file(name, data)
	return r.program()
}

// ReadFS reads a program from the files that match the patterns, as in [fs.Glob], or, if
// there are none, from those whose names end with ".json" at the top. Each is a document
// with a part of the program, and together they are read as one would be, with lists one
// after the other in the order of the files' names. Errors are those of Read, and the
// files' own; that there is no file at all is one, too.
func (d Documents) ReadFS(files fs.FS, patterns ...string) (*Program, error) {
	names, err := match(files, patterns)
	if err != nil {
		return nil, err
	}
	r := d.reader()
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		r.file(name, data)
	}
	return r.program()
}

// match returns the names of the files that match one of the patterns, in order.
func match(files fs.FS, patterns []string) ([]string, error) {
	if len(patterns) == 0 {
		patterns = []string{"*.json"}
	}
	var names []string
	for _, pattern := range patterns {
		found, err := fs.Glob(files, pattern)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", pattern, err)
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) == 0 {
		return nil, fmt.Errorf("a program's documents: no file matches %q: %w", patterns, fs.ErrNotExist)
	}
	return names, nil
}

// reader reads the documents of one program.
type reader struct {
	decoder
	docs        Documents
	said        programDocument  // what the documents say of the whole
	saidAt      map[string]place // and where
	engagements []placed[engagementDocument]
	partners    []placed[partnerDocument]
	types       []place
}

type placed[T any] struct {
	value T
	at    place
}

func (d Documents) reader() *reader {
	return &reader{decoder: decoder{facts: d.registry().Facts()}, docs: d, saidAt: map[string]place{}}
}

func (r *reader) file(name string, data []byte) {
	at := place{file: name}
	clean, problem := cleaned(data)
	if problem != "" {
		r.refuse(at, nil, "%s", problem)
		return
	}
	var in programDocument
	r.decode(reflect.ValueOf(&in).Elem(), []byte(strings.TrimSpace(string(clean))), at)
	for _, s := range []struct {
		name, said string
		to         *string
	}{{"program", in.Program, &r.said.Program}, {"version", in.Version, &r.said.Version}, {"currency", in.Currency, &r.said.Currency}, {"time_zone", in.TimeZone, &r.said.TimeZone}} {
		switch here := at.member(s.name); {
		case s.said == "":
		case *s.to == "":
			*s.to, r.saidAt[s.name] = s.said, here
		case *s.to != s.said:
			first := r.saidAt[s.name]
			r.refuse(here, nil, "is %.100q, and %.100q in %s: say it once", s.said, *s.to, first.file)
		}
	}
	for i := range in.Types {
		r.types = append(r.types, at.member("types").element(i))
	}
	r.said.Types = append(r.said.Types, in.Types...)
	for i, e := range in.Engagements {
		r.engagements = append(r.engagements, placed[engagementDocument]{e, at.member("engagements").element(i)})
	}
	for i, p := range in.Partners {
		r.partners = append(r.partners, placed[partnerDocument]{p, at.member("partners").element(i)})
	}
}

// program makes the program of what was read, or the joined mistakes.
func (r *reader) program() (*Program, error) {
	p := &Program{Name: r.said.Program, Version: r.said.Version, Currency: r.said.Currency, Types: r.said.Types}
	if p.Currency != "" {
		if _, ok := r.docs.Currencies.Decimals(p.Currency); !ok {
			r.refuse(r.saidAt["currency"], nil, "%s", unknownCurrency(p.Currency))
			p.Currency = ""
		}
	}
	p.Zone = r.zone(r.said.TimeZone, r.saidAt["time_zone"], nil)
	var types []engagement.TypeInfo
	for i, t := range p.Types {
		if problem := p.typeProblem(i); problem == "" {
			types = append(types, t)
		} else if !r.told(r.types[i]) {
			r.refuse(r.types[i], nil, "%s", problem)
		}
	}
	p.Types = types
	engagements := map[string]place{}
	for _, in := range r.engagements {
		e := r.engagement(p, in.value, in.at)
		r.once(engagements, string(e.ID), in.at.member("id"))
		p.Engagements = append(p.Engagements, e)
	}
	partners, locations := map[string]place{}, map[string]place{}
	for _, in := range r.partners {
		r.once(partners, string(in.value.ID), in.at.member("id"))
		for i, l := range in.value.Locations {
			r.once(locations, string(l.ID), in.at.member("locations").element(i).member("id"))
		}
		p.Partners = append(p.Partners, r.partner(in.value, in.at))
	}
	if err := problems.Join(r.mistakes...); err != nil {
		return nil, err
	}
	return p, nil
}

// once refuses an ID that is there already.
func (r *reader) once(seen map[string]place, id string, at place) {
	first, twice := seen[id]
	switch {
	case id == "" || r.told(at):
	case twice:
		r.refuse(at, nil, "is %.100q, as %s#%s is: give each an ID of its own", id, first.file, first.pointer)
	default:
		seen[id] = at
	}
}

func (r *reader) zone(name string, at place, none *time.Location) *time.Location {
	if name == "" {
		return none
	}
	zone, err := loadZone(name)
	if err != nil {
		r.refuse(at, nil, `is %.100q, which is no time zone here: use a name of the IANA database, as in "Europe/Lisbon"`, name)
		return none
	}
	return zone
}

// engagement makes an engagement of its document.
func (r *reader) engagement(p *Program, in engagementDocument, at place) engagement.Engagement {
	e := in.Engagement
	e.Version = cmp.Or(e.Version, p.Version)
	e.Zone = r.zone(in.TimeZone, at.member("time_zone"), p.Zone)
	if e.Windows == (engagement.Windows{}) {
		e.Windows = p.windowsOf(e.Type)
	}
	if in.Rate != "" {
		r.rate(&e, p, in.Rate, at)
	}
	rules := len(r.mistakes)
	e.LocationRules, e.LaterLocationRules = r.rules(e, "location", in.Location, in.LaterLocation, at)
	e.CustomerRules, e.LaterCustomerRules = r.rules(e, "customer", in.Customer, in.LaterCustomer, at)
	checked := e
	if len(r.mistakes) > rules {
		checked.Translations = nil // among them may be those of rules that could not be read
	}
	r.invalid(checked.ValidateIn(r.docs.Currencies), at, func(field string) place { return fieldPlace(in, at, field) })
	return e
}

// rate reads the one rate of an engagement.
func (r *reader) rate(e *engagement.Engagement, p *Program, rate string, at place) {
	at = at.member("rate")
	if len(e.Rates) > 0 {
		r.refuse(at, nil, "stands beside rates: keep one of them")
		return
	}
	text := rate
	if !strings.Contains(text, " ") {
		if p.Currency == "" {
			if r.said.Currency == "" { // else that is told already
				r.refuse(at, nil, `is %.40q, without a currency: write it as in "5000.00 USD", or give the program one`, rate)
			}
			return
		}
		text += " " + p.Currency
	}
	amount, err := eligibility.ParseMoney(text)
	if err != nil {
		r.refuse(at, err, "%s", problemOf(err))
		return
	}
	e.Rates = []engagement.Rate{{From: e.Opens, Amount: amount}}
}

// defaults are what rule sets of an engagement need not say. They are for one kind of
// rules, "location" or "customer".
func defaults(e engagement.Engagement, kind string) eligibility.RuleSetConfig {
	return eligibility.RuleSetConfig{ID: string(e.ID) + "/" + kind, Version: e.Version, TimeZone: e.Zone}
}

func (r *reader) rules(e engagement.Engagement, kind string, first json.RawMessage, later []json.RawMessage, at place) (*eligibility.RuleSet, []*eligibility.RuleSet) {
	if e.ID == "" || e.Version == "" { // which is told elsewhere
		e.ID, e.Version = cmp.Or(e.ID, "unnamed"), cmp.Or(e.Version, "unnamed")
	}
	read := func(raw json.RawMessage, at place) *eligibility.RuleSet {
		set, err := r.docs.registry().ReadRuleSet(raw, defaults(e, kind))
		for _, err := range mistakes(err) {
			if refused, ok := errors.AsType[*criteria.DocumentError](err); ok {
				r.refuse(at.within(refused.Path), refused, "%s", refused.Problem)
			} else {
				r.refuse(at, err, "cannot be used: %s", err)
			}
		}
		return set
	}
	if first == nil {
		r.refuse(at.member(kind), nil, "is missing: write a list of rules, because without any every %s would be eligible", kind)
		return nil, nil
	}
	set := read(first, at.member(kind))
	var sets []*eligibility.RuleSet
	for i, raw := range later {
		sets = append(sets, read(raw, at.member("later_"+kind).element(i)))
	}
	return set, sets
}

// invalid tells what Validate says at its places in the document, unless it follows
// from a mistake that is told already.
func (r *reader) invalid(err error, at place, where func(field string) place) {
	for _, err := range mistakes(err) {
		invalid, ok := errors.AsType[*engagement.InvalidError](err)
		if !ok {
			r.refuse(at, err, "cannot be used: %s", err)
		} else if here := where(invalid.Field); !r.told(here) {
			r.refuse(here, invalid, "%s", invalid.Problem)
		}
	}
}

// fieldPlace is where a document has what an InvalidError calls the field of an
// engagement.
func fieldPlace(in engagementDocument, at place, field string) place {
	name, rest := field, ""
	if i := strings.IndexAny(field, ".["); i >= 0 {
		name, rest = field[:i], field[i:]
	}
	switch {
	case name == "location_rules" || name == "customer_rules":
		name = strings.TrimSuffix(name, "_rules")
	case name == "zone":
		name = "time_zone"
	case name == "texts":
		name = "later_texts"
	case name == "rates" && in.Rate != "" && strings.HasSuffix(rest, "from"):
		name, rest = "opens", ""
	case name == "rates" && in.Rate != "":
		name, rest = "rate", ""
	case name == "translations":
		quoted, _ := strconv.QuotedPrefix(strings.TrimPrefix(rest, "["))
		said, _ := strconv.Unquote(quoted)
		if _, ok := in.Translations[said]; !ok { // it is shown in part
			rest = ""
		}
	}
	return at.member(name).within(rest)
}

// partner makes a partner of its document.
func (r *reader) partner(in partnerDocument, at place) engagement.Partner {
	p := engagement.Partner{ID: in.ID, Name: in.Name, Domains: in.Domains}
	for _, l := range in.Locations {
		p.Locations = append(p.Locations, engagement.Location{
			ID: l.ID, Name: l.Name, Enrolled: l.enrolled(), Payee: l.Payee, PayeeURL: l.PayeeURL, Facts: l.facts,
		})
	}
	r.invalid(p.Validate(), at, func(field string) place {
		return at.within(strings.TrimSuffix(field, ".payee") + map[bool]string{true: ".payee_profile"}[strings.HasSuffix(field, ".payee")])
	})
	return p
}

// enrolled is what the document says, or else the fact program_enrolled.
func (l locationDocument) enrolled() bool {
	if l.Enrolled != nil {
		return *l.Enrolled
	}
	enrolled, _ := criteria.ProgramEnrolled.Get(l.facts)
	return enrolled
}
