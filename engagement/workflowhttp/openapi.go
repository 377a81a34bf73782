package workflowhttp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// OpenAPI returns the description of the routes by the OpenAPI Specification 3.1, as
// JSON. How a client authenticates and where the routes are mounted is the host's: it
// adds "servers", "security" and what else it wants.
func OpenAPI() []byte {
	s := &schemas{components: object{}}
	paths := object{}
	for i := range table {
		r := &table[i]
		at, ok := paths[r.path].(object)
		if !ok {
			at = object{}
			paths[r.path] = at
		}
		at[strings.ToLower(r.method)] = r.operation(s)
	}
	problems := object{"description": "A problem of RFC 9457.", "content": object{"application/problem+json": object{"schema": s.of(reflect.TypeFor[problem]())}}}
	head := object{
		"openapi": "3.1.0",
		"info": object{"title": "partnerengage", "version": "0",
			"description": "The desks of a partner portal: which customers are eligible for which engagement and why, their consent, and claims on the way to payment."},
	}
	return written(head, paths, object{"schemas": s.components, "responses": object{"Problem": problems}})
}

// written writes a description with a line for each path and each component, so that
// people see what has changed.
func written(head, paths, components object) []byte {
	var b bytes.Buffer
	line := func(indent, key string, v any, last bool) {
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // of maps, lists and texts
		}
		fmt.Fprintf(&b, "%s%q: %s", indent, key, text)
		if !last {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	each := func(indent string, of object) {
		keys := slices.Sorted(maps.Keys(of))
		for i, key := range keys {
			line(indent, key, of[key], i == len(keys)-1)
		}
	}
	b.WriteString("{\n")
	line("  ", "openapi", head["openapi"], false)
	line("  ", "info", head["info"], false)
	b.WriteString("  \"paths\": {\n")
	each("    ", paths)
	b.WriteString("  },\n  \"components\": {\n    \"responses\": {\n")
	each("      ", components["responses"].(object))
	b.WriteString("    },\n    \"schemas\": {\n")
	each("      ", components["schemas"].(object))
	b.WriteString("    }\n  }\n}\n")
	return b.Bytes()
}

// tag is the desk's name as people say it.
func (r *route) tag() string { return strings.TrimSuffix(r.desk, "Desk") }

func (r *route) operation(s *schemas) object {
	op := object{
		"operationId": strings.ToLower(r.tag()[:1]) + r.tag()[1:] + r.call,
		"tags":        []string{r.tag()},
		"summary":     r.doc,
		"parameters":  r.parameters(s),
		"responses":   object{"200": r.response(s), "default": object{"$ref": "#/components/responses/Problem"}},
	}
	if r.table { // a second content would make every answer one or the other to a typed client
		op["description"] = "It is a CSV file where the Accept header asks for text/csv, with the parameters separator (comma, semicolon or tab) and byte_order_mark."
	}
	if r.result == nil && !r.binary {
		op["responses"] = object{"204": object{"description": "It is done."}, "default": object{"$ref": "#/components/responses/Problem"}}
	}
	switch {
	case r.binary && r.method == http.MethodPost:
		op["requestBody"] = object{"required": true, "content": object{"*/*": object{"schema": object{}}}}
	case r.body != nil:
		kind := "application/json"
		if r.body == reflect.TypeFor[keyedAdd]() || strings.HasSuffix(r.path, "/import") {
			kind = "application/jsonl"
		}
		op["requestBody"] = object{"required": true, "content": object{kind: object{"schema": s.of(r.body)}}}
	}
	return op
}

func (r *route) parameters(s *schemas) []object {
	var out []object
	for _, name := range wildcards(r.path) {
		out = append(out, object{"name": name, "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	if r.query != nil {
		for i := range r.query.NumField() {
			f := r.query.Field(i)
			out = append(out, object{"name": nameOf(f.Name), "in": "query", "schema": s.of(f.Type)})
		}
	}
	if !slices.Contains(wildcards(r.path), "partner") {
		out = append(out, object{"name": "partner", "in": "query", "schema": object{"type": "string"}, "description": "For an actor of the Program: which partner it is about."})
	}
	if r.keyed {
		out = append(out, object{"name": "Idempotency-Key", "in": "header", "required": true, "schema": object{"type": "string", "minLength": 1, "maxLength": 200}})
	}
	if r.revised {
		out = append(out, object{"name": "If-Match", "in": "header", "schema": object{"type": "string"}})
	}
	return out
}

func (r *route) response(s *schemas) object {
	content := object{}
	switch {
	case r.result == nil:
		content["*/*"] = object{"schema": object{}}
	case r.lines && r.method == http.MethodPost && !strings.HasSuffix(r.path, "add-all"):
		content["application/jsonl"] = object{"schema": object{"type": "object", "properties": object{"progress": object{"type": "object"}, "result": s.of(r.result), "problem": s.of(reflect.TypeFor[problem]())}}}
	case r.lines:
		content["application/jsonl"] = object{"schema": s.of(r.result)}
	default:
		content["application/json"] = object{"schema": s.of(r.result)}
	}
	return object{"description": "What was asked for.", "content": content}
}
