package sqlite

import (
	"context"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
	"github.com/partnerengage/partnerengage/tenant"
)

var (
	selectPersons = `SELECT persons FROM pe_customer WHERE partner = ? AND customer = ?`
	updatePersons = `UPDATE pe_customer SET persons = ? WHERE partner = ? AND customer = ?`
	insertPerson  = `INSERT INTO pe_person (partner, key, person, customer) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`
	deletePerson  = `DELETE FROM pe_person WHERE partner = ? AND key = ? AND person = ? AND customer = ?`
)

// digestSize is how many bytes a digest of a person has.
const digestSize = len(engagement.PersonDigest{})

// personRow is one by which a customer is found.
type personRow struct{ key, person string }

// personRows are those by which a customer is found that is kept with such persons.
func personRows(b []byte) []personRow {
	if len(b) < digestSize {
		return []personRow{{}}
	}
	var out []personRow
	for at := digestSize; at+digestSize <= len(b); at += digestSize {
		out = append(out, personRow{string(b[:digestSize]), string(b[at : at+digestSize])})
	}
	return out
}

type bytesRow struct{ b []byte }

func (r *bytesRow) fields() []any { return []any{&r.b} }

// writePersons writes who is named, where that is given, and how customers are found by
// it. Of those that are new the persons are with them already.
func (s *session) writePersons(c storage.Changes, there map[engagement.CustomerKey]bool) error {
	given := make(map[engagement.CustomerKey]bool, len(c.Persons))
	for _, p := range c.Persons {
		given[p.Key] = true
		next := record.EncodePersons(p.Persons)
		partner, customer := string(p.Key.Partner), string(p.Key.Customer)
		if !there[p.Key] {
			if err := s.changePersons(partner, customer, nil, personRows(next)); err != nil {
				return err
			}
			continue
		}
		had, err := collect(s, (*bytesRow).fields, selectPersons, partner, customer)
		if err != nil {
			return err
		}
		if string(had[0].b) == string(next) {
			continue
		}
		if _, err := s.exec(updatePersons, blob(next), partner, customer); err != nil {
			return err
		}
		if err := s.changePersons(partner, customer, personRows(had[0].b), personRows(next)); err != nil {
			return err
		}
	}
	for _, x := range c.Customers {
		if !there[x.Key] && !given[x.Key] {
			if err := s.changePersons(string(x.Key.Partner), string(x.Key.Customer), nil, personRows(nil)); err != nil {
				return err
			}
		}
	}
	return nil
}

// changePersons has a customer found by the next rows in place of those it had.
func (s *session) changePersons(partner, customer string, had, next []personRow) error {
	for _, r := range had {
		if !slices.Contains(next, r) {
			if _, err := s.exec(deletePerson, partner, []byte(r.key), []byte(r.person), customer); err != nil {
				return err
			}
		}
	}
	for _, r := range next {
		if !slices.Contains(had, r) {
			if _, err := s.exec(insertPerson, partner, []byte(r.key), []byte(r.person), customer); err != nil {
				return err
			}
		}
	}
	return nil
}

// namingText returns the statement for the keys of customers who may name somebody, and
// its arguments: a range for each digest, and those of all other keys.
func namingText(q storage.CustomersQuery) (string, []any) {
	partner, after, key := string(q.Partner), string(q.After), q.Naming.Key[:]
	var ways []string
	var args []any
	for _, d := range q.Naming.Digests {
		ways = append(ways, `SELECT customer FROM pe_person WHERE partner = ? AND key = ? AND person = ? AND customer > ?`)
		args = append(args, partner, key, d[:], after)
	}
	for _, than := range []string{"<", ">"} {
		ways = append(ways, `SELECT customer FROM pe_person WHERE partner = ? AND key `+than+` ? AND customer > ?`)
		args = append(args, partner, key, after)
	}
	return strings.Join(ways, " UNION "), args
}

// naming returns the customers who may name somebody.
func (s *Store) naming(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	keys, args := namingText(q)
	known := ""
	if q.Known {
		known = " AND t.known = 1"
	}
	query := `SELECT ` + customerColumns + ` FROM (` + keys + `) k CROSS JOIN pe_customer t ON t.partner = ? AND t.customer = k.customer` + known +
		` ORDER BY k.customer LIMIT ?`
	var found []customerRow
	err := s.read(ctx, "list customers", func(se *session) (err error) {
		found, err = collect(se, (*customerRow).fields, query, append(args, string(q.Partner), q.Limit)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return readable(found, customerRow.value)
}

// strayPerson is a row by which a customer is found, and should not be, or the other way
// round.
type strayPerson struct {
	partner, customer string
	key, person       []byte
	missing           bool
}

func (r *strayPerson) fields() []any {
	return []any{&r.partner, &r.customer, &r.key, &r.person, &r.missing}
}

// selectStrayPersons goes along the digests of each customer.
const selectStrayPersons = `WITH RECURSIVE
	one (partner, customer, persons, at) AS (
		SELECT partner, customer, persons, 9 FROM pe_customer WHERE length(persons) > 8
		UNION ALL SELECT partner, customer, persons, at + 8 FROM one WHERE at + 8 < length(persons)
	),
	expected (partner, key, person, customer) AS (
		SELECT partner, substr(persons, 1, 8), substr(persons, at, 8), customer FROM one
		UNION ALL SELECT partner, x'', x'', customer FROM pe_customer WHERE persons IS NULL
	)
	SELECT partner, customer, key, person, 1 FROM (SELECT * FROM expected EXCEPT SELECT partner, key, person, customer FROM pe_person)
	UNION ALL SELECT partner, customer, key, person, 0 FROM (SELECT partner, key, person, customer FROM pe_person EXCEPT SELECT * FROM expected)
	ORDER BY 1, 2, 3, 4`

// checkPersons finds customers that are not found by the persons they name, or by others.
func checkPersons(s *session, _ string, mend bool) (found []storage.Finding, end string, more bool, err error) {
	wrong, err := collectOnce(s, (*strayPerson).fields, selectStrayPersons)
	if err != nil {
		return nil, "", false, err
	}
	for i, r := range wrong {
		if mend {
			of := []personRow{{string(r.key), string(r.person)}}
			had, next := of, []personRow(nil)
			if r.missing {
				had, next = nil, of
			}
			if err := s.changePersons(r.partner, r.customer, had, next); err != nil {
				return nil, "", false, err
			}
		}
		if i > 0 && r.partner == wrong[i-1].partner && r.customer == wrong[i-1].customer {
			continue // one for each customer
		}
		found = append(found, storage.Finding{
			Kind: storage.FindingPersons, Partner: engagement.PartnerID(r.partner), Customer: tenant.Key(r.customer), Mended: mend,
			Problem: "it is not found by the persons whom it names, or by others",
		})
	}
	return found, "", false, nil
}
