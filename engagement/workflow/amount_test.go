package workflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// Amounts that nobody can pay, some of which a host can decode from JSON.
var unpayable = map[string]eligibility.Money{
	"fractions of a yen":      amountOf("1234.567", "JPY"),
	"a thousandth of a yen":   amountOf("0.001", "JPY"),
	"less than a cent":        amountOf("0.0000000001", "USD"),
	"a tenth of a cent":       amountOf("1.001", "USD"),
	"an unknown currency":     amountOf("5.00", "ZZZ"),
	"an old currency":         amountOf("5.00", "DEM"),
	"gold":                    amountOf("5", "XAU"),
	"small letters":           amountOf("5.00", "eur"),
	"no currency":             amountOf("5.00", ""),
	"a huge exponent":         amountOf("1E70", "USD"),
	"the largest exponent":    {Amount: decimal.New(1, math.MaxInt32), Currency: "USD"},
	"the smallest exponent":   {Amount: decimal.New(1, math.MinInt32), Currency: "USD"},
	"sixteen digits":          amountOf("1234567890123456", "USD"),
	"another fourth decimal":  amountOf("1.0001", "KWD"),
	"minus a tenth of a cent": amountOf("-0.001", "USD"),
}

func amountOf(amount, currency string) eligibility.Money {
	m := eligibility.Money{Currency: currency}
	if err := json.Unmarshal([]byte(amount), &m.Amount); err != nil {
		panic(err)
	}
	return m
}

// Every amount that any method of the desk takes is checked before anything else
// happens. The walk finds them by their type, so that a new one is not forgotten.
func TestEveryAmountIsChecked(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	found := 0
	for _, method := range deskMethods(w.Desk) {
		for n := range method.Type().NumIn() {
			for _, field := range amountsIn(method.Type().In(n), nil) {
				found++
				t.Run(fmt.Sprint(method.name, " ", method.Type().In(n).FieldByIndex(field).Name), func(t *testing.T) {
					for name, m := range unpayable {
						unchanged(t, spy, func() {
							err := callWith(method.Value, n, field, m, p)
							if !errors.As(err, new(*eligibility.MoneyError)) || !errors.As(err, new(*workflow.InputError)) && !errors.As(err, new(*claim.AmountError)) {
								t.Errorf("%s: the error is %v", name, err)
							}
						})
					}
				})
			}
		}
	}
	if found < 10 {
		t.Errorf("the walk found %d amounts: it overlooks some", found)
	}
}

// amountsIn returns where a command or a query holds amounts.
func amountsIn(in reflect.Type, at []int) (fields [][]int) {
	if in.Kind() != reflect.Struct {
		return nil
	}
	for i := range in.NumField() {
		path := append(at[:len(at):len(at)], i)
		switch f := in.Field(i); {
		case f.Type == reflect.TypeFor[eligibility.Money]() || f.Type == reflect.TypeFor[*eligibility.Money]():
			fields = append(fields, path)
		case f.IsExported():
			fields = append(fields, amountsIn(f.Type, path)...)
		}
	}
	return fields
}

// callWith calls a method with an amount in one field and returns its error.
func callWith(method reflect.Value, n int, field []int, m eligibility.Money, p engagement.ParticipationID) error {
	actor := workflowtest.Northwind
	if name := method.Type().In(n).Name(); strings.Contains(name, "Approve") || strings.Contains(name, "Payment") {
		actor = workflowtest.Vendor.For("northwind")
	}
	args := arguments(method, actor, p)
	if to := args[n].FieldByIndex(field); to.Kind() == reflect.Pointer {
		to.Set(reflect.ValueOf(&m))
	} else {
		to.Set(reflect.ValueOf(m))
	}
	return errorOf(method.Call(args))
}

// arguments returns what a method of the desk can be called with: everything is
// zero but who calls, and about what.
func arguments(method reflect.Value, actor workflow.Actor, p engagement.ParticipationID) []reflect.Value {
	args := make([]reflect.Value, method.Type().NumIn())
	for i := range args {
		in := method.Type().In(i)
		args[i] = reflect.New(in).Elem()
		switch in {
		case reflect.TypeFor[context.Context]():
			args[i].Set(reflect.ValueOf(background))
		case reflect.TypeFor[workflow.Actor]():
			args[i].Set(reflect.ValueOf(actor))
		case reflect.TypeFor[workflow.Request]():
			args[i].Set(reflect.ValueOf(actor.Request("walk")))
		case reflect.TypeFor[engagement.ParticipationID]():
			args[i].Set(reflect.ValueOf(p))
		case reflect.TypeFor[engagement.ID]():
			args[i].Set(reflect.ValueOf(migration))
		case reflect.TypeFor[io.Writer]():
			args[i].Set(reflect.ValueOf(io.Discard))
		case reflect.TypeFor[io.Reader]():
			args[i].Set(reflect.ValueOf(strings.NewReader("text")))
		}
	}
	return args
}

// errorOf returns the error of a call, or the first one of a list that is read row
// by row.
func errorOf(out []reflect.Value) error {
	last := out[len(out)-1]
	if last.Kind() == reflect.Func {
		stop := reflect.MakeFunc(last.Type().In(0), func(row []reflect.Value) []reflect.Value {
			if err, ok := row[len(row)-1].Interface().(error); ok {
				out = append(out, reflect.ValueOf(err))
			}
			return []reflect.Value{reflect.ValueOf(false)}
		})
		last.Call([]reflect.Value{stop})
		last = out[len(out)-1]
	}
	err, _ := last.Interface().(error)
	return err
}

// Amounts show the decimals of their currency, however they were written.
func TestAmountsShowTheirDecimals(t *testing.T) {
	w, _ := newWorld(t)
	rate(t, w, migration, "2026-09-01", "5000 USD", "")
	p := w.Granted(migration, "ana@contoso.com")
	w.Proved(p)
	ok(t, errOf(w.Desk.Claims.Submit(background, w.Actor.Request(w.Key()), p, workflow.SubmitClaim{Requested: amountOf("4800", "USD")})))
	equal(t, "on the row", w.Row(p).Amount.String(), "4800.00 USD")
	equal(t, "estimated", part(t, w, p).Claim.Estimated.String(), "5000.00 USD")
}
