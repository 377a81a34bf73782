package workflowhttp

import (
	"bufio"
	"encoding/json"
	"errors"
	"iter"
	"net/http"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// lines is an answer of a line for each result.
type lines struct {
	x   *exchange
	enc *json.Encoder
}

func (x *exchange) lines() *lines { return &lines{x, json.NewEncoder(x.w)} }

// begin sends the header, once there is something to say.
func (l *lines) begin() {
	if !l.x.started {
		l.x.started = true
		l.x.w.Header().Set("Content-Type", "application/jsonl")
	}
}

// say writes a line and sends it; false where nobody takes it.
func (l *lines) say(v any) bool {
	l.begin()
	err := l.enc.Encode(v)
	if err == nil {
		err = l.x.body.Flush()
	}
	if errors.Is(err, http.ErrNotSupported) {
		err = nil
	}
	l.x.lost(err)
	return err == nil
}

func (l *lines) progress(p workflow.Progress) {
	l.say(struct {
		Progress workflow.Progress `json:"progress"`
	}{p})
}

// failed writes the last line of an answer that has begun, or returns the error for an
// answer that has not.
func (l *lines) failed(err error) error {
	if !l.x.started {
		return err
	}
	p := l.x.problemOf(l.x.r, l.x.actor.Language, err)
	if p.Status >= http.StatusInternalServerError {
		l.x.options.Logger.ErrorContext(l.x.r.Context(), "a request failed on the way", "path", l.x.route.path, "error", err)
	}
	l.say(struct {
		Problem *problem `json:"problem"`
	}{p})
	return nil
}

// end writes the last line of a long call.
func (l *lines) end(result any, err error) error {
	if err != nil {
		return l.failed(err)
	}
	l.say(struct {
		Result any `json:"result"`
	}{result})
	return nil
}

// stream answers with what a list yields, to its end or to the first error.
func stream[T any](x *exchange, list iter.Seq2[T, error]) error {
	l := x.lines()
	for v, err := range list {
		if err != nil {
			return l.failed(err)
		}
		if !l.say(v) {
			return nil
		}
	}
	l.begin()
	return nil
}

// keyedAdd is a line of a bulk add.
type keyedAdd struct {
	Key string `json:"key"`
	workflow.AddCustomer
}

// addAll adds the customers of each line, and answers with a line for each.
func addAll(x *exchange) error {
	dry, err := x.take("dry_run")
	if err != nil {
		return err
	}
	if dry != "" && dry != "true" && dry != "false" {
		return &workflow.InputError{Field: "dry_run", Problem: `has to be "true" or "false"`}
	}
	if err := x.noMore(); err != nil {
		return err
	}
	var bad error
	rows := func(yield func(string, workflow.AddCustomer) bool) {
		for row, err := range readLines[keyedAdd](x) {
			if err != nil {
				bad = err
				return
			}
			if !yield(row.Key, row.AddCustomer) {
				return
			}
		}
	}
	_ = x.body.EnableFullDuplex() // HTTP/1 servers can; others do so anyway
	l := x.lines()
	for r := range x.service.Customers.AddAll(x.r.Context(), x.actor, rows, workflow.BulkOptions{DryRun: dry == "true"}) {
		if !l.say(r) {
			return nil
		}
	}
	if bad != nil {
		return l.failed(bad)
	}
	l.begin()
	return nil
}

// importKnown imports the known customers of each line.
func importKnown(x *exchange) error {
	if err := x.noMore(); err != nil {
		return err
	}
	var bad error
	rows := func(yield func(workflow.KnownCustomer) bool) {
		for row, err := range readLines[workflow.KnownCustomer](x) {
			if err != nil {
				bad = err
				return
			}
			if !yield(row) {
				return
			}
		}
	}
	_ = x.body.EnableFullDuplex()
	l := x.lines()
	done, err := x.service.Program.Import(x.r.Context(), x.actor, id[engagement.PartnerID](x), rows, l.progress)
	return l.end(done, errors.Join(err, bad))
}

// readLines reads a value from each line of the body.
func readLines[T any](x *exchange) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		lines := bufio.NewScanner(patient{x})
		lines.Buffer(nil, int(x.options.MaxBody))
		for lines.Scan() {
			if len(lines.Bytes()) == 0 {
				continue
			}
			var v T
			if err := decode(lines.Bytes(), &v); err != nil {
				yield(zero, err)
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(zero, &problem{Status: http.StatusRequestEntityTooLarge, Code: workflow.CodeInvalidInput, Detail: "a line is too long"})
		} else if err != nil {
			yield(zero, x.unread(err))
		}
	}
}
