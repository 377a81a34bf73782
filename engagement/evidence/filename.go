package evidence

import (
	"strconv"
	"strings"
)

// fileName returns where the content of a key is in the folder of a [Dir].
//
// No two keys share a file, also on disks that do not tell upper-case letters
// from lower-case ones: a name has no upper-case letter, and where a segment had
// some, '+' and a bit for each of its letters come after it. A folder's name
// ends in '+', so that "a" and "a/b" may both be there. No name is longer than
// 252 bytes; file systems take 255.
func fileName(key string) string {
	segments := strings.Split(key, "/")
	for i, s := range segments {
		name := strings.ToLower(s)
		if name != s {
			name += "+" + upperCase(s)
		}
		if i < len(segments)-1 {
			name += "+"
		}
		segments[i] = name
	}
	return strings.Join(segments, "/")
}

// upperCase tells which letters of s are upper-case ones: a hex digit for each
// four, the first letter in its highest bit, without zeros at the end.
func upperCase(s string) string {
	var digits []byte
	for i := 0; i < len(s); i += 4 {
		var bits uint64
		for j := range 4 {
			bits <<= 1
			if i+j < len(s) && 'A' <= s[i+j] && s[i+j] <= 'Z' {
				bits |= 1
			}
		}
		digits = strconv.AppendUint(digits, bits, 16)
	}
	return strings.TrimRight(string(digits), "0")
}
