package record

import (
	"fmt"

	"github.com/partnerengage/partnerengage/storage"
)

// NewerError says what of a row this version does not know. The row is to stay as it
// is stored: read without what is not known and written again, it would have lost it.
type NewerError struct {
	Message string // of the schema
	Field   int    // its number; 0: the format is unknown
	What    string // what is not known of the field; "": the field itself
}

func (e *NewerError) Error() string {
	what := fmt.Sprintf("field %d of %s", e.Field, e.Message)
	switch {
	case e.Field == 0:
		what = fmt.Sprintf("the format of %s", e.Message)
	case e.What != "":
		what = fmt.Sprintf("%s in field %d of %s", e.What, e.Field, e.Message)
	}
	return "record: " + what + " is not known here: a newer version of the library wrote this row; read it with that one"
}

// MalformedError says where bytes are not what Encode writes. It repeats nothing of
// them, since they can be about people.
type MalformedError struct {
	Message string // of the schema; "" before the first
	Field   int    // its number; 0: none that could be told
	Problem string
}

func (e *MalformedError) Error() string {
	switch {
	case e.Message == "":
		return "record: the row " + e.Problem
	case e.Field == 0:
		return fmt.Sprintf("record: %s %s", e.Message, e.Problem)
	}
	return fmt.Sprintf("record: field %d of %s %s", e.Field, e.Message, e.Problem)
}

// ValueError says what of a value cannot be stored, because it could not be read
// again.
type ValueError struct {
	Message string // of the schema
	Field   string // its name there; "": the whole
	Problem string

	number int // of the field
}

func (e *ValueError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("record: %s %s", e.Message, e.Problem)
	}
	return fmt.Sprintf("record: %s.%s %s", e.Message, e.Field, e.Problem)
}

// Is makes errors.Is(err, storage.ErrInvalid) true.
func (e *ValueError) Is(target error) bool { return target == storage.ErrInvalid }
