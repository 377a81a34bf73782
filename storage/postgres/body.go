package postgres

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
)

// A body is what package storage/record makes of a value, behind a sum of that and of
// the row's key: a body that got into another row cannot be read.
const sumSize = 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func sumOf(body []byte, key ...string) uint32 {
	sum := crc32.Checksum(body, castagnoli)
	for _, k := range key {
		sum = crc32.Update(sum, castagnoli, []byte(k))
		sum = crc32.Update(sum, castagnoli, []byte{0})
	}
	return sum
}

// sealed returns the body of the row with that key.
func sealed[T record.Value](what string, v T, key ...string) ([]byte, error) {
	body, err := record.Encode(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %s cannot be stored: %w", storage.ErrInvalid, what, err)
	}
	return append(binary.BigEndian.AppendUint32(make([]byte, 0, sumSize+len(body)), sumOf(body, key...)), body...), nil
}

var errOthers = errors.New("it is damaged, or another row's")

// opened returns the value of a body.
func opened[T record.Value](body []byte, key ...string) (T, error) {
	var v T
	if len(body) < sumSize || binary.BigEndian.Uint32(body) != sumOf(body[sumSize:], key...) {
		return v, errOthers
	}
	return record.Decode[T](body[sumSize:])
}
