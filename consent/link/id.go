package link

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// ID names a link. It is no secret: it stands in records and joins them.
type ID string

// NewID makes an ID of 128 random bits. Give it crypto/rand.Reader. The error
// is the reader's.
func NewID(rand io.Reader) (ID, error) {
	var b [16]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("make a link ID: %w", err)
	}
	return ID(base64.RawURLEncoding.EncodeToString(b[:])), nil
}

func (id ID) validate() error {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	if id == "" || len(id) > 64 || strings.Trim(string(id), letters) != "" {
		return invalid("link", "an ID is 1 to 64 letters, digits, - and _; make one with link.NewID")
	}
	return nil
}

// MarshalText returns the ID, or an [*InvalidError] for what is none.
func (id ID) MarshalText() ([]byte, error) { return []byte(id), id.validate() }

// UnmarshalText reads an ID and refuses what is none.
func (id *ID) UnmarshalText(text []byte) error {
	if err := ID(text).validate(); err != nil {
		return err
	}
	*id = ID(text)
	return nil
}
