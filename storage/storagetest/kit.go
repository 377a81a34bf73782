package storagetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/partnerengage/partnerengage/storage"
)

// Case checks one sentence of the contract.
type Case struct {
	Name  string
	Rule  string // the sentence
	check func(ctx context.Context, a, b storage.Store) error
}

// Run checks the case on two handles of one empty database, which may be the
// same value. The error begins with the rule that does not hold.
func (c Case) Run(ctx context.Context, a, b storage.Store) (err error) {
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
	return slices.Concat(applyCases(), wholeCases(), guardCases(), roomCases(), loadCases(), pageCases(), claimsCases(), figuresCases(), dueCases(), outboxCases(), textCases(), valueCases(), sendingCases(), raceCases(), readModelCases(), inspectorCases(), feedCases(), pruneCases(), personCases(), []Case{{
		Name: "model", Rule: "Whatever the order of calls, a store answers like a plain list that is sorted on demand.", check: checkModel,
	}})
}

// same returns an error that shows both unless they are deeply equal.
func same(what string, got, want any) error {
	if reflect.DeepEqual(got, want) {
		return nil
	}
	return fmt.Errorf("%s is\n\t%+v\nand should be\n\t%+v", what, got, want)
}

// matches returns an error unless err is target.
func matches(what string, err, target error) error {
	if errors.Is(err, target) {
		return nil
	}
	return fmt.Errorf("%s returns %v and should return %v", what, err, target)
}
