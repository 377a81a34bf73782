package workflow

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
)

// execute carries out a command: whole, or not at all. The same key with the
// same body gives the result that it gave the first time; a command that was
// refused leaves nothing behind, so its key is still new. A dry run decides and
// writes nothing.
func execute[R any](ctx context.Context, s *Service, req Request, name string, body any, dry bool, do func(*unit) (R, error)) (R, error) {
	command, err := commandOf(req, name, body)
	if err != nil {
		var none R
		return none, err
	}
	carryOut := engine.Attempt[R]
	if dry {
		carryOut = engine.Dry[R]
	}
	return carryOut(ctx, &s.engine, command, onUnit(func(u *unit) (R, error) {
		u.actor, u.request = req.Actor, req
		return do(u)
	}))
}

// programKeys precedes the keys of the Program's commands about a partner's claim:
// no key of the partner's begins like it, so neither stands in the other's way.
const programKeys = "\x1f"

func keyReused(key string) error { return &KeyReusedError{Key: strings.TrimPrefix(key, programKeys)} }

// commandOf is what is kept of a command, whose key it checks.
func commandOf(req Request, name string, body any) (storage.CommandRecord, error) {
	const longest = 200
	if req.Key == "" || len(req.Key) > longest {
		return storage.CommandRecord{}, &InputError{Field: "key", Problem: fmt.Sprintf("has %d bytes: give each request a key of its own of 1 to %d bytes", len(req.Key), longest)}
	}
	if !utf8.ValidString(req.Key) || strings.ContainsFunc(req.Key, unicode.IsControl) {
		return storage.CommandRecord{}, &InputError{Field: "key", Problem: "holds a control character or is not UTF-8: give each request a key of letters and digits, such as a UUID"}
	}
	key := req.Key
	if req.Actor.program() {
		key = programKeys + key
	}
	return engine.Command(req.Actor.Partner, key, name, body)
}

// used reports whether a command of the actor's was carried out with the key.
func (s *Service) used(ctx context.Context, req Request) (bool, error) {
	command, err := commandOf(req, "", nil)
	if err != nil {
		return false, err
	}
	return s.engine.Used(ctx, command.Key)
}

// report writes changes that need nothing to be read.
func (s *Service) report(ctx context.Context, c storage.Changes) error {
	return unavailable("storage", s.store.Apply(ctx, c))
}
