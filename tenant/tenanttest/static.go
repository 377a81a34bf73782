package tenanttest

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/tenant"
)

// Record is one line of a [Static] directory: a customer that a domain belongs
// to. A domain with several records is ambiguous.
type Record struct {
	Domain tenant.Domain
	Entry  tenant.Entry
}

// Static is a directory that answers from a list. It does not change; the zero
// Static knows nobody.
type Static struct {
	entries map[tenant.Domain][]tenant.Entry
}

// NewStatic returns a directory of the given records.
func NewStatic(records ...Record) *Static {
	s := &Static{entries: make(map[tenant.Domain][]tenant.Entry)}
	for _, r := range records {
		s.entries[r.Domain] = append(s.entries[r.Domain], r.Entry)
	}
	return s
}

// columns of the files that ReadStatic reads.
var columns = []string{"domain", "tenant_id", "tpid", "name", "cloud"}

// ReadStatic reads a directory from CSV text in UTF-8. The first line names the
// columns: domain, tenant_id, tpid, name, cloud. A record has a domain and at
// least one of the two IDs. The error names the line.
func ReadStatic(r io.Reader) (*Static, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = len(columns)
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("directory file: %w", err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	if !slices.Equal(header, columns) {
		return nil, fmt.Errorf("directory file: its first line is %q, not %q", header, columns)
	}
	var records []Record
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			return NewStatic(records...), nil
		}
		if err != nil {
			return nil, fmt.Errorf("directory file: %w", err)
		}
		record, err := parseRecord(fields)
		if err != nil {
			line, _ := in.FieldPos(0)
			return nil, fmt.Errorf("directory file, line %d: %w", line, err)
		}
		records = append(records, record)
	}
}

func parseRecord(fields []string) (Record, error) {
	domain, err := tenant.ParseDomain(fields[0])
	r := Record{Domain: domain, Entry: tenant.Entry{Name: fields[3]}}
	err = errors.Join(err,
		r.Entry.Tenant.UnmarshalText([]byte(fields[1])),
		r.Entry.TPID.UnmarshalText([]byte(fields[2])),
		r.Entry.Cloud.UnmarshalText([]byte(fields[4])))
	if err == nil && r.Entry.Key() == "" {
		err = errors.New("the record has neither a tenant_id nor a tpid")
	}
	return r, err
}

// Lookup returns the entries of d in the order of their records.
func (s *Static) Lookup(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return slices.Clone(s.entries[d]), nil
}

// LookupID returns the entries with that tenant ID or TPID, each once, by domain.
// It cannot be asked for subscriptions and opportunities.
func (s *Static) LookupID(ctx context.Context, id tenant.Key) ([]tenant.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if kind, _, _ := strings.Cut(string(id), ":"); kind != "tenant" && kind != "tpid" {
		return nil, fmt.Errorf("the list has no IDs of the kind %q: %w", kind, errors.ErrUnsupported)
	}
	var found []tenant.Entry
	for _, d := range slices.SortedFunc(maps.Keys(s.entries), func(a, b tenant.Domain) int { return strings.Compare(a.String(), b.String()) }) {
		for _, e := range s.entries[d] {
			if (tenant.TenantKey(e.Tenant) == id || tenant.TPIDKey(e.TPID) == id) && !slices.Contains(found, e) {
				found = append(found, e)
			}
		}
	}
	return found, nil
}

// Must returns v, and panics if there is an error: for values that a test knows
// to be right, such as Must(tenant.ParseDomain("contoso.com")).
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
