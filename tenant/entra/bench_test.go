package entra_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/entra"
)

// discoveryDocument is one as long as the service answers it.
const discoveryDocument = `{"token_endpoint":"https://login.microsoftonline.com/` + contosoID + `/oauth2/v2.0/token","token_endpoint_auth_methods_supported":["client_secret_post","private_key_jwt","client_secret_basic"],` +
	`"jwks_uri":"https://login.microsoftonline.com/` + contosoID + `/discovery/v2.0/keys","response_modes_supported":["query","fragment","form_post"],"subject_types_supported":["pairwise"],` +
	`"id_token_signing_alg_values_supported":["RS256"],"response_types_supported":["code","id_token","code id_token","id_token token"],"scopes_supported":["openid","profile","email","offline_access"],` +
	`"issuer":"https://login.microsoftonline.com/` + contosoID + `/v2.0","request_uri_parameter_supported":false,"userinfo_endpoint":"https://graph.microsoft.com/oidc/userinfo",` +
	`"authorization_endpoint":"https://login.microsoftonline.com/` + contosoID + `/oauth2/v2.0/authorize","device_authorization_endpoint":"https://login.microsoftonline.com/` + contosoID + `/oauth2/v2.0/devicecode",` +
	`"http_logout_supported":true,"frontchannel_logout_supported":true,"end_session_endpoint":"https://login.microsoftonline.com/` + contosoID + `/oauth2/v2.0/logout",` +
	`"claims_supported":["sub","iss","cloud_instance_name","cloud_instance_host_name","cloud_graph_host_name","msgraph_host","aud","exp","iat","auth_time","acr","nonce","preferred_username","name","tid","ver","at_hash","c_hash","email"],` +
	`"kerberos_endpoint":"https://login.microsoftonline.com/` + contosoID + `/kerberos","tenant_region_scope":"EU","cloud_instance_name":"microsoftonline.com","cloud_graph_host_name":"graph.windows.net",` +
	`"msgraph_host":"graph.microsoft.com","rbac_url":"https://pas.windows.net"}`

// BenchmarkLookupRatio looks a domain up and, in turns, gets the same document over
// the same connections and decodes its four fields, as little as that can be. It
// reports how many times longer the lookup takes: the medians of all turns.
func BenchmarkLookupRatio(b *testing.B) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		io.WriteString(w, discoveryDocument)
	}))
	defer server.Close()
	contoso := domain("contoso.com")
	directory, err := entra.New(&entra.Options{Clouds: []entra.Cloud{{Login: server.URL}}, Transport: server.Client().Transport})
	if err != nil {
		b.Fatal(err)
	}
	lookup := func() error {
		found, err := directory.Lookup(b.Context(), contoso)
		if err == nil && !slices.Equal(found, []tenant.Entry{{Tenant: id(contosoID), Cloud: tenant.CloudPublic}}) {
			err = fmt.Errorf("found %v", found)
		}
		return err
	}
	get := func() error {
		resp, err := server.Client().Get(server.URL + discoveryPath("contoso.com"))
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return err
		}
		var document struct {
			Issuer         string `json:"issuer"`
			CloudInstance  string `json:"cloud_instance_name"`
			RegionSubScope string `json:"tenant_region_sub_scope"`
			GraphHost      string `json:"msgraph_host"`
		}
		if err := json.Unmarshal(body, &document); err != nil {
			return err
		}
		if document.CloudInstance != "microsoftonline.com" {
			return errors.New("the document is another")
		}
		return nil
	}

	ways := [2]func() error{get, lookup}
	var times [2][]time.Duration
	for round := 0; b.Loop(); round++ {
		for k := range ways {
			k = (k + round) % 2
			began := time.Now()
			if err := ways[k](); err != nil {
				b.Fatal(err)
			}
			times[k] = append(times[k], time.Since(began))
		}
	}
	for k := range times {
		slices.Sort(times[k])
	}
	bare, ours := times[0][len(times[0])/2], times[1][len(times[1])/2]
	b.ReportMetric(float64(bare.Nanoseconds())/1000, "us/get")
	b.ReportMetric(float64(ours.Nanoseconds())/1000, "us/lookup")
	b.ReportMetric(float64(ours)/float64(bare), "x-get")
	b.ReportMetric(0, "ns/op")
}
