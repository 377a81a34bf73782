package workflow_test

import (
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
)

// known is the n-th of many customers whom the program names by a TPID.
func known(n int) workflow.KnownCustomer {
	return workflow.KnownCustomer{Identity: tenant.Identity{TPID: tenant.TPID(n + 1)}}
}
