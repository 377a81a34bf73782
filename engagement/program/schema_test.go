package program_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
	"github.com/partnerengage/partnerengage/engagement/program"
)

var update = flag.Bool("update", false, "write schema.json anew")

// The published schema is the one that is made of the types, and describes every member.
func TestSchemaIsPublished(t *testing.T) {
	made := program.Documents{}.Schema()
	if *update {
		require.NoError(t, os.WriteFile("schema.json", made, 0o644))
	}
	published, err := os.ReadFile("schema.json")
	require.NoError(t, err)
	require.Equal(t, string(published), string(made), "run the test with -update")

	facts := new(criteria.Registry).Facts()
	var walk func(at string, schema map[string]any)
	walk = func(at string, schema map[string]any) {
		properties, _ := schema["properties"].(map[string]any)
		for name, p := range properties {
			p := p.(map[string]any)
			fact := slices.ContainsFunc(facts, func(f eligibility.AnyFact) bool { return f.Name() == name })
			if p["description"] == nil && !fact {
				t.Errorf("nothing says what %s/%s is", at, name)
			}
			walk(at+"/"+name, p)
		}
		if items, ok := schema["items"].(map[string]any); ok {
			walk(at, items)
		}
	}
	walk("", decoded(t, made).(map[string]any))
}

// What the documents of the tests say the schema takes; and whatever is spelled or typed
// otherwise in them both the schema and the reader refuse.
func TestSchemaAndReaderRefuseTheSame(t *testing.T) {
	schema := decoded(t, program.Documents{}.Schema()).(map[string]any)
	for _, name := range []string{"testdata/plain/program.json", "testdata/whole/1-program.json", "testdata/whole/2-partners.json"} {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		whole := decoded(t, data)
		require.Empty(t, faults(schema, schema, whole, ""), name)

		tried := 0
		refused := func(at string) {
			tried++
			changed, err := json.Marshal(whole)
			require.NoError(t, err)
			if len(faults(schema, schema, whole, "")) == 0 {
				t.Errorf("%s: the schema takes a change at %s", name, at)
			}
			if _, err := (program.Documents{}).Read(name, changed); err == nil {
				t.Errorf("%s: the reader takes a change at %s", name, at)
			}
		}
		eachMember(whole, "", func(at string, in map[string]any, member string) {
			was := in[member]
			free := strings.Contains(at, "/translations/") || strings.Contains(at, "/titles/") || strings.Contains(at, "/texts/") || strings.Contains(at, "/intro/")
			if !free { // else the names are languages, or texts
				in[member+"s"] = was
				refused(at + "s")
				delete(in, member+"s")
			}
			for _, other := range []any{nil, map[string]any{"x": 1.5}, 0.25} {
				_, decimal := was.(float64)
				if decimal && other == 0.25 && member == "intune_enrolled_percent" {
					continue
				}
				in[member] = other
				refused(fmt.Sprintf("%s as %v", at, other))
			}
			in[member] = was
		})
		require.Greater(t, tried, 20)
	}
}

// A host's facts and operators are in its schema.
func TestSchemaOfAHost(t *testing.T) {
	registry := criteria.NewRegistry()
	require.NoError(t, registry.AddFact(eligibility.NewFact[int64]("consultants"), ""))
	require.NoError(t, registry.AddOperator(criteria.NewFreeOperator("on", func(string) (eligibility.Check, error) { return eligibility.Check{}, nil })))
	d := program.Documents{Registry: registry}
	schema := decoded(t, d.Schema()).(map[string]any)
	document := `{"partners": [{"id": "p", "name": "P", "locations": [{"id": "1", "consultants": 5}]}]}`
	require.Empty(t, faults(schema, schema, decoded(t, []byte(document)), ""))
	_, err := d.Read("p", []byte(document))
	require.NoError(t, err)
	plain := decoded(t, program.Documents{}.Schema()).(map[string]any)
	require.NotEmpty(t, faults(plain, plain, decoded(t, []byte(document)), ""))
	require.Contains(t, string(d.Schema()), `"on"`)
}

func decoded(t testing.TB, data []byte) (v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(data, &v))
	return v
}

// eachMember calls f for every member of every object, whose value f may change and put
// back. Rules are left out: they are checked by package criteria.
func eachMember(v any, at string, f func(at string, in map[string]any, member string)) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			f(at+"/"+name, v, name)
			if !strings.HasSuffix(name, "location") && !strings.HasSuffix(name, "customer") {
				eachMember(v[name], at+"/"+name, f)
			}
		}
	case []any:
		for i, e := range v {
			eachMember(e, fmt.Sprintf("%s/%d", at, i), f)
		}
	}
}

// faults says what a JSON Schema refuses, of the words that this one uses.
func faults(root, schema map[string]any, v any, at string) (out []string) {
	bad := func(format string, args ...any) { out = append(out, at+" "+fmt.Sprintf(format, args...)) }
	if to, ok := schema["$ref"].(string); ok {
		return faults(root, root["$defs"].(map[string]any)[strings.TrimPrefix(to, "#/$defs/")].(map[string]any), v, at)
	}
	if all, ok := schema["anyOf"].([]any); ok {
		for _, s := range all {
			if len(faults(root, s.(map[string]any), v, at)) == 0 {
				return nil
			}
		}
		bad("is none of these")
	}
	if all, ok := schema["enum"].([]any); ok && !slices.Contains(all, v) {
		bad("is not one of %v", all)
	}
	if want, ok := schema["type"]; ok && !slices.ContainsFunc(asList(want), func(want any) bool { return isType(want, v) }) {
		bad("is not of type %v", want)
		return out
	}
	switch v := v.(type) {
	case string:
		if p, ok := schema["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(v) {
			bad("does not match %s", p)
		}
		if least, ok := schema["minLength"].(float64); ok && float64(len(v)) < least {
			bad("is too short")
		}
	case []any:
		if least, ok := schema["minItems"].(float64); ok && float64(len(v)) < least {
			bad("has too few items")
		}
		if most, ok := schema["maxItems"].(float64); ok && float64(len(v)) > most {
			bad("has too many items")
		}
		for i, e := range v {
			here := fmt.Sprintf("%s/%d", at, i)
			if prefix, ok := schema["prefixItems"].([]any); ok && i < len(prefix) {
				out = append(out, faults(root, prefix[i].(map[string]any), e, here)...)
			} else if items, ok := schema["items"].(map[string]any); ok {
				out = append(out, faults(root, items, e, here)...)
			}
		}
	case map[string]any:
		for _, name := range asList(schema["required"]) {
			if _, ok := v[name.(string)]; !ok {
				bad("has no %s", name)
			}
		}
		properties, _ := schema["properties"].(map[string]any)
		for name, e := range v {
			if p, ok := properties[name].(map[string]any); ok {
				out = append(out, faults(root, p, e, at+"/"+name)...)
			} else if schema["additionalProperties"] == false {
				bad("may not have %s", name)
			} else if p, ok := schema["additionalProperties"].(map[string]any); ok {
				out = append(out, faults(root, p, e, at+"/"+name)...)
			}
		}
	}
	return out
}

func asList(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	if v == nil {
		return nil
	}
	return []any{v}
}

func isType(want, v any) bool {
	switch v := v.(type) {
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case float64:
		return want == "number" || want == "integer" && v == math.Trunc(v)
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}
