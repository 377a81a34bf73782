package tenant

import (
	"strconv"
	"strings"
)

// TPID is a customer's top parent ID, the number under which a vendor's sales
// organisation knows it. The zero TPID means none; negative values name nobody.
type TPID int64

// ParseTPID reads a positive decimal number, written in digits alone; blanks
// around it and leading zeros do not matter. The error is a [*MalformedError]
// of the field "tpid".
func ParseTPID(s string) (TPID, error) {
	text := trim(s)
	if text == "" {
		return 0, malformed("tpid", "a TPID is needed")
	}
	if strings.Trim(text, "0123456789") != "" {
		return 0, malformed("tpid", quote(s)+" is not a TPID; one is written in digits alone")
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, malformed("tpid", quote(s)+" is too large for a TPID")
	}
	if n == 0 {
		return 0, malformed("tpid", "zero is not a TPID")
	}
	return TPID(n), nil
}

// String returns the number in decimal digits, or "" for the zero TPID.
func (id TPID) String() string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}

// IsZero reports whether id is the zero TPID.
func (id TPID) IsZero() bool { return id == 0 }

// MarshalText returns the decimal digits. A negative TPID, which names nobody,
// is an error.
func (id TPID) MarshalText() ([]byte, error) {
	if id < 0 {
		return nil, malformed("tpid", "a TPID is positive")
	}
	return []byte(id.String()), nil
}

// UnmarshalText reads what [ParseTPID] reads; empty text gives the zero TPID.
func (id *TPID) UnmarshalText(text []byte) error { return unmarshal(id, text, ParseTPID) }
