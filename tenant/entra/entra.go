package entra

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
)

// TokenSource returns an access token for Microsoft Graph, of an application
// that has the permission CrossTenantInformation.ReadBasic.All. It is called
// once for each lookup that finds somebody, maybe by many goroutines at once, so
// it should keep its token until that expires.
type TokenSource func(ctx context.Context) (string, error)

// Cloud is where to ask in one cloud.
type Cloud struct {
	Login string      // origin of the sign-in service, such as "https://login.microsoftonline.com"
	Graph string      // origin of Microsoft Graph; only used with a Token
	Token TokenSource // if nil, Graph is not asked, and entries have no name
}

// Public returns the endpoints of the global cloud.
func Public() Cloud {
	return Cloud{Login: "https://login.microsoftonline.com", Graph: "https://graph.microsoft.com"}
}

// USGovernment returns the endpoints of the cloud for US government. Those of
// the Department of Defense have another Graph, "https://dod-graph.microsoft.us".
func USGovernment() Cloud {
	return Cloud{Login: "https://login.microsoftonline.us", Graph: "https://graph.microsoft.us"}
}

// China returns the endpoints of the cloud that 21Vianet operates in China.
func China() Cloud {
	return Cloud{Login: "https://login.partner.microsoftonline.cn", Graph: "https://microsoftgraph.chinacloudapi.cn"}
}

// Options of a [Directory]. The zero value of each means its default.
type Options struct {
	Clouds    []Cloud           // all of them are asked: [Public] alone
	Transport http.RoundTripper // [http.DefaultTransport]
	Timeout   time.Duration     // for a whole lookup: 10 seconds
}

var _ tenant.IDDirectory = (*Directory)(nil)

// Directory asks Entra. It is safe for use by many goroutines. It remembers
// nothing; package cached does.
type Directory struct {
	clouds  []Cloud
	client  *http.Client
	timeout time.Duration
}

// New returns a directory that asks Entra. Options may be nil. It is an error if
// an endpoint is not an https origin.
func New(options *Options) (*Directory, error) {
	var o Options
	if options != nil {
		o = *options
	}
	d := &Directory{
		clouds:  slices.Clone(o.Clouds),
		client:  &http.Client{Transport: o.Transport, CheckRedirect: sameOrigin},
		timeout: cmp.Or(max(o.Timeout, 0), 10*time.Second),
	}
	if len(d.clouds) == 0 {
		d.clouds = []Cloud{Public()}
	}
	for _, c := range d.clouds {
		if err := origin(c.Login); err != nil {
			return nil, fmt.Errorf("entra: Login: %w", err)
		}
		if c.Token != nil {
			if err := origin(c.Graph); err != nil {
				return nil, fmt.Errorf("entra: Graph: %w", err)
			}
		}
	}
	return d, nil
}

// origin checks that s is scheme and host alone.
func origin(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return err
	}
	if u.Host == "" || s != "https://"+u.Host {
		return fmt.Errorf("%q is not an https origin, such as https://login.microsoftonline.com", s)
	}
	return nil
}

// Lookup asks every cloud for the tenant of a domain. The entries come in the
// order of the clouds, each tenant of a cloud once. Errors are those of all
// clouds that failed, joined; a [*ResponseError] is among them if one answered,
// but not with an answer.
func (d *Directory) Lookup(ctx context.Context, domain tenant.Domain) ([]tenant.Entry, error) {
	if domain.IsZero() {
		return nil, errors.New("entra: no domain to look up")
	}
	return d.everywhere(ctx, func(ctx context.Context, c Cloud) ([]tenant.Entry, error) { return d.ask(ctx, c, domain) })
}

// LookupID asks every cloud whether there is a tenant with that ID, and where it
// lives. The entries have no name: Graph is not asked. For any other kind of ID the
// error matches [errors.ErrUnsupported]; the rest is as with Lookup.
func (d *Directory) LookupID(ctx context.Context, key tenant.Key) ([]tenant.Entry, error) {
	text, is := strings.CutPrefix(string(key), "tenant:")
	if !is {
		return nil, fmt.Errorf("entra: of the customer's IDs only tenant IDs can be looked up: %w", errors.ErrUnsupported)
	}
	id, err := tenant.ParseID(text)
	if err != nil {
		return nil, fmt.Errorf("entra: %w", err)
	}
	return d.everywhere(ctx, func(ctx context.Context, c Cloud) ([]tenant.Entry, error) {
		found, err := d.discover(ctx, c, id.String())
		if err != nil || found == nil {
			return nil, err
		}
		if found.tenant != id {
			return nil, fmt.Errorf("%s says that the tenant %s is %s", c.Login, id, found.tenant)
		}
		return []tenant.Entry{{Tenant: found.tenant, Cloud: found.cloud}}, nil
	})
}

// everywhere asks every cloud.
func (d *Directory) everywhere(ctx context.Context, ask func(context.Context, Cloud) ([]tenant.Entry, error)) ([]tenant.Entry, error) {
	limited, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()

	found := make([][]tenant.Entry, len(d.clouds))
	errs := make([]error, len(d.clouds))
	var others sync.WaitGroup
	for i, c := range d.clouds[1:] {
		others.Go(func() { found[i+1], errs[i+1] = ask(limited, c) })
	}
	found[0], errs[0] = ask(limited, d.clouds[0])
	others.Wait()

	if err := errors.Join(errs...); err != nil {
		if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
			err = errors.Join(ended, err)
		}
		return nil, err
	}
	// A cloud may answer for a tenant of another one, which answers for itself too.
	var entries []tenant.Entry
	for _, e := range slices.Concat(found...) {
		same := func(o tenant.Entry) bool { return o.Tenant == e.Tenant && o.Cloud == e.Cloud }
		if i := slices.IndexFunc(entries, same); i < 0 {
			entries = append(entries, e)
		} else {
			entries[i].Name = cmp.Or(entries[i].Name, e.Name)
		}
	}
	return entries, nil
}

// ask asks one cloud. It returns one entry at most.
func (d *Directory) ask(ctx context.Context, c Cloud, domain tenant.Domain) ([]tenant.Entry, error) {
	found, err := d.discover(ctx, c, domain.String())
	if err != nil || found == nil {
		return nil, err
	}
	entry := tenant.Entry{Tenant: found.tenant, Cloud: found.cloud}
	if c.Token != nil && found.isServedBy(c.Graph) {
		if entry.Name, err = d.name(ctx, c, domain, found.tenant); err != nil {
			return nil, err
		}
	}
	return []tenant.Entry{entry}, nil
}
