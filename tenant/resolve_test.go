package tenant_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/tenanttest"
)

var (
	contosoID   = id("2925428c-a5e2-56fd-9428-066f43b9c2e7")
	adatumID    = id("0f40919e-0b88-56fd-aba5-2ab9ade441ac")
	prosewareID = id("4966865e-6df6-5cd4-92d1-832a5ad4d4f4")

	contoso     = tenant.Entry{Tenant: contosoID, Name: "Contoso", Cloud: tenant.CloudPublic}
	adatum      = tenant.Entry{Tenant: adatumID, TPID: 640037, Name: "Adatum", Cloud: tenant.CloudPublic}
	proseware   = tenant.Entry{Tenant: prosewareID, TPID: 640629, Name: "Proseware", Cloud: tenant.CloudPublic}
	vianet      = tenant.Entry{Tenant: id("8db0f33b-a444-5d55-9f00-086e8f67ff78"), TPID: 641184, Name: "21Vianet", Cloud: tenant.CloudPublic}
	vianetChina = tenant.Entry{Tenant: id("99af6eaa-0cef-51e4-9d8c-f7541882e058"), Name: "21Vianet", Cloud: tenant.CloudChina}
	cervejaria  = tenant.Entry{Tenant: id("4960f4a8-7e57-59e2-abc7-81b38c09d3ee"), Name: "Cervejaria São João", Cloud: tenant.CloudPublic}
)

func id(s string) tenant.ID         { return tenanttest.Must(tenant.ParseID(s)) }
func domain(s string) tenant.Domain { return tenanttest.Must(tenant.ParseDomain(s)) }
func email(s string) tenant.Email   { return tenanttest.Must(tenant.ParseEmail(s)) }

// identity is what a directory's entry makes of a customer found by a domain.
func identity(d string, e tenant.Entry) tenant.Identity {
	return tenant.Identity{Tenant: e.Tenant, TPID: e.TPID, Domain: domain(d), Name: e.Name, Cloud: e.Cloud}
}

func directory(t testing.TB) *tenanttest.Recorder {
	t.Helper()
	f, err := os.Open("testdata/directory.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	static, err := tenanttest.ReadStatic(f)
	if err != nil {
		t.Fatal(err)
	}
	return &tenanttest.Recorder{Directory: static}
}

// malformedField is what a table wants of an error that is a MalformedError of
// this field, with whatever problem.
type malformedField string

func (malformedField) Error() string { return "" }

func sameError(got, want error) bool {
	if field, ok := want.(malformedField); ok {
		var malformed *tenant.MalformedError
		return errors.As(got, &malformed) && malformed.Field == string(field)
	}
	return reflect.DeepEqual(got, want)
}

// The candidates of the file, each with its exact result. A candidate with a
// second result is one that a reason changes.
func TestCandidatesFile(t *testing.T) {
	const because = "The customer showed us its contract."
	derived := func(address, d string, e tenant.Entry) tenant.Resolution {
		return tenant.Resolution{Identity: identity(d, e), Email: email(address), Nominated: tenant.IDKindDomain, Basis: tenant.BasisDerived, Found: []tenant.Entry{e}}
	}
	confirmed := tenant.Resolution{
		Identity: identity("proseware.com", proseware), Email: email("it@proseware.com"),
		Nominated: tenant.IDKindTenant, Basis: tenant.BasisConfirmed, Found: []tenant.Entry{proseware},
	}
	tests := []struct {
		email      string
		want       tenant.Resolution
		err        error
		withReason *tenant.Resolution // the result with a reason, if it differs in more than the reason
	}{
		{"ana@contoso.com", derived("ana@contoso.com", "contoso.com", contoso), nil, nil},
		{"ANA@CONTOSO.COM.", derived("ANA@contoso.com", "contoso.com", contoso), nil, nil},
		{"ana+mci@contoso.com", derived("ana+mci@contoso.com", "contoso.com", contoso), nil, nil},
		{"ana@mail.contoso.com", tenant.Resolution{}, &tenant.NotFoundError{Domain: domain("mail.contoso.com")}, nil},
		{
			"ana@contoso.com", tenant.Resolution{},
			&tenant.ReasonRequiredError{Domain: domain("contoso.com"), Tenant: adatumID, Found: []tenant.Entry{contoso}},
			&tenant.Resolution{
				Identity: tenant.Identity{Tenant: adatumID, Domain: domain("contoso.com"), Name: "Adatum", Cloud: tenant.CloudPublic, Stated: true}, Email: email("ana@contoso.com"),
				Nominated: tenant.IDKindTenant, Basis: tenant.BasisStated, Found: []tenant.Entry{contoso},
			},
		},
		{
			"ana@contoso.com", tenant.Resolution{},
			&tenant.ReasonRequiredError{Domain: domain("contoso.com"), TPID: 999999, Found: []tenant.Entry{contoso}},
			&tenant.Resolution{
				Identity: tenant.Identity{TPID: 999999, Domain: domain("contoso.com"), Stated: true}, Email: email("ana@contoso.com"),
				Nominated: tenant.IDKindTPID, Basis: tenant.BasisStated, Found: []tenant.Entry{contoso},
			},
		},
		{"ana@nobody-here.example", tenant.Resolution{}, &tenant.NotFoundError{Domain: domain("nobody-here.example")}, nil},
		{"joao@outlook.com", tenant.Resolution{}, &tenant.ConsumerDomainError{Domain: domain("outlook.com"), NeedsID: true, NeedsReason: true}, nil},
		{
			"joao@gmail.com", tenant.Resolution{},
			&tenant.ConsumerDomainError{Domain: domain("gmail.com"), NeedsReason: true},
			&tenant.Resolution{
				Identity: tenant.Identity{Tenant: prosewareID, Domain: domain("gmail.com"), Name: "Proseware", Cloud: tenant.CloudPublic, Stated: true}, Email: email("joao@gmail.com"),
				Nominated: tenant.IDKindTenant, Basis: tenant.BasisStated,
			},
		},
		{
			"it@21vianet.com", tenant.Resolution{},
			&tenant.AmbiguousError{Domain: domain("21vianet.com"), Found: []tenant.Entry{vianet, vianetChina}}, nil,
		},
		{"vendas@cervejariasãojoão.pt", derived("vendas@cervejariasãojoão.pt", "cervejariasãojoão.pt", cervejaria), nil, nil},
		{"vendas@xn--cervejariasojoo-ukbd.pt", derived("vendas@cervejariasãojoão.pt", "cervejariasãojoão.pt", cervejaria), nil, nil},
		{"not an address", tenant.Resolution{}, malformedField("email"), nil},
		{"a@b@c.com", tenant.Resolution{}, malformedField("email"), nil},
		{"ana@contoso.com\nBcc: x@y.z", tenant.Resolution{}, malformedField("email"), nil},
		{"ana@-bad-.com", tenant.Resolution{}, malformedField("email"), nil},
		{"admin@contoso.onmicrosoft.com", derived("admin@contoso.onmicrosoft.com", "contoso.onmicrosoft.com", contoso), nil, nil},
		{"it@proseware.com", confirmed, nil, nil},
		{"it@proseware.com", confirmed, nil, nil},
		{"it@proseware.com", tenant.Resolution{}, malformedField("tenant_id"), nil},
	}

	f, err := os.Open("testdata/candidates.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if rows = rows[1:]; len(rows) != len(tests) {
		t.Fatalf("the file has %d candidates, the table %d", len(rows), len(tests))
	}
	for i, row := range rows {
		test := tests[i]
		if row[0] != test.email {
			t.Fatalf("candidate %d is %q, the table has %q", i+1, row[0], test.email)
		}
		dir := directory(t)
		candidate := tenant.Candidate{Email: row[0], TenantID: row[1], TPID: row[2]}
		check := func(candidate tenant.Candidate, want tenant.Resolution, wantErr error) {
			t.Helper()
			got, err := tenant.Resolve(t.Context(), dir, candidate)
			if !sameError(err, wantErr) {
				t.Errorf("candidate %d: got error %#v, want %#v", i+1, err, wantErr)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("candidate %d:\ngot  %+v\nwant %+v", i+1, got, want)
			}
			if err != nil {
				safe(t, err)
			}
		}
		check(candidate, test.want, test.err)

		candidate.Reason = because
		switch {
		case test.withReason != nil:
			test.withReason.Reason = because
			check(candidate, *test.withReason, nil)
		case test.err == nil:
			test.want.Reason = because
			check(candidate, test.want, nil)
		default:
			wantErr := test.err
			if consumer, ok := wantErr.(*tenant.ConsumerDomainError); ok {
				wantErr = &tenant.ConsumerDomainError{Domain: consumer.Domain, NeedsID: true}
			}
			check(candidate, tenant.Resolution{}, wantErr)
		}

		// Malformed input and consumer domains never reach the directory,
		// everything else reaches it once for each Resolve.
		wantAsked := 2
		if errors.As(test.err, new(*tenant.ConsumerDomainError)) || test.err != nil && slices.Contains([]error{malformedField("email"), malformedField("tenant_id")}, test.err) {
			wantAsked = 0
		}
		if asked := dir.Asked(); len(asked) != wantAsked {
			t.Errorf("candidate %d: the directory was asked for %v, want %d lookups", i+1, asked, wantAsked)
		}
	}
}

func TestResolve(t *testing.T) {
	twice := tenant.Entry{Tenant: contosoID, TPID: 5, Name: "Contoso Federal", Cloud: tenant.CloudUSGovernment}
	merged := tenant.Entry{Tenant: adatumID, TPID: 5, Name: "Adatum", Cloud: tenant.CloudPublic}
	onlyTPID := tenant.Entry{TPID: 77, Name: "Fabrikam"}
	dir := tenanttest.NewStatic(
		tenanttest.Record{Domain: domain("contoso.com"), Entry: contoso},
		tenanttest.Record{Domain: domain("adatum.com"), Entry: adatum},
		tenanttest.Record{Domain: domain("21vianet.com"), Entry: vianet},
		tenanttest.Record{Domain: domain("21vianet.com"), Entry: vianetChina},
		tenanttest.Record{Domain: domain("twice.example"), Entry: contoso},
		tenanttest.Record{Domain: domain("twice.example"), Entry: twice},
		tenanttest.Record{Domain: domain("twice-again.example"), Entry: twice},
		tenanttest.Record{Domain: domain("twice-again.example"), Entry: contoso},
		tenanttest.Record{Domain: domain("repeated.example"), Entry: contoso},
		tenanttest.Record{Domain: domain("repeated.example"), Entry: contoso},
		tenanttest.Record{Domain: domain("merged.example"), Entry: adatum},
		tenanttest.Record{Domain: domain("merged.example"), Entry: merged},
		tenanttest.Record{Domain: domain("fabrikam.com"), Entry: onlyTPID},
		tenanttest.Record{Domain: domain("hostile.example"), Entry: tenant.Entry{TPID: 8, Name: "Good\nBcc: x\x00\xff" + strings.Repeat("x", 300)}},
	)
	vianets := []tenant.Entry{vianet, vianetChina}

	for name, test := range map[string]struct {
		candidate tenant.Candidate
		want      tenant.Resolution
		err       error
	}{
		"a domain in place of an address": {
			tenant.Candidate{Domain: " Contoso.COM. "},
			tenant.Resolution{Identity: identity("contoso.com", contoso), Nominated: tenant.IDKindDomain, Basis: tenant.BasisDerived, Found: []tenant.Entry{contoso}}, nil,
		},
		"both, and they agree": {
			tenant.Candidate{Email: "ana@contoso.com", Domain: "CONTOSO.com"},
			tenant.Resolution{Identity: identity("contoso.com", contoso), Email: email("ana@contoso.com"), Nominated: tenant.IDKindDomain, Basis: tenant.BasisDerived, Found: []tenant.Entry{contoso}}, nil,
		},
		"both, and they do not agree": {
			tenant.Candidate{Email: "ana@contoso.com", Domain: "adatum.com"}, tenant.Resolution{}, malformedField("domain"),
		},
		"neither": {
			tenant.Candidate{TenantID: contosoID.String(), TPID: "5", Reason: "r"}, tenant.Resolution{}, malformedField("email"),
		},
		"blanks only": {
			tenant.Candidate{Email: " \t", Domain: "\u00a0"}, tenant.Resolution{}, malformedField("email"),
		},
		"a blank ID is none": {
			tenant.Candidate{Domain: "contoso.com", TenantID: " ", TPID: "\t", Reason: " \n"},
			tenant.Resolution{Identity: identity("contoso.com", contoso), Nominated: tenant.IDKindDomain, Basis: tenant.BasisDerived, Found: []tenant.Entry{contoso}}, nil,
		},
		"a confirmed TPID does not become a tenant": {
			tenant.Candidate{Domain: "adatum.com", TPID: "640037"},
			tenant.Resolution{
				Identity:  tenant.Identity{TPID: 640037, Domain: domain("adatum.com"), Name: "Adatum", Cloud: tenant.CloudPublic},
				Nominated: tenant.IDKindTPID, Basis: tenant.BasisConfirmed, Found: []tenant.Entry{adatum},
			}, nil,
		},
		"a confirmed tenant carries its TPID": {
			tenant.Candidate{Domain: "adatum.com", TenantID: adatumID.String()},
			tenant.Resolution{Identity: identity("adatum.com", adatum), Nominated: tenant.IDKindTenant, Basis: tenant.BasisConfirmed, Found: []tenant.Entry{adatum}}, nil,
		},
		"a stated tenant carries nothing of the other's": {
			tenant.Candidate{Domain: "adatum.com", TenantID: contosoID.String(), Reason: " Bought\nlast week. "},
			tenant.Resolution{
				Identity:  tenant.Identity{Tenant: contosoID, Domain: domain("adatum.com"), Stated: true}, // nor its own name: it has two
				Nominated: tenant.IDKindTenant, Basis: tenant.BasisStated, Reason: "Bought\nlast week.", Found: []tenant.Entry{adatum},
			}, nil,
		},
		"both IDs are right": {
			tenant.Candidate{Domain: "adatum.com", TenantID: adatumID.String(), TPID: "640037"},
			tenant.Resolution{Identity: identity("adatum.com", adatum), Nominated: tenant.IDKindTenant, Basis: tenant.BasisConfirmed, Found: []tenant.Entry{adatum}}, nil,
		},
		"one ID of two is wrong": {
			tenant.Candidate{Domain: "adatum.com", TenantID: adatumID.String(), TPID: "640038"}, tenant.Resolution{},
			&tenant.ReasonRequiredError{Domain: domain("adatum.com"), Tenant: adatumID, TPID: 640038, Found: []tenant.Entry{adatum}},
		},
		"the directory does not know the TPID of the right tenant": {
			tenant.Candidate{Domain: "contoso.com", TenantID: contosoID.String(), TPID: "5"}, tenant.Resolution{},
			&tenant.ReasonRequiredError{Domain: domain("contoso.com"), Tenant: contosoID, TPID: 5, Found: []tenant.Entry{contoso}},
		},
		"an ID chooses one of two": {
			tenant.Candidate{Domain: "21vianet.com", TenantID: vianetChina.Tenant.String()},
			tenant.Resolution{Identity: identity("21vianet.com", vianetChina), Nominated: tenant.IDKindTenant, Basis: tenant.BasisConfirmed, Found: vianets}, nil,
		},
		"a TPID chooses one of two": {
			tenant.Candidate{Domain: "21vianet.com", TPID: "641184"},
			tenant.Resolution{
				Identity:  tenant.Identity{TPID: 641184, Domain: domain("21vianet.com"), Name: "21Vianet", Cloud: tenant.CloudPublic},
				Nominated: tenant.IDKindTPID, Basis: tenant.BasisConfirmed, Found: vianets,
			}, nil,
		},
		"an ID that is neither of two": {
			tenant.Candidate{Domain: "21vianet.com", TenantID: contosoID.String()}, tenant.Resolution{},
			&tenant.ReasonRequiredError{Domain: domain("21vianet.com"), Tenant: contosoID, Found: vianets},
		},
		"an ID with nobody found": {
			tenant.Candidate{Domain: "nobody-here.example", TPID: "5"}, tenant.Resolution{},
			&tenant.ReasonRequiredError{Domain: domain("nobody-here.example"), TPID: 5},
		},
		"an ID and a reason with nobody found": {
			tenant.Candidate{Domain: "nobody-here.example", TPID: "5", Reason: "r"},
			tenant.Resolution{Identity: tenant.Identity{TPID: 5, Domain: domain("nobody-here.example"), Stated: true}, Nominated: tenant.IDKindTPID, Basis: tenant.BasisStated, Reason: "r"}, nil,
		},
		"a reason alone finds nobody": {
			tenant.Candidate{Domain: "nobody-here.example", Reason: "r"}, tenant.Resolution{}, &tenant.NotFoundError{Domain: domain("nobody-here.example")},
		},
		"one tenant ID in two clouds is ambiguous": {
			tenant.Candidate{Domain: "twice.example"}, tenant.Resolution{},
			&tenant.AmbiguousError{Domain: domain("twice.example"), Found: []tenant.Entry{contoso, twice}},
		},
		"one tenant ID in two clouds, given": {
			tenant.Candidate{Domain: "twice.example", TenantID: contosoID.String()},
			tenant.Resolution{
				Identity:  tenant.Identity{Tenant: contosoID, Domain: domain("twice.example")}, // cloud, name and TPID differ
				Nominated: tenant.IDKindTenant, Basis: tenant.BasisConfirmed, Found: []tenant.Entry{contoso, twice},
			}, nil,
		},
		"one tenant ID in two clouds, given, the other way round": {
			tenant.Candidate{Domain: "twice-again.example", TenantID: contosoID.String()},
			tenant.Resolution{
				Identity:  tenant.Identity{Tenant: contosoID, Domain: domain("twice-again.example")},
				Nominated: tenant.IDKindTenant, Basis: tenant.BasisConfirmed, Found: []tenant.Entry{twice, contoso},
			}, nil,
		},
		"a repeated entry is not ambiguous": {
			tenant.Candidate{Domain: "repeated.example"},
			tenant.Resolution{Identity: identity("repeated.example", contoso), Nominated: tenant.IDKindDomain, Basis: tenant.BasisDerived, Found: []tenant.Entry{contoso}}, nil,
		},
		"one tenant under two TPIDs is one customer": {
			tenant.Candidate{Domain: "merged.example"},
			tenant.Resolution{
				Identity:  tenant.Identity{Tenant: adatumID, Domain: domain("merged.example"), Name: "Adatum", Cloud: tenant.CloudPublic},
				Nominated: tenant.IDKindDomain, Basis: tenant.BasisDerived, Found: []tenant.Entry{adatum, merged},
			}, nil,
		},
		"one tenant under two TPIDs, the second given": {
			tenant.Candidate{Domain: "merged.example", TenantID: adatumID.String(), TPID: "5"},
			tenant.Resolution{Identity: identity("merged.example", merged), Nominated: tenant.IDKindTenant, Basis: tenant.BasisConfirmed, Found: []tenant.Entry{adatum, merged}}, nil,
		},
		"a directory of TPIDs": {
			tenant.Candidate{Domain: "fabrikam.com"},
			tenant.Resolution{Identity: identity("fabrikam.com", onlyTPID), Nominated: tenant.IDKindDomain, Basis: tenant.BasisDerived, Found: []tenant.Entry{onlyTPID}}, nil,
		},
		"a name made to forge a header": {
			tenant.Candidate{Domain: "hostile.example", TPID: "8"},
			tenant.Resolution{
				Identity:  tenant.Identity{TPID: 8, Domain: domain("hostile.example"), Name: "Good Bcc: x \ufffd" + strings.Repeat("x", 243)},
				Nominated: tenant.IDKindTPID, Basis: tenant.BasisConfirmed,
				Found: []tenant.Entry{{TPID: 8, Name: "Good Bcc: x \ufffd" + strings.Repeat("x", 243)}},
			}, nil,
		},
		"a reason with a control character": {
			tenant.Candidate{Domain: "contoso.com", Reason: "r\x00"}, tenant.Resolution{}, malformedField("reason"),
		},
		"a reason that is no text": {
			tenant.Candidate{Domain: "contoso.com", Reason: "r\xff"}, tenant.Resolution{}, malformedField("reason"),
		},
		"a reason too long": {
			tenant.Candidate{Domain: "contoso.com", Reason: strings.Repeat("r", 2001)}, tenant.Resolution{}, malformedField("reason"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tenant.Resolve(t.Context(), dir, test.candidate)
			if !sameError(err, test.err) {
				t.Errorf("got error %#v, want %#v", err, test.err)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("\ngot  %+v\nwant %+v", got, test.want)
			}
			if err != nil {
				safe(t, err)
			} else if b, err := json.Marshal(got); err != nil {
				t.Errorf("the resolution cannot be stored: %v", err)
			} else if back := (tenant.Resolution{}); json.Unmarshal(b, &back) != nil || !reflect.DeepEqual(back, got) {
				t.Errorf("stored as %s and read as %+v", b, back)
			}
		})
	}
}

func TestResolveNamesEveryMalformedField(t *testing.T) {
	_, alone := tenant.Resolve(t.Context(), tenanttest.NewStatic(), tenant.Candidate{Email: "ana"})
	if _, ok := alone.(*tenant.MalformedError); !ok {
		t.Errorf("one malformed field gives %T", alone)
	}
	_, err := tenant.Resolve(t.Context(), tenanttest.NewStatic(), tenant.Candidate{Email: "ana", Domain: "-", TenantID: "x", TPID: "x", Reason: "\x00"})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("got %v, want several errors joined", err)
	}
	var fields []string
	for _, err := range joined.Unwrap() {
		var malformed *tenant.MalformedError
		if !errors.As(err, &malformed) {
			t.Fatalf("got %v among the joined errors", err)
		}
		fields = append(fields, malformed.Field)
	}
	if want := []string{"email", "domain", "tenant_id", "tpid", "reason"}; !slices.Equal(fields, want) {
		t.Errorf("the errors name %q, want %q", fields, want)
	}
}

// Unavailable is never not found, whatever was given besides.
func TestResolveWithoutDirectory(t *testing.T) {
	down := tenanttest.Failing{}
	for _, c := range []tenant.Candidate{
		{Email: "ana@contoso.com"},
		{Email: "ana@contoso.com", TenantID: contosoID.String()},
		{Email: "ana@contoso.com", TPID: "5", Reason: "r"},
	} {
		got, err := tenant.Resolve(t.Context(), down, c)
		want := &tenant.UnavailableError{Domain: domain("contoso.com"), Err: tenanttest.ErrDown}
		if !reflect.DeepEqual(err, want) || !errors.As(err, new(*tenant.UnavailableError)) || !errors.Is(err, tenanttest.ErrDown) {
			t.Errorf("got error %v, want %v", err, want)
		}
		if !reflect.DeepEqual(got, tenant.Resolution{}) {
			t.Errorf("got %+v beside the error", got)
		}
	}
	// A consumer domain is not looked up; the ID that is stated beside it is.
	got, err := tenant.Resolve(t.Context(), down, tenant.Candidate{Email: "ana@gmail.com", TPID: "5", Reason: "r"})
	if want := (&tenant.UnavailableError{Key: tenant.TPIDKey(5), Err: tenanttest.ErrDown}); !reflect.DeepEqual(err, want) || !reflect.DeepEqual(got, tenant.Resolution{}) {
		t.Errorf("got %+v, %v", got, err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = tenant.Resolve(ctx, tenanttest.Slow{}, tenant.Candidate{Email: "ana@contoso.com", Reason: "r"})
	if !errors.As(err, new(*tenant.UnavailableError)) || !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context, got %v", err)
	}
}

// An entry that breaks the contract must not be dropped: what is left of an
// ambiguous answer would look like a plain one.
func TestResolveRefusesBrokenEntries(t *testing.T) {
	for _, broken := range []tenant.Entry{{Name: "Nobody"}, {TPID: -1}, {Tenant: contosoID, TPID: -1}, {TPID: 1, Cloud: "mars"}} {
		dir := tenanttest.Ambiguous{Entries: []tenant.Entry{contoso, broken}}
		got, err := tenant.Resolve(t.Context(), dir, tenant.Candidate{Domain: "contoso.com"})
		if bad, ok := errors.AsType[*tenant.DirectoryError](err); !ok || bad.Code() != "internal" || errors.As(err, new(*tenant.UnavailableError)) || errors.As(err, new(*tenant.MalformedError)) {
			t.Errorf("%+v: got %+v, %v", broken, got, err)
		}
	}
}

func TestErrorsSayWhatWouldHelp(t *testing.T) {
	d := domain("contoso.com")
	typed := []error{
		&tenant.MalformedError{Field: "email", Problem: "x"},
		&tenant.NotFoundError{Domain: d},
		&tenant.AmbiguousError{Domain: d, Found: []tenant.Entry{vianet, vianetChina, contoso, adatum, proseware}},
		&tenant.ConsumerDomainError{Domain: d, NeedsID: true, NeedsReason: true},
		&tenant.ReasonRequiredError{Domain: d, TPID: 999999},
		&tenant.UnavailableError{Domain: d, Err: tenanttest.ErrDown},
	}
	texts := []string{
		`malformed email: x`,
		`the directory knows no customer by the domain contoso.com: give another e-mail address or domain of the customer, or its tenant ID or TPID and a reason`,
		`the domain contoso.com belongs to several customers, tenant 8db0f33b-a444-5d55-9f00-086e8f67ff78 TPID 641184 "21Vianet" in the cloud "public", tenant 99af6eaa-0cef-51e4-9d8c-f7541882e058 "21Vianet" in the cloud "china", tenant 2925428c-a5e2-56fd-9428-066f43b9c2e7 "Contoso" in the cloud "public", 2 more: give the tenant ID or TPID of the one that is meant`,
		`contoso.com is a domain of a public e-mail service and names no customer: give the customer's tenant ID or TPID and a reason, or an address of the customer's own domain`,
		`the directory knows no customer by the domain contoso.com and does not confirm TPID 999999: correct the ID, or give a reason why it is right`,
		`the directory could not be asked for contoso.com, try again later: the directory is down`,
	}
	for i, err := range typed {
		if err.Error() != texts[i] {
			t.Errorf("got  %s\nwant %s", err, texts[i])
		}
	}
	// Foreign text is quoted and shortened, or kept on one line.
	safe(t, &tenant.UnavailableError{Domain: d, Err: errors.New("x\r\nforged \x1b[31m\u2028\xff")})
	hostile := &tenant.AmbiguousError{Domain: d, Found: []tenant.Entry{{TPID: 1, Name: "x\ny" + strings.Repeat("z", 500), Cloud: "a\nb"}, contoso}}
	safe(t, hostile)
}

func TestConsumerDomains(t *testing.T) {
	for _, s := range []string{
		"outlook.com", "outlook.pt", "hotmail.com", "hotmail.co.uk", "live.com.pt", "msn.com", "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.jp",
		"icloud.com", "proton.me", "gmx.net", "gmx.de", "web.de", "uol.com.br", "sapo.pt", "qq.com", "GMAIL.com.", "zohomail.com",
	} {
		if !tenant.IsConsumerDomain(domain(s)) {
			t.Errorf("%s is not known as a consumer domain", s)
		}
	}
	for _, s := range []string{"contoso.com", "mail.gmail.com", "xgmail.com", "gmail.com.example", "outlook.contoso.com", "microsoft.com", "onmicrosoft.com"} {
		if tenant.IsConsumerDomain(domain(s)) {
			t.Errorf("%s is taken for a consumer domain", s)
		}
	}
	if tenant.IsConsumerDomain(tenant.Domain{}) {
		t.Error("no domain is taken for a consumer domain")
	}
}

func TestResolverWithAHostsConsumerDomains(t *testing.T) {
	school := domain("students.example")
	r := tenant.Resolver{ConsumerDomain: func(d tenant.Domain) bool { return d == school || tenant.IsConsumerDomain(d) }}
	for _, d := range []string{"students.example", "gmail.com"} {
		_, err := r.Resolve(t.Context(), tenanttest.Failing{}, tenant.Candidate{Domain: d})
		if want := (&tenant.ConsumerDomainError{Domain: domain(d), NeedsID: true, NeedsReason: true}); !reflect.DeepEqual(err, want) {
			t.Errorf("%s: got %v, want %v", d, err, want)
		}
	}
	none := tenant.Resolver{ConsumerDomain: func(tenant.Domain) bool { return false }}
	if _, err := none.Resolve(t.Context(), tenanttest.NewStatic(), tenant.Candidate{Domain: "gmail.com"}); !errors.As(err, new(*tenant.NotFoundError)) {
		t.Errorf("got %v", err)
	}
}
