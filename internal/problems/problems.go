// Package problems joins the mistakes of one input. Inputs come from elsewhere, so
// there can be any number of mistakes in them: what is kept of them is bounded, and
// how many there are more is said.
package problems

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

const (
	most    = 20   // mistakes that are kept
	longest = 1000 // bytes of each that are shown
)

// Join is errors.Join for mistakes: it keeps the first 20 and counts the others,
// those of joined errors one by one. A mistake that is too long to be read is
// shown in part.
func Join(errs ...error) error {
	var l list
	l.add(errs)
	if len(l.errs) == 0 {
		return nil
	}
	return &l
}

// Joined reports whether an error is nothing but a list of others: one that Join made,
// or errors.Join.
func Joined(err error) bool {
	_, ours := err.(*list)
	return ours || reflect.TypeOf(err) == joined
}

// joined is the type of what errors.Join returns.
var joined = reflect.TypeOf(errors.Join(errors.ErrUnsupported))

type list struct {
	errs []error
	more int
}

func (l *list) add(errs []error) {
	for _, err := range errs {
		if err == nil {
			continue
		}
		other, ours := err.(*list)
		switch {
		case ours:
			l.add(other.errs)
			l.more += other.more
		case reflect.TypeOf(err) == joined: // others that wrap several have a text of their own
			l.add(err.(interface{ Unwrap() []error }).Unwrap())
		case len(l.errs) < most:
			l.errs = append(l.errs, err)
		default:
			l.more++
		}
	}
}

func (l *list) Error() string {
	var b strings.Builder
	for i, err := range l.errs {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(cut(err.Error()))
	}
	if l.more > 0 {
		fmt.Fprintf(&b, "\nand %d more", l.more)
	}
	return b.String()
}

// Unwrap returns the mistakes that were kept.
func (l *list) Unwrap() []error { return l.errs }

// cut shortens a text between two characters.
func cut(s string) string {
	if len(s) <= longest {
		return s
	}
	end := longest
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + " …"
}
