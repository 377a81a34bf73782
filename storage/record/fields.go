package record

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/tenant"
)

// A field that has its zero value is left out, and one that is there has another:
// every value has one form. What is left out is read as zero.
const (
	notUTF8 = "is not text in UTF-8"
	isZero  = "is there, and has no value"
)

// text is a field of text. What is not UTF-8 is stored as JSON has it, with U+FFFD in
// place of what cannot be read.
func text[T ~string](c *coder, number int, name string, v *T) {
	switch found := c.field(number, name, chunk); {
	case found:
		s := c.bytes()
		switch {
		case s == "":
			c.fail(isZero)
		case !utf8.ValidString(s):
			c.fail(notUTF8)
		}
		*v = T(s)
	case c.mode == writing && *v != "":
		c.putBytes(number, strings.ToValidUTF8(string(*v), "\ufffd"))
	case c.mode == describing:
		c.describe(Field{Type: "string"})
	}
}

// textOr is a field of text that is left out where it is what it usually is.
func textOr[T ~string](c *coder, number int, name string, v *T, usual T) {
	switch found := c.field(number, name, chunk); {
	case found:
		*v = T(c.bytes())
		switch {
		case *v == usual:
			c.fail("is there, and what it is without")
		case !utf8.ValidString(string(*v)):
			c.fail(notUTF8)
		}
	case c.mode == reading:
		*v = usual
	case c.mode == writing && *v != usual:
		c.putBytes(number, strings.ToValidUTF8(string(*v), "\ufffd"))
	case c.mode == describing:
		c.describe(Field{Type: "string", Optional: true})
	}
}

// choice is a field of text that is one of all, or nothing.
func choice[T ~string](c *coder, number int, name string, v *T, all []T) {
	text(c, number, name, v)
	if *v != "" && !slices.Contains(all, *v) {
		c.number = number
		c.fail("is none of the texts that it can be")
	}
}

// integer is a field of a whole number.
func integer[T ~int | ~int64](c *coder, number int, name string, v *T) {
	switch found := c.field(number, name, varint); {
	case found:
		n := c.uvarint()
		*v = T(n)
		switch {
		case int64(*v) != int64(n):
			c.fail("is too large")
		case n == 0:
			c.fail(isZero)
		}
		c.advance()
	case c.mode == writing && *v != 0:
		c.putUvarint(number, uint64(*v))
	case c.mode == describing:
		c.describe(Field{Type: "int64"})
	}
}

// flag is a field that is true or left out.
func flag(c *coder, number int, name string, v *bool) {
	switch found := c.field(number, name, varint); {
	case found:
		if c.uvarint() != 1 {
			c.fail("is there, and not true")
		}
		*v = true
		c.advance()
	case c.mode == writing && *v:
		c.putUvarint(number, 1)
	case c.mode == describing:
		c.describe(Field{Type: "bool"})
	}
}

// The times that can be stored: years 1 to 9999. The first of them is the zero time,
// which is left out.
var (
	noTime   = time.Time{}.UnixMicro()
	lastTime = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC).UnixMicro()
)

// instant is a field of a time: microseconds since 1970.
func instant(c *coder, number int, name string, v *time.Time) {
	switch found := c.field(number, name, fixed64); {
	case found:
		if c.end-c.pos < 8 {
			c.fail("is cut off")
			return
		}
		var b [8]byte
		copy(b[:], c.in[c.pos:])
		micros := int64(binary.LittleEndian.Uint64(b[:]))
		if micros <= noTime || micros > lastTime {
			c.fail("is no time of the years 1 to 9999")
			return
		}
		*v = time.UnixMicro(micros).UTC()
		c.pos += 8
		c.advance()
	case c.mode == writing && !v.IsZero():
		if y := v.UTC().Year(); y < 1 || y > 9999 {
			c.fail("is no time of the years 1 to 9999")
			return
		}
		if micros := v.UnixMicro(); micros != noTime {
			c.tag(number, fixed64)
			c.out = binary.LittleEndian.AppendUint64(c.out, uint64(micros))
		}
	case c.mode == describing:
		c.describe(Field{Type: "sfixed64", Optional: true})
	}
}

// fixed is a field of as many bytes as v has, such as a digest.
func fixed(c *coder, number int, name string, v []byte) {
	switch found := c.field(number, name, chunk); {
	case found:
		s := c.bytes()
		if len(s) != len(v) {
			c.fail("has another length")
			return
		}
		if copy(v, s); allZero(v) {
			c.fail(isZero)
		}
	case c.mode == writing && !allZero(v):
		c.putBytes(number, string(v))
	case c.mode == describing:
		c.describe(Field{Type: "bytes"})
	}
}

func allZero(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}

// blob is a field of bytes, whatever they are.
func blob(c *coder, number int, name string, v *[]byte) {
	switch found := c.field(number, name, chunk); {
	case found:
		if *v = []byte(c.bytes()); len(*v) == 0 {
			c.fail(isZero)
		}
	case c.mode == writing && len(*v) > 0:
		c.putBytes(number, string(*v))
	case c.mode == describing:
		c.describe(Field{Type: "bytes"})
	}
}

// email, domain and opportunity are fields of what is written and read as text, "" when
// zero, in the one spelling that it has.
func email(c *coder, number int, name string, v *tenant.Email) {
	spelled(c, number, name, v, tenant.Email.String, parseEmail)
}

func domain(c *coder, number int, name string, v *tenant.Domain) {
	spelled(c, number, name, v, tenant.Domain.String, tenant.ParseDomain)
}

func opportunity(c *coder, number int, name string, v *tenant.OpportunityID) {
	spelled(c, number, name, v, tenant.OpportunityID.String, tenant.ParseOpportunityID)
}

// parseEmail keeps the spelling of an address, because digests may have been made of it.
func parseEmail(s string) (e tenant.Email, err error) {
	err = e.UnmarshalText([]byte(s))
	return e, err
}

func spelled[T any](c *coder, number int, name string, v *T, text func(T) string, parse func(string) (T, error)) {
	switch found := c.field(number, name, chunk); {
	case found:
		s := c.bytes()
		read, err := parse(s)
		if err != nil || s == "" || text(read) != s {
			c.fail("is not spelled as it has to be")
		}
		*v = read
	case c.mode == writing:
		if s := text(*v); s != "" {
			c.putBytes(number, s)
		}
	case c.mode == describing:
		c.describe(Field{Type: "string"})
	}
}

// day is a field of a date, as RFC 3339 writes it, or "never".
func day(c *coder, number int, name string, v *eligibility.Date) {
	switch found := c.field(number, name, chunk); {
	case found:
		*v = takeDate(c)
	case c.mode == writing && !v.IsZero():
		c.putBytes(number, v.String())
	case c.mode == describing:
		c.describe(Field{Type: "string"})
	}
}

// part is a message within the one at hand that is left out where nothing is in it.
func part[T any](c *coder, number int, name string, v *T, fields func(*coder, *T)) {
	switch found := c.field(number, name, chunk); {
	case found:
		if c.pos < c.end && c.in[c.pos] == 0 {
			c.fail(isZero)
			return
		}
		nested(c, v, fields)
	case c.mode == writing:
		before := len(c.out)
		start := c.open(number)
		nested(c, v, fields)
		if len(c.out) == start {
			c.out = c.out[:before]
			return
		}
		c.shut(start)
	case c.mode == describing:
		describe(c, Field{}, fields)
	}
}

// pointer is a message within the one at hand that is left out for nil.
func pointer[T any](c *coder, number int, name string, v **T, fields func(*coder, *T)) {
	switch found := c.field(number, name, chunk); {
	case found:
		*v = new(T)
		nested(c, *v, fields)
	case c.mode == writing && *v != nil:
		start := c.open(number)
		nested(c, *v, fields)
		c.shut(start)
	case c.mode == describing:
		describe(c, Field{}, fields)
	}
}
