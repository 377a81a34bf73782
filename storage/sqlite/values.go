package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
)

// never is the time of what does not come, as it is read and handed in. It is stored
// as NULL.
const never int64 = math.MaxInt64

// orNever is a column with a time that may not come.
func orNever(column string) string { return "coalesce(" + column + ", 9223372036854775807)" }

// micros returns a time as it is stored. The zero time survives.
func micros(t time.Time) int64 { return t.UnixMicro() }

// timeOf returns a stored time.
func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// moment returns a time that may not come, which is the zero one.
func moment(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return micros(t)
}

func momentOf(n int64) time.Time {
	if n == never {
		return time.Time{}
	}
	return timeOf(n)
}

// null returns a time that may not come as an argument.
func null(n int64) any {
	if n == never {
		return nil
	}
	return n
}

// nullText returns a text as an argument that is NULL where there is none.
func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// blob returns bytes as an argument that is NULL where there are none: an empty slice
// would be an empty blob.
func blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// digestBytes returns a digest as it is stored, nothing for the zero one.
func digestBytes(d engagement.Digest) []byte {
	if d.IsZero() {
		return nil
	}
	return d[:]
}

func digestOf(b []byte) (engagement.Digest, error) {
	var d engagement.Digest
	if len(b) != 0 && len(b) != len(d) {
		return d, fmt.Errorf("a stored hash has %d bytes, not %d", len(b), len(d))
	}
	copy(d[:], b)
	return d, nil
}

// errOthers says that a body can be read and is another row's.
var errOthers = errors.New("it says that it is another one")

// jsonText returns texts, or what is made of them, as a statement's argument in which
// json_each finds them.
func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts always marshal
	}
	return string(b)
}

// marks returns n question marks.
func marks(n int) string { return strings.Repeat("?, ", n-1) + "?" }

// keyList returns keys as a JSON list of their parts.
func keyList[K any](keys []K, parts func(K) []string) string {
	list := make([][]string, len(keys))
	for i, key := range keys {
		list[i] = parts(key)
	}
	return jsonText(list)
}

// number is a count.
type number struct{ n int64 }

func (n *number) fields() []any { return []any{&n.n} }
