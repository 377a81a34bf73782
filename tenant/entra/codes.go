package entra

import (
	"net/http"

	"github.com/partnerengage/partnerengage/internal/code"
)

// Code returns "unavailable" where asking again can help: of throttling, a time-out and
// trouble on the service's side. Else it is "internal": the token is not accepted, or
// the service is asked what it does not understand. See workflow.Code.
func (e *ResponseError) Code() string {
	if e.Status >= 500 || e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout {
		return code.Unavailable
	}
	return code.Internal
}
