package entra_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/entra"
	"github.com/partnerengage/partnerengage/tenant/tenanttest"
)

const (
	contosoID = "2925428c-a5e2-56fd-9428-066f43b9c2e7"
	vianetID  = "8db0f33b-a444-5d55-9f00-086e8f67ff78"
	chinaID   = "99af6eaa-0cef-51e4-9d8c-f7541882e058"
	litwareID = "28922542-53a3-583a-81cc-b578dec3585b"
)

func id(s string) tenant.ID         { return tenanttest.Must(tenant.ParseID(s)) }
func domain(s string) tenant.Domain { return tenanttest.Must(tenant.ParseDomain(s)) }

// reply is what a fake service answers.
type reply struct {
	status int // 200 if zero
	header map[string]string
	body   string
}

func document(id, instance, subScope, graphHost string) reply {
	return reply{body: fmt.Sprintf(`{"issuer": "https://login.example/%s/v2.0", "cloud_instance_name": %q, "tenant_region_scope": "EU", "tenant_region_sub_scope": %s, "msgraph_host": %q}`,
		id, instance, subScope, graphHost)}
}

func public(id string) reply { return document(id, "microsoftonline.com", "null", "") }

var unknownTenant = reply{status: 400, body: `{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant not found.","error_codes":[90002]}`}

// service is a fake of the sign-in service and of Graph, on loopback. It answers
// by the path of the request and knows no tenant by any other.
type service struct {
	*httptest.Server
	replies map[string]reply

	mu       sync.Mutex
	requests []string // path, then a token if there was one
}

func newService(t *testing.T, replies map[string]reply) *service {
	s := &service{replies: replies}
	s.Server = httptest.NewTLSServer(s)
	t.Cleanup(s.Close)
	return s
}

func discoveryPath(d string) string { return "/" + d + "/v2.0/.well-known/openid-configuration" }
func graphPath(d string) string {
	return "/v1.0/tenantRelationships/findTenantInformationByDomainName(domainName='" + d + "')"
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, strings.TrimSpace(r.RequestURI+" "+r.Header.Get("Authorization")))
	s.mu.Unlock()
	answer, ok := s.replies[r.RequestURI]
	if !ok {
		answer = unknownTenant
	}
	for k, v := range answer.header {
		w.Header().Set(k, v)
	}
	if answer.status != 0 {
		w.WriteHeader(answer.status)
	}
	io.WriteString(w, answer.body)
}

func (s *service) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// directory asks services, each as a cloud of its own, without Graph.
func directory(t *testing.T, services ...*service) *entra.Directory {
	t.Helper()
	var clouds []entra.Cloud
	for _, s := range services {
		clouds = append(clouds, entra.Cloud{Login: s.URL})
	}
	d, err := entra.New(&entra.Options{Clouds: clouds, Transport: services[0].Client().Transport})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestConforms(t *testing.T) {
	global := newService(t, map[string]reply{
		discoveryPath("contoso.com"):  public(contosoID),
		discoveryPath("21vianet.com"): public(vianetID),
		discoveryPath("down.example"): {status: 503},
		discoveryPath("half.example"): public(contosoID),
	})
	china := newService(t, map[string]reply{
		discoveryPath("21vianet.com"): document(chinaID, "partner.microsoftonline.cn", "null", ""),
		discoveryPath("half.example"): {status: 503},
	})
	tenanttest.Directory(t, func() tenant.Directory { return directory(t, global, china) }, []tenanttest.Case{
		{Domain: domain("contoso.com"), Want: []tenant.Entry{{Tenant: id(contosoID), Cloud: tenant.CloudPublic}}},
		{Domain: domain("21vianet.com"), Want: []tenant.Entry{
			{Tenant: id(vianetID), Cloud: tenant.CloudPublic},
			{Tenant: id(chinaID), Cloud: tenant.CloudChina},
		}},
		{Domain: domain("nobody-here.example")},
		{Domain: domain("down.example"), Unavailable: true},
		{Domain: domain("half.example"), Unavailable: true}, // one cloud's answer may not be everything
	})
}

func TestWhatIsAsked(t *testing.T) {
	s := newService(t, nil)
	d := directory(t, s)
	for _, text := range []string{"Contoso.COM.", "müller-söhne.de"} {
		if got, err := d.Lookup(t.Context(), domain(text)); err != nil || len(got) != 0 {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	want := []string{discoveryPath("contoso.com"), discoveryPath("xn--mller-shne-kcb9d.de")}
	if got := s.asked(); !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q", got, want)
	}
	if _, err := d.Lookup(t.Context(), tenant.Domain{}); err == nil || len(s.asked()) != 2 {
		t.Errorf("without a domain: got %v, and the service was asked %q", err, s.asked())
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestDefaults(t *testing.T) {
	var asked []string
	d, err := entra.New(&entra.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.String())
		return nil, io.ErrUnexpectedEOF
	})})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Lookup(t.Context(), domain("contoso.com")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	if want := []string{"https://login.microsoftonline.com/contoso.com/v2.0/.well-known/openid-configuration"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
	if _, err := entra.New(nil); err != nil {
		t.Error(err)
	}
	clouds := []entra.Cloud{entra.Public(), entra.USGovernment(), entra.China()}
	for i := range clouds {
		clouds[i].Token = func(context.Context) (string, error) { return "", nil }
	}
	if _, err := entra.New(&entra.Options{Clouds: clouds}); err != nil {
		t.Errorf("the endpoints that come with the package: %v", err)
	}
}

func TestNewRefusesWhatIsNotAnOrigin(t *testing.T) {
	for _, s := range []string{
		"", "login.microsoftonline.com", "http://login.microsoftonline.com", "https://", "https://login.example/", "https://login.example/tenant",
		"https://user:secret@login.example", "https://login.example?x=y", "https://login.example#x", "ftp://login.example", "https://a b", "://",
	} {
		if _, err := entra.New(&entra.Options{Clouds: []entra.Cloud{{Login: s}}}); err == nil {
			t.Errorf("Login %q is accepted", s)
		}
		token := func(context.Context) (string, error) { return "t", nil }
		if _, err := entra.New(&entra.Options{Clouds: []entra.Cloud{{Login: "https://login.example", Graph: s, Token: token}}}); err == nil {
			t.Errorf("Graph %q is accepted", s)
		}
	}
}

func TestCloudOfATenant(t *testing.T) {
	for _, test := range []struct {
		instance, subScope string
		want               tenant.Cloud
	}{
		{"microsoftonline.com", "null", tenant.CloudPublic},
		{"microsoftonline.com", `""`, tenant.CloudPublic},
		{"microsoftonline.com", `"GCC"`, tenant.CloudUSGovernment},
		{"microsoftonline.us", "null", tenant.CloudUSGovernment},
		{"microsoftonline.us", `"DODCON"`, tenant.CloudUSGovernment},
		{"microsoftonline.us", `"DOD"`, tenant.CloudUSGovernment},
		{"partner.microsoftonline.cn", "null", tenant.CloudChina},
		{"chinacloudapi.cn", "null", tenant.CloudChina},
		{"microsoftonline.example", "null", ""},
		{"", "null", ""},
	} {
		s := newService(t, map[string]reply{discoveryPath("contoso.com"): document(contosoID, test.instance, test.subScope, "")})
		got, err := directory(t, s).Lookup(t.Context(), domain("contoso.com"))
		if want := []tenant.Entry{{Tenant: id(contosoID), Cloud: test.want}}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s, %s: got %v, %v, want %v", test.instance, test.subScope, got, err, want)
		}
	}
}

// The global cloud answers for tenants of the government's too. That is one
// tenant, unless the two answers differ in the cloud or the tenant.
func TestSeveralClouds(t *testing.T) {
	for name, test := range map[string]struct {
		global, government reply
		want               []tenant.Entry
	}{
		"one tenant, seen twice": {
			document(litwareID, "microsoftonline.us", `"DODCON"`, ""), document(litwareID, "microsoftonline.us", `"DODCON"`, ""),
			[]tenant.Entry{{Tenant: id(litwareID), Cloud: tenant.CloudUSGovernment}},
		},
		"one ID in two clouds": {
			public(litwareID), document(litwareID, "microsoftonline.us", "null", ""),
			[]tenant.Entry{{Tenant: id(litwareID), Cloud: tenant.CloudPublic}, {Tenant: id(litwareID), Cloud: tenant.CloudUSGovernment}},
		},
		"two tenants": {
			public(contosoID), document(litwareID, "microsoftonline.us", "null", ""),
			[]tenant.Entry{{Tenant: id(contosoID), Cloud: tenant.CloudPublic}, {Tenant: id(litwareID), Cloud: tenant.CloudUSGovernment}},
		},
		"the second only": {
			unknownTenant, document(litwareID, "microsoftonline.us", "null", ""),
			[]tenant.Entry{{Tenant: id(litwareID), Cloud: tenant.CloudUSGovernment}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := directory(t,
				newService(t, map[string]reply{discoveryPath("litware.example"): test.global}),
				newService(t, map[string]reply{discoveryPath("litware.example"): test.government}))
			got, err := d.Lookup(t.Context(), domain("litware.example"))
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}
}

func TestAmbiguousThroughResolve(t *testing.T) {
	d := directory(t,
		newService(t, map[string]reply{discoveryPath("21vianet.com"): public(vianetID)}),
		newService(t, map[string]reply{discoveryPath("21vianet.com"): document(chinaID, "partner.microsoftonline.cn", "null", "")}))
	if _, err := tenant.Resolve(t.Context(), d, tenant.Candidate{Email: "it@21vianet.com"}); !errors.As(err, new(*tenant.AmbiguousError)) {
		t.Errorf("got %v", err)
	}
	got, err := tenant.Resolve(t.Context(), d, tenant.Candidate{Email: "it@21vianet.com", TenantID: chinaID})
	if err != nil || got.Basis != tenant.BasisConfirmed || got.Identity.Cloud != tenant.CloudChina {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestNoTenant(t *testing.T) {
	for name, answer := range map[string]reply{
		"invalid_tenant":         unknownTenant,
		"by its name":            {status: 400, body: `{"error":"invalid_tenant"}`},
		"by its number":          {status: 400, body: `{"error":"invalid_request","error_codes":[90002]}`},
		"a name no tenant has":   {status: 400, body: `{"error":"invalid_request","error_codes":[900023]}`},
		"everybody's own tenant": public("9188040d-6c67-4c5b-b112-36a304b66dad"),
		"the one beside it":      public("84df9e7f-e9f6-40af-b435-aaaaaaaaaaaa"),
	} {
		s := newService(t, map[string]reply{discoveryPath("contoso.com"): answer})
		got, err := directory(t, s).Lookup(t.Context(), domain("contoso.com"))
		if err != nil || len(got) != 0 {
			t.Errorf("%s: got %v, %v, want neither", name, got, err)
		}
	}
}

// Everything that is not an answer is an error, never not found, and repeats
// nothing that would harm a log.
func TestUnavailable(t *testing.T) {
	const hostile = "x\r\nlevel=INFO msg=forged \x1b[31m"
	for name, test := range map[string]struct {
		answer reply
		want   string // in the error's text
		typed  *entra.ResponseError
	}{
		"throttled": {
			reply{status: 429, header: map[string]string{"Retry-After": "120"}},
			"answered with status 429, and asks to wait 2m0s", &entra.ResponseError{Status: 429, RetryAfter: 2 * time.Minute},
		},
		"throttled without end": {
			reply{status: 429, header: map[string]string{"Retry-After": "9000000000000000000"}},
			"wait 24h0m0s", &entra.ResponseError{Status: 429, RetryAfter: 24 * time.Hour},
		},
		"throttled until a date": {
			reply{status: 429, header: map[string]string{"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}},
			"answered with status 429", &entra.ResponseError{Status: 429},
		},
		"trouble": {reply{status: 500, body: "<html>"}, "answered with status 500", &entra.ResponseError{Status: 500}},
		"the service is not there": {
			reply{status: 404, body: `{"error":"invalid_tenant","error_codes":[90002]}`},
			`answered with status 404, "invalid_tenant", AADSTS90002`,
			&entra.ResponseError{Status: 404, Reason: "invalid_tenant", Codes: []int{90002}},
		},
		"another refusal": {
			reply{status: 400, body: `{"error":"invalid_request","error_codes":[900144,50059]}`},
			`answered with status 400, "invalid_request", AADSTS900144, AADSTS50059`,
			&entra.ResponseError{Status: 400, Reason: "invalid_request", Codes: []int{900144, 50059}},
		},
		"a hostile refusal": {
			reply{status: 400, body: `{"error":"x\r\nlevel=INFO msg=forged \u001b[31m` + strings.Repeat("x", 500) + `"}`},
			`forged`, &entra.ResponseError{Status: 400, Reason: hostile + strings.Repeat("x", 500)},
		},
		"a body that is no JSON":       {reply{body: "<html>" + hostile}, "is not the JSON it should be", nil},
		"a body of the wrong kind":     {reply{body: `{"issuer": 7}`}, "is not the JSON it should be", nil},
		"an empty body":                {reply{}, "is not the JSON it should be", nil},
		"a body that goes on":          {reply{body: public(contosoID).body + strings.Repeat(" ", 256<<10)}, "is longer than", nil},
		"a body cut short":             {reply{header: map[string]string{"Content-Length": "5000"}, body: "{"}, "cannot be read", nil},
		"no issuer":                    {reply{body: `{}`}, "its issuer names no tenant", nil},
		"an issuer without a tenant":   {reply{body: `{"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0"}`}, "its issuer names no tenant", nil},
		"an issuer with a tenant last": {reply{body: `{"issuer":"https://login.example/v2.0/` + contosoID + `"}`}, "its issuer names no tenant", nil},
		"an issuer that is no URL":     {reply{body: `{"issuer":"https://\u0000"}`}, "its issuer is not a URL", nil},
		"a hostile issuer":             {reply{body: `{"issuer":"https://x/%0d%0aforged"}`}, `forged`, nil},
		"status 204":                   {reply{status: 204}, "answered with status 204", &entra.ResponseError{Status: 204}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, map[string]reply{discoveryPath("contoso.com"): test.answer})
			got, err := directory(t, s).Lookup(t.Context(), domain("contoso.com"))
			if err == nil || got != nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, %v, want an error with %q", got, err, test.want)
			}
			if text := err.Error(); strings.ContainsAny(text, "\r\n\x1b") || len(text) > 500 {
				t.Errorf("the error echoes what it should not: %q", text)
			}
			if errors.As(err, new(*tenant.MalformedError)) {
				t.Errorf("the error is taken for a malformed candidate: %v", err)
			}
			var typed *entra.ResponseError
			if errors.As(err, &typed) {
				test.typed.Host = s.Listener.Addr().String()
			}
			if !reflect.DeepEqual(typed, test.typed) {
				t.Errorf("got the typed error %#v, want %#v", typed, test.typed)
			}
		})
	}
}

func TestRedirects(t *testing.T) {
	elsewhere := newService(t, map[string]reply{discoveryPath("contoso.com"): public(contosoID)})
	s := newService(t, map[string]reply{
		discoveryPath("moved.example"):     {status: 302, header: map[string]string{"Location": "/new"}},
		"/new":                             public(contosoID),
		discoveryPath("elsewhere.example"): {status: 302, header: map[string]string{"Location": elsewhere.URL + discoveryPath("contoso.com")}},
		discoveryPath("plain.example"):     {status: 302, header: map[string]string{"Location": "http://" + "127.0.0.1" + "/"}},
		discoveryPath("loop.example"):      {status: 302, header: map[string]string{"Location": discoveryPath("loop.example")}},
		discoveryPath("later.example"):     {status: 302, header: map[string]string{"Location": discoveryPath("elsewhere.example")}},
	})
	s.replies[discoveryPath("plain.example")].header["Location"] = "http" + strings.TrimPrefix(s.URL, "https") + "/new"
	d := directory(t, s)

	got, err := d.Lookup(t.Context(), domain("moved.example"))
	if err != nil || len(got) != 1 {
		t.Errorf("on one host, a redirect gives %v, %v", got, err)
	}
	for text, want := range map[string]string{
		"elsewhere.example": "redirects to another host",
		"later.example":     "redirects to another host",
		"plain.example":     "redirects to another host",
		"loop.example":      "redirects too often",
	} {
		got, err := d.Lookup(t.Context(), domain(text))
		if err == nil || got != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want %q", text, got, err, want)
		}
	}
	loops := slices.DeleteFunc(s.asked(), func(path string) bool { return path != discoveryPath("loop.example") })
	if len(loops) != 4 {
		t.Errorf("a loop was followed for %d requests", len(loops))
	}
	if asked := elsewhere.asked(); len(asked) != 0 {
		t.Errorf("the other host was asked %q", asked)
	}
}

func TestGraph(t *testing.T) {
	const token = "secret-token"
	found := reply{body: `{"tenantId":"` + contosoID + `","displayName":"Contoso","defaultDomainName":"contoso.onmicrosoft.com"}`}
	notFound := reply{status: 404, body: `{"error":{"code":"Request_ResourceNotFound"}}`}
	down := errors.New("the vault is sealed")
	give := func(context.Context) (string, error) { return token, nil }

	for name, test := range map[string]struct {
		discovered reply
		graph      reply
		token      entra.TokenSource
		want       tenant.Entry
		err        string
		is         error
		asked      int // requests to Graph
	}{
		"a name":               {public(contosoID), found, give, tenant.Entry{Tenant: id(contosoID), Name: "Contoso", Cloud: tenant.CloudPublic}, "", nil, 1},
		"no name":              {public(contosoID), notFound, give, tenant.Entry{Tenant: id(contosoID), Cloud: tenant.CloudPublic}, "", nil, 1},
		"a name, but not here": {document(contosoID, "microsoftonline.us", "null", "graph.microsoft.us"), found, give, tenant.Entry{Tenant: id(contosoID), Cloud: tenant.CloudUSGovernment}, "", nil, 0},
		"nobody":               {unknownTenant, found, give, tenant.Entry{}, "", nil, 0},
		"not allowed": {public(contosoID), reply{status: 403, body: `{"error":{"code":"Authorization_RequestDenied","message":"` + token + `"}}`}, give,
			tenant.Entry{}, `answered with status 403, "Authorization_RequestDenied"`, nil, 1},
		"trouble":        {public(contosoID), reply{status: 503}, give, tenant.Entry{}, "answered with status 503", nil, 1},
		"another tenant": {public(vianetID), found, give, tenant.Entry{}, "belongs to the tenant " + contosoID, nil, 1},
		"no token": {public(contosoID), found, func(context.Context) (string, error) { return "", down },
			tenant.Entry{}, "there is no token", down, 0},
		"an empty token": {public(contosoID), found, func(context.Context) (string, error) { return "", nil },
			tenant.Entry{}, "there is no token", nil, 0},
		"a token made to add a header": {public(contosoID), found, func(context.Context) (string, error) { return token + "\r\nHost: x", nil },
			tenant.Entry{}, "invalid header", nil, 0},
		"a redirect that would take the token along": {public(contosoID), reply{status: 307, header: map[string]string{"Location": "https://127.0.0.1:1/"}}, give,
			tenant.Entry{}, "redirects to another host", nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			login := newService(t, map[string]reply{discoveryPath("contoso.com"): test.discovered})
			graph := newService(t, map[string]reply{graphPath("contoso.com"): test.graph})
			d, err := entra.New(&entra.Options{
				Clouds:    []entra.Cloud{{Login: login.URL, Graph: graph.URL, Token: test.token}},
				Transport: login.Client().Transport,
			})
			if err != nil {
				t.Fatal(err)
			}
			got, err := d.Lookup(t.Context(), domain("contoso.com"))
			var want []tenant.Entry
			if test.want.Key() != "" {
				want = []tenant.Entry{test.want}
			}
			if !slices.Equal(got, want) || (err == nil) != (test.err == "") {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
			if err != nil {
				if !strings.Contains(err.Error(), test.err) || strings.Contains(err.Error(), token) {
					t.Errorf("got error %v, want one with %q and without the token", err, test.err)
				}
				if test.is != nil && !errors.Is(err, test.is) {
					t.Errorf("got error %v, want one that wraps %v", err, test.is)
				}
			}
			if asked := login.asked(); !slices.Equal(asked, []string{discoveryPath("contoso.com")}) {
				t.Errorf("the sign-in service was asked %q", asked)
			}
			asked := slices.Repeat([]string{graphPath("contoso.com") + " Bearer " + token}, test.asked)
			if got := graph.asked(); !slices.Equal(got, asked) {
				t.Errorf("Graph was asked %q, want %q", got, asked)
			}
		})
	}
}

// A name that one cloud's Graph knows is kept when another cloud saw the same tenant first.
func TestNameFromTheSecondCloud(t *testing.T) {
	answer := document(litwareID, "microsoftonline.us", "null", "")
	first := newService(t, map[string]reply{discoveryPath("litware.example"): answer})
	second := newService(t, map[string]reply{
		discoveryPath("litware.example"): answer,
		graphPath("litware.example"):     {body: `{"tenantId":"` + litwareID + `","displayName":"Litware"}`},
	})
	d, err := entra.New(&entra.Options{Transport: first.Client().Transport, Clouds: []entra.Cloud{
		{Login: first.URL},
		{Login: second.URL, Graph: second.URL, Token: func(context.Context) (string, error) { return "t", nil }},
	}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Lookup(t.Context(), domain("litware.example"))
	if want := []tenant.Entry{{Tenant: id(litwareID), Name: "Litware", Cloud: tenant.CloudUSGovernment}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestTimeLimit(t *testing.T) {
	for name, test := range map[string]struct{ timeout, want time.Duration }{
		"by default":     {0, 10 * time.Second},
		"as configured":  {3 * time.Second, 3 * time.Second},
		"a negative one": {-1, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stuck := roundTrip(func(r *http.Request) (*http.Response, error) {
					<-r.Context().Done()
					return nil, r.Context().Err()
				})
				d, err := entra.New(&entra.Options{Transport: stuck, Timeout: test.timeout})
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				_, err = d.Lookup(t.Context(), domain("contoso.com"))
				if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != test.want {
					t.Errorf("after %v, got %v", took, err)
				}
			})
		})
	}
}

func TestContextEndsWithinABody(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "{")
		w.(http.Flusher).Flush()
		cancel(errors.New("the user went home"))
		<-r.Context().Done()
	}))
	defer server.Close()
	d, err := entra.New(&entra.Options{Clouds: []entra.Cloud{{Login: server.URL}}, Transport: server.Client().Transport})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.Lookup(ctx, domain("contoso.com")); !errors.Is(err, context.Canceled) || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

// Two clouds that are down are two errors.
func TestEveryErrorIsKept(t *testing.T) {
	down := map[string]reply{discoveryPath("contoso.com"): {status: 503}}
	a, b := newService(t, down), newService(t, down)
	_, err := directory(t, a, b).Lookup(t.Context(), domain("contoso.com"))
	for _, s := range []*service{a, b} {
		if err == nil || !strings.Contains(err.Error(), s.Listener.Addr().String()) {
			t.Errorf("the error does not name %s: %v", s.Listener.Addr(), err)
		}
	}
}

// An ID that somebody typed is known to exist, in its cloud and once, or not; what
// cannot be asked is not taken for either.
func TestLookupID(t *testing.T) {
	const absent, torn, other = "00000000-0000-4000-8000-000000000007", "00000000-0000-4000-8000-000000000008", "00000000-0000-4000-8000-000000000009"
	const personal = "9188040d-6c67-4c5b-b112-36a304b66dad"
	global := newService(t, map[string]reply{
		discoveryPath(contosoID): public(contosoID),
		discoveryPath(litwareID): document(litwareID, "microsoftonline.us", `"DODCON"`, ""),
		discoveryPath(vianetID):  public(vianetID),
		discoveryPath(torn):      public(torn),
		discoveryPath(other):     public(contosoID),
		discoveryPath(personal):  public(personal),
	})
	government := newService(t, map[string]reply{
		discoveryPath(litwareID): document(litwareID, "microsoftonline.us", `"DODCON"`, ""),
		discoveryPath(vianetID):  document(vianetID, "partner.microsoftonline.cn", "null", ""),
		discoveryPath(torn):      {status: 503},
	})
	d := directory(t, global, government)
	for key, want := range map[string][]tenant.Entry{
		contosoID: {{Tenant: id(contosoID), Cloud: tenant.CloudPublic}},
		litwareID: {{Tenant: id(litwareID), Cloud: tenant.CloudUSGovernment}}, // which both clouds answer for
		vianetID:  {{Tenant: id(vianetID), Cloud: tenant.CloudPublic}, {Tenant: id(vianetID), Cloud: tenant.CloudChina}},
		absent:    nil,
		personal:  nil, // nobody's customer
	} {
		got, err := tenant.LookupID(t.Context(), d, tenant.TenantKey(id(key)))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v, want %+v", key, got, err, want)
		}
	}
	for _, key := range []string{torn, other} {
		got, err := d.LookupID(t.Context(), tenant.TenantKey(id(key)))
		if err == nil || got != nil || errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %+v, %v, want an error", key, got, err)
		}
	}
	before := len(global.asked())
	for _, key := range []tenant.Key{"tpid:640037", "subscription:00000000-0000-4000-8000-000000000007", "opportunity:7-ABC123XYZ", "", "tenant:", "tenant:../../x"} {
		got, err := d.LookupID(t.Context(), key)
		if is := errors.Is(err, errors.ErrUnsupported); err == nil || got != nil || is == strings.HasPrefix(string(key), "tenant:") {
			t.Errorf("%q: %+v, %v", key, got, err)
		}
	}
	if asked := global.asked()[before:]; len(asked) > 0 {
		t.Errorf("it asked for %q", asked)
	}
}

// With it a tenant ID that is typed alone is confirmed, and one that nobody has needs a
// reason.
func TestResolveByTenantID(t *testing.T) {
	d := directory(t, newService(t, map[string]reply{discoveryPath(contosoID): public(contosoID)}))
	found, err := tenant.Resolve(t.Context(), d, tenant.Candidate{TenantID: contosoID})
	if err != nil || found.Basis != tenant.BasisConfirmed || found.Identity.Cloud != tenant.CloudPublic || !found.NeedsName() {
		t.Errorf("%+v, %v", found, err)
	}
	_, err = tenant.Resolve(t.Context(), d, tenant.Candidate{TenantID: chinaID})
	if !errors.As(err, new(*tenant.ReasonRequiredError)) {
		t.Errorf("nobody's ID: %v", err)
	}
}
