package workflow_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// Whatever somebody hands in, however long and however often, the refusal can be
// read. The walk fills each text and each list of every command and query.
func TestRefusalsAreBounded(t *testing.T) {
	thorough(t)
	w, _ := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	for _, method := range deskMethods(w.Desk) {
		for n := range method.Type().NumIn() {
			in := method.Type().In(n)
			if in.Kind() != reflect.Struct || in == reflect.TypeFor[workflow.Actor]() || in == reflect.TypeFor[workflow.Request]() {
				continue
			}
			for f := range in.NumField() {
				field := in.Field(f)
				if !field.IsExported() {
					continue
				}
				for _, huge := range hugeValues(field.Type) {
					err := callFilled(method.Value, n, f, huge, p)
					if err != nil && len(err.Error()) > 64<<10 {
						t.Errorf("%s: a huge %s.%s is refused with %d bytes: %.200s", method.name, in.Name(), field.Name, len(err.Error()), err)
					}
				}
			}
		}
	}
}

// hugeValues returns more of a type than anybody needs.
func hugeValues(of reflect.Type) (huge []reflect.Value) {
	long := strings.Repeat("<>", 50_000)
	switch {
	case of.Kind() == reflect.String:
		huge = append(huge, reflect.ValueOf(long).Convert(of))
	case of.Kind() == reflect.Pointer && of.Elem().Kind() == reflect.String:
		v := reflect.New(of.Elem())
		v.Elem().SetString(long)
		huge = append(huge, v)
	case of.Kind() == reflect.Slice:
		for _, length := range []int{1, 20, 10_000} {
			list := reflect.MakeSlice(of, length, length)
			for i := range length {
				fillTexts(list.Index(i), long[:min(len(long), 1_000_000/length)])
			}
			huge = append(huge, list)
		}
	case of.Kind() == reflect.Struct:
		v := reflect.New(of).Elem()
		fillTexts(v, long)
		huge = append(huge, v)
	}
	return huge
}

func fillTexts(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fillTexts(v.Field(i), text)
			}
		}
	}
}

func callFilled(method reflect.Value, n, field int, value reflect.Value, p engagement.ParticipationID) (err error) {
	actor := workflowtest.Northwind
	if slices.ContainsFunc([]string{"StartReview", "RequestAction", "ApproveClaim", "RejectClaim", "RecordPayment"}, func(name string) bool {
		return method.Type().In(n).Name() == name
	}) {
		actor = workflowtest.Vendor.For("northwind")
	}
	args := arguments(method, actor, p)
	args[n].Field(field).Set(value)
	return errorOf(method.Call(args))
}
