package evidencetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/partnerengage/partnerengage/engagement/evidence"
)

// Case checks one rule of [evidence.Store].
type Case struct {
	Name  string
	Rule  string // the sentence
	check func(ctx context.Context, a, b evidence.Store) error
}

// Run checks the case on two handles of one empty store, which may be the same
// value. The error begins with the rule that does not hold.
func (c Case) Run(ctx context.Context, a, b evidence.Store) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
		if err != nil {
			err = fmt.Errorf("%s\n\t%w", c.Rule, err)
		}
	}()
	return c.check(ctx, a, b)
}

// Cases returns every case.
func Cases() []Case {
	return slices.Concat(contentCases(), keyCases(), failureCases(), raceCases())
}

// put keeps text under a key.
func put(ctx context.Context, s evidence.Store, key, text string) error {
	if err := s.Put(ctx, key, bytes.NewReader([]byte(text))); err != nil {
		return fmt.Errorf("Put of %s fails: %w", key, err)
	}
	return nil
}

// read returns all that is kept under a key.
func read(ctx context.Context, s evidence.Store, key string) ([]byte, error) {
	content, err := s.Open(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("Open of %s fails: %w", key, err)
	}
	all, err := io.ReadAll(content)
	if err := errors.Join(err, content.Close()); err != nil {
		return nil, fmt.Errorf("reading %s fails: %w", key, err)
	}
	return all, nil
}

// holds returns an error unless what is kept under a key is text.
func holds(ctx context.Context, s evidence.Store, key, text string) error {
	got, err := read(ctx, s, key)
	if err != nil {
		return err
	}
	if string(got) != text {
		return fmt.Errorf("%s has %s and should have %s", key, shown(got), shown([]byte(text)))
	}
	return nil
}

// missing returns an error unless nothing is kept under a key.
func missing(ctx context.Context, s evidence.Store, key string) error {
	content, err := s.Open(ctx, key)
	if err == nil {
		content.Close()
		return fmt.Errorf("there is something under %s", key)
	}
	return matches("Open of "+key+", which is not there,", err, fs.ErrNotExist)
}

// matches returns an error unless err is target.
func matches(what string, err, target error) error {
	if errors.Is(err, target) {
		return nil
	}
	return fmt.Errorf("%s returns %v and should return %v", what, err, target)
}

// shown describes a content in few words.
func shown(content []byte) string {
	return fmt.Sprintf("%d bytes %.40q", len(content), content)
}
