package record

import (
	"encoding/binary"
	"math/bits"
	"strconv"
)

// A row has at most maxRow bytes, and its lists together at most maxElements
// elements, so that little memory is needed for whatever bytes are given to Decode.
const (
	maxRow      = 16 << 20
	maxElements = 1 << 17
)

type mode uint8

const (
	describing mode = iota // what fields there are, for Schema
	writing
	reading
)

// The wire types of protobuf that are used.
const (
	varint  = 0
	fixed64 = 1
	chunk   = 2 // a length, and so many bytes
)

// coder goes over the fields of a message in the order of their numbers: one
// function for each message names its fields, for writing as for reading, so that
// the two cannot differ.
//
// Reading, it looks at the next field of the row and leaves it where it is not the
// one that is asked for. What is left at the end of a message is unknown, or out of
// order. After an error it finds nothing any more.
type coder struct {
	mode mode
	err  error

	message string // that the fields belong to
	number  int    // of the field that was asked for last
	name    string // describing: its name

	out []byte // writing: what has been written

	in       string // reading: the row
	pos, end int    // what is left of the message, behind the tag of its next field
	next     uint64 // that tag; 0 when there is no field left

	elements int // of all lists
	schema   *schema
}

// begin names the message whose fields follow.
func (c *coder) begin(message string) {
	c.message, c.number = message, 0
	if c.mode == describing {
		c.schema.messages = []Message{{Name: message}}
	}
}

// format is the first field of a row: the number of the way in which it is written.
func (c *coder) format(known int) {
	switch found := c.field(1, "format", varint); {
	case found:
		n := c.uvarint()
		switch {
		case n > uint64(known):
			c.number = 0
			c.newer("")
		case n == 0:
			c.fail(isZero)
		}
		c.advance()
	case c.mode == writing:
		c.putUvarint(1, uint64(known))
	case c.mode == describing:
		c.describe(Field{Type: "int64"})
	default:
		c.fail("is missing, and every row begins with it")
	}
}

// fail keeps the first error.
func (c *coder) fail(problem string) {
	switch {
	case c.err != nil:
	case c.mode == writing:
		c.err = &ValueError{Message: c.message, number: c.number, Problem: problem}
	default:
		c.err = &MalformedError{Message: c.message, Field: c.number, Problem: problem}
	}
	c.stop()
}

// newer says that something in the field at hand is not known.
func (c *coder) newer(what string) {
	if c.err == nil {
		c.err = &NewerError{Message: c.message, Field: c.number, What: what}
	}
	c.stop()
}

func (c *coder) stop() { c.pos, c.end, c.next = 0, 0, 0 }

// field asks for a field, and reports whether it is there to be read.
func (c *coder) field(number int, name string, wire uint64) bool {
	if c.number = number; c.mode == describing {
		c.name = name
	}
	return c.next == uint64(number)<<3|wire
}

// advance reads the tag of the next field of the message.
func (c *coder) advance() {
	if c.pos == c.end {
		c.next = 0
		return
	}
	if b := c.in[c.pos]; b >= 8 && b < 0x80 { // as nearly all are
		c.next = uint64(b)
		c.pos++
		return
	}
	c.next = c.uvarint()
	if c.err == nil && (c.next>>3 == 0 || c.next>>3 > 1<<29-1) {
		c.fail("is followed by a field without a number")
	}
}

// finish says what is wrong with what is left of a message.
func (c *coder) finish() {
	if c.next == 0 {
		return
	}
	number := int(c.next >> 3)
	if number > c.number { // numbers are given in order, and never again
		c.number = number
		c.newer("")
		return
	}
	c.number = number
	c.fail("is out of order, there twice, or of another type")
}

// uvarint reads a number in its shortest form.
func (c *coder) uvarint() uint64 {
	if c.pos < c.end && c.in[c.pos] < 0x80 {
		c.pos++
		return uint64(c.in[c.pos-1])
	}
	var n uint64
	for i := range 10 {
		if c.pos+i >= c.end {
			break
		}
		b := c.in[c.pos+i]
		n |= uint64(b&0x7f) << (7 * i)
		if b >= 0x80 {
			continue
		}
		if b == 0 || i == 9 && b > 1 {
			break
		}
		c.pos += i + 1
		return n
	}
	c.fail("holds a number that is cut off, too long or too large")
	return 0
}

// bytes reads a length and so many bytes, and goes on to the next field.
func (c *coder) bytes() string {
	var n uint64
	if c.pos < c.end && c.in[c.pos] < 0x80 {
		n = uint64(c.in[c.pos])
		c.pos++
	} else {
		n = c.uvarint()
	}
	if n > uint64(c.end-c.pos) {
		c.fail("is longer than what is left")
		return ""
	}
	s := c.in[c.pos : c.pos+int(n)]
	c.pos += int(n)
	c.advance()
	return s
}

// alike returns how many fields follow one upon the other with the tag of the one
// that was found, which has a length.
func (c *coder) alike() int {
	ahead := *c
	n := 0
	for ahead.next == c.next && ahead.err == nil {
		n++
		ahead.bytes()
	}
	return n
}

// element counts what a list holds, so many more.
func (c *coder) element(n int) bool {
	if c.elements += n; c.elements > maxElements {
		c.fail("has more elements, with those of other lists, than the " + strconv.Itoa(maxElements) + " that a row can have")
		return false
	}
	return true
}

func (c *coder) tag(number int, wire uint64) {
	c.out = binary.AppendUvarint(c.out, uint64(number)<<3|wire)
}

func (c *coder) putUvarint(number int, n uint64) {
	c.tag(number, varint)
	c.out = binary.AppendUvarint(c.out, n)
}

func (c *coder) putBytes(number int, s string) {
	c.tag(number, chunk)
	c.out = binary.AppendUvarint(c.out, uint64(len(s)))
	c.out = append(c.out, s...)
}

// open begins a field whose length is not known yet. It returns where.
func (c *coder) open(number int) (start int) {
	c.tag(number, chunk)
	c.out = append(c.out, 0) // room for the length, if it is short
	return len(c.out)
}

// shut ends a field that open began.
func (c *coder) shut(start int) {
	n := uint64(len(c.out) - start)
	if n < 0x80 {
		c.out[start-1] = byte(n)
		return
	}
	more := (bits.Len64(n)+6)/7 - 1
	for range more {
		c.out = append(c.out, 0)
	}
	copy(c.out[start+more:], c.out[start:len(c.out)-more])
	binary.PutUvarint(c.out[start-1:], n)
}

// nested goes over the fields of a message within the one at hand, between open and
// shut, or up to its end.
func nested[T any](c *coder, v *T, fields func(*coder, *T)) {
	message, number := c.message, c.number
	if c.mode == writing {
		fields(c, v)
	} else {
		n := c.uvarint()
		if n > uint64(c.end-c.pos) {
			c.fail("is longer than what is left")
			return
		}
		end := c.end
		c.end = c.pos + int(n)
		c.advance()
		fields(c, v)
		c.finish()
		if c.err != nil {
			return
		}
		c.end = end
		c.advance()
	}
	c.message, c.number = message, number
}
