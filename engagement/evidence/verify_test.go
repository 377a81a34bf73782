package evidence_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/partnerengage/partnerengage/engagement/evidence"
)

// closing tells whether it was closed.
type closing struct {
	io.Reader
	closed int
}

func (c *closing) Close() error {
	c.closed++
	return io.ErrClosedPipe
}

func TestVerify(t *testing.T) {
	const recorded = "what was recorded"
	for name, hand := range hands {
		for _, test := range []struct {
			content, recorded string
			passes            int // at most
		}{
			{recorded, recorded, len(recorded)},
			{"", "", 0},
			{"what was RECORDED", recorded, len(recorded) - 1},
			{"what was recorde", recorded, len(recorded) - 1},
			{"what was recorded!", recorded, len(recorded)},
			{"what was RECORDED!", recorded, len(recorded) - 1},
			{"", recorded, 0},
			{"x", "", 0},
		} {
			content := &closing{Reader: hand(strings.NewReader(test.content))}
			r := evidence.Verify(content, int64(len(test.recorded)), sumOf(test.recorded))
			got, err := io.ReadAll(r)
			if len(got) > test.passes || !bytes.HasPrefix([]byte(test.content), got) {
				t.Errorf("%s, %q: %q passes", name, test.content, got)
			}
			if test.content == test.recorded {
				if err != nil || string(got) != test.recorded {
					t.Errorf("%s, %q: got %q and %v", name, test.content, got, err)
				}
			} else {
				damaged, ok := errors.AsType[*evidence.DamagedError](err)
				if !ok || !errors.As(err, new(*evidence.DamagedError)) || damaged.WantSize != int64(len(test.recorded)) || damaged.WantSHA256 != sumOf(test.recorded) ||
					damaged.Size > int64(len(test.content)) || damaged.SHA256 != sumOf(test.content[:damaged.Size]) {
					t.Errorf("%s, %q: got %v", name, test.content, err)
				}
				if !strings.HasPrefix(err.Error(), "the file is not the one that was recorded: it had ") || !strings.Contains(err.Error(), damaged.SHA256) {
					t.Errorf("the error says %q", err)
				}
				if n, again := r.Read(make([]byte, 10)); n != 0 || again != err {
					t.Errorf("%s: after its error it gives %d bytes and %v", name, n, again)
				}
			}
			if err := r.Close(); err != io.ErrClosedPipe || content.closed != 1 {
				t.Errorf("Close returns %v, and the content was closed %d times", err, content.closed)
			}
		}
	}
}

func TestVerifyOfAnotherHash(t *testing.T) {
	for _, sum := range []string{"", strings.ToUpper(sumOf("abc")), sumOf("abc")[:63]} {
		if _, err := io.ReadAll(evidence.Verify(io.NopCloser(strings.NewReader("abc")), 3, sum)); !errors.As(err, new(*evidence.DamagedError)) {
			t.Errorf("%q: got %v", sum, err)
		}
	}
}

// TestVerifyHoldsBack shows that who trusts the size does not get a damaged
// content whole either.
func TestVerifyHoldsBack(t *testing.T) {
	for name, hand := range hands {
		r := evidence.Verify(io.NopCloser(hand(strings.NewReader("abX"))), 3, sumOf("abc"))
		if n, err := io.ReadFull(r, make([]byte, 3)); n == 3 || !errors.As(err, new(*evidence.DamagedError)) {
			t.Errorf("%s: it gives %d bytes and %v", name, n, err)
		}
	}
}

func TestVerifyPassesErrorsOn(t *testing.T) {
	r := evidence.Verify(io.NopCloser(io.MultiReader(strings.NewReader("ab"), iotest.ErrReader(io.ErrUnexpectedEOF))), 3, sumOf("abc"))
	if got, err := io.ReadAll(r); string(got) != "ab" || err != io.ErrUnexpectedEOF {
		t.Errorf("it gives %q and %v", got, err)
	}
}
