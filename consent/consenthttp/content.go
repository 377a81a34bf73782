package consenthttp

import (
	"html/template"
	"net/url"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/tenant"
)

// content is what the template draws.
type content struct {
	*Phrases
	View    consent.View
	Notice  Message // what stands in the way; zero if nothing does
	Outcome Message // what became of the request; zero while it is open
	Ask     bool    // whether to offer the choices
	Again   bool    // whether to offer to open the page again
}

func newContent(p *Phrases, r reply) content {
	c := content{Phrases: p, View: r.view, Again: r.again}
	if r.notice != nil {
		c.Notice = r.notice(p)
	}
	if o := outcome(p, r.view); o != c.Notice {
		c.Outcome = o
	}
	c.Ask = r.notice == nil
	return c
}

// outcome says what became of the request, or nothing while it is open.
func outcome(p *Phrases, v consent.View) Message {
	switch v.Status {
	case consent.Granted:
		if !v.WithdrawnAt.IsZero() {
			return p.WithdrawalNoted
		}
		return p.Granted
	case consent.Declined:
		return p.Declined
	case consent.Withdrawn:
		return p.Withdrawn
	case consent.Cancelled:
		return p.Cancelled
	case consent.Expired:
		return p.Expired
	}
	return Message{}
}

// Heading is what the page is called.
func (c content) Heading() string {
	for _, s := range []string{c.Notice.Heading, c.Outcome.Heading} {
		if s != "" {
			return s
		}
	}
	return c.View.Text.Title
}

// Withdrawal says what withdrawing does now.
func (c content) Withdrawal() string {
	if c.View.Submitted {
		return c.WithdrawNoted
	}
	return c.WithdrawEnds
}

// TextLanguage is the language of the text, if it is not the page's.
func (c content) TextLanguage() consent.Language {
	if c.View.Text.Language == c.Language {
		return ""
	}
	return c.View.Text.Language
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
