package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/relay/cloudevents"
)

// largestAnswer is how much of an answer is read, so that its connection can be used
// again; nothing in it is looked at.
const largestAnswer = 16 << 10

// unsent says that an endpoint did not take the event that happened at a time.
type unsent struct {
	at  time.Time
	err error
}

func (u *unsent) Error() string { return u.err.Error() }
func (u *unsent) Unwrap() error { return u.err }

// refusal is an answer that is not 2xx.
type refusal struct {
	endpoint string
	status   int
	after    time.Duration // when to try again, as the answer says; 0: it does not
}

func (r *refusal) Error() string {
	return fmt.Sprintf("webhook: endpoint %q answered %d %s", r.endpoint, r.status, http.StatusText(r.status))
}

func (r *refusal) gone() bool { return r.status == http.StatusGone }

// post sends an event, and returns nil if the endpoint has taken it.
func (s *Sender) post(ctx context.Context, e Endpoint, event engagement.Event) error {
	c := s.encoder.Encode(event)
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("webhook: event %s cannot be written: %w", c.ID, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("webhook: endpoint %q has no address to send to", e.Name)
	}
	timestamp := strconv.FormatInt(s.o.Now().Unix(), 10)
	r.Header.Set("Content-Type", cloudevents.ContentType)
	r.Header.Set("User-Agent", "partnerengage-webhook/1")
	r.Header.Set(headerID, c.ID)
	r.Header.Set(headerTimestamp, timestamp)
	r.Header.Set(headerSignature, sign(c.ID, timestamp, body, e.Secrets))
	answer, err := s.client.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if of := (*url.Error)(nil); errors.As(err, &of) { // it would tell the address, which can hold a secret
			err = of.Err
		}
		return fmt.Errorf("webhook: endpoint %q cannot be reached: %w", e.Name, err)
	}
	_, _ = io.CopyN(io.Discard, answer.Body, largestAnswer)
	_ = answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return &refusal{e.Name, answer.StatusCode, retryAfter(answer.Header.Get("Retry-After"), s.o.Now())}
	}
	return nil
}

// retryAfter reads when to try again, in seconds or as a date; 0 if that is not said.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
