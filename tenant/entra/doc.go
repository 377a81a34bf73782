// Package entra has a directory that asks Microsoft Entra ID which tenant a
// domain belongs to, and whether there is a tenant with some ID.
//
// It reads the public OpenID Connect discovery document of the domain,
//
//	https://login.microsoftonline.com/{domain}/v2.0/.well-known/openid-configuration
//
// or of the tenant with an ID in the domain's place, which needs no account. Its issuer names the tenant, and cloud_instance_name
// and tenant_region_sub_scope say where the tenant lives. A tenant of the
// Government Community Cloud (GCC) signs in at the public endpoints; it is
// reported as [tenant.CloudUSGovernment] all the same, as are GCC High (DODCON)
// and DoD. A cloud instance that this package does not know is reported as no
// cloud. The document has no name; with a [TokenSource], Microsoft Graph is
// asked for that:
//
//	GET /v1.0/tenantRelationships/findTenantInformationByDomainName(domainName='{domain}')
//
// One domain can belong to a tenant in each of several national clouds, and only
// who asks them all can see that: see [Options.Clouds]. If one of them cannot be
// asked, the lookup fails, because what the others say may not be everything.
//
// Entra does not know TPIDs, so entries have none.
//
// # Safety
//
// Only https is spoken, only with the hosts that were configured: a redirect to
// another host is an error. Bodies are read up to a limit, and every lookup has
// a time limit. The domain is a [tenant.Domain], so it cannot break out of a
// URL. Errors have neither tokens nor the text of a body in them.
//
// Sources: "OpenID Connect on the Microsoft identity platform", "National
// clouds" and "tenantRelationship: findTenantInformationByDomainName", all on
// learn.microsoft.com. Entra calls an unknown domain error "invalid_tenant",
// AADSTS90002.
package entra
