package text

import (
	"encoding/base64"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

const (
	collationVersion = collate.CLDRVersion

	// keySize is how many bytes of a collation key are kept. It is some twenty to
	// thirty letters; names that begin so far alike follow by their folded text, of
	// which tailSize bytes are kept.
	keySize  = 64
	tailSize = 400
)

// SortKey returns a text by which names compare, byte by byte, in the order of
// people: "Águas" before "Zebra". It is the root collation's key of base letters,
// then a blank, then the folded name, each cut where it is long: at most 487 bytes
// in all. It holds no control characters.
func SortKey(name string) string {
	folded := Fold(name)
	if folded == "" {
		return ""
	}
	c := collators.Get().(*collator)
	defer collators.Put(c)
	key := c.KeyFromString(&c.Buffer, folded)
	text := encoding.EncodeToString(key[:min(len(key), keySize)]) + " " + cut(folded, tailSize)
	c.Reset()
	return text
}

// cut returns the whole characters of the first so many bytes.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// collator is one of which each can be used by one goroutine at a time.
type collator struct {
	*collate.Collator
	collate.Buffer
}

var collators = sync.Pool{New: func() any {
	return &collator{Collator: collate.New(language.Und, collate.Loose)}
}}

// encoding keeps the order of what it encodes: its letters are in the order of
// their bytes, and all of them behind a blank.
var encoding = base64.NewEncoding("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz").WithPadding(base64.NoPadding)
