package workflow_test

import (
	"encoding"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// What is there not is left out, and a list is there when it is empty.
func TestNoResultHasNull(t *testing.T) {
	for _, c := range calls() {
		t.Run(c.name, func(t *testing.T) {
			w, _ := newWorld(t)
			w.Known("adatum.com")
			for _, p := range []engagement.ParticipationID{w.Added(pilot, "ana@contoso.com"), w.Granted(migration, "ana@contoso.com")} {
				result, err := c.do(w, c.by(), p)
				if err != nil || result == nil {
					continue
				}
				text := asJSON(t, result)
				for _, bad := range []string{":null", "0001-01-01", `"tokens"`} {
					if strings.Contains(text, bad) {
						t.Errorf("%s is in %.3000s", bad, text)
					}
				}
			}
		})
	}
}

var snake = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// Whatever a desk returns is JSON as it is: every field has a name in snake_case, and
// nothing of a link's token is among them. The walk finds the types by the methods, so
// that a new one is not forgotten.
func TestEveryResultIsJSON(t *testing.T) {
	w, _ := newWorld(t)
	seen := map[reflect.Type]bool{}
	for _, m := range deskMethods(w.Desk) {
		for i := range m.Type().NumOut() {
			walkJSON(t, m.name, m.Type().Out(i), seen)
		}
	}
	if len(seen) < 60 {
		t.Errorf("only %d types were found", len(seen))
	}
}

func walkJSON(t *testing.T, at string, of reflect.Type, seen map[reflect.Type]bool) {
	t.Helper()
	if seen[of] {
		return
	}
	seen[of] = true
	switch of {
	case reflect.TypeFor[link.Hash](), reflect.TypeFor[link.Token]():
		t.Errorf("%s: a token, or what tells one, is shown", at)
	}
	for _, own := range []reflect.Type{reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler](), reflect.TypeFor[error]()} {
		if of.Implements(own) || reflect.PointerTo(of).Implements(own) {
			return
		}
	}
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		walkJSON(t, at, of.Elem(), seen)
	case reflect.Func: // an iterator
		if of.NumIn() == 1 && of.In(0).Kind() == reflect.Func {
			for i := range of.In(0).NumIn() {
				walkJSON(t, at, of.In(0).In(i), seen)
			}
		}
	case reflect.Struct:
		for i := range of.NumField() {
			f := of.Field(i)
			tag, has := f.Tag.Lookup("json")
			name, rest, _ := strings.Cut(tag, ",")
			switch {
			case !f.IsExported() || name == "-":
				continue
			case f.Anonymous && !has:
			case !has || !snake.MatchString(name):
				t.Errorf("%s: %s.%s is %q in JSON", at, of, f.Name, name)
			case of != reflect.TypeFor[workflow.Contacts]() && f.Type.Kind() == reflect.Slice && strings.Contains(rest, "omit") && of.PkgPath() == reflect.TypeFor[workflow.Service]().PkgPath():
				t.Errorf("%s: %s.%s is left out when it is empty: a list is always there", at, of, f.Name)
			}
			walkJSON(t, at, f.Type, seen)
		}
	}
}
