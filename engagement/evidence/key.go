package evidence

import (
	"fmt"
	"strings"
)

const maxKey = 200 // bytes

// KeyError refuses a key.
type KeyError struct {
	Key     string
	Problem string // what is wrong and what would help
}

func (e *KeyError) Error() string {
	return fmt.Sprintf("malformed evidence key %.60q: %s", e.Key, e.Problem)
}

// CheckKey returns nil if key can be one, else a [KeyError]. A key has at most
// 200 bytes. It consists of segments joined by '/'. A segment has ASCII letters,
// digits, '-', '_' and '.', at least one of them, and does not begin with '.'.
func CheckKey(key string) error {
	switch {
	case key == "":
		return &KeyError{key, "it is empty: give one such as partner/claim/upload"}
	case len(key) > maxKey:
		return &KeyError{key, fmt.Sprintf("it has %d bytes: make it of identifiers, with at most %d", len(key), maxKey)}
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" {
			return &KeyError{key, "a segment is empty: no '/' comes first, last or after another"}
		}
		if segment[0] == '.' {
			return &KeyError{key, fmt.Sprintf("the segment %q begins with '.': begin it with a letter or a digit", segment)}
		}
		for _, r := range segment {
			if !allowed(r) {
				return &KeyError{key, fmt.Sprintf("it has %q: use ASCII letters, digits, '-', '_', '.' and, between segments, '/'", r)}
			}
		}
	}
	return nil
}

func allowed(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_' || r == '.'
}
