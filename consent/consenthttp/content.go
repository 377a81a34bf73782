package consenthttp

import (
	"encoding/base64"
	"html/template"
	"net/url"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/tenant"
)

// content is what the templates draw.
type content struct {
	words.Words
	brand   words.Brand
	style   template.CSS
	View    view    // nil if there is none
	Notice  message // what stands in the way; zero if nothing does
	Outcome message // what became of what was asked; zero while it is open
	Ask     bool    // whether to offer the choices
	Again   bool    // whether to offer to open the page again
}

// message is a heading and what there is to know.
type message struct{ Heading, Body string }

func (h *handler) content(w words.Words, r reply) content {
	c := content{Words: w, brand: h.brand, style: h.style, View: r.view, Again: r.again, Notice: told(w, r.notice), Ask: r.notice == ""}
	if r.view != nil {
		if outcome := r.view.outcome(); outcome != r.notice {
			c.Outcome = told(w, outcome)
		}
	}
	return c
}

// told returns what is said under a key with a heading and a body.
func told(w words.Words, key words.Key) message {
	if key == "" {
		return message{}
	}
	return message{w.Text(key+".heading", nil), w.Text(key+".body", nil)}
}

// Say returns a text of the catalogue, for the templates; nothing for no key.
func (c content) Say(key words.Key) string {
	if key == "" {
		return ""
	}
	return c.Text(key, nil)
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
func (c content) TextLanguage() link.Language {
	if c.View == nil || c.View.language() == c.Language() {
		return ""
	}
	return c.View.language()
}

// Style is the page's style sheet.
func (c content) Style() template.CSS { return c.style }

// Name is who shows the page, or "".
func (c content) Name() string { return c.brand.Name }

// Logo is the address of the logo, which is the logo itself, or "".
func (c content) Logo() template.URL {
	if len(c.brand.Logo.Data) == 0 {
		return ""
	}
	return template.URL("data:" + c.brand.Logo.MediaType + ";base64," + base64.StdEncoding.EncodeToString(c.brand.Logo.Data))
}

// Note is what the host says below each page, or "".
func (c content) Note() string { return c.brand.Note.In(c.Words) }

// footerLink is a notice of the host's.
type footerLink struct {
	Key     words.Key
	Address string
}

// Links are the notices of the host's.
func (c content) Links() []footerLink {
	return slices.DeleteFunc([]footerLink{{"theme.imprint", c.brand.ImprintURL}, {"theme.privacy", c.brand.PrivacyURL}}, func(l footerLink) bool { return l.Address == "" })
}

// moment is a time, for a person and for HTML's time element.
type moment struct{ Shown, Machine string }

// At writes a time.
func (c content) At(t time.Time) moment {
	return moment{c.Moment(t, t.Location()), t.Format(time.RFC3339)}
}

// MailTo is the address of a new message to somebody, and to nobody else: what an
// address may hold, such as "?cc=", has no meaning in it.
func (content) MailTo(e tenant.Email) string { return "mailto:" + url.PathEscape(e.String()) }
