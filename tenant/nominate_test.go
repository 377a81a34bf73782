package tenant_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/quick"

	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/tenanttest"
)

var (
	subscription = tenanttest.Must(tenant.ParseSubscriptionID("3f2504e0-4f89-41d3-9a0c-0305e82c3301"))
	opportunity  = tenanttest.Must(tenant.ParseOpportunityID("7-3ABCD1234X"))
)

func TestParseSubscriptionID(t *testing.T) {
	const want = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
	for _, s := range []string{want, strings.ToUpper(want), "{" + want + "}", "urn:uuid:" + want, " " + strings.ReplaceAll(want, "-", "") + "\t"} {
		if got, err := tenant.ParseSubscriptionID(s); err != nil || got.String() != want || got.IsZero() {
			t.Errorf("ParseSubscriptionID(%q) = %v, %v, want %s", s, got, err, want)
		}
	}
	for s, problem := range map[string]string{
		"": "a subscription ID is needed", " ": "a subscription ID is needed",
		"Pay-As-You-Go": "is not a GUID", want + "\n": "is not a GUID", want + "0": "is not a GUID", "３" + want[1:]: "is not a GUID",
		strings.Repeat("3", 100_000):           "is not a GUID",
		"00000000-0000-0000-0000-000000000000": "names no subscription",
	} {
		got, err := tenant.ParseSubscriptionID(s)
		refused(t, err, "subscription_id")
		if !got.IsZero() || !strings.Contains(err.Error(), problem) {
			t.Errorf("ParseSubscriptionID(%.50q) = %v, %v, want %q", s, got, err, problem)
		}
	}
}

func TestParseOpportunityID(t *testing.T) {
	for s, want := range map[string]string{
		"7-3ABCD1234X": "7-3ABCD1234X", "7-3abcd1234x": "7-3ABCD1234X", " \t7-3AbCd1234x\u00a0": "7-3ABCD1234X", "7": "7", "-7-": "-7-", "oppo": "OPPO",
		strings.Repeat("a", 64): strings.Repeat("A", 64),
	} {
		if got, err := tenant.ParseOpportunityID(s); err != nil || got.String() != want || got.IsZero() {
			t.Errorf("ParseOpportunityID(%q) = %v, %v, want %s", s, got, err, want)
		}
	}
	const junk = "letters, digits and hyphens"
	for s, problem := range map[string]string{
		"": "an opportunity ID is needed", " \t": "an opportunity ID is needed",
		"7 3ABCD": junk, "7_3": junk, "7-3\n": junk, "7\x003": junk, "=7-3": junk, "7–3": junk, "７-3": junk, "ſ7": junk, "ana@contoso.com": junk, "7\xff": junk,
		"opportunity:7-3": junk, "\u202e7-3": junk, strings.Repeat("ã", 100_000): junk,
		strings.Repeat("7", 65): "longer than the 64 characters", strings.Repeat("7", 100_000): "longer than the 64 characters",
		"-": "leave it out", "---": "leave it out",
	} {
		got, err := tenant.ParseOpportunityID(s)
		refused(t, err, "opportunity_id")
		if !got.IsZero() || !strings.Contains(err.Error(), problem) {
			t.Errorf("ParseOpportunityID(%.50q) = %v, %v, want %q", s, got, err, problem)
		}
	}
}

func TestKeysOfOneID(t *testing.T) {
	const subscriptionKey, opportunityKey = "subscription:3f2504e0-4f89-41d3-9a0c-0305e82c3301", "opportunity:7-3ABCD1234X"
	for _, test := range []struct {
		identity tenant.Identity
		want     tenant.Key
	}{
		{tenant.Identity{Subscription: subscription}, subscriptionKey},
		{tenant.Identity{Opportunity: opportunity}, opportunityKey},
		{tenant.Identity{Subscription: subscription, Tenant: contosoID, TPID: 7}, subscriptionKey},
		{tenant.Identity{Opportunity: opportunity, Subscription: subscription, Tenant: contosoID, TPID: 7}, opportunityKey},
	} {
		if got := test.identity.Key(); got != test.want {
			t.Errorf("%+v has the key %q, want %q", test.identity, got, test.want)
		}
		if got, err := tenant.ParseKey(string(test.want)); err != nil || got != test.want {
			t.Errorf("ParseKey(%q) = %q, %v", test.want, got, err)
		}
	}
	if tenant.SubscriptionKey(subscription) != subscriptionKey || tenant.OpportunityKey(opportunity) != opportunityKey {
		t.Errorf("got %q and %q", tenant.SubscriptionKey(subscription), tenant.OpportunityKey(opportunity))
	}
	if tenant.SubscriptionKey(tenant.SubscriptionID{}) != "" || tenant.OpportunityKey(tenant.OpportunityID{}) != "" {
		t.Error("no ID has a key")
	}
	// The same GUID names a tenant and a subscription, and they are two customers.
	if tenant.TenantKey(tenant.ID(subscription)) == tenant.SubscriptionKey(subscription) {
		t.Error("a tenant and a subscription share a key")
	}
	for _, s := range []string{
		"subscription:", "subscription:3F2504E0-4F89-41D3-9A0C-0305E82C3301", "subscription:3f2504e04f8941d39a0c0305e82c3301",
		"subscription: 3f2504e0-4f89-41d3-9a0c-0305e82c3301", "subscription:00000000-0000-0000-0000-000000000000", "Subscription:3f2504e0-4f89-41d3-9a0c-0305e82c3301",
		"opportunity:", "opportunity:7-3abcd1234x", "opportunity: 7", "opportunity:7\n", "opportunity:-", "opportunity:" + strings.Repeat("7", 65), "opportunity:7:7", "7-3ABCD1234X",
	} {
		k, err := tenant.ParseKey(s)
		refused(t, err, "key")
		if k != "" {
			t.Errorf("ParseKey(%q) returns %q beside its error", s, k)
		}
	}
}

func TestOneIDCodecs(t *testing.T) {
	const full = `{"subscription_id":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","opportunity_id":"7-3ABCD1234X"}`
	var got tenant.Identity
	if err := json.Unmarshal([]byte(full), &got); err != nil || got != (tenant.Identity{Subscription: subscription, Opportunity: opportunity}) {
		t.Fatalf("got %+v, %v", got, err)
	}
	if b, err := json.Marshal(got); err != nil || string(b) != full {
		t.Errorf("got  %s, %v\nwant %s", b, err, full)
	}
	// Junk is refused and changes nothing; empty text is the zero value.
	for _, junk := range []string{`{"subscription_id":"x"}`, `{"opportunity_id":"x@y.z"}`} {
		if err := json.Unmarshal([]byte(junk), &got); !errors.As(err, new(*tenant.MalformedError)) || got.Subscription != subscription || got.Opportunity != opportunity {
			t.Errorf("%s: got %+v, %v", junk, got, err)
		}
	}
	if err := json.Unmarshal([]byte(`{"subscription_id":"","opportunity_id":""}`), &got); err != nil || got != (tenant.Identity{}) {
		t.Errorf("after reading empty text, got %+v, %v", got, err)
	}
	if err := quick.Check(func(id tenant.SubscriptionID) bool {
		var got tenant.SubscriptionID
		text, err := id.MarshalText()
		return err == nil && got.UnmarshalText(text) == nil && got == id
	}, nil); err != nil {
		t.Error(err)
	}

	const candidate = `{"domain":"contoso.com","subscription_id":"x","opportunity_id":"y"}`
	var c tenant.Candidate
	if err := json.Unmarshal([]byte(candidate), &c); err != nil || c != (tenant.Candidate{Domain: "contoso.com", SubscriptionID: "x", OpportunityID: "y"}) {
		t.Fatalf("got %+v, %v", c, err)
	}
	if b, err := json.Marshal(c); err != nil || string(b) != candidate {
		t.Errorf("got %s, %v", b, err)
	}
	var r tenant.Resolution
	if err := json.Unmarshal([]byte(`{"nominated":"mail"}`), &r); !errors.As(err, new(*tenant.MalformedError)) || r.Nominated != "" {
		t.Errorf("got %q, %v", r.Nominated, err)
	}
}

// Each case holds for a subscription and for an opportunity alike.
func TestResolveByOneID(t *testing.T) {
	merged := tenant.Entry{Tenant: adatumID, TPID: 5, Name: "Adatum", Cloud: tenant.CloudPublic}
	abroad := tenant.Entry{Tenant: contosoID, Name: "Contoso", Cloud: tenant.CloudChina}
	dir := tenanttest.NewStatic(
		tenanttest.Record{Domain: domain("adatum.com"), Entry: adatum},
		tenanttest.Record{Domain: domain("21vianet.com"), Entry: vianet},
		tenanttest.Record{Domain: domain("21vianet.com"), Entry: vianetChina},
		tenanttest.Record{Domain: domain("merged.example"), Entry: adatum},
		tenanttest.Record{Domain: domain("merged.example"), Entry: merged},
		tenanttest.Record{Domain: domain("twice.example"), Entry: contoso},
		tenanttest.Record{Domain: domain("twice.example"), Entry: abroad},
	)
	ids := map[string]struct {
		give  func(*tenant.Candidate)
		named func(*tenant.Identity)
		asked func(*tenant.ReasonRequiredError)
		kind  tenant.IDKind
		key   tenant.Key
	}{
		"subscription": {
			func(c *tenant.Candidate) { c.SubscriptionID = " {3F2504E0-4F89-41D3-9A0C-0305E82C3301}" },
			func(i *tenant.Identity) { i.Subscription = subscription },
			func(e *tenant.ReasonRequiredError) { e.Subscription = subscription },
			tenant.IDKindSubscription, "subscription:3f2504e0-4f89-41d3-9a0c-0305e82c3301",
		},
		"opportunity": {
			func(c *tenant.Candidate) { c.OpportunityID = "7-3abcd1234x " },
			func(i *tenant.Identity) { i.Opportunity = opportunity },
			func(e *tenant.ReasonRequiredError) { e.Opportunity = opportunity },
			tenant.IDKindOpportunity, "opportunity:7-3ABCD1234X",
		},
	}
	for name, test := range map[string]struct {
		candidate tenant.Candidate
		want      tenant.Resolution
		err       error
	}{
		"one customer is found": {
			tenant.Candidate{Email: "ana@adatum.com"},
			tenant.Resolution{
				Identity: tenant.Identity{Domain: domain("adatum.com"), Name: "Adatum", Cloud: tenant.CloudPublic}, Email: email("ana@adatum.com"),
				Basis: tenant.BasisUnchecked, Found: []tenant.Entry{adatum},
			}, nil,
		},
		"a reason changes nothing where one is found": {
			tenant.Candidate{Domain: "adatum.com", Reason: " r "},
			tenant.Resolution{
				Identity: tenant.Identity{Domain: domain("adatum.com"), Name: "Adatum", Cloud: tenant.CloudPublic},
				Basis:    tenant.BasisUnchecked, Reason: "r", Found: []tenant.Entry{adatum},
			}, nil,
		},
		"blanks are no second ID": {
			tenant.Candidate{Domain: "adatum.com", TenantID: " ", TPID: "\t"},
			tenant.Resolution{
				Identity: tenant.Identity{Domain: domain("adatum.com"), Name: "Adatum", Cloud: tenant.CloudPublic},
				Basis:    tenant.BasisUnchecked, Found: []tenant.Entry{adatum},
			}, nil,
		},
		"one tenant under two TPIDs is one customer": {
			tenant.Candidate{Domain: "merged.example"},
			tenant.Resolution{
				Identity: tenant.Identity{Domain: domain("merged.example"), Name: "Adatum", Cloud: tenant.CloudPublic},
				Basis:    tenant.BasisUnchecked, Found: []tenant.Entry{adatum, merged},
			}, nil,
		},
		"nobody is found": {
			tenant.Candidate{Domain: "nobody-here.example"}, tenant.Resolution{},
			&tenant.ReasonRequiredError{Domain: domain("nobody-here.example")},
		},
		"nobody is found, with a reason": {
			tenant.Candidate{Domain: "nobody-here.example", Reason: "r"},
			tenant.Resolution{Identity: tenant.Identity{Domain: domain("nobody-here.example")}, Basis: tenant.BasisStated, Reason: "r"}, nil,
		},
		"several are found": {
			tenant.Candidate{Domain: "21vianet.com"}, tenant.Resolution{},
			&tenant.ReasonRequiredError{Domain: domain("21vianet.com"), Found: []tenant.Entry{vianet, vianetChina}},
		},
		"several are found, with a reason": { // it carries nothing of any of them, not even the name they share
			tenant.Candidate{Domain: "21vianet.com", Reason: "r"},
			tenant.Resolution{
				Identity: tenant.Identity{Domain: domain("21vianet.com")},
				Basis:    tenant.BasisStated, Reason: "r", Found: []tenant.Entry{vianet, vianetChina},
			}, nil,
		},
		"one tenant ID in two clouds is several": {
			tenant.Candidate{Domain: "twice.example"}, tenant.Resolution{},
			&tenant.ReasonRequiredError{Domain: domain("twice.example"), Found: []tenant.Entry{contoso, abroad}},
		},
		"a consumer domain": {
			tenant.Candidate{Email: "joao@gmail.com"}, tenant.Resolution{},
			&tenant.ConsumerDomainError{Domain: domain("gmail.com"), NeedsReason: true},
		},
		"a consumer domain, with a reason": {
			tenant.Candidate{Domain: "gmail.com", Reason: "r"},
			tenant.Resolution{Identity: tenant.Identity{Domain: domain("gmail.com")}, Basis: tenant.BasisStated, Reason: "r"}, nil,
		},
		"no domain":          {tenant.Candidate{Reason: "r"}, tenant.Resolution{Basis: tenant.BasisUnchecked, Reason: "r"}, nil},
		"a malformed domain": {tenant.Candidate{Domain: "-bad-.com", Reason: "r"}, tenant.Resolution{}, malformedField("domain")},
		"a tenant ID too":    {tenant.Candidate{Domain: "adatum.com", TenantID: adatumID.String(), Reason: "r"}, tenant.Resolution{}, malformedField("tenant_id")},
		"a TPID too":         {tenant.Candidate{Domain: "adatum.com", TPID: "640037", Reason: "r"}, tenant.Resolution{}, malformedField("tpid")},
		"junk as a TPID too": {tenant.Candidate{Domain: "adatum.com", TPID: "x\n", Reason: "r"}, tenant.Resolution{}, malformedField("tpid")},
	} {
		for kind, id := range ids {
			t.Run(name+"/"+kind, func(t *testing.T) {
				candidate, want, wantErr := test.candidate, test.want, test.err
				id.give(&candidate)
				if wantErr == nil {
					id.named(&want.Identity)
					want.Nominated = id.kind
					want.Identity.Stated = want.Basis == tenant.BasisStated
				}
				if e, ok := wantErr.(*tenant.ReasonRequiredError); ok {
					required := *e
					id.asked(&required)
					wantErr = &required
				}
				got, err := tenant.Resolve(t.Context(), dir, candidate)
				if !sameError(err, wantErr) {
					t.Errorf("got error %#v, want %#v", err, wantErr)
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("\ngot  %+v\nwant %+v", got, want)
				}
				if err != nil {
					safe(t, err)
					return
				}
				if got.Identity.Key() != id.key {
					t.Errorf("the key is %q, want %q", got.Identity.Key(), id.key)
				}
				b, err := json.Marshal(got)
				if back := (tenant.Resolution{}); err != nil || json.Unmarshal(b, &back) != nil || !reflect.DeepEqual(back, got) {
					t.Errorf("stored as %s, %v, and read as %+v", b, err, back)
				}
			})
		}
	}

	for kind, id := range ids {
		c := tenant.Candidate{Domain: "adatum.com", Reason: "r"}
		id.give(&c)
		_, err := tenant.Resolve(t.Context(), tenanttest.Failing{}, c)
		if want := (&tenant.UnavailableError{Domain: domain("adatum.com"), Err: tenanttest.ErrDown}); !reflect.DeepEqual(err, want) {
			t.Errorf("%s, the directory down: got %v", kind, err)
		}
	}
}

// With several IDs, the errors name each one to leave out, whether or not it
// could be read, and the directory is not asked.
func TestOnlyOneIDNominates(t *testing.T) {
	const guid, number = "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "7-3ABCD1234X"
	for _, test := range []struct {
		candidate tenant.Candidate
		want      []string
	}{
		{
			tenant.Candidate{SubscriptionID: guid, OpportunityID: number},
			[]string{"malformed subscription_id: the opportunity ID was given too, and one ID nominates the customer: leave out the subscription ID, or leave out the opportunity ID to nominate by the subscription ID"},
		},
		{
			tenant.Candidate{SubscriptionID: guid, TenantID: guid},
			[]string{"malformed tenant_id: the subscription ID was given too, and one ID nominates the customer: leave out the tenant ID, or leave out the subscription ID to nominate by the tenant ID"},
		},
		{
			tenant.Candidate{SubscriptionID: "ana@contoso.com", OpportunityID: number, TenantID: "x\n", TPID: "x\n"},
			[]string{"malformed subscription_id: the opp", "malformed tenant_id: the opportunity ID", "malformed tpid: the opportunity ID"},
		},
		{
			tenant.Candidate{OpportunityID: "x@y.z", TPID: "7"},
			[]string{`malformed opportunity_id: "x@y.z" is not`, "malformed tpid: the opportunity ID"},
		},
		{tenant.Candidate{SubscriptionID: "7-3ABCD1234X"}, []string{`malformed subscription_id: "7-3ABCD1234X" is not a GUID`}},
	} {
		dir := &tenanttest.Recorder{Directory: tenanttest.NewStatic()}
		test.candidate.Domain, test.candidate.Reason = "contoso.com", "r"
		got, err := tenant.Resolve(t.Context(), dir, test.candidate)
		all := []error{err}
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			all = joined.Unwrap()
		}
		if !slices.EqualFunc(all, test.want, func(err error, want string) bool {
			var malformed *tenant.MalformedError
			return errors.As(err, &malformed) && strings.HasPrefix(err.Error(), want)
		}) {
			t.Errorf("%+v: got error %v, want %q", test.candidate, err, test.want)
		}
		if !reflect.DeepEqual(got, tenant.Resolution{}) || len(dir.Asked()) > 0 {
			t.Errorf("%+v: got %+v, and the directory was asked for %v", test.candidate, got, dir.Asked())
		}
	}
}

func TestReasonRequiredNamesTheOneID(t *testing.T) {
	for err, want := range map[*tenant.ReasonRequiredError]string{
		{Domain: domain("contoso.com"), Opportunity: opportunity}: `the directory knows no customer by the domain contoso.com, and exactly one is wanted beside opportunity 7-3ABCD1234X: ` +
			`give another e-mail address or domain of the customer, or a reason why the ID is right`,
		{Domain: domain("contoso.com"), Subscription: subscription, Found: []tenant.Entry{{TPID: 1, Name: "x\ny"}, {TPID: 2}}}: `the directory knows TPID 1 "x\ny", TPID 2 by the domain contoso.com, ` +
			`and exactly one is wanted beside subscription 3f2504e0-4f89-41d3-9a0c-0305e82c3301: give another e-mail address or domain of the customer, or a reason why the ID is right`,
	} {
		if err.Error() != want || !errors.As(err, new(*tenant.ReasonRequiredError)) {
			t.Errorf("got  %s\nwant %s", err, want)
		}
		safe(t, err)
	}
}
