package cached_test

import (
	"context"
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/cached"
	"github.com/partnerengage/partnerengage/tenant/tenanttest"
)

func ExampleNew() {
	slow := &tenanttest.Recorder{Directory: tenanttest.NewStatic()} // a remote one, say
	directory := cached.New(slow, &cached.Options{
		NotFound: 5 * time.Minute, // a domain that was just registered should be found soon
		Stale:    48 * time.Hour,  // and the remote one may be away for a weekend
	})
	for range 3 {
		tenant.Resolve(context.Background(), directory, tenant.Candidate{Email: "ana@contoso.com"})
	}
	fmt.Println("asked", slow.Asked())
	// Output: asked [contoso.com]
}
