package record

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"
)

// A list has its elements one after the other, each under the list's number. An
// empty list is nil when it is read.

// list is a list of messages.
func list[T any](c *coder, number int, name string, v *[]T, fields func(*coder, *T)) {
	switch found := c.field(number, name, chunk); {
	case found:
		tag, n := c.next, c.alike()
		if !c.element(n) {
			return
		}
		*v = make([]T, 0, n)
		for c.next == tag {
			*v = append(*v, *new(T))
			nested(c, &(*v)[len(*v)-1], fields)
		}
	case c.mode == writing && c.element(len(*v)):
		for i := range *v {
			start := c.open(number)
			nested(c, &(*v)[i], fields)
			c.shut(start)
		}
	case c.mode == describing:
		describe(c, Field{Repeated: true}, fields)
	}
}

// plain is a list of values that are bytes each.
func plain[T any](c *coder, number int, name, kind string, v *[]T, put func(T) string, take func(string) (T, bool)) {
	switch found := c.field(number, name, chunk); {
	case found:
		tag, n := c.next, c.alike()
		if !c.element(n) {
			return
		}
		*v = make([]T, 0, n)
		for c.next == tag {
			x, ok := take(c.bytes())
			if !ok {
				c.fail("holds what it cannot hold")
				return
			}
			*v = append(*v, x)
		}
	case c.mode == writing && c.element(len(*v)):
		for _, x := range *v {
			c.putBytes(number, put(x))
		}
	case c.mode == describing:
		c.describe(Field{Type: kind, Repeated: true})
	}
}

// texts is a list of texts.
func texts[T ~string](c *coder, number int, name string, v *[]T) {
	plain(c, number, name, "string", v,
		func(s T) string { return strings.ToValidUTF8(string(s), "\ufffd") },
		func(s string) (T, bool) { return T(s), utf8.ValidString(s) })
}

// choices is a list of texts that are one of all each.
func choices[T ~string](c *coder, number int, name string, v *[]T, all []T) {
	if c.mode == writing && slices.ContainsFunc(*v, func(s T) bool { return !slices.Contains(all, s) }) {
		c.number = number
		c.fail("holds none of the texts that it can hold")
	}
	plain(c, number, name, "string", v,
		func(s T) string { return string(s) },
		func(s string) (T, bool) { return T(s), slices.Contains(all, T(s)) })
}

// hashes is a list of hashes of tokens.
func hashes(c *coder, number int, name string, v *[]link.Hash) {
	plain(c, number, name, "bytes", v,
		func(h link.Hash) string { return string(h[:]) },
		func(s string) (h link.Hash, ok bool) { return h, copy(h[:], s) == len(s) && len(s) == len(h) })
}

// emails is a list of addresses.
func emails(c *coder, number int, name string, v *[]tenant.Email) {
	plain(c, number, name, "string", v, tenant.Email.String, parseEmail)
}

// dictionary is a map from texts to texts, by key.
func dictionary[K ~string](c *coder, number int, name string, v *map[K]string) {
	switch found := c.field(number, name, chunk); {
	case found:
		tag, n := c.next, c.alike()
		if !c.element(n) {
			return
		}
		*v = make(map[K]string, n)
		before := ""
		for c.next == tag {
			var e entry
			nested(c, &e, entryFields)
			if len(*v) > 0 && e.key <= before {
				c.fail("holds a key twice, or out of order")
				return
			}
			(*v)[K(e.key)], before = e.value, e.key
		}
	case c.mode == writing && c.element(len(*v)):
		before := ""
		for i, e := range entries(*v) {
			if i > 0 && e.key == before {
				c.fail("holds two keys that are the same in UTF-8")
			}
			start := c.open(number)
			nested(c, &e, entryFields)
			c.shut(start)
			before = e.key
		}
	case c.mode == describing:
		c.describe(Field{Type: "map<string, string>"})
	}
}

// entries returns those of a map in the order of their keys.
func entries[K ~string](m map[K]string) []entry {
	all := make([]entry, 0, len(m))
	for k, v := range m {
		all = append(all, entry{strings.ToValidUTF8(string(k), "\ufffd"), v})
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	return all
}

// entry is one of a map, as protobuf has them: key and value are always there.
type entry struct{ key, value string }

func entryFields(c *coder, e *entry) {
	for i, v := range []*string{&e.key, &e.value} {
		switch found := c.field(i+1, "", chunk); {
		case found:
			if *v = c.bytes(); !utf8.ValidString(*v) {
				c.fail(notUTF8)
			}
		case c.mode == writing:
			c.putBytes(i+1, strings.ToValidUTF8(*v, "\ufffd"))
		default:
			c.fail("has an entry without a key or without a value")
		}
	}
}
