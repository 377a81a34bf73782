package postgres

import (
	"cmp"
	"strings"
)

type right struct{ tables, rights string }

// rights are what a user needs who calls a Store, by table. Events can be added,
// and their persons erased; what proves something cannot be taken away.
var rights = []right{
	{"migration, feed_epoch", "SELECT"},
	{"command", "SELECT, INSERT"},
	{"token", "SELECT, INSERT, UPDATE (spent)"},
	{"event", "SELECT, INSERT, UPDATE (person)"},
	{"participation, entry, customer, tab_count, status_count, figure", "SELECT, INSERT, UPDATE"},
	{"shared, message, consumer", "SELECT, INSERT, UPDATE, DELETE"}, // shared: as WithTx holds keys that there are not
	{"person", "SELECT, INSERT, DELETE"},
	{"sending", "SELECT, INSERT, UPDATE, DELETE"}, // to be locked before they go
}

// Grants returns the statements that give a role what it needs to work with a
// Store in the schema, and no more: not to migrate it, nor to take away or change
// what has happened. The owner of the schema runs them, after each Migrate. ""
// stands for the schema that Options without a name have.
func Grants(schema, role string) string { return grants(schema, role, rights) }

// GrantsToPrune returns the statements that give a role what Prune needs beside Grants:
// to take away what each idempotency key led to, what links open, and figures that are
// put together with others. A host can give
// it to the one process that prunes.
func GrantsToPrune(schema, role string) string {
	return grants(schema, role, []right{{"command, token", "UPDATE, DELETE"}, {"figure", "DELETE"}})
}

func grants(schema, role string, rights []right) string {
	in := identifier(cmp.Or(schema, defaultSchema)) + "."
	to := " TO " + identifier(role) + ";\n"
	var b strings.Builder
	b.WriteString("GRANT USAGE ON SCHEMA " + strings.TrimSuffix(in, ".") + to)
	for _, r := range rights {
		b.WriteString("GRANT " + r.rights + " ON " + in + strings.ReplaceAll(r.tables, ", ", ", "+in) + to)
	}
	return b.String()
}

func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
