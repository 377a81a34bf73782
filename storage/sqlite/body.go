package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
)

// encode returns the stored form of a value. What has none is nothing that a workflow
// makes.
func encode[T record.Value](v T) ([]byte, error) {
	b, err := record.Encode(v)
	if err != nil {
		err = fmt.Errorf("%w: %w", storage.ErrInvalid, err)
	}
	return b, err
}

// decode returns the value of a stored form.
func decode[T record.Value](b []byte) (T, error) { return record.Decode[T](b) }

// encodeShown returns the stored form of what an entry shows. That of a record does not
// say whose it is, as the columns do, so it ends with a sum of that.
func encodeShown(e engagement.Entry) ([]byte, error) {
	b, err := encode(e.Shown)
	if err != nil || e.Participation != "" {
		return b, err
	}
	return binary.BigEndian.AppendUint32(b, sumOf(e.Record, b)), nil
}

func decodeShown(e engagement.Entry, b []byte) (engagement.Shown, error) {
	if e.Participation == "" {
		if len(b) < sumSize {
			return engagement.Shown{}, errors.New("it is cut off")
		}
		body := b[:len(b)-sumSize]
		if sumOf(e.Record, body) != binary.BigEndian.Uint32(b[len(body):]) {
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
func sumOf(of engagement.RecordKey, body []byte) uint32 {
	var room [256]byte
	key := room[:0]
	for _, part := range []string{string(of.Partner), string(of.Engagement), string(of.Customer)} {
		key = append(append(key, part...), 0)
	}
	return crc32.Update(crc32.ChecksumIEEE(key), crc32.IEEETable, body)
}
