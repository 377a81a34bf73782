package workflowhttp

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// Options are what [New] needs and what a host may change.
type Options struct {
	// Actor says who makes a request, from its session or its token; needed. An error
	// without a code of package workflow is answered by 401, and its text is only logged.
	Actor func(*http.Request) (workflow.Actor, error)

	// RequireIfMatch refuses commands on a participation without an If-Match header, with
	// 428.
	RequireIfMatch bool

	// MaxBody is the most bytes of a JSON body; 0: a mebibyte. Of a list by lines it is
	// the most of each line.
	MaxBody int64
	// MaxDocument is the most bytes of a document; 0: 64 mebibytes.
	MaxDocument int64
	// Patience is how long a client may take to send the next part of a body; 0: 30 s.
	Patience time.Duration

	// Receipt says what receipts of consents tell of the controllers; what it leaves out of
	// the IDs and the time is filled in. nil: nothing.
	Receipt Receipts

	// Now is the clock by which Retry-After counts; nil: time.Now.
	Now func() time.Time

	// Words are what refusals are told in; nil: [words.Standard].
	Words *words.Catalogue
	// Zone is in which times are told in refusals; nil: UTC.
	Zone *time.Location
	// CrossOrigin decides which POSTs of other sites' pages are let through; nil: none.
	CrossOrigin *http.CrossOriginProtection
	// Logger is told of failures; nil: nobody.
	Logger *slog.Logger
}

// Handler serves the desks of a service.
type Handler struct {
	options Options
	service *workflow.Service
	routes  *http.ServeMux
	allowed *http.ServeMux // by path alone: the methods that there are
}

// New returns a handler for a service. It returns an error where Options lack the actor.
func New(service *workflow.Service, o Options) (*Handler, error) {
	if service == nil || o.Actor == nil {
		return nil, errors.New("workflowhttp: a service and Options.Actor are needed")
	}
	o.MaxBody = cmp.Or(o.MaxBody, 1<<20)
	o.MaxDocument = cmp.Or(o.MaxDocument, 64<<20)
	o.Patience = cmp.Or(o.Patience, 30*time.Second)
	if o.Words == nil {
		o.Words = words.Standard()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.CrossOrigin == nil {
		o.CrossOrigin = http.NewCrossOriginProtection()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	h := &Handler{options: o, service: service, routes: http.NewServeMux(), allowed: http.NewServeMux()}
	methods := map[string][]string{}
	for _, r := range table {
		h.routes.HandleFunc(r.method+" "+r.path, func(w http.ResponseWriter, req *http.Request) { h.serve(w, req, &r) })
		methods[r.path] = append(methods[r.path], r.method)
	}
	for path, list := range methods {
		if slices.Contains(list, http.MethodGet) {
			list = append(list, http.MethodHead)
		}
		allow := strings.Join(list, ", ")
		h.allowed.HandleFunc(path, func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Allow", allow)
			h.refuse(w, req, &problem{Status: http.StatusMethodNotAllowed, Detail: "use one of " + allow})
		})
	}
	return h, nil
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	if _, pattern := h.routes.Handler(r); pattern != "" {
		h.routes.ServeHTTP(w, r)
		return
	}
	if _, pattern := h.allowed.Handler(r); pattern != "" {
		h.allowed.ServeHTTP(w, r)
		return
	}
	h.refuse(w, r, &problem{Status: http.StatusNotFound, Code: workflow.CodeNotFound, Detail: "there is nothing at this address"})
}

// serve answers a request to a route.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, to *route) {
	if err := h.options.CrossOrigin.Check(r); err != nil {
		h.refuse(w, r, &problem{Status: http.StatusForbidden, Code: workflow.CodeForbidden, Detail: "pages of other sites may not do this"})
		return
	}
	actor, err := h.options.Actor(r)
	if err != nil {
		if slices.Equal(workflow.CodesOf(err), []workflow.Code{workflow.CodeInternal}) {
			h.options.Logger.InfoContext(r.Context(), "not authenticated", "error", err)
			err = &problem{Status: http.StatusUnauthorized, Detail: "log in first"}
		}
		h.fail(w, r, h.language(r), err)
		return
	}
	if actor.Language == "" {
		actor.Language = h.language(r)
	}
	x := &exchange{Handler: h, w: w, r: r, route: to, actor: actor, values: r.URL.Query(), body: http.NewResponseController(w)}
	err = x.forPartner()
	if err == nil {
		err = to.serve(x)
	}
	if err != nil {
		h.fail(w, r, actor.Language, err)
	}
}
