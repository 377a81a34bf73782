package smtp

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// Content is what a mail says.
type Content struct {
	Subject string
	Text    string // plain text, which must hold Delivery.Link where there is one
	HTML    string // a whole document; "": the mail is plain text only
}

// Standard writes a mail as the library does: its text in plain, and the same words as
// HTML in the colours of the theme, with its name or logo above and its notices below.
// Nothing in it is fetched from anywhere, and no link in it leads anywhere but to the
// library's pages and the theme's notices. A host whose mails differ begins with it, or
// writes all of it from the Delivery; Options.Content takes either. A nil catalogue is
// [words.Standard].
//
// A logo that is a PNG or a JPEG is shown, as "cid:logo"; of others the name is.
func Standard(d workflow.Delivery, theme *words.Theme, catalogue *words.Catalogue) (Content, error) {
	if catalogue == nil {
		catalogue = words.Standard()
	}
	w := catalogue.For(d.Message.Language).Of(words.GroupMails)
	brand := theme.Brand()
	body, footer, _ := strings.Cut(d.Body, "\n\n-- \n")
	page := page{Language: string(w.Language()), Subject: d.Subject, Name: brand.Name, Accent: string(brand.Accent), Answer: w.Text(answerKey(d.Message.Kind), nil)}
	if page.Accent == "" {
		page.Accent = standardAccent
	}
	if showable(brand.Logo) {
		page.Logo = logoAddress
	}
	for paragraph := range strings.SplitSeq(body, "\n\n") {
		page.Paragraphs = append(page.Paragraphs, lines(paragraph, d.Link, d.URL))
	}
	if footer != "" {
		page.Footer = lines(footer, "", brand.ImprintURL, brand.PrivacyURL)
	}
	var html bytes.Buffer
	if err := mailPage.Execute(&html, page); err != nil {
		return Content{}, err
	}
	return Content{Subject: d.Subject, Text: d.Body, HTML: html.String()}, nil
}

// logoAddress is where the HTML finds the logo that comes with the mail.
const logoAddress = "cid:logo"

// standardAccent is the colour of what can be clicked, where a theme has none.
const standardAccent = "#0b4f9e"

// showable reports whether programs that show mails can be expected to show an image.
func showable(i words.Image) bool {
	return len(i.Data) > 0 && (i.MediaType == "image/png" || i.MediaType == "image/jpeg")
}

// answerKey is the key of what stands on the button that leads to an answer.
func answerKey(kind engagement.MessageKind) words.Key {
	if kind == engagement.MessageSurveyRequest {
		return "mail.answer_survey"
	}
	return "mail.answer_consent"
}

// page is what the template is made of.
type page struct {
	Language, Subject, Name, Accent, Answer string
	Logo                                    template.URL // one of ours
	Paragraphs                              [][]line
	Footer                                  []line
}

// line is one of a paragraph.
type line struct {
	Text   string
	Link   string // an address that stands behind the text, and can be followed
	Button bool   // it is what the mail is about
}

// lines takes a paragraph apart. Only these addresses become links, where a line ends
// with one: what others have written is never one.
func lines(paragraph, answer string, addresses ...string) []line {
	var out []line
	for text := range strings.SplitSeq(paragraph, "\n") {
		l := line{Text: text}
		if answer != "" && text == answer && followable(answer) {
			l = line{Link: answer, Button: true}
		}
		for _, address := range addresses {
			if before, ends := strings.CutSuffix(text, address); address != "" && ends && followable(address) && (before == "" || strings.HasSuffix(before, " ")) {
				l = line{Text: before, Link: address}
			}
		}
		out = append(out, l)
	}
	return out
}

// followable reports whether an address leads somewhere from a mail.
func followable(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

//go:embed mail.html
var mailHTML string

var mailPage = template.Must(template.New("mail").Parse(mailHTML))
