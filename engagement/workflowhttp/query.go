package workflowhttp

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// nameOf returns a field's name in snake_case, as parameters have it.
func nameOf(field string) string {
	var b strings.Builder
	for i, c := range field {
		if unicode.IsUpper(c) {
			if i > 0 {
				b.WriteByte('_')
			}
			c = unicode.ToLower(c)
		}
		b.WriteRune(c)
	}
	return b.String()
}

// fill reads the parameters that a query has fields for. Several values of one parameter
// go to a list.
func (x *exchange) fill(query any) error {
	v := reflect.ValueOf(query).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name := nameOf(f.Name)
		if f.Type.Kind() == reflect.Slice {
			values := x.values[name]
			delete(x.values, name)
			for n, text := range values {
				one := reflect.New(f.Type.Elem()).Elem()
				if err := put(one, text); err != nil {
					return refusedParameter(fmt.Sprintf("%s[%d]", name, n), err)
				}
				v.Field(i).Set(reflect.Append(v.Field(i), one))
			}
			continue
		}
		text, err := x.take(name)
		if err != nil {
			return err
		}
		if text != "" {
			if err := put(v.Field(i), text); err != nil {
				return refusedParameter(name, err)
			}
		}
	}
	return nil
}

func refusedParameter(name string, err error) error {
	return &workflow.InputError{Field: name, Problem: "cannot be used: " + err.Error(), Err: err}
}

// put sets a value from the text of a parameter.
func put(v reflect.Value, text string) error {
	if v.Type() == reflect.TypeFor[time.Time]() {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t, err = time.Parse(time.DateOnly, text)
		}
		if err != nil {
			return fmt.Errorf(`it has to be a day as in "2026-07-01", or a time as in "2026-07-01T08:00:00Z"`)
		}
		v.Set(reflect.ValueOf(t))
		return nil
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("it has to be a whole number")
		}
		v.SetInt(int64(n))
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf(`it has to be "true" or "false"`)
		}
		v.SetBool(b)
	default:
		return fmt.Errorf("no parameter can hold a %s", v.Type())
	}
	return nil
}
