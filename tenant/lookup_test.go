package tenant_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/cached"
	"github.com/partnerengage/partnerengage/tenant/tenanttest"
)

// byDomainOnly is a directory that cannot be asked for IDs.
type byDomainOnly struct{ tenant.Directory }

// answering is a directory that gives these entries for every ID.
type answering struct {
	tenant.Directory
	entries []tenant.Entry
}

func (a answering) LookupID(context.Context, tenant.Key) ([]tenant.Entry, error) {
	return a.entries, nil
}

// errAnother stands for the error of a directory that answered for another customer.
var errAnother = errors.New("a *DirectoryError")

// One ID alone names a customer: the directory that can be asked for it names and
// confirms it, and says when there is none.
func TestResolveByIDAlone(t *testing.T) {
	const because = "By telephone."
	stranger := id("00000000-0000-4000-8000-0000000000ff")
	all := directory(t)
	for name, c := range map[string]struct {
		dir       tenant.Directory
		candidate tenant.Candidate
		identity  tenant.Identity
		basis     tenant.Basis
		needsName bool
		err       error
	}{
		"a tenant": {all, tenant.Candidate{TenantID: adatumID.String()},
			tenant.Identity{Tenant: adatumID, TPID: 640037, Name: "Adatum", Cloud: tenant.CloudPublic}, tenant.BasisConfirmed, false, nil},
		"a TPID, to which no tenant is added": {all, tenant.Candidate{TPID: "640037"},
			tenant.Identity{TPID: 640037, Name: "Adatum", Cloud: tenant.CloudPublic}, tenant.BasisConfirmed, false, nil},
		"through a cache": {cached.New(all, nil), tenant.Candidate{TPID: "640037"},
			tenant.Identity{TPID: 640037, Name: "Adatum", Cloud: tenant.CloudPublic}, tenant.BasisConfirmed, false, nil},
		"a tenant that is nobody's": {all, tenant.Candidate{TenantID: stranger.String()}, tenant.Identity{}, "", false, &tenant.ReasonRequiredError{Tenant: stranger}},
		"with a reason": {all, tenant.Candidate{TenantID: stranger.String(), Reason: because},
			tenant.Identity{Tenant: stranger, Stated: true}, tenant.BasisStated, true, nil},
		"where nobody can be asked": {byDomainOnly{all}, tenant.Candidate{TenantID: adatumID.String()}, tenant.Identity{Tenant: adatumID}, tenant.BasisUnchecked, true, nil},
		"a subscription of which the directory knows nothing": {all, tenant.Candidate{SubscriptionID: subscription.String()},
			tenant.Identity{Subscription: subscription}, tenant.BasisUnchecked, true, nil},
		"a subscription whose customer it knows": {answering{all, []tenant.Entry{adatum}}, tenant.Candidate{SubscriptionID: subscription.String()},
			tenant.Identity{Subscription: subscription, Name: "Adatum", Cloud: tenant.CloudPublic}, tenant.BasisConfirmed, false, nil},
		"an opportunity of nobody": {answering{all, nil}, tenant.Candidate{OpportunityID: opportunity.String()}, tenant.Identity{}, "", false,
			&tenant.ReasonRequiredError{Opportunity: opportunity}},
		"two IDs":               {all, tenant.Candidate{TenantID: adatumID.String(), TPID: "640037"}, tenant.Identity{}, "", false, malformedField("email")},
		"none":                  {all, tenant.Candidate{Reason: because}, tenant.Identity{}, "", false, malformedField("email")},
		"an answer for another": {answering{all, []tenant.Entry{adatum}}, tenant.Candidate{TenantID: contosoID.String()}, tenant.Identity{}, "", false, errAnother},
		"a directory that is down": {tenanttest.Failing{}, tenant.Candidate{TPID: "5"}, tenant.Identity{}, "", false,
			&tenant.UnavailableError{Key: "tpid:5", Err: tenanttest.ErrDown}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tenant.Resolve(t.Context(), c.dir, c.candidate)
			if c.err != nil {
				broken := new(tenant.DirectoryError)
				if !sameError(err, c.err) && !errors.Is(err, c.err) && (c.err != errAnother || !errors.As(err, &broken) || broken.Code() != "internal") {
					t.Errorf("got error %#v, want %#v", err, c.err)
				}
				if !reflect.DeepEqual(got, tenant.Resolution{}) {
					t.Errorf("got %+v beside the error", got)
				}
				safe(t, err)
				return
			}
			if err != nil || got.Identity != c.identity || got.Basis != c.basis || got.NeedsName() != c.needsName {
				t.Errorf("got  %+v %s %t, %v\nwant %+v %s %t", got.Identity, got.Basis, got.NeedsName(), err, c.identity, c.basis, c.needsName)
			}
			if checked := c.basis == tenant.BasisConfirmed; got.Basis.Checked() != checked {
				t.Errorf("that it is checked is %t", !checked)
			}
		})
	}
}
