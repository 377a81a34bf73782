package program

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/tenant"
)

// Schema returns a JSON Schema (draft 2020-12) of the documents, with the registry's
// facts and operators: for editors and for other languages. What it refuses Read
// refuses, too; Read also finds what no schema can say, such as days without a version.
// That of the zero Documents is the file schema.json beside this package.
func (d Documents) Schema() []byte {
	s := schema{facts: d.registry().Facts()}
	s.root = s.of(reflect.TypeFor[programDocument]())
	s.root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s.root["title"] = "A program of engagements, or a part of one"
	s.root["$defs"] = node{"check": d.checkSchema(), "rules": rulesSchema(), "rule_set": ruleSetSchema()}
	var b bytes.Buffer
	layout(&b, marshal(s.root), "")
	b.WriteByte('\n')
	return b.Bytes()
}

// node is an object of a schema.
type node map[string]any

type schema struct {
	root  node
	facts []eligibility.AnyFact
}

func ref(name string) node { return node{"$ref": "#/$defs/" + name} }

const (
	datePattern  = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	moneyPattern = `^-?[0-9]+([.][0-9]+)? [A-Z]{3}$`
)

// texts are the types that are written as texts of certain forms.
func texts() map[reflect.Type]node {
	return map[reflect.Type]node{
		reflect.TypeFor[eligibility.Date]():        {"type": "string", "pattern": datePattern},
		reflect.TypeFor[eligibility.Money]():       {"type": "string", "pattern": moneyPattern},
		reflect.TypeFor[engagement.Type]():         {"type": "string", "minLength": 1, "examples": engagement.AllTypes()},
		reflect.TypeFor[engagement.PaymentModel](): {"enum": engagement.AllPaymentModels()},
		reflect.TypeFor[engagement.Anchor]():       {"enum": engagement.AllAnchors()},
		reflect.TypeFor[tenant.IDKind]():           {"enum": tenant.AllIDKinds()},
		reflect.TypeFor[survey.Kind]():             {"enum": survey.AllKinds()},
		reflect.TypeFor[link.Language]():           {"type": "string"},
		reflect.TypeFor[engagement.ID]():           idSchema(),
		reflect.TypeFor[engagement.PartnerID]():    idSchema(),
		reflect.TypeFor[engagement.LocationID]():   idSchema(),
		reflect.TypeFor[tenant.Domain]():           {"type": "string", "minLength": 1},
		reflect.TypeFor[json.RawMessage]():         ref("rule_set"),
	}
}

func idSchema() node { return node{"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,100}$"} }

// of is the schema of a type of the documents.
func (s *schema) of(t reflect.Type) node {
	if text, ok := texts()[t]; ok {
		return text
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Slice:
		return node{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return node{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Bool:
		return node{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return node{"type": "integer"}
	case reflect.Struct:
		return s.object(t)
	}
	return node{"type": "string"}
}

func (s *schema) object(t reflect.Type) node {
	properties, required := node{}, []string{}
	for _, f := range fieldsOf(t) {
		of := s.of(t.FieldByIndex(f.index).Type)
		if about := descriptions[f.name]; about != "" {
			of["description"] = about
		}
		properties[f.name] = of
		if slices.Contains(mandatory[t], f.name) {
			required = append(required, f.name)
		}
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[open]()) {
		for _, fact := range s.facts {
			if _, taken := properties[fact.Name()]; !taken {
				properties[fact.Name()] = factSchema(fact.Kind())
			}
		}
	}
	slices.Sort(required)
	out := node{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// mandatory are the members that no object of a type can be without.
var mandatory = map[reflect.Type][]string{
	reflect.TypeFor[engagement.TypeInfo]():                {"type", "windows"},
	reflect.TypeFor[engagement.Windows]():                 {"consent", "first_submission", "review_done", "dispute", "after_dispute"},
	reflect.TypeFor[engagementDocument]():                 {"id", "name", "solution_area", "type", "opens", "closes", "location", "customer"},
	reflect.TypeFor[engagement.Rate]():                    {"from", "amount"},
	reflect.TypeFor[engagement.Resource]():                {"title", "url"},
	reflect.TypeFor[engagement.Dated[engagement.Texts]](): {"from", "value"},
	reflect.TypeFor[partnerDocument]():                    {"id", "name"},
	reflect.TypeFor[locationDocument]():                   {"id"},
}

func factSchema(kind eligibility.Kind) node {
	switch kind {
	case eligibility.KindInteger:
		return node{"type": "integer"}
	case eligibility.KindBoolean:
		return node{"type": "boolean"}
	case eligibility.KindList:
		return node{"type": "array", "items": node{"type": "string"}}
	case eligibility.KindDecimal:
		return node{"type": []string{"number", "string"}}
	case eligibility.KindMoney:
		return node{"type": "string", "pattern": moneyPattern}
	case eligibility.KindDate:
		return node{"type": "string", "pattern": strings.TrimSuffix(datePattern, "$") + "$|^never$"}
	}
	return node{"type": "string"}
}

// checkSchema is that of a check: for each kind of fact its facts and operators, and
// the operators without a fact.
func (d Documents) checkSchema() node {
	three := func(facts []string, ops []eligibility.Op) node {
		return node{"type": "array", "minItems": 3, "maxItems": 3, "prefixItems": []node{{"enum": facts}, {"enum": ops}, {}}}
	}
	two := func(ops []eligibility.Op, operand node) node {
		return node{"type": "array", "minItems": 2, "maxItems": 2, "prefixItems": []node{{"enum": ops}, operand}}
	}
	r := d.registry()
	var any []node
	for _, kind := range eligibility.AllKinds() {
		var names []string
		for _, f := range r.Facts() {
			if f.Kind() == kind {
				names = append(names, f.Name())
			}
		}
		if len(names) > 0 {
			any = append(any, three(names, r.Operators(kind)))
		}
	}
	any = append(any,
		two([]eligibility.Op{eligibility.OpAnyOf, eligibility.OpAllOf}, node{"type": "array", "minItems": 1, "items": ref("check")}),
		two([]eligibility.Op{eligibility.OpNot}, ref("check")))
	own := slices.DeleteFunc(r.Operators(""), func(op eligibility.Op) bool {
		return op == eligibility.OpAnyOf || op == eligibility.OpAllOf || op == eligibility.OpNot
	})
	if len(own) > 0 {
		any = append(any, two(own, node{}))
	}
	return node{"anyOf": any, "description": "A fact, an operator and a value."}
}

func rulesSchema() node {
	text := node{"type": "string", "minLength": 1}
	return node{"type": "array", "minItems": 1, "items": node{"anyOf": []node{ref("check"), {
		"type": "object", "required": []string{"check", "doc", "id"}, "additionalProperties": false,
		"properties": node{"id": text, "doc": text, "check": ref("check")},
	}}}}
}

func ruleSetSchema() node {
	text := func(about string) node { return node{"type": "string", "minLength": 1, "description": about} }
	return node{"anyOf": []node{ref("rules"), {
		"type": "object", "required": []string{"rules"}, "additionalProperties": false,
		"properties": node{
			"id":             text("Left out: the engagement's with what the rules are for, \"calls/customer\"."),
			"version":        text("Left out: the engagement's."),
			"effective_from": text("The first day, or moment, on which the rules are in force. Left out: they always were."),
			"effective_to":   text("The first day, or moment, on which they no longer are. Left out: they stay in force."),
			"time_zone":      text("Left out: the engagement's."),
			"rules":          ref("rules"),
		},
	}}}
}
