package tenanttest_test

import (
	"context"
	"errors"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/tenanttest"
)

func domain(s string) tenant.Domain { return tenanttest.Must(tenant.ParseDomain(s)) }

func TestReadStaticFile(t *testing.T) {
	f, err := os.Open("../testdata/directory.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dir, err := tenanttest.ReadStatic(f)
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range map[string][]tenant.Entry{
		"xn--mller-shne-kcb9d.de": {{
			Tenant: tenanttest.Must(tenant.ParseID("18f63de2-b6c6-5f48-877a-c5cbf7a0f023")), TPID: 641147, Name: "Müller & Söhne", Cloud: tenant.CloudPublic,
		}},
		"litware.gov.example": {{
			Tenant: tenanttest.Must(tenant.ParseID("28922542-53a3-583a-81cc-b578dec3585b")), Name: "Litware Government", Cloud: tenant.CloudUSGovernment,
		}},
		"21vianet.com": {
			{Tenant: tenanttest.Must(tenant.ParseID("8db0f33b-a444-5d55-9f00-086e8f67ff78")), TPID: 641184, Name: "21Vianet", Cloud: tenant.CloudPublic},
			{Tenant: tenanttest.Must(tenant.ParseID("99af6eaa-0cef-51e4-9d8c-f7541882e058")), Name: "21Vianet", Cloud: tenant.CloudChina},
		},
		"mail.contoso.com": nil,
	} {
		got, err := dir.Lookup(t.Context(), domain(d))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", d, got, err, want)
		}
	}
}

func TestReadStaticRefuses(t *testing.T) {
	const header = "domain,tenant_id,tpid,name,cloud\n"
	for text, want := range map[string]string{
		"":                           "EOF",
		"domain,tpid\n":              "wrong number of fields",
		"a,b,c,d,e\n":                "its first line is",
		header + "contoso.com,x\n":   "line 2",
		header + "contoso.com,,,,\n": "line 2: the record has neither",
		header + "contoso.com,,7,Contoso,public\n-bad-.com,,7,Bad,public\n": "line 3: malformed domain",
		header + "contoso.com,x,7,Contoso,public\n":                         "line 2: malformed tenant_id",
		header + "contoso.com,,x,Contoso,public\n":                          "line 2: malformed tpid",
		header + "contoso.com,,7,Contoso,mars\n":                            "line 2: malformed cloud",
		header + "contoso.com,,7,\"Contoso,public\n":                        "line 2",
	} {
		dir, err := tenanttest.ReadStatic(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) || dir != nil {
			t.Errorf("%q: got %v, %v, want an error with %q", text, dir, err, want)
		}
	}
	if _, err := tenanttest.ReadStatic(strings.NewReader("\ufeff" + header)); err != nil {
		t.Errorf("with a byte order mark: %v", err)
	}
	if _, err := tenanttest.ReadStatic(io.MultiReader(strings.NewReader(header), failing{})); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a reader that fails gives %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestFailing(t *testing.T) {
	if _, err := (tenanttest.Failing{}).Lookup(t.Context(), domain("contoso.com")); !errors.Is(err, tenanttest.ErrDown) {
		t.Errorf("got %v", err)
	}
	if _, err := (tenanttest.Failing{Err: io.ErrUnexpectedEOF}).Lookup(t.Context(), domain("contoso.com")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

func TestAmbiguous(t *testing.T) {
	_, err := tenant.Resolve(t.Context(), tenanttest.Ambiguous{}, tenant.Candidate{Domain: "tailspintoys.com"})
	if !errors.As(err, new(*tenant.AmbiguousError)) {
		t.Errorf("got %v", err)
	}
	own := tenanttest.Ambiguous{Entries: []tenant.Entry{{TPID: 1}, {TPID: 2}}}
	got, err := own.Lookup(t.Context(), domain("contoso.com"))
	if err != nil || !slices.Equal(got, own.Entries) {
		t.Errorf("got %v, %v", got, err)
	}
	got[0].TPID = 666
	if own.Entries[0].TPID != 1 {
		t.Error("the caller's slice is the directory's")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := own.Lookup(ended, domain("contoso.com")); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context, got %v", err)
	}
}

func TestSlowAndRecorder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		recorder := &tenanttest.Recorder{Directory: tenanttest.Slow{
			Directory: tenanttest.NewStatic(tenanttest.Record{Domain: domain("contoso.com"), Entry: tenant.Entry{TPID: 7}}),
			Release:   release,
		}}
		var answered bool
		go func() {
			got, err := recorder.Lookup(t.Context(), domain("contoso.com"))
			if err != nil || !slices.Equal(got, []tenant.Entry{{TPID: 7}}) {
				t.Errorf("got %v, %v", got, err)
			}
			answered = true
		}()
		synctest.Wait()
		if answered {
			t.Error("it answered before it was released")
		}
		close(release)
		synctest.Wait()
		if !answered {
			t.Error("it did not answer when it was released")
		}

		ctx, cancel := context.WithCancel(t.Context())
		stuck := tenanttest.Slow{}
		var stopped error
		go func() { _, stopped = stuck.Lookup(ctx, domain("contoso.com")) }()
		synctest.Wait()
		if stopped != nil {
			t.Errorf("it stopped before its context ended: %v", stopped)
		}
		cancel()
		synctest.Wait()
		if !errors.Is(stopped, context.Canceled) {
			t.Errorf("when its context ended, it returned %v", stopped)
		}
		if got := recorder.Asked(); !reflect.DeepEqual(got, []tenant.Domain{domain("contoso.com")}) {
			t.Errorf("the recorder has %v", got)
		}
	})
}

func TestMustPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it did not")
		}
	}()
	domain("-bad-.com")
}
