package consenthttp

import (
	"html/template"
	"net/url"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/tenant"
)

// content is what the templates draw.
type content struct {
	*Phrases
	View    view    // nil if there is none
	Notice  Message // what stands in the way; zero if nothing does
	Outcome Message // what became of what was asked; zero while it is open
	Ask     bool    // whether to offer the choices
	Again   bool    // whether to offer to open the page again
}

func newContent(p *Phrases, r reply) content {
	c := content{Phrases: p, View: r.view, Again: r.again}
	if r.notice != nil {
		c.Notice = r.notice(p)
	}
	if r.view != nil {
		if o := r.view.outcome(p); o != c.Notice {
			c.Outcome = o
		}
	}
	c.Ask = r.notice == nil
	return c
}

// Heading is what the page is called.
func (c content) Heading() string {
	for _, s := range []string{c.Notice.Heading, c.Outcome.Heading} {
		if s != "" {
			return s
		}
	}
	return c.Title()
}

// Title is what is asked is called.
func (c content) Title() string {
	if c.View == nil {
		return ""
	}
	return c.View.title()
}

// TextLanguage is the language of what is asked, if it is not the page's.
func (c content) TextLanguage() consent.Language {
	if c.View == nil || c.View.language() == c.Language {
		return ""
	}
	return c.View.language()
}

// Style is the page's style sheet.
func (content) Style() template.CSS { return template.CSS(style) }

// moment is a time, for a person and for HTML's time element.
type moment struct{ Shown, Machine string }

// At writes a time.
func (c content) At(t time.Time) moment { return moment{c.Date(t), t.Format(time.RFC3339)} }

// MailTo is the address of a new message to somebody, and to nobody else: what an
// address may hold, such as "?cc=", has no meaning in it.
func (content) MailTo(e tenant.Email) string { return "mailto:" + url.PathEscape(e.String()) }
