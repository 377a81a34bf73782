package webhook_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"time"

	"github.com/partnerengage/partnerengage/engagement/relay/webhook"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// A host sends what happens in its program to a system in its own network, which checks
// who it is from.
func Example() {
	secret := webhook.NewSecret() // both keep it: secret.Reveal()

	crm := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		if err != nil || webhook.Verify(r.Header, body, time.Now(), secret) != nil {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		// Take it in unless r.Header.Get("webhook-id") was taken in before, and answer.
		w.WriteHeader(http.StatusNoContent)
	}))
	defer crm.Close()

	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso) // a host's own workflow.Service
	w.Added("azure-migration", "ana@contoso.com")

	endpoints := func(context.Context) ([]webhook.Endpoint, error) { // from a table of the host's
		return []webhook.Endpoint{{
			Name: "crm", Actor: workflow.Actor{User: "hooks", Roles: []workflow.Role{workflow.RoleProgram}}, URL: crm.URL, Secrets: []webhook.Secret{secret},
		}}, nil
	}
	hooks, err := webhook.New(w.Desk.Feed, endpoints, webhook.Options{
		Source: "https://portal.example/program",
		Allow:  netip.Addr.IsLoopback, AllowHTTP: true, // only because it is the host's own network
		Disabled: func(_ context.Context, e webhook.Endpoint, since time.Time, why error) {
			fmt.Println(e.Name, "is disabled; tell those who look after it", since, why)
		},
	})
	if err != nil {
		panic(err)
	}
	sent, err := hooks.Send(context.Background()) // a host has hooks.Run running
	fmt.Println(sent, err)
	// Output: 1 <nil>
}
