// Package errtest lets the tables of tests say what kind of error is expected, whatever is in it.
package errtest

import (
	"errors"
	"reflect"

	"github.com/partnerengage/partnerengage/internal/code"
)

// Type stands for errors of the type E. Two of the same type are equal.
func Type[E error]() error { return ofType{reflect.TypeFor[E]()} }

// Code stands for errors with a code, themselves or in what they wrap. Two of the same
// code are equal.
func Code(c string) error { return ofCode(c) }

// Is is [errors.Is] for a target that may be one of Type or Code, too.
func Is(err, target error) bool {
	switch target := target.(type) {
	case ofType:
		return errors.As(err, reflect.New(target.Type).Interface())
	case ofCode:
		return code.Has(err, string(target))
	}
	return errors.Is(err, target)
}

type ofType struct{ reflect.Type }

func (k ofType) Error() string { return k.String() }

type ofCode string

func (k ofCode) Error() string { return string(k) }
