package workflow

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/storage"
)

// errReplay says that the command was carried out before.
var errReplay = errors.New("workflow: already done")

// The first attempts follow each other at once; then they wait for a moment
// that grows with the number of attempts, so that a crowd at one place thins.
const (
	maxAttempts   = 64
	eagerAttempts = 3
	patience      = 200 * time.Microsecond
)

// execute carries out a command: whole, or not at all. The same key with the
// same body gives the result that it gave the first time; a command that was
// refused leaves nothing behind, so its key is still new. A dry run decides and
// writes nothing.
func execute[R any](ctx context.Context, s *Service, req Request, name string, body any, dry bool, do func(*unit) (R, error)) (R, error) {
	record, err := commandRecord(req, name, body)
	if err != nil {
		var none R
		return none, err
	}
	if dry {
		u, result, err := decide(s, record, func(u *unit) (R, error) {
			u.actor, u.request = req.Actor, req
			return do(u)
		})
		if errors.Is(err, errReplay) {
			return replayed[R](u)
		}
		return result, err
	}
	return attempt(ctx, s, record, func(u *unit) (R, error) {
		u.actor, u.request = req.Actor, req
		return do(u)
	})
}

// programKeys precedes the keys of the Program's commands about a partner's claim:
// no key of the partner's begins like it, so neither stands in the other's way.
const programKeys = "\x1f"

func commandRecord(req Request, name string, body any) (storage.CommandRecord, error) {
	const longest = 200
	if req.Key == "" || len(req.Key) > longest {
		return storage.CommandRecord{}, &InputError{Field: "key", Problem: fmt.Sprintf("has %d bytes: give each request a key of its own of 1 to %d bytes", len(req.Key), longest)}
	}
	if !utf8.ValidString(req.Key) || strings.ContainsFunc(req.Key, unicode.IsControl) {
		return storage.CommandRecord{}, &InputError{Field: "key", Problem: "holds a control character or is not UTF-8: give each request a key of letters and digits, such as a UUID"}
	}
	asked, err := json.Marshal(body)
	if err != nil {
		return storage.CommandRecord{}, fmt.Errorf("workflow: %s: %w", name, err)
	}
	if req.Actor.program() {
		req.Key = programKeys + req.Key
	}
	return storage.CommandRecord{
		Key:  storage.CommandKey{Partner: req.Actor.Partner, Key: req.Key},
		Body: sha256.Sum256(slices.Concat([]byte(name), []byte{0}, asked)),
	}, nil
}

// used reports whether a command of the actor's was carried out with the key.
func (s *Service) used(ctx context.Context, req Request) (bool, error) {
	record, err := commandRecord(req, "", nil)
	if err != nil {
		return false, err
	}
	loaded, err := s.store.Load(ctx, storage.Want{Command: record.Key})
	return loaded.Command != nil, unavailable("storage", err)
}

// errOvertaken says that somebody else was faster every time.
var errOvertaken = errors.New("too many others changed the same at the same time")

// attempt decides and writes until no one else was faster.
func attempt[R any](ctx context.Context, s *Service, record storage.CommandRecord, do func(*unit) (R, error)) (R, error) {
	return attemptUpTo(ctx, s, record, maxAttempts, do)
}

// attemptUpTo is attempt with so many tries.
func attemptUpTo[R any](ctx context.Context, s *Service, record storage.CommandRecord, tries int, do func(*unit) (R, error)) (R, error) {
	var zero R
	for n := range tries {
		u, result, err := decide(s, record, do)
		if errors.Is(err, errReplay) {
			return replayed[R](u)
		}
		if err != nil {
			return zero, err
		}
		if n == 0 && len(u.overdue) > 0 {
			s.sweepFirst(ctx, u.overdue)
			continue
		}
		err = u.apply(ctx, result)
		if err == nil {
			return result, nil
		}
		if own, ok := errors.AsType[hostError](err); ok {
			return zero, own.error
		}
		if !errors.Is(err, storage.ErrConflict) {
			return zero, unavailable("storage", err)
		}
		if n >= eagerAttempts {
			if err := pause(ctx, rand.N(time.Duration(n)*patience)); err != nil {
				return zero, err
			}
		}
	}
	return zero, &UnavailableError{Source: "storage", Err: errOvertaken}
}

// replayed returns the result that the command gave the first time.
func replayed[R any](u *unit) (R, error) {
	var result R
	if err := json.Unmarshal(u.replay, &result); err != nil {
		key := u.command.Key
		return result, &storage.UnreadableError{Kind: "command record", Key: string(key.Partner) + " " + key.Key, Err: err}
	}
	return result, nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
