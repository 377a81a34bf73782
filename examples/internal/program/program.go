// Package program reads what a host has of an incentive program: its engagements
// and partners, the customers with what is known of them, the directory, and
// candidates that somebody typed.
package program

import (
	"bytes"
	"context"
	"embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
	"github.com/partnerengage/partnerengage/engagement"
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

// Program is everything that was read.
type Program struct {
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
func Load(files fs.FS) (*Program, error) {
	p := &Program{}
	registry := criteria.NewRegistry()
	for _, step := range []struct {
		file string
		read func([]byte) error
	}{
		{"program.json", func(b []byte) (err error) { p.Catalog, err = readCatalog(registry, b); return err }},
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

// Facts is the program's workflow.FactSource: it answers from customers.csv.
func (p *Program) Facts(_ context.Context, _ engagement.PartnerID, who []tenant.Identity) ([]eligibility.Facts, error) {
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
func (p *Program) Known(names ...string) []workflow.KnownCustomer {
	var known []workflow.KnownCustomer
	for _, c := range p.customers {
		if slices.Contains(names, c.identity.Name) {
			known = append(known, workflow.KnownCustomer{Identity: c.identity})
		}
	}
	return known
}

// Domain returns the domain of the customer with that name, or "".
func (p *Program) Domain(name string) string {
	for _, c := range p.Known(name) {
		return c.Identity.Domain.String()
	}
	return ""
}

// Key returns the key of the customer with that name, or "".
func (p *Program) Key(name string) tenant.Key {
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

// file is program.json.
type file struct {
	Program     string           `json:"program"`
	Version     string           `json:"version"`
	Currency    string           `json:"currency"`
	Engagements []engagementData `json:"engagements"`
	Partners    []partnerData    `json:"partners"`
}

type engagementData struct {
	ID           engagement.ID    `json:"id"`
	Name         string           `json:"name"`
	SolutionArea string           `json:"solution_area"`
	Type         engagement.Type  `json:"type"`
	Role         string           `json:"role"`
	Opens        eligibility.Date `json:"opens"`
	Closes       eligibility.Date `json:"closes"`
	LastClaimDay eligibility.Date `json:"last_claim_day"`
	ClaimLimit   int              `json:"claim_limit"`
	Rate         string           `json:"rate"`
	Location     json.RawMessage  `json:"location"`
	Customer     json.RawMessage  `json:"customer"`
}

type partnerData struct {
	ID        engagement.PartnerID `json:"id"`
	Name      string               `json:"name"`
	Locations []locationData       `json:"locations"`
}

type locationData struct {
	ID              engagement.LocationID `json:"id"`
	Name            string                `json:"name"`
	Country         string                `json:"country"`
	Area            string                `json:"area"`
	ProgramEnrolled bool                  `json:"program_enrolled"`
	Designations    []string              `json:"designations"`
	Specializations []string              `json:"specializations"`
	PayeeProfile    string                `json:"payee_profile"`
}

func readCatalog(registry *criteria.Registry, b []byte) (*engagement.Catalog, error) {
	var f file
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, err
	}
	engagements := make([]engagement.Engagement, len(f.Engagements))
	for i, in := range f.Engagements {
		e, err := in.engagement(registry, f)
		if err != nil {
			return nil, fmt.Errorf("engagement %s: %w", in.ID, err)
		}
		engagements[i] = e
	}
	partners := make([]engagement.Partner, len(f.Partners))
	for i, in := range f.Partners {
		partners[i] = engagement.Partner{ID: in.ID, Name: in.Name}
		for _, l := range in.Locations {
			partners[i].Locations = append(partners[i].Locations, l.location())
		}
	}
	return engagement.NewCatalog(engagements, partners)
}

func (in engagementData) engagement(registry *criteria.Registry, f file) (engagement.Engagement, error) {
	e := engagement.Engagement{
		ID: in.ID, Version: f.Version, Name: in.Name, SolutionArea: in.SolutionArea, Type: in.Type, Role: in.Role,
		Opens: in.Opens, Closes: in.Closes, LastClaimDay: in.LastClaimDay, ClaimLimit: in.ClaimLimit,
	}
	amount, err := eligibility.ParseMoney(in.Rate + " " + f.Currency)
	if err != nil {
		return e, err
	}
	e.Rates = []engagement.Rate{{From: in.Opens, Amount: amount}}
	if e.LocationRules, err = ruleSet(registry, in.ID, "location", f.Version, in.Location); err != nil {
		return e, err
	}
	e.CustomerRules, err = ruleSet(registry, in.ID, "customer", f.Version, in.Customer)
	return e, err
}

func ruleSet(registry *criteria.Registry, id engagement.ID, of, version string, b []byte) (*eligibility.RuleSet, error) {
	rules, err := registry.ReadRules(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", of, err)
	}
	return eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: string(id) + "/" + of, Version: version, Rules: rules})
}

func (in locationData) location() engagement.Location {
	l := engagement.Location{ID: in.ID, Name: in.Name, Enrolled: in.ProgramEnrolled, Payee: in.PayeeProfile}
	criteria.ProgramEnrolled.Set(&l.Facts, in.ProgramEnrolled)
	criteria.Designations.Set(&l.Facts, in.Designations)
	criteria.Specializations.Set(&l.Facts, in.Specializations)
	criteria.Area.Set(&l.Facts, in.Area)
	criteria.Country.Set(&l.Facts, in.Country)
	return l
}
