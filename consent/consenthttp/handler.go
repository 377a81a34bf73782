package consenthttp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
)

// Desk is what the page asks and tells.
type Desk interface {
	// ConsentView returns what the token's page shows. It changes nothing. Its
	// errors are those of [consent.NewView], or with a view
	// [consent.ErrTakenElsewhere]; any other means that it could not tell.
	ConsentView(ctx context.Context, t link.Token) (consent.View, error)

	// AnswerConsent decides, and returns what the page shows from then on. Of two
	// calls at once, one wins; that the same was decided before is no error. Its errors
	// are those of [consent.Apply] and [consent.ErrTakenElsewhere]; any other means that
	// it could not record the answer.
	AnswerConsent(ctx context.Context, t link.Token, d consent.Decision) (consent.View, error)
}

// Options changes what [New] and [NewSurvey] do. The zero value is usable.
type Options struct {
	// Logger is told of failures of the desk and of refused POSTs; nil for nobody.
	Logger *slog.Logger
	// Words are what the pages say, in every language; nil: [words.Standard].
	Words *words.Catalogue
	// Theme is how the pages look: name, logo, colours and what stands below; nil: plain.
	Theme *words.Theme
	// Client says where an answer to a consent came from, as far as that is to be kept,
	// such as the address behind a proxy and the User-Agent header; nil: nothing is
	// kept, because both are personal data.
	Client func(*http.Request) consent.Client
	// CrossOrigin decides which POSTs other sites may cause; nil for none.
	CrossOrigin *http.CrossOriginProtection
}

// New returns the handler of consent links. A nil Options is the zero one.
func New(desk Desk, o *Options) http.Handler {
	return newHandler(kind{consentPage{desk}, "consent", consentPages, 4 << 10}, o)
}

// kind is what the links of one kind have of their own. The handler around it does
// what all kinds have in common: methods, tokens, forms, headers, languages.
type kind struct {
	page      page
	name      string             // for the log
	templates *template.Template // draw a content
	maxBody   int64              // the most of a form that is read, in bytes
}

// page is what a link opens.
type page interface {
	show(ctx context.Context, t link.Token) reply
	post(ctx context.Context, t link.Token, form url.Values) reply
}

// reply is what a page has to say; with status 303 nothing but to look again.
type reply struct {
	status int
	view   view      // nil if there is none
	notice words.Key // what to say first, with a heading and a body; "" to let the view speak
	again  bool      // whether opening the page again may help
	err    error     // for the log
}

// view is what a page shows besides a notice. Its own template draws it.
type view interface {
	language() link.Language // in which it was asked; empty if that is not known
	title() string           // of what is asked, in that language
	outcome() words.Key      // what became of it, with a heading and a body; "" while it is open
}

// retryAfter is how long to wait after a failure, in seconds.
const retryAfter = 30

type handler struct {
	client func(*http.Request) consent.Client
	kind
	log   *slog.Logger
	csrf  *http.CrossOriginProtection
	words *words.Catalogue
	brand words.Brand
	style template.CSS // with the brand's colours
	csp   string
}

func newHandler(k kind, o *Options) *handler {
	if o == nil {
		o = &Options{}
	}
	h := &handler{kind: k, client: o.Client, log: o.Logger, csrf: o.CrossOrigin, words: o.Words, brand: o.Theme.Brand(), style: template.CSS(style + o.Theme.Style())}
	h.csp = contentPolicy(string(h.style), len(h.brand.Logo.Data) > 0)
	if h.words == nil {
		h.words = words.Standard()
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	if h.csrf == nil {
		h.csrf = http.NewCrossOriginProtection()
	}
	return h
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.setHeaders(w.Header())
	reply := h.reply(w, r)
	switch {
	case reply.err == nil, errors.Is(reply.err, context.Canceled):
	case reply.status == http.StatusServiceUnavailable:
		h.log.ErrorContext(r.Context(), h.name+" page failed", "method", r.Method, "error", reply.err)
	default:
		h.log.WarnContext(r.Context(), h.name+" form refused", "status", reply.status, "error", reply.err)
	}
	h.write(w, r, reply)
}

func (h *handler) reply(w http.ResponseWriter, r *http.Request) reply {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		return reply{status: http.StatusMethodNotAllowed, notice: notFromPage}
	}
	token, err := link.ParseToken(lastSegment(r))
	if err != nil {
		return reply{status: http.StatusNotFound, notice: unknown}
	}
	if r.Method != http.MethodPost {
		return h.page.show(r.Context(), token)
	}
	form, status, err := h.form(w, r)
	if err != nil {
		return reply{status: status, notice: notFromPage, again: true, err: err}
	}
	ctx := r.Context()
	if h.client != nil {
		ctx = consent.WithClient(ctx, h.client(r))
	}
	return h.page.post(ctx, token, form)
}

// form reads the page's own form, or says with which status it is refused.
func (h *handler) form(w http.ResponseWriter, r *http.Request) (form url.Values, status int, err error) {
	// A browser too old for Sec-Fetch-Site sends "Origin: null" from a page that,
	// like ours, sends no referrer. It is let through: who can post here knows the
	// token, and needs nobody else's browser.
	old := r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "null"
	if err := h.csrf.Check(r); err != nil && !old {
		return nil, http.StatusForbidden, err
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, http.StatusUnsupportedMediaType, errors.New("the body is no form")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.maxBody))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, http.StatusRequestEntityTooLarge, err
	}
	if err == nil {
		form, err = url.ParseQuery(string(body)) // of the body only: an address decides nothing
	}
	if err != nil {
		return nil, http.StatusBadRequest, errors.New("the form cannot be read")
	}
	return form, 0, nil
}

// lastSegment returns what follows the path's last slash.
func lastSegment(r *http.Request) string {
	return r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
}

// What both pages say first in the same cases.
const (
	notFromPage words.Key = "page.not_from_page"
	notShown    words.Key = "page.not_shown"
	unknown     words.Key = "page.unknown"
	replaced    words.Key = "page.replaced"
	unavailable words.Key = "page.unavailable"
)

//go:embed style.css
var style string

//go:embed page.html consent.html survey.html
var files embed.FS

var (
	consentPages = template.Must(template.ParseFS(files, "page.html", "consent.html"))
	surveyPages  = template.Must(template.ParseFS(files, "page.html", "survey.html"))
)

// contentPolicy allows the page its own style and form, a logo that stands in the page
// itself if it has one, and nothing else.
func contentPolicy(style string, logo bool) string {
	sum := sha256.Sum256([]byte(style))
	pictures := ""
	if logo {
		pictures = "img-src data:; "
	}
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; " + pictures +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

func (p *handler) setHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", p.csp)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow")
}

func (h *handler) write(w http.ResponseWriter, r *http.Request, reply reply) {
	if reply.status == http.StatusSeeOther {
		// Relative, so that it is the same address wherever the handler is mounted.
		w.Header().Set("Location", lastSegment(r))
		w.WriteHeader(reply.status)
		return
	}
	var asked link.Language
	if reply.view != nil {
		asked = reply.view.language()
	}
	said := h.speak(asked, r.Header.Get("Accept-Language"))
	var b bytes.Buffer
	if err := h.templates.Execute(&b, h.content(said, reply)); err != nil {
		h.log.ErrorContext(r.Context(), h.name+" page cannot be drawn", "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	if reply.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	w.Header().Set("Content-Language", string(said.Language()))
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(reply.status)
	if r.Method != http.MethodHead {
		w.Write(b.Bytes())
	}
}
