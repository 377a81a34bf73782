package smtp

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
	gomail "github.com/wneessen/go-mail"
)

// letter is a mail, ready to be sent.
type letter struct {
	msg           *gomail.Msg
	international bool // whether its receiver can be named in SMTPUTF8 only
}

// aboutHeader names the partner, the participation and the message: for bounces, also
// where a server gives mails other Message-IDs.
const aboutHeader = "X-Participation"

var errNobody = errors.New("smtp: nobody is known to whom a message to the partner as a whole goes")

// compose writes the mail of a delivery.
func (s *Sender) compose(ctx context.Context, d workflow.Delivery) (*letter, error) {
	to, err := s.receiver(ctx, d)
	if err != nil {
		return nil, err
	}
	content, err := s.o.Content(d)
	if err != nil {
		return nil, fmt.Errorf("smtp: message %s could not be written: %w", d.Message.ID, err)
	}
	if content.Subject == "" || content.Text == "" {
		return nil, fmt.Errorf("smtp: message %s has no subject or no text", d.Message.ID)
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	from, replyTo := s.o.From, s.o.ReplyTo
	m.FromMailAddress(&from)
	m.EnvelopeFromMailAddress(&mail.Address{Address: cmp.Or(s.o.Bounces, from.Address)})
	m.ToMailAddress(&mail.Address{Name: oneLine(d.Name), Address: to.String()})
	if replyTo.Address != "" {
		m.ReplyToMailAddress(&replyTo)
	}
	m.Subject(oneLine(content.Subject))
	m.SetMessageIDWithValue(url.QueryEscape(string(d.Message.ID)) + "@" + domain(from.Address))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	m.SetGenHeader(aboutHeader, url.QueryEscape(string(d.Message.Partner))+"/"+url.QueryEscape(string(d.Message.Participation))+"/"+url.QueryEscape(string(d.Message.ID)))
	if l := s.o.Words.For(d.Message.Language).Of(words.GroupMails).Language(); l != "" {
		m.SetGenHeader("Content-Language", string(l))
	}
	if err := s.unsubscribe(m, d); err != nil {
		return nil, err
	}
	m.SetBodyString(gomail.TypeTextPlain, content.Text)
	if content.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, content.HTML)
		if logo := s.o.Theme.Brand().Logo; showable(logo) && strings.Contains(content.HTML, logoAddress) {
			err := m.EmbedReader("logo", bytes.NewReader(logo.Data), gomail.WithFileContentID("<logo>"), gomail.WithFileContentType(gomail.ContentType(logo.MediaType)))
			if err != nil {
				return nil, fmt.Errorf("smtp: the logo cannot be read: %w", err)
			}
		}
	}
	return &letter{msg: m, international: !ascii(to.String())}, nil
}

// receiver returns to whom a message goes.
func (s *Sender) receiver(ctx context.Context, d workflow.Delivery) (tenant.Email, error) {
	if !d.Message.To.IsZero() {
		return d.Message.To, nil
	}
	var to tenant.Email
	if s.o.Partner != nil {
		var err error
		if to, err = s.o.Partner(ctx, d); err != nil {
			return to, fmt.Errorf("smtp: the mailbox of a partner cannot be told: %w", err)
		}
	}
	if to.IsZero() {
		return to, errors.Join(errNobody, workflow.ErrUndeliverable)
	}
	return to, nil
}

// unsubscribe says where the receiver can ask for no more of such mails.
func (s *Sender) unsubscribe(m *gomail.Msg, d workflow.Delivery) error {
	if s.o.Unsubscribe == nil || d.Message.Link != "" {
		return nil
	}
	address := s.o.Unsubscribe(d)
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || !ascii(address) || strings.ContainsAny(address, "<>, \t\r\n") || (u.Scheme != "https" || u.Host == "") && u.Scheme != "mailto" {
		return fmt.Errorf("smtp: the address at which to unsubscribe from message %s begins with neither https:// nor mailto: or holds what no address does", d.Message.ID)
	}
	m.SetGenHeaderPreformatted("List-Unsubscribe", "<"+address+">")
	if u.Scheme == "https" {
		m.SetGenHeaderPreformatted("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	return nil
}

// oneLine returns a text as it can stand in a header.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
