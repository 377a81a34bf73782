package tenant_test

import (
	"context"
	"errors"
	"testing"

	"github.com/partnerengage/partnerengage/tenant"
)

// answer is a directory that always answers the same.
type answer []tenant.Entry

func (a answer) Lookup(context.Context, tenant.Domain) ([]tenant.Entry, error) { return a, nil }

// The tenants of personal accounts are nobody's customer, whoever names them.
func TestPersonalTenants(t *testing.T) {
	for _, spelling := range []string{
		"9188040d-6c67-4c5b-b112-36a304b66dad", "{9188040D6C674C5BB11236A304B66DAD}",
		"84df9e7f-e9f6-40af-b435-aaaaaaaaaaaa", "84DF9E7F-E9F6-40AF-B435-AAAAAAAAAAAA",
	} {
		id, err := tenant.ParseID(spelling)
		if err != nil || !id.IsPersonal() {
			t.Fatalf("%s: %v, personal: %t", spelling, err, id.IsPersonal())
		}
		_, err = tenant.Resolve(t.Context(), answer{{Tenant: id}}, tenant.Candidate{Domain: "contoso.com", TenantID: spelling, Reason: "they told us"})
		refused(t, err, "tenant_id")
		if _, err = tenant.Resolve(t.Context(), answer{{Tenant: id}}, tenant.Candidate{Domain: "contoso.com"}); !errors.As(err, new(*tenant.NotFoundError)) {
			t.Errorf("%s is derived from a domain: %v", spelling, err)
		}
	}
	if id, _ := tenant.ParseID("4966865e-6df6-5cd4-92d1-832a5ad4d4f4"); id.IsPersonal() {
		t.Error("an organisation's tenant is personal")
	}
}
