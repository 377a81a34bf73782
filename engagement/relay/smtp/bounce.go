package smtp

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
)

// ErrNoReport says that a mail is no report about the delivery of another one, such as
// an answer that somebody wrote, or a note that he is away.
var ErrNoReport = errors.New("smtp: this is no report about the delivery of a mail")

// largestReport is how much of a mail is read.
const largestReport = 1 << 20

// ReadBounces reads a mail that came to [Options.Bounces]. Of a report (RFC 3464) that
// says that one of ours was not delivered, and will not be, it returns what
// [workflow.JobsDesk.RecordBounce] takes: one for each receiver, as a rule one. Of a report
// about anything else, such as a delay or a delivery, it returns none; of another mail,
// [ErrNoReport].
//
// The report has to hold the headers of what came back, as nearly all do. Whoever can
// write to that mailbox can make one up, of a message whose ID it knows: these are in
// no page, and cannot be guessed. All that a forged one does is mark a contact as not
// reached.
func ReadBounces(r io.Reader) ([]workflow.Bounce, error) {
	m, err := mail.ReadMessage(io.LimitReader(r, largestReport))
	if err != nil {
		return nil, ErrNoReport
	}
	kind, of, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || !strings.EqualFold(of["report-type"], "delivery-status") {
		return nil, ErrNoReport
	}
	var failed []string
	var about workflow.Bounce
	for parts := multipart.NewReader(m.Body, of["boundary"]); ; {
		part, err := parts.NextPart()
		if err != nil { // the end, or what nobody can read: what came before counts
			break
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		switch kind {
		case "message/delivery-status", "message/global-delivery-status":
			failed = append(failed, failures(decoded(part))...)
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			about = subject(decoded(part))
		}
	}
	switch {
	case len(failed) == 0:
		return nil, nil
	case about == workflow.Bounce{}:
		return nil, fmt.Errorf("smtp: a mail was not delivered, and its report does not say which: %w", ErrNoReport)
	}
	out := make([]workflow.Bounce, len(failed))
	for i, address := range failed {
		out[i], out[i].Address = about, address
	}
	return out, nil
}

// decoded returns what a part says.
func decoded(part *multipart.Part) *textproto.Reader {
	var r io.Reader = part // quoted-printable is undone already
	if strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "base64") {
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	return textproto.NewReader(bufio.NewReader(r))
}

// failures returns the receivers whom a status says were not reached: "" where it does
// not name one as an address.
func failures(status *textproto.Reader) []string {
	var out []string
	for {
		fields, err := status.ReadMIMEHeader() // the first are of the message, each later group of a receiver
		if strings.EqualFold(strings.TrimSpace(fields.Get("Action")), "failed") {
			_, to, _ := strings.Cut(fields.Get("Original-Recipient"), ";")
			if to == "" {
				_, to, _ = strings.Cut(fields.Get("Final-Recipient"), ";")
			}
			email, _ := tenant.ParseEmail(strings.Trim(strings.TrimSpace(to), "<>"))
			out = append(out, email.String())
		}
		if err != nil {
			return out
		}
	}
}

// subject returns which of our messages these headers are of; zero: none.
func subject(headers *textproto.Reader) workflow.Bounce {
	fields, _ := headers.ReadMIMEHeader()
	ids := strings.Split(fields.Get(aboutHeader), "/")
	if len(ids) != 3 {
		return workflow.Bounce{}
	}
	for i := range ids {
		var err error
		if ids[i], err = url.QueryUnescape(strings.TrimSpace(ids[i])); err != nil || ids[i] == "" {
			return workflow.Bounce{}
		}
	}
	return workflow.Bounce{Partner: engagement.PartnerID(ids[0]), Participation: engagement.ParticipationID(ids[1]), Message: engagement.MessageID(ids[2])}
}
