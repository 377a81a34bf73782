package smtp_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/relay/smtp"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
)

var update = flag.Bool("update", false, "write testdata anew")

// png is the smallest picture.
var png = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89")

func theme(t testing.TB, logo words.Image) *words.Theme {
	t.Helper()
	th, err := words.NewTheme(words.Brand{Name: "Example & Co", Logo: logo, Accent: "#7a1f1f", ImprintURL: "https://portal.example/imprint", PrivacyURL: "https://portal.example/privacy"})
	ok(t, err)
	return th
}

// part is one of a mail, decoded.
type part struct{ kind, id, text string }

// parts takes a mail apart.
func parts(t testing.TB, kind, encoding string, id string, body io.Reader) []part {
	t.Helper()
	media, of, err := mime.ParseMediaType(kind)
	ok(t, err)
	if !strings.HasPrefix(media, "multipart/") {
		if encoding == "quoted-printable" {
			body = quotedprintable.NewReader(body)
		}
		text, err := io.ReadAll(body)
		ok(t, err)
		return []part{{media, id, strings.ReplaceAll(string(text), "\r\n", "\n")}}
	}
	out := []part{{kind: media}}
	for r := multipart.NewReader(body, of["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return out
		}
		ok(t, err)
		out = append(out, parts(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Id"), p)...)
	}
}

// read reads a mail that a server has taken.
func read(t testing.TB, data string) (*mail.Message, []part) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(data))
	ok(t, err)
	return m, parts(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
}

// A mail has what it takes to be read, answered, thrown away and found again.
func TestLetter(t *testing.T) {
	s := serve(t, nil)
	o := s.options()
	o.From.Name, o.Theme = "", theme(t, words.Image{MediaType: "image/png", Data: png})
	o.ReplyTo, o.Bounces = mail.Address{Address: "help@portal.example"}, "bounces@portal.example"
	o.Unsubscribe = func(d workflow.Delivery) string {
		return "https://portal.example/fewer?who=" + string(d.Message.Kind[:2])
	}
	mails := sender(t, o)
	d := asking(t, "ana@contoso.com")
	ok(t, mails.Notify(t.Context(), d))
	d.Message.Kind, d.Message.Link, d.Link, d.Name = engagement.MessageClaimPaid, "", "", `João "o maior" <x@evil.example>`
	d.Subject = "Pago: pedido C-1, “Contoso”, um assunto bastante comprido que ocupa mais do que uma linha do cabeçalho"
	ok(t, mails.Notify(t.Context(), d))

	got := s.mails()
	equal(t, "the envelope", strings.HasPrefix(got[0].From, "FROM:<bounces@portal.example>") && strings.HasPrefix(got[0].To, "TO:<ana@contoso.com>"), true)
	m, all := read(t, got[0].Data)
	for header, want := range map[string]string{
		"From": `"Example & Co" <portal@portal.example>`, "To": `"Ana Sousa" <ana@contoso.com>`, "Reply-To": "<help@portal.example>",
		"Subject": "Northwind requests your consent: Azure Migration", "Message-Id": "<0198c5c7-6b00-8001-8abc-000000000123@portal.example>",
		"Auto-Submitted": "auto-generated", "X-Participation": "northwind/p-1/0198c5c7-6b00-8001-8abc-000000000123",
		"List-Unsubscribe": "", "User-Agent": "", "X-Mailer": "", "Content-Language": "en",
	} {
		equal(t, header, m.Header.Get(header), want)
	}
	if _, err := m.Header.Date(); err != nil {
		t.Error(err)
	}
	var kinds []string
	for _, p := range all {
		kinds = append(kinds, p.kind+p.id)
	}
	if want := []string{"multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png<logo>"}; !slices.Equal(kinds, want) {
		t.Errorf("the parts are %q, want %q", kinds, want)
	}
	equal(t, "the text", all[2].text, asking(t, "ana@contoso.com").Body)
	if html := all[3].text; !strings.Contains(html, `src="cid:logo"`) || !strings.Contains(html, `href="https://portal.example/consent/`+token+`"`) {
		t.Errorf("the HTML is %s", html)
	}

	m, _ = read(t, got[1].Data)
	to, err := m.Header.AddressList("To")
	ok(t, err)
	equal(t, "the receiver", fmt.Sprint(len(to), to[0].Name, to[0].Address), `1`+d.Name+`ana@contoso.com`)
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	ok(t, err)
	equal(t, "the subject", subject, d.Subject)
	equal(t, "unsubscribe", m.Header.Get("List-Unsubscribe")+m.Header.Get("List-Unsubscribe-Post"), "<https://portal.example/fewer?who=cl>List-Unsubscribe=One-Click")
	for line := range strings.SplitSeq(got[1].Data, "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line has %d bytes", len(line))
		}
	}
}

// What goes to a partner as a whole goes to whom the host says, or is given up.
func TestPartnerAsAWhole(t *testing.T) {
	s := serve(t, nil)
	d := asking(t, "ana@contoso.com")
	d.Message.To, d.Message.Link, d.Name = tenant.Email{}, "", ""
	o := s.options()
	err := sender(t, o).Notify(t.Context(), d)
	never(t, err, true)
	o.Partner = func(_ context.Context, d workflow.Delivery) (tenant.Email, error) {
		return address(t, string(d.Message.Partner)+"@portal.example"), nil
	}
	ok(t, sender(t, o).Notify(t.Context(), d))
	equal(t, "to", strings.HasPrefix(s.mails()[0].To, "TO:<northwind@portal.example>"), true)
	o.Partner = func(context.Context, workflow.Delivery) (tenant.Email, error) {
		return tenant.Email{}, io.ErrUnexpectedEOF
	}
	never(t, sender(t, o).Notify(t.Context(), d), false)
	o.Partner, o.Unsubscribe = nil, func(workflow.Delivery) string { return "https://x/>\r\nBcc: <a@b.example" }
	d.Message.To = address(t, "ana@contoso.com")
	never(t, sender(t, o).Notify(t.Context(), d), false)
	equal(t, "mails", len(s.mails()), 1)
}

// A host can write its own mails, whole or beginning with the library's.
func TestOwnContent(t *testing.T) {
	s := serve(t, nil)
	o := s.options()
	o.Content = func(d workflow.Delivery) (smtp.Content, error) {
		c, err := smtp.Standard(d, nil, nil)
		c.Subject, c.HTML = "[Portal] "+c.Subject, ""
		return c, err
	}
	ok(t, sender(t, o).Notify(t.Context(), asking(t, "ana@contoso.com")))
	m, all := read(t, s.mails()[0].Data)
	equal(t, "subject", m.Header.Get("Subject"), "[Portal] Northwind requests your consent: Azure Migration")
	equal(t, "parts", len(all), 1)
	o.Content = func(workflow.Delivery) (smtp.Content, error) { return smtp.Content{Text: "no subject"}, nil }
	never(t, sender(t, o).Notify(t.Context(), asking(t, "ana@contoso.com")), false)
}

// The HTML says what the text says, and links nowhere but to the library's pages and
// the theme's notices.
func TestHTML(t *testing.T) {
	var got bytes.Buffer
	d := asking(t, "ana@contoso.com")
	d.Body = "Hello <b>Ana</b>,\n\nVisit https://evil.example/ please:\n\n" + d.Link + "\n\n- a\n- b\n\n-- \nWe are Example & Co.\nImprint: https://portal.example/imprint\nPrivacy: https://portal.example/privacy"
	for _, language := range []link.Language{"en", "pt-PT"} {
		d.Message.Language = language
		c, err := smtp.Standard(d, theme(t, words.Image{}), nil)
		ok(t, err)
		fmt.Fprintf(&got, "--- %s\n%s", language, c.HTML)
	}
	d.Message.Kind, d.Message.Language, d.Link = engagement.MessageClaimExpired, "en", ""
	d.URL, d.Body = "https://portal.example/claims/p-1", "It is over.\n\nOpen it in the portal:\nhttps://portal.example/claims/p-1"
	c, err := smtp.Standard(d, nil, nil)
	ok(t, err)
	fmt.Fprintf(&got, "--- plain\n%s", c.HTML)
	if strings.Contains(got.String(), `href="https://evil`) || strings.Contains(got.String(), "<b>") {
		t.Error("what somebody has written is a link, or markup")
	}
	const golden = "testdata/mails.golden"
	if *update {
		ok(t, os.WriteFile(golden, got.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	ok(t, err)
	if got.String() != string(want) {
		t.Errorf("%s (-update writes it anew): %s", golden, got.String())
	}
}

// Whatever names, subjects and addresses hold, a mail has the headers that it should
// have, once each, and goes to one receiver.
func FuzzHeaders(f *testing.F) {
	f.Add("Ana", "A subject", "m-1", "northwind", "Hello\n\nworld")
	f.Add("Ana\r\nBcc: x@evil.example", "s\r\n\r\n<script>", "m>\r\nX: 1", "n\nw", "\r\n.\r\nMAIL FROM:<x>\r\n")
	f.Add(`"a" <x@evil.example>, b`, "=?utf-8?q?=0D=0ABcc:_x?=", "\x00", "", ".")
	f.Add(strings.Repeat("ã", 300), strings.Repeat("x", 2000), "í", "\u2028", strings.Repeat("y", 2000))
	s := serve(f, nil)
	mails := sender(f, s.options())
	f.Fuzz(func(t *testing.T, name, subject, id, partner, body string) {
		d := asking(t, "ana@contoso.com")
		d.Name, d.Subject, d.Message.ID, d.Message.Partner, d.Body = name, subject, engagement.MessageID(id), engagement.PartnerID(partner), body
		before := len(s.mails())
		if err := mails.Notify(t.Context(), d); err != nil {
			if subject != "" && body != "" {
				t.Fatal(err)
			}
			return
		}
		got := s.mails()
		equal(t, "mails", len(got), before+1)
		last := got[len(got)-1]
		equal(t, "the receiver", strings.HasPrefix(last.To, "TO:<ana@contoso.com>"), true)
		m, all := read(t, last.Data)
		known := []string{
			"Auto-Submitted", "Content-Language", "Content-Type", "Content-Transfer-Encoding", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To",
			"X-Auto-Response-Suppress", "X-Participation",
		}
		for header, values := range m.Header {
			if !slices.Contains(known, header) || len(values) != 1 {
				t.Errorf("%s: %q", header, values)
			}
		}
		to, err := m.Header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != "ana@contoso.com" {
			t.Errorf("To: %q: %v", m.Header.Get("To"), err)
		}
		if len(all) != 3 {
			t.Errorf("%d parts", len(all))
		}
		s.set(func() { s.got, s.commands = nil, nil })
	})
}
