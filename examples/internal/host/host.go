// Package host reads what a host of the examples has: the program's documents, the
// customers with what is known of them, the directory, and candidates that somebody
// typed.
package host

import (
	"bytes"
	"context"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/program"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/tenanttest"
)

//go:embed data
var data embed.FS

// Files are the examples' own files.
var Files = sub(data, "data")

func sub(f fs.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil {
		panic(err) // the name is a constant
	}
	return s
}

// Data is everything that was read.
type Data struct {
	Catalog    *engagement.Catalog
	Directory  tenant.Directory
	Candidates []tenant.Candidate
	customers  []customer
}

type customer struct {
	identity tenant.Identity
	facts    eligibility.Facts
}

// Load reads program.json, customers.csv, directory.csv and candidates.csv.
func Load(files fs.FS) (*Data, error) {
	read, err := program.Documents{}.ReadFS(files, "program.json")
	if err != nil {
		return nil, err
	}
	catalog, err := read.Catalog(nil)
	if err != nil {
		return nil, err
	}
	p := &Data{Catalog: catalog}
	registry := criteria.NewRegistry()
	for _, step := range []struct {
		file string
		read func([]byte) error
	}{
		{"directory.csv", func(b []byte) (err error) { p.Directory, err = tenanttest.ReadStatic(bytes.NewReader(b)); return err }},
		{"customers.csv", func(b []byte) (err error) { p.customers, err = readCustomers(registry, b); return err }},
		{"candidates.csv", func(b []byte) (err error) { p.Candidates, err = readCandidates(b); return err }},
	} {
		b, err := fs.ReadFile(files, step.file)
		if err == nil {
			err = step.read(b)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", step.file, err)
		}
	}
	return p, nil
}

// Facts is the host's workflow.FactSource: it answers from customers.csv.
func (p *Data) Facts(_ context.Context, _ engagement.PartnerID, who []tenant.Identity) ([]eligibility.Facts, error) {
	facts := make([]eligibility.Facts, len(who))
	for i, w := range who {
		for _, c := range p.customers {
			if c.identity.Key() == w.Key() {
				facts[i] = c.facts.Clone()
			}
		}
	}
	return facts, nil
}

// Derive adds what only a customer and a location together tell.
func Derive(facts *eligibility.Facts, at engagement.Location) {
	area, _ := criteria.Area.Get(at.Facts)
	criteria.DeriveSameArea(facts, area)
}

// Known returns the customers with these names, as the program would report that
// they have consented before.
func (p *Data) Known(names ...string) []workflow.KnownCustomer {
	var known []workflow.KnownCustomer
	for _, c := range p.customers {
		if slices.Contains(names, c.identity.Name) {
			known = append(known, workflow.KnownCustomer{Identity: c.identity})
		}
	}
	return known
}

// Domain returns the domain of the customer with that name, or "".
func (p *Data) Domain(name string) string {
	for _, c := range p.Known(name) {
		return c.Identity.Domain.String()
	}
	return ""
}

// Key returns the key of the customer with that name, or "".
func (p *Data) Key(name string) tenant.Key {
	for _, c := range p.Known(name) {
		return c.Identity.Key()
	}
	return ""
}

func readCustomers(registry *criteria.Registry, b []byte) ([]customer, error) {
	var customers []customer
	err := eachRow(b, func(row map[string]string) error {
		id, err1 := tenant.ParseID(row["tenant_id"])
		domain, err2 := tenant.ParseDomain(row["domain"])
		var tpid tenant.TPID
		var err3 error
		if row["tpid"] != "" {
			tpid, err3 = tenant.ParseTPID(row["tpid"])
		}
		if err := errors.Join(err1, err2, err3); err != nil {
			return err
		}
		c := customer{identity: tenant.Identity{Tenant: id, TPID: tpid, Domain: domain, Name: row["customer"]}}
		if row["last_assessment"] == "" {
			row["last_assessment"] = "never" // this host writes down every assessment, so no date means none
		}
		for _, fact := range registry.Facts() {
			if text, ok := row[fact.Name()]; ok {
				if err := registry.Set(&c.facts, fact.Name(), text); err != nil {
					return err
				}
			}
		}
		customers = append(customers, c)
		return nil
	})
	return customers, err
}

func readCandidates(b []byte) ([]tenant.Candidate, error) {
	var candidates []tenant.Candidate
	err := eachRow(b, func(row map[string]string) error {
		candidates = append(candidates, tenant.Candidate{Email: row["email"], TenantID: row["tenant_id"], TPID: row["tpid"]})
		return nil
	})
	return candidates, err
}

// eachRow calls f with each row of a CSV file by the names of its columns.
func eachRow(b []byte, f func(map[string]string) error) error {
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) == 0 {
		return errors.Join(err, errors.New("a header is needed"))
	}
	for n, cells := range rows[1:] {
		row := map[string]string{}
		for i, name := range rows[0] {
			row[name] = cells[i]
		}
		if err := f(row); err != nil {
			return fmt.Errorf("row %d: %w", n+1, err)
		}
	}
	return nil
}
