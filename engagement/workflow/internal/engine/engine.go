// Package engine carries out commands, whole or not at all: it reads what a command
// wants to know, records deadlines that have passed meanwhile, has the command decided at
// one moment, writes what that changes in one step, and does it again when somebody else
// was faster. It knows how changes, histories and idempotency keys are written, and
// nothing of what a command means. What it has to say itself, that a deadline has passed
// for example, it leaves to a [Domain].
//
// One try is a [Unit]. [Attempt] makes as many as it takes, [Dry] one that is not
// written, and [Engine.Unit] one that only reads.
package engine

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Engine is on what commands are carried out. All of its fields are needed, unless they
// say otherwise.
type Engine struct {
	Store       storage.Store
	Transaction func(context.Context, func(storage.Store) error) error // in which commands with a key are written; nil: the storage's own
	Clock       func() time.Time
	Random      io.Reader // safe for concurrent use
	Log         *slog.Logger
	Errors      Errors

	Reminders engagement.Reminders
	Persons   engagement.PersonKey
	Horizon   func(now time.Time) time.Time // from when on what was sent counts
	Opener    Opener
}

// Opener says what a unit is to whoever uses the engine.
type Opener interface {
	// Open returns the domain of a unit that the engine has just made.
	Open(*Unit) Domain
}

// Domain is what a unit asks whoever uses it.
type Domain interface {
	// Lapsed says what has happened by a deadline that passed: the unit has the
	// participation as that left it.
	Lapsed(engagement.Lapse)
	// Due reminds of what is due in a participation.
	Due(engagement.Participation)
	// Ended notes what follows for the rest of the changes from a participation that
	// ends with them.
	Ended(engagement.Participation)
}

// Errors are how the engine says what went wrong.
type Errors struct {
	// Unavailable makes the error of an answer that a source did not give, or returns it
	// as it is where that says more.
	Unavailable func(source string, err error) error
	// Internal makes the error of something that has to be mended.
	Internal func(source string, err error) error
	// KeyReused makes the error of a key under which something else was done.
	KeyReused func(key string) error
	// Troubled reports whether an error tells of trouble with a source or the storage,
	// which says nothing of what was asked.
	Troubled func(error) bool
}

// Now is the present, as precise as storage is.
func (e *Engine) Now() time.Time { return e.Clock().UTC().Truncate(time.Microsecond) }

// unavailable is the error of a storage that gave no answer.
func (e *Engine) unavailable(err error) error { return e.Errors.Unavailable("storage", err) }
