package evidence_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/partnerengage/partnerengage/engagement/evidence"
)

func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// hands are the ways in which a reader may hand out what it has.
var hands = map[string]func(io.Reader) io.Reader{
	"at once":      func(r io.Reader) io.Reader { return r },
	"byte by byte": iotest.OneByteReader,
	"by halves":    iotest.HalfReader,
	"data and end": iotest.DataErrReader,
}

func TestMeter(t *testing.T) {
	for name, hand := range hands {
		for _, test := range []struct {
			content string
			limit   int64
			passes  string
		}{
			{"", 0, ""},
			{"", -1, ""},
			{"", 5, ""},
			{"12345", 5, "12345"},
			{"12345", math.MaxInt64, "12345"},
			{"123456", 5, "12345"},
			{"1", 0, ""},
			{"1", -7, ""},
			{strings.Repeat("x", 100_000), 70_000, strings.Repeat("x", 70_000)},
		} {
			m := evidence.NewMeter(hand(strings.NewReader(test.content)), test.limit)
			got, err := io.ReadAll(m)
			if string(got) != test.passes || m.Size() != int64(len(got)) || m.SHA256() != sumOf(test.passes) {
				t.Errorf("%s, %d bytes, limit %d: %d pass, Size %d, SHA256 %s", name, len(test.content), test.limit, len(got), m.Size(), m.SHA256())
			}
			if test.content == test.passes {
				if err != nil {
					t.Errorf("%s, %d bytes, limit %d: %v", name, len(test.content), test.limit, err)
				}
				continue
			}
			large, ok := errors.AsType[*evidence.TooLargeError](err)
			if !ok || large.Limit != max(test.limit, 0) || !errors.As(err, new(*evidence.TooLargeError)) {
				t.Errorf("%s, %d bytes, limit %d: got %v", name, len(test.content), test.limit, err)
			}
			if n, again := m.Read(make([]byte, 10)); n != 0 || again != err {
				t.Errorf("%s: after its error it gives %d bytes and %v", name, n, again)
			}
		}
	}
}

// TestMeterStops shows that little more than the limit is read of an upload
// without an end.
func TestMeterStops(t *testing.T) {
	var read counter
	if _, err := io.Copy(io.Discard, evidence.NewMeter(&read, 1000)); !errors.As(err, new(*evidence.TooLargeError)) {
		t.Error(err)
	}
	if read != 1001 {
		t.Errorf("it reads %d bytes", read)
	}
}

// counter has no end, and counts.
type counter int

func (c *counter) Read(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func TestMeterPassesErrorsOn(t *testing.T) {
	m := evidence.NewMeter(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(io.ErrUnexpectedEOF)), 10)
	got, err := io.ReadAll(m)
	if err != io.ErrUnexpectedEOF || string(got) != "abc" || m.Size() != 3 {
		t.Errorf("it gives %q and %v, Size %d", got, err, m.Size())
	}
}
