package main

import (
	"embed"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/program"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

//go:embed templates/*.html static
var files embed.FS

// portal is the server.
type portal struct {
	desk     *workflow.Service
	sandbox  *sandbox
	sessions sessions
	pages    map[string]*template.Template
	log      *slog.Logger
	zone     *time.Location

	locations map[engagement.PartnerID][]engagement.LocationID
	names     map[engagement.PartnerID]map[engagement.LocationID]string
	named     words.Texts // what refusals call engagements and locations, by their IDs
}

// newPortal reads the templates: each page with what is around all of them.
func newPortal(desk *workflow.Service, what *program.Program, s *sandbox, log *slog.Logger) (*portal, error) {
	p := &portal{
		desk: desk, sandbox: s, sessions: sessions{who: map[string]string{}, said: map[string]string{}}, pages: map[string]*template.Template{}, log: log,
		locations: map[engagement.PartnerID][]engagement.LocationID{}, names: map[engagement.PartnerID]map[engagement.LocationID]string{},
		named: words.Texts{},
	}
	for _, e := range what.Engagements {
		p.named[string(e.ID)] = words.Text{"en": e.Name, "pt-PT": e.Name}
	}
	for _, partner := range what.Partners {
		p.names[partner.ID] = map[engagement.LocationID]string{}
		for _, l := range partner.Locations {
			p.locations[partner.ID] = append(p.locations[partner.ID], l.ID)
			p.names[partner.ID][l.ID] = l.Name
			p.named[string(l.ID)] = words.Text{"en": l.Name, "pt-PT": l.Name}
		}
	}
	var err error
	if p.zone, err = time.LoadLocation("Europe/Lisbon"); err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		base := strings.TrimSuffix(strings.TrimPrefix(name, "templates/"), ".html")
		if base == "layout" {
			continue
		}
		if p.pages[base], err = template.ParseFS(files, "templates/layout.html", name); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// handler routes.
func (p *portal) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /static/", http.FileServerFS(files))
	mux.Handle("/consent/", consenthttp.New(p.desk.Links, &consenthttp.Options{Logger: p.log}))
	mux.Handle("/survey/", consenthttp.NewSurvey(p.desk.Links, &consenthttp.Options{Logger: p.log}))
	mux.HandleFunc("GET /{$}", p.start)
	mux.HandleFunc("POST /login", p.login)
	mux.HandleFunc("POST /logout", p.logout)
	mux.HandleFunc("POST /language", p.language)
	mux.HandleFunc("POST /clock", p.clock)
	mux.HandleFunc("GET /mailbox", p.mailbox)
	mux.HandleFunc("GET /engagements", p.asSomebody(p.engagements))
	mux.HandleFunc("GET /engagements/{engagement}", p.asSomebody(p.engagement))
	mux.HandleFunc("GET /engagements/{engagement}/customers", p.asSomebody(p.customers))
	mux.HandleFunc("GET /attention", p.asSomebody(p.attention))
	mux.HandleFunc("GET /add", p.asSomebody(p.addWho))
	mux.HandleFunc("POST /add/engagements", p.asSomebody(p.addEngagements))
	mux.HandleFunc("POST /add/confirm", p.asSomebody(p.addConfirm))
	mux.HandleFunc("POST /add", p.asSomebody(p.add))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		v := p.view(r)
		p.show(w, http.StatusNotFound, "message", v.with(v.T("That page is not there.")))
	})
	return http.NewCrossOriginProtection().Handler(secured(mux))
}

// secured sets what every page has in common. Nothing of the portal is run by a browser
// but its own style.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		if !strings.HasPrefix(r.URL.Path, "/static/") {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

// view is what a page shows around what it is about.
type view struct {
	Path     string
	Language link.Language
	Person   person
	LoggedIn bool
	Now      time.Time
	Flash    string
	Problems []string // that no field of the page has
	Fields   map[string][]string
	Data     any

	words words.Words
	zone  *time.Location
}

// T says a text of the portal in the person's language, with values in place of names in
// braces: T "Step {n} of 3" "n" 1.
func (v *view) T(text string, values ...string) string {
	said := texts.Say(text, v.Language)
	for i := 0; i+1 < len(values); i += 2 {
		said = strings.ReplaceAll(said, "{"+values[i]+"}", values[i+1])
	}
	return said
}

// Day writes a day as the person reads it.
func (v *view) Day(t time.Time) string { return v.words.Day(t, v.zone) }

// Moment writes a time as the person reads it.
func (v *view) Moment(t time.Time) string { return v.words.Moment(t, v.zone) }

// Money writes an amount as the person reads it.
func (v *view) Money(m eligibility.Money) string { return v.words.Money(m) }

// with returns the view of something.
func (v *view) with(data any) *view {
	v.Data = data
	return v
}

func (p *portal) view(r *http.Request) *view {
	who, ok := p.sessions.of(r)
	in := languageOf(r)
	who.Actor.Language = in
	return &view{
		Path: r.URL.Path, Language: in, Person: who, LoggedIn: ok, Now: p.sandbox.now(),
		Fields: map[string][]string{}, words: words.Standard().For(in).With(p.named), zone: p.zone,
	}
}

// asSomebody is a page for whoever is logged in. Others are asked to log in first.
func (p *portal) asSomebody(page func(http.ResponseWriter, *http.Request, *view) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := p.view(r)
		if !v.LoggedIn {
			v.Problems = []string{v.T("You are logged out. Log in again; nothing of what was sent before is lost.")}
			p.show(w, http.StatusUnauthorized, "start", v.with(people))
			return
		}
		if r.Method == http.MethodGet {
			v.Flash = p.sessions.hear(r)
		}
		if err := page(w, r, v); err != nil {
			p.refuse(w, r, v, err)
		}
	}
}

// refused puts what was refused beside the fields of a form, which is then shown again
// with what was typed; what is about no field stands on top.
func (v *view) refused(err error, zone *time.Location) {
	for _, one := range workflow.RefusalsIn(err, v.words, zone) {
		field := strings.TrimPrefix(one.Field, "/")
		if field = strings.TrimPrefix(field, "candidate/"); field == "" {
			v.Problems = append(v.Problems, one.Message)
			continue
		}
		field, _, _ = strings.Cut(field, "/")
		v.Fields[field] = append(v.Fields[field], one.Message)
	}
}

// refuse shows an error that no form is there for.
func (p *portal) refuse(w http.ResponseWriter, r *http.Request, v *view, err error) {
	status := workflow.HTTPStatus(err)
	if status >= http.StatusInternalServerError {
		p.log.ErrorContext(r.Context(), "a page failed", "path", r.URL.Path, "error", err)
	}
	v.refused(err, p.zone)
	for _, list := range v.Fields {
		v.Problems = append(v.Problems, list...)
	}
	p.show(w, status, "message", v)
}

// show draws a page.
func (p *portal) show(w http.ResponseWriter, status int, page string, v *view) {
	var b strings.Builder
	if err := p.pages[page].ExecuteTemplate(&b, "layout", v); err != nil {
		p.log.Error("a template failed", "page", page, "error", err)
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(b.String())) // nobody is left to be told
}

// back returns to where a form was sent from, which is a page of the portal.
func back(w http.ResponseWriter, r *http.Request, fallback string) {
	to := r.FormValue("back")
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, "\\") {
		to = fallback
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// Why says why something is refused, as the person reads it.
func (v *view) Why(err error) []string {
	var why []string
	for _, one := range workflow.RefusalsIn(err, v.words, v.zone) {
		why = append(why, one.Message)
	}
	return why
}
