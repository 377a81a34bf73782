// Package errtest lets the tables of tests say what kind of error is expected, whatever is in it.
package errtest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/partnerengage/partnerengage/internal/code"
)

// Type stands for errors of the type E. Two of the same type are equal.
func Type[E error]() error { return ofType{reflect.TypeFor[E]()} }

// Code stands for errors with a code, themselves or in what they wrap. Two of the same
// code are equal.
func Code(c string) error { return ofCode(c) }

// OneOf stands for errors of any of the kinds. It is equal to itself only.
func OneOf(kinds ...error) error { return &oneOf{kinds} }

// Is is [errors.Is] for a target that may be one of Type, Code or OneOf, too.
func Is(err, target error) bool {
	switch target := target.(type) {
	case ofType:
		return errors.As(err, reflect.New(target.Type).Interface())
	case ofCode:
		return code.Has(err, string(target))
	case *oneOf:
		return slices.ContainsFunc(target.kinds, func(k error) bool { return Is(err, k) })
	}
	return errors.Is(err, target)
}

type ofType struct{ reflect.Type }

func (k ofType) Error() string { return k.String() }

type oneOf struct{ kinds []error }

func (k *oneOf) Error() string { return fmt.Sprintf("one of %q", k.kinds) }

type ofCode string

func (k ofCode) Error() string { return string(k) }
