package entra

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/tenant"
)

// discovery is what matters here of a discovery document.
type discovery struct {
	tenant    tenant.ID
	cloud     tenant.Cloud
	graphHost string
}

// isServedBy reports whether a Graph of that origin knows the tenant. A document
// that does not say is taken to mean yes.
func (d *discovery) isServedBy(graph string) bool {
	return d.graphHost == "" || "https://"+d.graphHost == graph
}

// discover reads the discovery document of a domain, or of a tenant by its ID, nil if
// there is no tenant.
func (d *Directory) discover(ctx context.Context, c Cloud, of string) (*discovery, error) {
	var document struct {
		Issuer         string `json:"issuer"`
		CloudInstance  string `json:"cloud_instance_name"`
		RegionSubScope string `json:"tenant_region_sub_scope"`
		GraphHost      string `json:"msgraph_host"`
	}
	err := d.get(ctx, c.Login+"/"+url.PathEscape(of)+"/v2.0/.well-known/openid-configuration", "", &document)
	if refused, ok := errors.AsType[*ResponseError](err); ok && refused.isUnknownTenant() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	id, err := issuedFor(document.Issuer)
	if err != nil {
		return nil, fmt.Errorf("the discovery document from %s cannot be used: %w", c.Login, err)
	}
	if id.IsPersonal() {
		return nil, nil
	}
	return &discovery{id, cloudOf(document.CloudInstance, document.RegionSubScope), document.GraphHost}, nil
}

// issuedFor returns the tenant that an issuer names in the first segment of its
// path: https://login.microsoftonline.com/{tenant}/v2.0.
func issuedFor(issuer string) (tenant.ID, error) {
	u, err := url.Parse(issuer)
	if err != nil {
		return tenant.ID{}, errors.New("its issuer is not a URL")
	}
	segment, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	id, err := tenant.ParseID(segment)
	if err != nil {
		return tenant.ID{}, fmt.Errorf("its issuer names no tenant: %v", err) // not %w: the candidate is not malformed
	}
	return id, nil
}

// cloudOf says where a tenant lives, "" if that is not known.
func cloudOf(instance, subScope string) tenant.Cloud {
	if slices.Contains([]string{"GCC", "DODCON", "DOD"}, strings.ToUpper(subScope)) {
		return tenant.CloudUSGovernment
	}
	switch strings.ToLower(instance) {
	case "microsoftonline.com":
		return tenant.CloudPublic
	case "microsoftonline.us":
		return tenant.CloudUSGovernment
	case "partner.microsoftonline.cn", "chinacloudapi.cn":
		return tenant.CloudChina
	}
	return ""
}

// name asks Graph what the tenant of a domain is called, "" if Graph does not
// know it.
func (d *Directory) name(ctx context.Context, c Cloud, domain tenant.Domain, id tenant.ID) (string, error) {
	token, err := c.Token(ctx)
	if err == nil && token == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return "", fmt.Errorf("there is no token for %s: %w", c.Graph, err)
	}
	var information struct {
		TenantID    tenant.ID `json:"tenantId"`
		DisplayName string    `json:"displayName"`
	}
	err = d.get(ctx, c.Graph+"/v1.0/tenantRelationships/findTenantInformationByDomainName(domainName='"+url.PathEscape(domain.String())+"')", token, &information)
	if refused, ok := errors.AsType[*ResponseError](err); ok && refused.Status == http.StatusNotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if information.TenantID != id {
		return "", fmt.Errorf("%s says that %s belongs to the tenant %s, but %s says %s", c.Graph, domain, information.TenantID, c.Login, id)
	}
	return information.DisplayName, nil
}
