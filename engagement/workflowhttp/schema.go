package workflowhttp

import (
	"encoding"
	"encoding/json"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
)

// object is a JSON object of the description.
type object = map[string]any

// schemas makes a schema of JSON Schema 2020-12 for each type, once.
type schemas struct{ components object }

// enumerations are the types of which the description lists the values.
var enumerations = map[reflect.Type][]string{}

func enumerate[T ~string](values []T) {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	enumerations[reflect.TypeFor[T]()] = texts
}

func init() {
	enumerate(tenant.AllBases())
	enumerate(tenant.AllClouds())
	enumerate(tenant.AllIDKinds())
	enumerate(eligibility.AllOutcomes())
	enumerate(eligibility.AllResults())
	enumerate(consent.AllStatuses())
	enumerate(consent.AllKinds())
	enumerate(consent.AllDecisions())
	enumerate(consent.AllChannels())
	enumerate(link.AllLimits())
	enumerate(link.AllFailureCodes())
	enumerate(engagement.AllAvailabilities())
	enumerate(engagement.AllOrigins())
	enumerate(engagement.AllStatuses())
	enumerate(engagement.AllTabs())
	enumerate(engagement.AllRowTypes())
	enumerate(engagement.AllActions())
	enumerate(engagement.AllReasonKinds())
	enumerate(engagement.AllEventKinds())
	enumerate(engagement.AllParties())
	enumerate(engagement.AllTypes())
	enumerate(engagement.AllPaymentModels())
	enumerate(engagement.AllChangedFields())
	enumerate(engagement.AllTakenBy())
	enumerate(engagement.AllContactDoubts())
	enumerate(engagement.AllAnchors())
	enumerate(claim.AllStatuses())
	enumerate(claim.AllKinds())
	enumerate(claim.AllSides())
	enumerate(claim.AllRejectionCodes())
	enumerate(survey.AllStatuses())
	enumerate(survey.AllKinds())
	enumerate(workflow.AllSorts())
	enumerate(workflow.AllFigureDimensions())
	enumerate(workflow.AllCodes())
}

// formats are the types that are texts of a form of their own.
var formats = map[reflect.Type]object{
	reflect.TypeFor[time.Time]():         {"type": "string", "format": "date-time"},
	reflect.TypeFor[eligibility.Money](): {"type": "string", "description": "An amount in units of the currency, a blank and the currency's letters: 2500.00 USD."},
	reflect.TypeFor[eligibility.Date]():  {"type": "string", "description": "A day as in 2026-07-01, or never."},
	reflect.TypeFor[json.RawMessage]():   {},
}

// own are the types that write themselves, as what they write.
var own = map[reflect.Type]object{
	reflect.TypeFor[eligibility.Facts]():    {"type": "object", "description": "What was known, by name."},
	reflect.TypeFor[eligibility.Decision](): {"type": "object", "description": "A decision with its findings: see eligibility.Decision."},
}

// of returns the schema of a type: a reference to that of a struct.
func (s *schemas) of(t reflect.Type) object {
	if schema, ok := formats[t]; ok {
		return schema
	}
	if schema, ok := own[t]; ok {
		return s.component(t, func() object { return schema })
	}
	if values, ok := enumerations[t]; ok {
		return s.component(t, func() object { return object{"type": "string", "enum": values} })
	}
	if text := reflect.TypeFor[encoding.TextMarshaler](); t.Implements(text) || reflect.PointerTo(t).Implements(text) {
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{"type": "string", "contentEncoding": "base64"}
		}
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return s.component(t, func() object { return s.fields(t) })
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Int32:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.String:
		return object{"type": "string"}
	default:
		panic("workflowhttp: no schema for " + t.String())
	}
}

// component returns a reference to a schema that has a name.
func (s *schemas) component(t reflect.Type, make func() object) object {
	name := strings.NewReplacer("[", "_", "]", "", "*", "").Replace(t.Name())
	if i := strings.LastIndexAny(name, "/."); i >= 0 { // of a type that stands for another
		name = name[i+1:]
	}
	prefix := path.Base(t.PkgPath())
	if prefix != "workflow" && prefix != "engagement" && prefix != "workflowhttp" {
		name = strings.ToUpper(prefix[:1]) + prefix[1:] + name
	}
	name = strings.ToUpper(name[:1]) + name[1:]
	if _, there := s.components[name]; !there {
		s.components[name] = object{} // it may be within itself
		s.components[name] = make()
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// fields returns the schema of a struct.
func (s *schemas) fields(t reflect.Type) object {
	properties, required := object{}, []string{}
	s.add(t, properties, &required)
	if refusing(t) {
		properties["refusals"] = object{"type": "array", "items": s.of(reflect.TypeFor[workflow.Refusal]())}
		required = append(required, "refusals")
	}
	schema := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

// refusing reports whether a type writes errors as refusals.
func refusing(t reflect.Type) bool {
	return t == reflect.TypeFor[workflow.Choice]() || t == reflect.TypeFor[workflow.BulkResult]()
}

func (s *schemas) add(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case f.Anonymous && name == "":
			s.add(f.Type, properties, required)
		case f.IsExported() && name != "":
			if _, there := properties[name]; !there && !strings.Contains(options, "omit") {
				*required = append(*required, name)
			}
			properties[name] = s.of(f.Type)
		}
	}
}
