package engagement

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
)

// encode writes a value in the one way in which hashes cover it. A struct is
// written field by field, in the order of the numbers in their tags "field",
// each with its number and its length; a field without a value is left out. So
// no two values read alike, and a field that is added later changes nothing
// about those written before: a number is never used again.
func encode(v any) []byte { return appendValue(nil, reflect.ValueOf(v)) }

func appendValue(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Struct, reflect.Array:
		switch x := v.Interface().(type) {
		case time.Time:
			return binary.BigEndian.AppendUint64(b, uint64(x.UnixMicro()))
		case eligibility.Money:
			return append(b, x.String()...)
		case Digest:
			return append(b, x[:]...)
		}
		return appendFields(b, v)
	case reflect.String:
		return append(b, v.String()...)
	case reflect.Bool:
		return append(b, 1) // false is no value
	case reflect.Int, reflect.Int64:
		return binary.BigEndian.AppendUint64(b, uint64(v.Int()))
	case reflect.Slice:
		for i := range v.Len() {
			b = appendSized(b, v.Index(i))
		}
		return b
	}
	panic(fmt.Sprintf("engagement: a %v cannot be hashed", v.Type()))
}

func appendFields(b []byte, v reflect.Value) []byte {
	for _, f := range numbered(v.Type()) {
		if field := v.Field(f.index); !empty(field) {
			b = binary.AppendUvarint(b, f.number)
			b = appendSized(b, field)
		}
	}
	return b
}

func appendSized(b []byte, v reflect.Value) []byte {
	value := appendValue(nil, v)
	b = binary.AppendUvarint(b, uint64(len(value)))
	return append(b, value...)
}

// empty reports whether a field has no value: the zero one, or no elements.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice:
		return v.Len() == 0
	case reflect.Struct:
		if z, ok := v.Interface().(interface{ IsZero() bool }); ok {
			return z.IsZero()
		}
	}
	return v.IsZero()
}

// fieldNumbers keeps what numbered has found out.
var fieldNumbers sync.Map

type numberedField struct {
	number uint64
	index  int
}

// numbered returns the fields of a struct in the order of their numbers. It
// panics where one has no number, or that of another.
func numbered(t reflect.Type) []numberedField {
	if known, ok := fieldNumbers.Load(t); ok {
		return known.([]numberedField)
	}
	fields := make([]numberedField, t.NumField())
	for i := range fields {
		n, err := strconv.ParseUint(t.Field(i).Tag.Get("field"), 10, 32)
		if err != nil || n == 0 {
			panic(fmt.Sprintf("engagement: %v.%s has no number", t, t.Field(i).Name))
		}
		fields[i] = numberedField{n, i}
	}
	slices.SortFunc(fields, func(a, b numberedField) int { return int(a.number) - int(b.number) })
	for i := 1; i < len(fields); i++ {
		if fields[i].number == fields[i-1].number {
			panic(fmt.Sprintf("engagement: %v has two fields with number %d", t, fields[i].number))
		}
	}
	fieldNumbers.Store(t, fields)
	return fields
}
