package workflow_test

import (
	"context"
	"fmt"
	"log"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// Who is it, and what can the customer be added to? Nothing is stored.
func ExampleCustomersDesk_Identify() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	offer, err := w.Desk.Customers.Identify(context.Background(), w.Actor, workflow.Candidate{Location: "4711201", Email: "it@fourthcoffee.com"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(offer.Resolution.Identity.Name)
	for _, c := range offer.Eligible {
		fmt.Println("can be added to", c.Name)
	}
	for _, c := range offer.Ineligible {
		fmt.Println("cannot be added to", c.Name+":", c.Reasons[0])
	}
	// Output:
	// Fourth Coffee
	// can be added to Data Pilot
	// can be added to Endpoint Workshop
	// cannot be added to Azure Migration: Criterion not met: The customer has at least 300 seats (required: at least 300; found: 20)
	// cannot be added to Security Workshop: Criterion not met: The customer is an enterprise (required: enterprise; found: smb)
}

// One customer is added to two engagements: to both, or to none.
func ExampleCustomersDesk_Add() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	added, err := w.Desk.Customers.Add(context.Background(), w.Actor.Request(w.Key()), workflow.AddCustomer{
		Candidate:   workflow.Candidate{Location: "4711201", Email: "ana@contoso.com"},
		Engagements: []engagement.ID{"azure-migration", "data-pilot"},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range added {
		fmt.Println(p.Engagement, p.Status)
	}
	// Output:
	// azure-migration Customer claimed
	// data-pilot Customer claimed
}

// A customer who has consented once is claimed for further engagements.
func ExampleCustomersDesk_Claim() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	w.Known("adatum.com")
	claimed, err := w.Desk.Customers.Claim(context.Background(), w.Actor.Request(w.Key()), workflow.ClaimCustomer{
		Customer: w.Customer("adatum.com"), Location: "4711201", Engagements: []engagement.ID{"data-pilot"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(claimed[0].Engagement, claimed[0].Origin, claimed[0].Status)
	// Output:
	// data-pilot claimed Customer claimed
}

// People type the beginning of a name, without its accents, a domain, a claim number or
// an ID.
func ExampleCustomersDesk_Search() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	w.Added("azure-migration", "ana@contoso.com")
	w.Known("adatum.com")
	page, err := w.Desk.Customers.Search(context.Background(), w.Actor, workflow.SearchQuery{Search: "conto"})
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range page.Rows {
		fmt.Println(row.Name, row.Status)
	}
	// Output:
	// Contoso Customer claimed
}

// The same export in the words of a Portuguese user, and as that user's spreadsheet
// reads it.
func ExampleCustomersDesk_Export_portuguese() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	w.Added("azure-migration", "ana@contoso.com")
	query := workflow.CustomersQuery{Engagement: "azure-migration"}
	err := w.Desk.Customers.Export(context.Background(), w.Actor, query, withoutReturns{}, &workflow.CSVOptions{Separator: ';', Language: "pt-PT"})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// Separador;Cliente;Nome abreviado;Domínio;ID do inquilino;Nuvem;TPID;ID da subscrição;ID da oportunidade;Indicado pelo parceiro;Projeto;Área de soluções;Tipo;Estado;A fazer;Número do pedido;Origem;Localizações;Desde;Prazo;Dias restantes;Montante;Moeda;Responsável;Etiquetas;Referência comercial;Contactos a quem foi pedido;Contactos sem entrega;Pedido a partir de;Motivos;Ações
	// Elegíveis;Contoso;;contoso.com;00000000-0000-4000-8000-000000000001;public;;;;;Azure Migration;Infrastructure;Por iniciar;Cliente reivindicado;faltam 30 dias para obter o consentimento;C-3FXH-Z8VW-86GH;Adicionado;4711201;2026-09-01T09:00:00Z;2026-10-01T09:00:00Z;30;;;;;;;;;;Pedir consentimento, Cancelar
}
