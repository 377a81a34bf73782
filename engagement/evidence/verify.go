package evidence

import (
	"fmt"
	"io"
	"math"
)

// DamagedError says that a content is not the one that was recorded.
type DamagedError struct {
	WantSize   int64  // as recorded
	WantSHA256 string // as recorded
	Size       int64  // how much came; there may be more than that if it is more than WantSize
	SHA256     string // of what came
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the file is not the one that was recorded: it had %d bytes and the SHA-256 %s, and what came has %d and %s: restore it from a backup, or ask for it again",
		e.WantSize, e.WantSHA256, e.Size, e.SHA256)
}

// Verify returns a reader of content that fails with a [DamagedError], where
// there would be [io.EOF], unless size and SHA-256 are what was recorded. The
// last bytes are held back until they are known to be right, so that who reads
// no further than size is not given a damaged content whole. Closing it closes
// content.
func Verify(content io.ReadCloser, size int64, sha256 string) io.ReadCloser {
	return &verifier{Closer: content, meter: NewMeter(content, math.MaxInt64), size: size, sum: sha256}
}

type verifier struct {
	io.Closer
	meter *Meter
	size  int64
	sum   string
	err   error // what reading ended with
}

func (v *verifier) Read(p []byte) (int, error) {
	if v.err != nil {
		return 0, v.err
	}
	n, err := v.meter.Read(p)
	came := v.meter.Size()
	if complete := err == io.EOF || came >= v.size; complete && (came != v.size || v.meter.SHA256() != v.sum) {
		n, err = 0, &DamagedError{WantSize: v.size, WantSHA256: v.sum, Size: came, SHA256: v.meter.SHA256()}
	}
	v.err = err
	return n, err
}
