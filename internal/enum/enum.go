// Package enum is the text form of enumerations: types of text that have a closed list
// of values, which are spelled as documented and no other way. What would not be read
// is not written either.
package enum

import (
	"fmt"
	"slices"
)

// Refuse makes a package's own error for a value of the field that is none of all.
type Refuse func(field, value string, all []string) error

// Marshal returns the text of v, or an error if it is none of all.
func Marshal[T ~string](field string, v T, all []T, refuse Refuse) ([]byte, error) {
	if !slices.Contains(all, v) {
		return nil, refuse(field, string(v), texts(all))
	}
	return []byte(v), nil
}

// Unmarshal sets v to the text if that is one of all. Otherwise it returns an error and
// leaves v as it is.
func Unmarshal[T ~string](field string, v *T, text []byte, all []T, refuse Refuse) error {
	parsed, err := Parse(field, string(text), all, refuse)
	if err == nil {
		*v = parsed
	}
	return err
}

// Parse returns the value that is spelled s, or an error if it is none of all.
func Parse[T ~string](field, s string, all []T, refuse Refuse) (T, error) {
	if !slices.Contains(all, T(s)) {
		return "", refuse(field, s, texts(all))
	}
	return T(s), nil
}

// OrZero returns all and the zero value: for enumerations in which it stands for a
// missing value, and is never junk.
func OrZero[T ~string](all []T) []T { return append(all[:len(all):len(all)], "") }

// Problem says that a value, of which it shows the beginning, is none of all.
func Problem(value string, all []string) string {
	return fmt.Sprintf("%.40q is none of %q", value, all)
}

// texts returns the values as people are told of them, who have no use for the zero
// value.
func texts[T ~string](all []T) []string {
	out := make([]string, 0, len(all))
	for _, v := range all {
		if v != "" {
			out = append(out, string(v))
		}
	}
	return out
}
