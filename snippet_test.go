package partnerengage_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// TestNobodyAnswers is the README's example of a host's test.
func TestNobodyAnswers(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Added("azure-migration", "ana@contoso.com")
	w.Advance(31 * 24 * time.Hour)
	w.ExpectStatus(p, engagement.StatusConsentExpired)

	q := w.Granted("azure-migration", "it@adatum.com")
	w.Submitted(q) // with its documents, and its surveys answered
	w.Advance(365 * 24 * time.Hour)
	w.ExpectStatus(q, engagement.StatusSubmitted) // a slow reviewer expires nothing
}
