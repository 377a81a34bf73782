package workflowtest_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

func TestNobodyAnswers(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Added("azure-migration", "ana@contoso.com")
	w.Advance(31 * 24 * time.Hour)
	w.ExpectStatus(p, engagement.CustomerConsentExpired)
}

func TestGrantedCustomerIsKnownEverywhere(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	w.ExpectStatus(p, engagement.CustomerConsentReceived)
	w.ExpectTab("azure-migration", engagement.TabEligible, "Contoso")
	w.ExpectTab("security-workshop", engagement.TabEligible, "Contoso")
	w.ExpectTab("security-workshop", engagement.TabIneligible)
	w.Advance(60 * 24 * time.Hour)
	w.ExpectTab("azure-migration", engagement.TabComplete, "Contoso")
	w.ExpectTab("azure-migration", engagement.TabEligible, "Contoso")
	w.Swept()
	w.ExpectTab("azure-migration", engagement.TabComplete, "Contoso")
	w.ExpectTab("azure-migration", engagement.TabEligible, "Contoso")
	q := w.Claimed("azure-migration", "contoso.com")
	w.Requested(q)
	w.As(workflowtest.Fabrikam).Granted("azure-migration", "x@contoso.com")
	w.ExpectTab("azure-migration", engagement.TabIneligible, "Contoso")
	w.ExpectActions(q, engagement.Cancel)
}
