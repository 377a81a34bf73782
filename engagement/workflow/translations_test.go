package workflow_test

import (
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// An engagement with texts in two languages is shown to each in its own: to the customer
// on the page and in what it agreed to, to the partner in mails, reasons and exports.
func TestTranslatedEngagement(t *testing.T) {
	w, _ := newWorld(t, sandbox)
	changeEngagement(t, w, migration, func(e *engagement.Engagement) {
		e.Translations = words.Texts{
			"Azure Migration": {"pt-PT": "Migração para o Azure"}, "About Azure Migration.": {"pt-PT": "Sobre a migração."},
			"The customer has at least 300 seats.": {"pt-PT": "O cliente tem pelo menos 300 lugares."}, "Invoice": {"pt-PT": "Fatura"},
		}
	})
	w.Known("fourthcoffee.com")
	p := w.Added(migration, "ana@contoso.com")
	asking := asked(w, "ana@contoso.com")
	asking.Language, asking.PartnerLanguage = "pt", "en"
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asking)
	ok(t, err)
	w.Relayed()
	if mail := w.Messages()[0]; !strings.Contains(mail.Subject, "Migração para o Azure") {
		t.Errorf("the customer is asked by %q", mail.Subject)
	}
	v, err := w.Desk.Links.ConsentView(background, newest(w, p))
	ok(t, err)
	equal(t, "the page", []string{v.Engagement, v.Summary}, []string{"Migração para o Azure", "Sobre a migração."})
	w.Accepted(p)
	w.Relayed()
	told := w.Messages()[len(w.Messages())-1]
	equal(t, "the partner is told", told.Engagement, "Azure Migration")

	e, _, err := w.Catalog.Engagement(background, migration)
	ok(t, err)
	portuguese := e.In(words.Standard().For("pt"))
	row := w.Rows(migration, engagement.TabIneligible)[0]
	equal(t, "the reason", row.Reasons[0].In(portuguese), "Critério não cumprido: O cliente tem pelo menos 300 lugares (exigido: no mínimo 300; encontrado: 20)")
	var table strings.Builder
	opts := &workflow.CSVOptions{Language: "pt"}
	ok(t, w.Desk.Customers.Export(background, w.Actor, workflow.CustomersQuery{Engagement: migration}, &table, opts))
	ok(t, w.Desk.Claims.Export(background, w.Actor, workflow.ClaimsQuery{}, &table, opts))
	if text := table.String(); strings.Contains(text, "Azure Migration") || strings.Count(text, "Migração para o Azure") < 3 || !strings.Contains(text, "pelo menos 300 lugares") ||
		!strings.HasPrefix(text, "Separador,Cliente,") {
		t.Errorf("the exports are\n%s", text)
	}
}
