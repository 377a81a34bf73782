package sqlite

import (
	"bytes"
	"errors"
	"hash/crc32"

	"encoding/json"
	"fmt"
	"github.com/partnerengage/partnerengage/engagement"

	"github.com/partnerengage/partnerengage/storage"
)

// encode returns the stored form of a value. What cannot be stored is none that a
// workflow makes.
func encode[T any](v T) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", storage.ErrInvalid, err)
	}
	return b, nil
}

// decode returns the value of a stored form.
func decode[T any](b []byte) (T, error) {
	var v T
	err := json.Unmarshal(b, &v)
	return v, err
}

// encodeShown returns the stored form of what an entry shows. That of a record says
// nothing of whose it is, and so gets a sum of that.
func encodeShown(e engagement.Entry) ([]byte, error) {
	b, err := encode(e.Shown)
	if err != nil || e.Participation != "" {
		return b, err
	}
	return append(b, sumOf(e.Record, b)...), nil
}

func decodeShown(e engagement.Entry, b []byte) (engagement.Shown, error) {
	if e.Participation == "" {
		if len(b) < sumSize {
			return engagement.Shown{}, errors.New("it is cut off")
		}
		body := b[:len(b)-sumSize]
		if !bytes.Equal(sumOf(e.Record, body), b[len(body):]) {
			return engagement.Shown{}, errors.New("it is another one's, or damaged")
		}
		return decode[engagement.Shown](body)
	}
	s, err := decode[engagement.Shown](b)
	if err == nil && (s.Participation == nil || s.Participation.ID != e.Participation || s.Participation.Record() != e.Record) {
		err = errOthers
	}
	return s, err
}

const sumSize = 4

// sumOf tells the bodies of records apart.
func sumOf(of engagement.RecordKey, body []byte) []byte {
	sum := crc32.NewIEEE()
	fmt.Fprintf(sum, "%q %q %q ", of.Partner, of.Engagement, of.Customer)
	sum.Write(body)
	return sum.Sum(nil)
}
