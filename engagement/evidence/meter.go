package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
)

// TooLargeError says that there are more bytes than may be.
type TooLargeError struct {
	Limit int64 // how many may be
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the file has more than the %d bytes that one may have: send a smaller one, or several", e.Limit)
}

// Meter is a reader that counts and hashes what passes through it, and lets no
// more pass than it should.
type Meter struct {
	content io.Reader
	limit   int64
	size    int64
	hash    hash.Hash
	err     error // what reading ended with
}

// NewMeter returns a reader of content that fails with a [TooLargeError] as soon
// as more than limit bytes have come. A limit below 0 is one of 0.
func NewMeter(content io.Reader, limit int64) *Meter {
	return &Meter{content: content, limit: max(limit, 0), hash: sha256.New()}
}

// Read passes on what it reads. Once it has failed, it reads no more.
func (m *Meter) Read(p []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	room := m.limit - m.size
	if int64(len(p)) > room {
		p = p[:room+1] // a byte too many is enough to know
	}
	n, err := m.content.Read(p)
	if int64(n) > room {
		n, err = int(room), &TooLargeError{Limit: m.limit}
	}
	m.hash.Write(p[:n])
	m.size += int64(n)
	m.err = err
	return n, err
}

// Size returns how many bytes have passed.
func (m *Meter) Size() int64 { return m.size }

// SHA256 returns the hash of what has passed, as 64 lower-case hex digits.
func (m *Meter) SHA256() string { return hex.EncodeToString(m.hash.Sum(nil)) }
