package entra_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/cached"
	"github.com/partnerengage/partnerengage/tenant/entra"
)

// A host asks every cloud that its customers may live in, and remembers the
// answers. Here a server on loopback stands in for Entra; a host leaves out
// Transport and lists entra.Public(), entra.USGovernment(), entra.China().
func ExampleNew() {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"issuer":"https://login.microsoftonline.com/2925428c-a5e2-56fd-9428-066f43b9c2e7/v2.0","cloud_instance_name":"microsoftonline.com"}`)
	}))
	defer server.Close()

	directory, err := entra.New(&entra.Options{
		Clouds:    []entra.Cloud{{Login: server.URL}},
		Transport: server.Client().Transport,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	resolution, err := tenant.Resolve(context.Background(), cached.New(directory, nil), tenant.Candidate{Email: "ana@contoso.com"})
	fmt.Println(resolution.Basis, resolution.Identity.Key(), resolution.Identity.Cloud, err)
	// Output: derived tenant:2925428c-a5e2-56fd-9428-066f43b9c2e7 public <nil>
}
