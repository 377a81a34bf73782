package workflowhttp

import (
	"context"
	"iter"
	"net/http"
	"reflect"
	"regexp"
	"runtime"

	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// route is one method of a desk over HTTP.
type route struct {
	method, path string
	desk, call   string // "ClaimsDesk", "Submit"
	doc          string

	query   reflect.Type // of the parameters; nil: none
	body    reflect.Type // of the JSON; nil: none
	result  reflect.Type // of the JSON; nil: none
	lines   bool         // the result is a line for each
	keyed   bool         // it needs an idempotency key
	revised bool         // it takes If-Match
	binary  bool         // the body, or the answer, is a document
	table   bool         // there is CSV, too

	serve func(*exchange) error
}

// desk finds a desk of a service.
type desk[D any] func(*workflow.Service) *D

var (
	engagements desk[workflow.EngagementsDesk] = func(s *workflow.Service) *workflow.EngagementsDesk { return s.Engagements }
	customers   desk[workflow.CustomersDesk]   = func(s *workflow.Service) *workflow.CustomersDesk { return s.Customers }
	consents    desk[workflow.ConsentsDesk]    = func(s *workflow.Service) *workflow.ConsentsDesk { return s.Consents }
	claims      desk[workflow.ClaimsDesk]      = func(s *workflow.Service) *workflow.ClaimsDesk { return s.Claims }
	documents   desk[workflow.DocumentsDesk]   = func(s *workflow.Service) *workflow.DocumentsDesk { return s.Documents }
	surveys     desk[workflow.SurveysDesk]     = func(s *workflow.Service) *workflow.SurveysDesk { return s.Surveys }
	reviews     desk[workflow.ReviewsDesk]     = func(s *workflow.Service) *workflow.ReviewsDesk { return s.Reviews }
	histories   desk[workflow.HistoriesDesk]   = func(s *workflow.Service) *workflow.HistoriesDesk { return s.Histories }
	feed        desk[workflow.FeedDesk]        = func(s *workflow.Service) *workflow.FeedDesk { return s.Feed }
	program     desk[workflow.ProgramDesk]     = func(s *workflow.Service) *workflow.ProgramDesk { return s.Program }
)

var methodName = regexp.MustCompile(`\(\*(\w+)\)\.(\w+)$`)

// named fills in which method of which desk a route is for, from the method itself.
func named(r route, method any) route {
	name := methodName.FindStringSubmatch(runtime.FuncForPC(reflect.ValueOf(method).Pointer()).Name())
	r.desk, r.call = name[1], name[2]
	return r
}

// id reads the first part of the path that stands for something.
func id[ID ~string](x *exchange) ID { return ID(x.r.PathValue(wildcards(x.route.path)[0])) }

var wildcard = regexp.MustCompile(`\{(\w+)\}`)

// wildcards returns the names in a path.
func wildcards(path string) (names []string) {
	for _, m := range wildcard.FindAllStringSubmatch(path, -1) {
		names = append(names, m[1])
	}
	return names
}

// lists is a query with parameters.
func lists[D, Q, R any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Actor, Q) (R, error)) route {
	r := route{method: http.MethodGet, path: path, doc: doc, query: reflect.TypeFor[Q](), result: reflect.TypeFor[R]()}
	r.serve = func(x *exchange) error {
		var q Q
		if err := x.query(&q); err != nil {
			return err
		}
		return x.reply(method(of(x.service), x.r.Context(), x.actor, q))
	}
	return named(r, method)
}

// shows is a query without parameters.
func shows[D, R any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Actor) (R, error)) route {
	r := route{method: http.MethodGet, path: path, doc: doc, result: reflect.TypeFor[R]()}
	r.serve = func(x *exchange) error {
		if err := x.noMore(); err != nil {
			return err
		}
		return x.reply(method(of(x.service), x.r.Context(), x.actor))
	}
	return named(r, method)
}

// gets is a query about one thing.
func gets[D any, ID ~string, R any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Actor, ID) (R, error)) route {
	r := route{method: http.MethodGet, path: path, doc: doc, result: reflect.TypeFor[R]()}
	r.serve = func(x *exchange) error {
		if err := x.noMore(); err != nil {
			return err
		}
		return x.reply(method(of(x.service), x.r.Context(), x.actor, id[ID](x)))
	}
	return named(r, method)
}

// asks is a query in a body, because it names persons or is large.
func asks[D, In, R any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Actor, In) (R, error)) route {
	r := route{method: http.MethodPost, path: path, doc: doc, body: reflect.TypeFor[In](), result: reflect.TypeFor[R]()}
	r.serve = func(x *exchange) error {
		var in In
		if err := x.decode(&in); err != nil {
			return err
		}
		return x.reply(method(of(x.service), x.r.Context(), x.actor, in))
	}
	return named(r, method)
}

// asksOf is a query in a body about one thing.
func asksOf[D any, ID ~string, In, R any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Actor, ID, In) (R, error)) route {
	r := route{method: http.MethodPost, path: path, doc: doc, body: reflect.TypeFor[In](), result: reflect.TypeFor[R]()}
	r.serve = func(x *exchange) error {
		var in In
		if err := x.decode(&in); err != nil {
			return err
		}
		return x.reply(method(of(x.service), x.r.Context(), x.actor, id[ID](x), in))
	}
	return named(r, method)
}

// moves is a call of the program's that is about no partner's participation and does no
// harm when it is made again.
func moves[D, In any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Actor, In) error) route {
	r := route{method: http.MethodPost, path: path, doc: doc, body: reflect.TypeFor[In]()}
	r.serve = func(x *exchange) error {
		var in In
		if err := x.decode(&in); err != nil {
			return err
		}
		if err := method(of(x.service), x.r.Context(), x.actor, in); err != nil {
			return err
		}
		return x.done()
	}
	return named(r, method)
}

// commands is a command that begins something.
func commands[D, In, R any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Request, In) (R, error)) route {
	r := route{method: http.MethodPost, path: path, doc: doc, body: reflect.TypeFor[In](), result: reflect.TypeFor[R](), keyed: true}
	r.serve = func(x *exchange) error {
		var in In
		req, err := x.command(&in)
		if err != nil {
			return err
		}
		return x.reply(method(of(x.service), x.r.Context(), req, in))
	}
	return named(r, method)
}

// changes is a command on one participation.
func changes[D any, ID ~string, In, R any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Request, ID, In) (R, error)) route {
	r := route{method: http.MethodPost, path: path, doc: doc, body: reflect.TypeFor[In](), result: reflect.TypeFor[R](), keyed: true, revised: true}
	r.serve = func(x *exchange) error {
		var in In
		req, err := x.command(&in)
		if err != nil {
			return err
		}
		return x.reply(method(of(x.service), x.r.Context(), req, id[ID](x), in))
	}
	return named(r, method)
}

// repeats is a command on one participation that has nothing to say.
func repeats[D any, ID ~string, R any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Request, ID) (R, error)) route {
	r := route{method: http.MethodPost, path: path, doc: doc, result: reflect.TypeFor[R](), keyed: true, revised: true}
	r.serve = func(x *exchange) error {
		if err := x.noMore(); err != nil {
			return err
		}
		req, err := x.request()
		if err != nil {
			return err
		}
		return x.reply(method(of(x.service), x.r.Context(), req, id[ID](x)))
	}
	return named(r, method)
}

// settles is a command on a customer, which answers nothing.
func settles[D any, ID ~string, In any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Request, ID, In) error) route {
	r := route{method: http.MethodPost, path: path, doc: doc, body: reflect.TypeFor[In](), keyed: true}
	r.serve = func(x *exchange) error {
		var in In
		req, err := x.command(&in)
		if err != nil {
			return err
		}
		if err := method(of(x.service), x.r.Context(), req, id[ID](x), in); err != nil {
			return err
		}
		return x.done()
	}
	return named(r, method)
}

// streams is a list without end.
func streams[D, Q, T any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Actor, Q) iter.Seq2[T, error]) route {
	r := route{method: http.MethodGet, path: path, doc: doc, query: reflect.TypeFor[Q](), result: reflect.TypeFor[T](), lines: true}
	r.serve = func(x *exchange) error {
		var q Q
		if err := x.query(&q); err != nil {
			return err
		}
		return stream(x, method(of(x.service), x.r.Context(), x.actor, q))
	}
	return named(r, method)
}

// pours is a list without end and without parameters.
func pours[D, T any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Actor) iter.Seq2[T, error]) route {
	r := route{method: http.MethodGet, path: path, doc: doc, result: reflect.TypeFor[T](), lines: true}
	r.serve = func(x *exchange) error {
		if err := x.noMore(); err != nil {
			return err
		}
		return stream(x, method(of(x.service), x.r.Context(), x.actor))
	}
	return named(r, method)
}

// works is a long call of the program's that tells its progress.
func works[D, In, R any](path, doc string, of desk[D], method func(*D, context.Context, workflow.Actor, In, func(workflow.Progress)) (R, error)) route {
	r := route{method: http.MethodPost, path: path, doc: doc, body: reflect.TypeFor[In](), result: reflect.TypeFor[R](), lines: true}
	r.serve = func(x *exchange) error {
		var in In
		if err := x.decode(&in); err != nil {
			return err
		}
		l := x.lines()
		result, err := method(of(x.service), x.r.Context(), x.actor, in, l.progress)
		return l.end(result, err)
	}
	return named(r, method)
}

// command reads the body and the request of a command.
func (x *exchange) command(in any) (workflow.Request, error) {
	req, err := x.request()
	if err != nil {
		return req, err
	}
	return req, x.decode(in)
}

// done answers that there is nothing to say.
func (x *exchange) done() error {
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}
