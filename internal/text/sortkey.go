package text

import (
	"encoding/base64"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

const (
	collationVersion = collate.CLDRVersion

	// keySize is how many bytes of a collation key are kept. It is some twenty to
	// thirty letters; names that begin so far alike follow by their folded text.
	keySize = 64
)

// SortKey returns a text by which names compare, byte by byte, in the order of
// people: "Águas" before "Zebra". It is the root collation's key of base letters,
// then a blank, then the folded name. It holds no control characters.
func SortKey(name string) string {
	folded := Fold(name)
	if folded == "" {
		return ""
	}
	c := collators.Get().(*collator)
	defer collators.Put(c)
	key := c.KeyFromString(&c.Buffer, folded)
	text := encoding.EncodeToString(key[:min(len(key), keySize)]) + " " + folded
	c.Reset()
	return text
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
