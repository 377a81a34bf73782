package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	gomail "github.com/wneessen/go-mail"
)

// Stage is how far a message had come.
type Stage string

// The stages.
const (
	StageConnect   Stage = "connecting"
	StageSignIn    Stage = "signing in"
	StageSender    Stage = "naming the sender"
	StageRecipient Stage = "naming the receiver"
	StageContent   Stage = "handing over the content"
)

// Error says why a message was not sent. It wraps [workflow.ErrUndeliverable] where it
// never can be. Its text holds what the server answered in numbers only: its words may
// name the receiver.
type Error struct {
	Stage  Stage
	Code   int    // of the server's reply, 550 for example; 0: it did not reply
	Status string // the enhanced status code, "5.1.1" for example; "": it gave none

	err    error
	usable bool // whether the connection can be used on
}

func (e *Error) Error() string {
	text := "smtp: " + string(e.Stage) + " failed"
	if e.Code != 0 {
		text += fmt.Sprintf(": the server replied %d", e.Code)
		if e.Status != "" {
			text += " " + e.Status
		}
	}
	if e.err != nil {
		text += ": " + strings.ReplaceAll(e.err.Error(), "\n", ": ")
	}
	return text
}

// Unwrap returns what it was, if that is known, and [workflow.ErrUndeliverable].
func (e *Error) Unwrap() error { return e.err }

// over reports whether a connection that was kept had come to its end before the message
// was begun.
func (e *Error) over() bool { return errors.Is(e.err, errOver) || e.Code == 421 && !e.usable }

var (
	errBusy          = errors.New("other messages are being sent")
	errOver          = errors.New("the connection had ended")
	errBroken        = errors.New("the connection broke")
	errTimeout       = errors.New("the server did not answer in time")
	errNotSMTP       = errors.New("the server does not speak SMTP")
	errInternational = errors.New("the server takes no addresses with letters beyond ASCII")
)

// connectError is the error of connecting, without what the server said in words.
func connectError(ctx context.Context, err error) *Error {
	out := &Error{Stage: StageConnect}
	if strings.HasPrefix(err.Error(), "SMTP AUTH failed") {
		out.Stage = StageSignIn
	}
	var reply *textproto.Error
	var protocol textproto.ProtocolError
	var network *net.OpError
	var certificate *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	switch {
	case ctx.Err() != nil:
		out.err = errTimeout
	case errors.As(err, &reply):
		out.Code, out.Status = reply.Code, enhanced(reply.Msg)
	case errors.As(err, &protocol):
		out.err = errNotSMTP
	case errors.As(err, &network) && network.Timeout():
		out.err = errTimeout
	case errors.As(err, &network), errors.As(err, &certificate), errors.As(err, &unknown), errors.As(err, &record):
		out.err = err
	case errors.Is(err, errNoMechanism):
		out.err = errNoMechanism
	case errors.Is(err, errNoTLS):
		out.err = errNoTLS
	case strings.HasPrefix(err.Error(), "STARTTLS mode"):
		out.err = errors.New("the server offers no STARTTLS, without which nothing is sent")
	default:
		out.err = errBroken
	}
	return out
}

// sendError is the error of handing a message over.
func sendError(ctx context.Context, err error) *Error {
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return &Error{Stage: StageContent, err: errBroken}
	}
	out := &Error{Stage: StageContent, Code: e.ErrorCode(), Status: e.EnhancedStatusCode()}
	switch e.Reason {
	case gomail.ErrConnCheck:
		if ctx.Err() != nil {
			return &Error{Stage: StageConnect, err: errTimeout}
		}
		return &Error{Stage: StageConnect, err: errOver}
	case gomail.ErrSMTPMailFrom:
		out.Stage = StageSender
	case gomail.ErrSMTPRcptTo:
		out.Stage = StageRecipient
	}
	switch {
	case out.Code == 0 && ctx.Err() != nil:
		out.err = errTimeout
	case out.Code == 0:
		out.err = errBroken
	default:
		// After other refusals the server may not know where it is.
		out.usable = out.Code != 421 && out.Stage != StageContent
		if out.undeliverable() {
			out.err = workflow.ErrUndeliverable
		}
	}
	return out
}

// notTheReceiver are the enhanced status codes about addresses that are about the
// sender's (RFC 3463).
var notTheReceiver = []string{"5.1.7", "5.1.8"}

// undeliverable reports whether a reply says that the message can never be delivered.
// Only what is about the receiver or the content does: codes that are used for policies,
// limits and senders as well, such as 554 and 5.7.1, do not.
func (e *Error) undeliverable() bool {
	if e.Code < 500 || e.Stage == StageSender {
		return false
	}
	if e.Status == "" {
		return e.Stage == StageRecipient && slices.Contains([]int{550, 551, 553, 556}, e.Code)
	}
	class, detail, _ := strings.Cut(strings.TrimPrefix(e.Status, "5."), ".")
	switch class {
	case "1": // the address
		return !slices.Contains(notTheReceiver, e.Status)
	case "2": // the mailbox: disabled, or the message is too long for it; not that it is full
		return detail == "1" || detail == "3"
	case "4": // the way there: some servers say so of receivers that they do not know
		return e.Stage == StageRecipient && (detail == "1" || detail == "4")
	case "6": // the content cannot be taken as it is
		return true
	}
	return false
}

var enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// enhanced returns the enhanced status code with which a reply begins, or "".
func enhanced(reply string) string { return enhancedCode.FindString(reply) }
