package record

import (
	"errors"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
)

const digestSize = len(engagement.PersonDigest{}) // bytes

// EncodePersons returns persons as relational adapters keep them with their customer:
// the digest of the key, and then theirs, one behind the other. It is nil where nobody
// has looked.
func EncodePersons(p engagement.Persons) []byte {
	if p.Key.IsZero() {
		return nil
	}
	out := slices.Clone(p.Key[:])
	for _, d := range p.Digests {
		out = append(out, d[:]...)
	}
	return out
}

var errPersons = errors.New("the digests of its persons have another length")

// DecodePersons reads what EncodePersons wrote. Its error is for bytes that are no whole
// digests.
func DecodePersons(b []byte) (engagement.Persons, error) {
	var p engagement.Persons
	if len(b)%digestSize != 0 {
		return p, errPersons
	}
	for i := 0; i < len(b); i += digestSize {
		d := engagement.PersonDigest(b[i : i+digestSize])
		if i == 0 {
			p.Key = d
		} else {
			p.Digests = append(p.Digests, d)
		}
	}
	return p, nil
}
