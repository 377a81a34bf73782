package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// maxBody is more than ten times what either service answers.
const maxBody = 256 << 10

// ResponseError says that a service answered, but not with what it was asked
// for. Most are worth another try: throttling (429), trouble on its side (5xx).
// 401 and 403 mean that the token is not accepted.
type ResponseError struct {
	Host       string
	Status     int           // of HTTP
	Reason     string        // as the service calls the error, such as "invalid_request"; foreign text, "" if it does not say
	Codes      []int         // Entra's numbers of the error, such as 90002
	RetryAfter time.Duration // how long the service asks to wait, 0 if it does not say
}

func (e *ResponseError) Error() string {
	text := fmt.Sprintf("%s answered with status %d", e.Host, e.Status)
	if e.Reason != "" {
		text += fmt.Sprintf(", %.64q", e.Reason)
	}
	for _, n := range e.Codes[:min(len(e.Codes), 3)] {
		text += fmt.Sprintf(", AADSTS%d", n)
	}
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(", and asks to wait %s", e.RetryAfter)
	}
	return text
}

// isUnknownTenant reports whether Entra says that it has no such tenant: 90002,
// or 900023 for a name that no tenant can have.
func (e *ResponseError) isUnknownTenant() bool {
	return e.Status == http.StatusBadRequest &&
		(e.Reason == "invalid_tenant" || slices.Contains(e.Codes, 90002) || slices.Contains(e.Codes, 900023))
}

// sameOrigin lets redirects stay where they started, so that neither a domain
// nor a token goes where nobody meant it to go.
func sameOrigin(next *http.Request, via []*http.Request) error {
	switch first := via[0].URL; {
	case next.URL.Scheme != first.Scheme || next.URL.Host != first.Host:
		return errors.New("it redirects to another host, which is refused")
	case len(via) > 3:
		return errors.New("it redirects too often")
	}
	return nil
}

// get reads a JSON document. An answer other than 200 is a [*ResponseError].
func (d *Directory) get(ctx context.Context, url, token string, document any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return fmt.Errorf("the answer of %s cannot be read: %w", req.URL.Host, err)
	case len(body) > maxBody:
		return fmt.Errorf("the answer of %s is longer than %d bytes", req.URL.Host, maxBody)
	case resp.StatusCode != http.StatusOK:
		return responseError(req.URL.Host, resp, body)
	}
	if err := json.Unmarshal(body, document); err != nil {
		return fmt.Errorf("the answer of %s is not the JSON it should be", req.URL.Host)
	}
	return nil
}

// responseError reads what it can from an answer that is none. Entra writes
// "error" as text, Graph as an object with a code.
func responseError(host string, resp *http.Response, body []byte) *ResponseError {
	e := &ResponseError{Host: host, Status: resp.StatusCode}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		e.RetryAfter = time.Duration(min(seconds, 86400)) * time.Second
	}
	var said struct {
		Error json.RawMessage `json:"error"`
		Codes []int           `json:"error_codes"`
	}
	if json.Unmarshal(body, &said) != nil {
		return e
	}
	e.Codes = said.Codes
	if json.Unmarshal(said.Error, &e.Reason) != nil {
		var object struct {
			Code string `json:"code"`
		}
		if json.Unmarshal(said.Error, &object) == nil {
			e.Reason = object.Code
		}
	}
	return e
}
