package evidencetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/partnerengage/partnerengage/engagement/evidence"
)

func keyCases() []Case {
	return []Case{
		{"keys refused", "Every method refuses a key that CheckKey refuses, with its KeyError, and Put does so before it reads.", checkKeysRefused},
		{"keys apart", "Every key that CheckKey lets pass is its own, however much it is like another.", checkKeysApart},
	}
}

func checkKeysRefused(ctx context.Context, a, _ evidence.Store) error {
	for _, key := range []string{
		"", ".", "..", "/", "/etc/passwd", "../up", "a/../../up", "a/./b", "a//b", "a/", ".hidden", "a/.hidden",
		`a\b`, "C:a", "a b", "a\x00b", "a\nb", "ä", "\xff", "a%2Fb", "a?b", "a*", "~a", "a+b", strings.Repeat("a", 201),
	} {
		content := new(touched)
		_, opened := a.Open(ctx, key)
		for method, err := range map[string]error{"Put": a.Put(ctx, key, content), "Open": opened, "Delete": a.Delete(ctx, key)} {
			if _, ok := errors.AsType[*evidence.KeyError](err); !ok {
				return fmt.Errorf("%s with the key %.60q returns %v and should return a KeyError", method, key, err)
			}
		}
		if *content {
			return fmt.Errorf("Put with the key %.60q reads the content", key)
		}
	}
	return nil
}

// touched is an empty content that tells whether it was read.
type touched bool

func (t *touched) Read([]byte) (int, error) {
	*t = true
	return 0, io.EOF
}

func checkKeysApart(ctx context.Context, a, b evidence.Store) error {
	keys := []string{
		"a", "A", "a/b", "A/b", "a/B", "a/b/c", "ab", "a.b", "a-b", "a_b", "a.", "a..", "a...b", "-", "_", "-a", "--", "0", "00",
		"con", "NUL", "a.tmp", "a.lock", strings.Repeat("a", 200), strings.Repeat("A", 200),
		strings.Repeat("a", 199) + "A", strings.Repeat("a/", 99) + "aa", strings.Repeat("a/", 99) + "aA",
	}
	for _, k := range keys {
		if err := put(ctx, a, k, "this is "+k); err != nil {
			return err
		}
	}
	for _, k := range keys {
		if err := holds(ctx, b, k, "this is "+k); err != nil {
			return err
		}
	}
	for i, k := range keys {
		if err := a.Delete(ctx, k); err != nil {
			return fmt.Errorf("Delete of %s fails: %w", k, err)
		}
		for _, later := range keys[i+1:] {
			if err := holds(ctx, b, later, "this is "+later); err != nil {
				return fmt.Errorf("after Delete of %s: %w", k, err)
			}
		}
	}
	return nil
}
