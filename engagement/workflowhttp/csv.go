package workflowhttp

import (
	"context"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"

	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// tables is a list that is CSV, too, where that is wanted.
func tables[D, Q, R any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Actor, Q) (R, error), export func(*D, context.Context, workflow.Actor, Q, io.Writer, *workflow.CSVOptions) error) (r route) {
	r = lists(path, doc, of, method)
	r.table = true
	r.serve = func(x *exchange) error {
		var q Q
		if err := x.fill(&q); err != nil {
			return err
		}
		x.w.Header().Add("Vary", "Accept")
		if !wantsCSV(x.r) {
			if err := x.noMore(); err != nil {
				return err
			}
			result, err := method(of(x.service), x.r.Context(), x.actor, q)
			if err != nil {
				return err
			}
			return x.answer(result)
		}
		opts, err := x.csvOptions()
		if err != nil {
			return err
		}
		to := &late{x: x}
		if err := export(of(x.service), x.r.Context(), x.actor, q, to, opts); err != nil {
			if x.started {
				x.options.Logger.ErrorContext(x.r.Context(), "a table was not sent whole", "error", err)
				panic(http.ErrAbortHandler) // so that nobody takes the part for the whole
			}
			return err
		}
		return nil
	}
	return r
}

// wantsCSV reports whether the Accept header names CSV and does not prefer JSON.
func wantsCSV(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept"), ",") {
		switch kind, _, _ := mime.ParseMediaType(part); kind {
		case "text/csv":
			return true
		case "application/json":
			return false
		}
	}
	return false
}

// csvOptions reads how a table is to be written.
func (x *exchange) csvOptions() (*workflow.CSVOptions, error) {
	o := &workflow.CSVOptions{Language: x.actor.Language}
	separator, err := x.take("separator")
	if err != nil {
		return nil, err
	}
	switch separator {
	case "", "comma":
	case "semicolon":
		o.Separator = ';'
	case "tab":
		o.Separator = '\t'
	default:
		return nil, &workflow.InputError{Field: "separator", Problem: "has to be comma, semicolon or tab"}
	}
	mark, err := x.take("byte_order_mark")
	if err != nil {
		return nil, err
	}
	if mark != "" {
		if err := put(reflect.ValueOf(&o.ByteOrderMark).Elem(), mark); err != nil {
			return nil, refusedParameter("byte_order_mark", err)
		}
	}
	return o, x.noMore()
}

// late sends the header of a table with its first line, until when a mistake still has a
// status of its own.
type late struct{ x *exchange }

func (l *late) Write(b []byte) (int, error) {
	if !l.x.started {
		l.x.started = true
		header := l.x.w.Header()
		header.Set("Content-Type", "text/csv; charset=utf-8; header=present")
		header.Set("Content-Disposition", `attachment; filename="export.csv"`)
	}
	return l.x.w.Write(b)
}
