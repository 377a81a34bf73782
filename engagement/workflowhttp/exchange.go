package workflowhttp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// exchange is one request with its answer.
type exchange struct {
	*Handler
	w       http.ResponseWriter
	r       *http.Request
	route   *route
	actor   workflow.Actor
	values  url.Values // parameters that nobody has read yet
	body    *http.ResponseController
	started bool // the answer has begun, so that no problem can be its status
}

// take returns a parameter that is given once, and "" where there is none.
func (x *exchange) take(name string) (string, error) {
	all := x.values[name]
	delete(x.values, name)
	if len(all) > 1 {
		return "", &workflow.InputError{Field: name, Problem: "is given more than once: give it once"}
	}
	return strings.Join(all, ""), nil
}

// forPartner reads for which partner an actor of the Program acts.
func (x *exchange) forPartner() error {
	partner, err := x.take("partner")
	if err != nil || partner == "" || partner == string(x.actor.Partner) {
		return err
	}
	if !slices.Contains(x.actor.Roles, workflow.RoleProgram) {
		return &workflow.InputError{Field: "partner", Problem: "is for the program's people: leave it out"}
	}
	x.actor = x.actor.For(engagement.PartnerID(partner))
	return nil
}

// request reads what a command needs besides what it is to do.
func (x *exchange) request() (workflow.Request, error) {
	req := x.actor.Request(x.r.Header.Get("Idempotency-Key"))
	if req.Key == "" {
		return req, &problem{Status: http.StatusBadRequest, Code: workflow.CodeInvalidInput, Detail: "the header Idempotency-Key is missing: make a random text for each request of your user, and send the same again when you repeat it"}
	}
	match := strings.TrimSpace(x.r.Header.Get("If-Match"))
	switch {
	case match == "" && x.options.RequireIfMatch && x.route.revised:
		return req, &problem{Status: http.StatusPreconditionRequired, Detail: "the header If-Match is missing: give the ETag of what the user looked at"}
	case match == "" || match == "*":
		return req, nil
	}
	revision, ok := strings.CutPrefix(match, `"`)
	revision, closed := strings.CutSuffix(revision, `"`)
	if !ok || !closed || strings.ContainsAny(revision, `",`) {
		return req, &problem{Status: http.StatusBadRequest, Code: workflow.CodeInvalidInput, Detail: "the header If-Match has to be one ETag, as it was given"}
	}
	return req.If(workflow.Revision(revision)), nil
}

// noMore refuses parameters that nobody has read.
func (x *exchange) noMore() error {
	for name := range x.values {
		return &workflow.InputError{Field: name, Problem: "is no parameter here: leave it out"}
	}
	return nil
}

// query reads the parameters that a query has fields for, and refuses others.
func (x *exchange) query(q any) error {
	if err := x.fill(q); err != nil {
		return err
	}
	return x.noMore()
}

// decode reads a JSON body of one value.
func (x *exchange) decode(into any) error {
	if err := x.noMore(); err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return &problem{Status: http.StatusUnsupportedMediaType, Detail: "the body has to be application/json"}
	}
	data, err := io.ReadAll(x.bodyOf(x.options.MaxBody))
	if err != nil {
		return x.unread(err)
	}
	return decode(data, into)
}

func decode(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more than one value")
		}
	}
	return unsuited(err)
}

// unsuited says what is wrong with a body that cannot be decoded.
func unsuited(err error) error {
	switch e := err.(type) {
	case nil:
		return nil
	case *json.UnmarshalTypeError:
		return &workflow.InputError{Field: strings.ReplaceAll(e.Field, "/", "."), Problem: fmt.Sprintf("is a JSON %s, and has to be another kind of value", e.Value)}
	case *json.SyntaxError:
		return &problem{Status: http.StatusBadRequest, Code: workflow.CodeInvalidInput, Detail: fmt.Sprintf("the body is no JSON at byte %d", e.Offset)}
	}
	if workflow.CodesOf(err)[0] != workflow.CodeInternal {
		return err
	}
	if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return &workflow.InputError{Field: strings.Trim(name, `"`), Problem: "is no field here: leave it out"}
	}
	return &problem{Status: http.StatusBadRequest, Code: workflow.CodeInvalidInput, Detail: "the body cannot be used: it has to be one JSON value, of the fields that are documented"}
}

// bodyOf is the request's body, which may not be larger and each part of which has to come
// in time.
func (x *exchange) bodyOf(most int64) io.ReadCloser {
	return http.MaxBytesReader(x.w, patient{x}, most)
}

// patient waits for each part of a body for a while.
type patient struct{ x *exchange }

func (p patient) Read(b []byte) (int, error) {
	_ = p.x.body.SetReadDeadline(time.Now().Add(p.x.options.Patience)) // not every server can
	return p.x.r.Body.Read(b)
}

func (p patient) Close() error { return p.x.r.Body.Close() }

// unread says why a body could not be read.
func (x *exchange) unread(err error) error {
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return &problem{Status: http.StatusRequestEntityTooLarge, Code: workflow.CodeInvalidInput, Detail: fmt.Sprintf("the body is larger than %d bytes", large.Limit)}
	}
	return &problem{Status: http.StatusRequestTimeout, Detail: "the body did not arrive"}
}

// reply answers with what a method of a desk returned.
func (x *exchange) reply(result any, err error) error {
	if err != nil {
		return err
	}
	x.repeated(result)
	return x.answer(result)
}

// answer writes a result as JSON.
func (x *exchange) answer(result any) error {
	data, err := json.Marshal(result)
	if err != nil {
		return err
	}
	header := x.w.Header()
	if revision := revisionOf(result); revision != "" {
		tag := `"` + string(revision) + `"`
		header.Set("ETag", tag)
		if x.r.Method != http.MethodPost && slices.Contains(strings.FieldsFunc(x.r.Header.Get("If-None-Match"), func(c rune) bool { return c == ',' || c == ' ' }), tag) {
			x.w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	x.links(result)
	header.Set("Content-Type", "application/json")
	x.started = true
	_, err = x.w.Write(append(data, '\n'))
	x.lost(err)
	return nil
}

// lost logs that an answer could not be sent.
func (x *exchange) lost(err error) {
	if err != nil {
		x.options.Logger.DebugContext(x.r.Context(), "the answer was not taken", "error", err)
	}
}

// revisionOf returns the revision of a participation, and "" of anything else.
func revisionOf(result any) workflow.Revision {
	switch v := result.(type) {
	case workflow.ParticipationView:
		return v.Revision
	case workflow.ClaimView:
		return v.Revision
	}
	return ""
}

// repeated marks an answer to a command that was carried out before.
func (x *exchange) repeated(result any) {
	again := false
	switch v := result.(type) {
	case workflow.ParticipationView:
		again = v.Repeated
	case []workflow.ParticipationView:
		again = len(v) > 0 && v[0].Repeated
	}
	if again {
		x.w.Header().Set("Idempotency-Replayed", "true")
	}
}

// links names the pages before and after one.
func (x *exchange) links(result any) {
	v := reflect.Indirect(reflect.ValueOf(result))
	if v.Kind() != reflect.Struct {
		return
	}
	for field, relation := range map[string]string{"Next": "next", "Previous": "prev"} {
		cursor := v.FieldByName(field)
		if !cursor.IsValid() || cursor.Kind() != reflect.String || cursor.Len() == 0 {
			continue
		}
		values := x.r.URL.Query()
		values.Set("cursor", cursor.String())
		x.w.Header().Add("Link", "<?"+values.Encode()+`>; rel="`+relation+`"`)
	}
}
