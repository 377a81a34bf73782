package workflow_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// The program keeps the heads of every partner's histories, and reads and verifies those
// that it has to judge: without the links that people were sent, and without another
// partner's.
func TestTheProgramReadsHistories(t *testing.T) {
	w, spy := newWorld(t)
	theirs := w.As(workflowtest.Fabrikam)
	p := w.Granted(migration, "ana@contoso.com")
	theirs.Granted(pilot, "ana@contoso.com")
	theirs.Known("adatum.com")
	contoso := w.Customer("contoso.com")
	unchanged(t, spy, func() {
		heads, err := collect(w.Desk.Histories.Heads(background, workflowtest.Vendor))
		ok(t, err)
		var at []string
		for _, h := range heads {
			at = append(at, fmt.Sprint(h.Partner, " ", h.Customer))
			verified, err := w.Desk.Histories.Verify(background, workflowtest.Vendor.For(h.Partner), h.Customer, h.Head)
			ok(t, err)
			equal(t, "where it ends", verified, h.Head)
		}
		equal(t, "whose heads", at, []string{fmt.Sprint("fabrikam ", contoso), fmt.Sprint("fabrikam ", w.Customer("adatum.com")), fmt.Sprint("northwind ", contoso)})
		some, err := collect(w.Desk.Histories.Heads(background, w.Reviewer()))
		ok(t, err)
		equal(t, "of one partner", some, heads[2:])

		events, err := wholeHistory(background, w.Desk, w.Reviewer(), contoso)
		ok(t, err)
		evidence, err := w.Desk.Consents.Evidence(background, w.Reviewer(), p)
		ok(t, err)
		equal(t, "what proves it", []any{len(events) > 3, evidence[len(evidence)-1].Decision}, []any{true, consent.DecisionAccept})
		for _, e := range events {
			equal(t, "whose events", e.Partner, w.Actor.Partner)
		}
		hash := newest(w, p).Hash()
		for _, text := range textsIn([]any{events, evidence}) {
			if strings.Contains(text, newest(w, p).Secret()) || strings.Contains(text, hex.EncodeToString(hash[:])) {
				t.Errorf("a link shows in %q", text)
			}
		}
		_, err = wholeHistory(background, w.Desk, workflowtest.Vendor, contoso)
		refused[*workflow.ForbiddenError](t, err) // whose is not said
	})
}

// However many customers there are, each has its head once.
func TestHeadsOfManyCustomers(t *testing.T) {
	w, _ := newWorld(t)
	seen := map[string]bool{}
	for _, partner := range []engagement.PartnerID{"northwind", "fabrikam"} {
		var customers []workflow.KnownCustomer
		for n := range 600 {
			customers = append(customers, known(n))
		}
		_, err := w.Desk.Program.Import(background, workflowtest.Vendor, partner, slices.Values(customers), nil)
		ok(t, err)
	}
	for h, err := range w.Desk.Histories.Heads(background, workflowtest.Vendor) {
		ok(t, err)
		key := fmt.Sprint(h.Partner, " ", h.Customer)
		if seen[key] {
			t.Fatalf("%s twice", key)
		}
		seen[key] = true
	}
	equal(t, "how many", len(seen), 1200)
}
