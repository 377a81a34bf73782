package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
	"github.com/partnerengage/partnerengage/tenant"
)

// namedRow says who is named with a customer.
type namedRow struct {
	Slot              int16
	Partner, Customer string
	Keep              bool // as it is stored: of one that is new, nobody has looked
	Persons           []byte
}

var namedRows = shape[namedRow]{[]string{"slot", "partner", "customer", "keep", "persons"}, func(r *namedRow) []any {
	return []any{&r.Slot, &r.Partner, &r.Customer, &r.Keep, &r.Persons}
}, false}

// personColumns are those of the table in which customers are found by persons.
var personColumns = []string{"slot", "partner", "key", "person", "customer"}

// pieces returns the rows by which the customers w are found that are kept with such
// persons.
func pieces(rows, persons string) string {
	return "SELECT w.slot, w.partner, d.key, d.person, w.customer FROM " + rows + " w CROSS JOIN LATERAL (SELECT substr(" + persons + ", 1, 8) AS key, substr(" + persons +
		", 8 * i + 1, 8) AS person FROM generate_series(1, length(" + persons + ") / 8 - 1) i UNION ALL SELECT ''::bytea, ''::bytea WHERE " + persons + " IS NULL) d"
}

// putPersons writes who is named, where that is given, and how customers are found by it.
func (s *applying) putPersons(list []namedRow) {
	if len(list) == 0 {
		return
	}
	put := func(with, slot string) string {
		key := []string{"slot", "partner", "customer"}
		at := func(t string) string {
			if slot == "" {
				return ""
			}
			return " AND " + t + ".slot = " + slot
		}
		return "WITH " + with + ", was AS MATERIALIZED (SELECT v.slot, v.partner, v.customer, t.persons AS had, CASE WHEN v.keep THEN t.persons ELSE v.persons END AS next FROM v JOIN " + s.in + "customer t ON " +
			alike("t", "v", key...) + at("t") + ")" +
			", gone AS (DELETE FROM " + s.in + "person t USING (" + pieces("was", "w.had") + " WHERE w.had IS DISTINCT FROM w.next EXCEPT " + pieces("was", "w.next") + ") g" +
			" WHERE " + alike("t", "g", personColumns...) + at("t") + ")" +
			", put AS (INSERT INTO " + s.in + "person (" + quoted(personColumns) + ") " + pieces("was", "w.next") + " ON CONFLICT DO NOTHING)" +
			" UPDATE " + s.in + "customer t SET persons = w.next FROM was w WHERE w.had IS DISTINCT FROM w.next AND " + alike("t", "w", key...) + at("t")
	}
	if len(list) == 1 {
		s.known(nil, textKey{what: "put persons", rows: 1}, given(namedRows, list), func() string {
			return put("v("+quoted(namedRows.columns)+") AS ("+valuesText(namedRows, 1, 0)+")", "$1::smallint")
		})
		return
	}
	s.then(nil, func(a *arguments) string { return put(relation(a, "v", namedRows, list), "") })
}

// planPersons notes who is named with which customers: where it is given, and with those
// that are new.
func (p *plan) planPersons() []namedRow {
	persons := make(map[engagement.CustomerKey]engagement.Persons, len(p.changes.Persons))
	for _, x := range p.changes.Persons {
		persons[x.Key] = x.Persons
	}
	var out []namedRow
	for i := range p.customers {
		c := &p.customers[i]
		given, is := persons[c.row.key()]
		if is {
			c.row.Persons = record.EncodePersons(given)
		}
		if is || c.before == 0 {
			out = append(out, namedRow{c.row.Slot, c.row.Partner, c.row.Customer, !is, c.row.Persons})
		}
	}
	return out
}

// naming returns the customers who may name somebody: those found by one of the digests,
// and those that are found by any of another key.
func (s *Store) naming(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	digests := make([][]byte, len(q.Naming.Digests))
	for i := range digests {
		digests[i] = q.Naming.Digests[i][:]
	}
	known := ""
	if q.Known {
		known = " AND t.known"
	}
	var ways []string
	for _, way := range []string{"n.key = $3::bytea AND n.person = ANY ($4::bytea[])", "n.key < $3::bytea", "n.key > $3::bytea"} {
		ways = append(ways, "SELECT n.slot, n.customer FROM "+s.in+"person n WHERE n.partner = $1::text AND n.customer > $2::text AND "+way)
	}
	sql := "SELECT " + of("t", customerRows.columns) + " FROM (" + strings.Join(ways, " UNION ") + ") k JOIN " + s.in + "customer t ON t.slot = k.slot AND t.partner = $1::text AND t.customer = k.customer" + known +
		" ORDER BY t.customer LIMIT " + strconv.Itoa(q.Limit)
	found, err := list(ctx, s, "list customers", sql, []any{string(q.Partner), string(q.After), q.Naming.Key[:], digests}, (*customerRow).fields)
	if err != nil {
		return nil, err
	}
	return values(found, (*customerRow).value)
}

// strayPerson is a customer that is not found by the persons whom it names, or by others.
type strayPerson struct{ Partner, Customer string }

func (r *strayPerson) fields() []any { return []any{&r.Partner, &r.Customer} }

// persons finds customers that are not found by the persons they name, or by others, in
// one statement, which mends it if that is wanted.
func (c restCheck) persons() error {
	expected := pieces(c.in+"customer", "w.persons")
	stored := "SELECT " + quoted(personColumns) + " FROM " + c.in + "person"
	with := "WITH missing AS MATERIALIZED (" + expected + " EXCEPT " + stored + "), extra AS MATERIALIZED (" + stored + " EXCEPT " + expected + ")"
	if c.mend {
		with += ", gone AS (DELETE FROM " + c.in + "person t USING extra g WHERE " + alike("t", "g", personColumns...) + ")" +
			", put AS (INSERT INTO " + c.in + "person (" + quoted(personColumns) + ") SELECT * FROM missing ON CONFLICT DO NOTHING)"
	}
	found, err := list(c.ctx, c.Store, "check the persons", with+" SELECT partner, customer FROM missing UNION SELECT partner, customer FROM extra ORDER BY partner, customer", nil, (*strayPerson).fields)
	if err != nil {
		return err
	}
	for _, r := range found {
		err := c.report(storage.Finding{
			Kind: storage.FindingPersons, Partner: engagement.PartnerID(r.Partner), Customer: tenant.Key(r.Customer), Mended: c.mend,
			Problem: "it is not found by the persons whom it names, or by others",
		})
		if err != nil {
			return err
		}
	}
	return nil
}
