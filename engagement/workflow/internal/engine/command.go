package engine

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// ErrReplay says that the command was carried out before.
var ErrReplay = errors.New("workflow: already done")

// Command is what is kept of a command of a partner's under an idempotency key: its name
// and its body, as their digest.
func Command(partner engagement.PartnerID, key, name string, body any) (storage.CommandRecord, error) {
	asked, err := json.Marshal(body)
	if err != nil {
		return storage.CommandRecord{}, fmt.Errorf("workflow: %s: %w", name, err)
	}
	return storage.CommandRecord{
		Key:  storage.CommandKey{Partner: partner, Key: key},
		Body: sha256.Sum256(slices.Concat([]byte(name), []byte{0}, asked)),
	}, nil
}

// Used reports whether any command was carried out under a key.
func (e *Engine) Used(ctx context.Context, key storage.CommandKey) (bool, error) {
	loaded, err := e.Store.Load(ctx, storage.Want{Command: key})
	return loaded.Command != nil, e.unavailable(err)
}
