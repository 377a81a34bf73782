package program

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/partnerengage/partnerengage/eligibility"
)

// decoder reads JSON strictly into Go values by their tags, and collects every mistake
// with its place.
type decoder struct {
	facts    []eligibility.AnyFact // that locations can have
	mistakes []error
	places   []place // of the mistakes
}

func (d *decoder) refuse(at place, err error, format string, args ...any) {
	d.mistakes = append(d.mistakes, &DocumentError{File: at.file, Pointer: at.pointer, Problem: fmt.Sprintf(format, args...), Err: err})
	d.places = append(d.places, at)
}

// told reports whether a mistake is told already, by one at, above or below the
// place.
func (d *decoder) told(at place) bool {
	return slices.ContainsFunc(d.places, func(p place) bool { return p.covers(at) || at.covers(p) })
}

// open is an object that has members besides those of its fields.
type open interface {
	// more reads one of them, and returns false if there is none of that name.
	more(d *decoder, name string, raw []byte, at place) bool
	// names are theirs.
	names(d *decoder) []string
}

var (
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
	rawType  = reflect.TypeFor[json.RawMessage]()
)

// decode reads raw into v, which can be set.
func (d *decoder) decode(v reflect.Value, raw []byte, at place) {
	if v.Type() == rawType {
		v.SetBytes(raw)
		return
	}
	if kindOf(raw) == "null" {
		d.refuse(at, nil, "is null: leave it out")
		return
	}
	if reflect.PointerTo(v.Type()).Implements(textType) {
		if s, ok := d.text(raw, at); ok {
			if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
				d.refuse(at, err, "%s", problemOf(err))
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(v.Elem(), raw, at)
	case reflect.Struct:
		d.object(v, raw, at)
	case reflect.Slice:
		d.list(v, raw, at)
	case reflect.Map:
		d.table(v, raw, at)
	case reflect.String:
		if s, ok := d.text(raw, at); ok {
			v.SetString(s)
		}
	case reflect.Bool:
		switch string(raw) {
		case "true", "false":
			v.SetBool(raw[0] == 't')
		default:
			d.refuse(at, nil, "is %s, and has to be true or false", kindOf(raw))
		}
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil || v.OverflowInt(n) {
			d.refuse(at, nil, "is %s, and has to be a whole number, as in 30", shown(raw))
			return
		}
		v.SetInt(n)
	default:
		panic("program: no document can hold a " + v.Type().String())
	}
}

// shown is what a mistake says of a value: a number as it is, all else by its kind.
func shown(raw []byte) string {
	if kindOf(raw) == "a number" && len(raw) <= 40 {
		return string(raw)
	}
	return kindOf(raw)
}

func (d *decoder) text(raw []byte, at place) (string, bool) {
	var s string
	if kindOf(raw) != "a text" || json.Unmarshal(raw, &s) != nil {
		d.refuse(at, nil, "is %s, and has to be a text", kindOf(raw))
		return "", false
	}
	return s, true
}

// object reads an object by the fields of a struct.
func (d *decoder) object(v reflect.Value, raw []byte, at place) {
	all, ok := members(raw)
	if !ok {
		d.refuse(at, nil, "is %s, and has to be an object", kindOf(raw))
		return
	}
	fields := fieldsOf(v.Type())
	more, _ := v.Addr().Interface().(open)
	seen := map[string]bool{}
	for _, m := range all {
		here := at.member(m.name)
		if seen[m.name] {
			d.refuse(here, nil, "is there twice: keep one")
			continue
		}
		seen[m.name] = true
		if i := slices.IndexFunc(fields, func(f field) bool { return f.name == m.name }); i >= 0 {
			d.decode(v.FieldByIndex(fields[i].index), m.raw, here)
		} else if more == nil || !more.more(d, m.name, m.raw, here) {
			known := make([]string, len(fields))
			for i, f := range fields {
				known[i] = f.name
			}
			if more != nil {
				known = append(known, more.names(d)...)
			}
			d.refuse(here, nil, "is no member here: use %s", strings.Join(known, ", "))
		}
	}
}

func (d *decoder) list(v reflect.Value, raw []byte, at place) {
	all, ok := elements(raw)
	if !ok {
		d.refuse(at, nil, "is %s, and has to be a list", kindOf(raw))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(all), len(all)))
	for i, e := range all {
		d.decode(v.Index(i), e, at.element(i))
	}
}

// table reads an object into a map whose keys are texts.
func (d *decoder) table(v reflect.Value, raw []byte, at place) {
	all, ok := members(raw)
	if !ok {
		d.refuse(at, nil, "is %s, and has to be an object", kindOf(raw))
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, m := range all {
		here, key := at.member(m.name), reflect.ValueOf(m.name).Convert(v.Type().Key())
		if v.MapIndex(key).IsValid() {
			d.refuse(here, nil, "is there twice: keep one")
			continue
		}
		value := reflect.New(v.Type().Elem()).Elem()
		d.decode(value, m.raw, here)
		v.SetMapIndex(key, value)
	}
}

// field is a member of an object, and where it is in the struct.
type field struct {
	name  string
	index []int
}

// fieldsOf returns the fields of a struct that documents have, with those of embedded
// structs; one further out hides one of the same name, as in encoding/json.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "-" {
			continue
		}
		i := slices.IndexFunc(out, func(x field) bool { return x.name == name })
		switch {
		case i < 0:
			out = append(out, field{name, f.Index})
		case len(f.Index) < len(out[i].index):
			out[i].index = f.Index
		}
	}
	return out
}
