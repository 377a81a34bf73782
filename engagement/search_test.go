package engagement_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// found reports whether a search finds the entry of such a customer.
func found(search, name string, id tenant.Identity) bool {
	id.Name = name
	e := engagement.Row{Identity: id}.Entry(northwind)
	for _, w := range engagement.SearchWords(search) {
		if !w.In(e) {
			return false
		}
	}
	return true
}

// What people write as one word or as several is found by either, whole or begun.
func TestSearchJoinsWords(t *testing.T) {
	for _, alike := range [][]string{
		{"L'Oréal", "L’Oréal", "LOreal", "loreal", "L'OREAL"},
		{"O'Neill", "ONeill", "o’neill"},
		{"AT&T", "att", "at&t"},
		{"Coca-Cola", "cocacola", "Coca‑Cola", "COCA-cola"},
		{"Rolls-Royce", "RollsRoyce"},
	} {
		for _, name := range alike {
			for _, search := range alike {
				require.True(t, found(search, name+" Portugal", tenant.Identity{}), "%q in %q", search, name)
				require.True(t, found("port "+search, name+" Portugal", tenant.Identity{}), "%q in %q", search, name)
			}
		}
	}
	require.True(t, found("coca", "Coca-Cola", tenant.Identity{}))
	require.True(t, found("cola", "Coca-Cola", tenant.Identity{}))
	require.True(t, found("cocac", "Coca-Cola", tenant.Identity{}))
	require.True(t, found("cocacola", "", tenant.Identity{Domain: must(tenant.ParseDomain("coca-cola.com"))}))
	for _, search := range []string{"colacoca", "real", "Coca-Colada"} {
		require.False(t, found(search, "Coca-Cola L'Oréal AT&T", tenant.Identity{}), search)
	}
}

// Whole IDs are found in any usual spelling, also after what they are called; a part of
// one is not, and neither is another.
func TestSearchByLabelledIDs(t *testing.T) {
	who := tenant.Identity{Tenant: must(tenant.ParseID("0f8fad5b-d9cb-469f-a165-70867728950e")), TPID: 640037}
	for _, search := range []string{
		"640037", "tpid 640037", "TPID:640037", "TPID: 640037", "tpid=640037", "tpid #640037", "Top Parent ID 640037",
		"0f8fad5b-d9cb-469f-a165-70867728950e", "tenant:0f8fad5b-d9cb-469f-a165-70867728950e", "Tenant ID: {0F8FAD5B-D9CB-469F-A165-70867728950E}",
		"tenant 0f8fad5bd9cb469fa16570867728950e", "contoso tpid 640037", "tpid 640037 tenant:0f8fad5bd9cb469fa16570867728950e",
	} {
		require.True(t, found(search, "Contoso", who), search)
	}
	for _, search := range []string{"tpid 640038", "tpid 64003", "tpid", "tenant:0f8fad5b", "tpid:640037 fabrikam", "fabrikam 640037", "tpid fabrikam 640037", "tpid tpid"} {
		require.False(t, found(search, "Contoso", who), search)
	}
	require.True(t, found("tenant", "Tenant Services", who)) // which is a name, too
	require.True(t, found("top 100", "Top 100 Hotels", who))
}
