package tenant

import (
	"database/sql/driver"
	"encoding"
	"fmt"
)

// The IDs, Domain and Email are columns of databases: of text, a TPID of integers; the
// two GUIDs can also be of PostgreSQL's uuid. The zero value is NULL, in both directions,
// and an empty text is read as it, too, so that neither a pointer nor a sql.Null is
// needed, though both work; a column that is NOT NULL refuses it.

// Value implements [driver.Valuer]: the canonical spelling, or NULL for the zero ID.
func (id ID) Value() (driver.Value, error) { return column(id) }

// Scan implements sql.Scanner: it reads what [ParseID] reads, and NULL as the zero ID.
// Its error is that of ParseID, and leaves id as it was.
func (id *ID) Scan(src any) error { return scan(id, src, "tenant_id") }

// Value implements [driver.Valuer]: the canonical spelling, or NULL for the zero
// SubscriptionID.
func (id SubscriptionID) Value() (driver.Value, error) { return column(id) }

// Scan implements sql.Scanner: it reads what [ParseSubscriptionID] reads, and NULL as the
// zero SubscriptionID. Its error is that of ParseSubscriptionID, and leaves id as it was.
func (id *SubscriptionID) Scan(src any) error { return scan(id, src, "subscription_id") }

// Value implements [driver.Valuer]: the ID in upper case, or NULL for the zero
// OpportunityID.
func (id OpportunityID) Value() (driver.Value, error) { return column(id) }

// Scan implements sql.Scanner: it reads what [ParseOpportunityID] reads, and NULL as the
// zero OpportunityID. Its error is that of ParseOpportunityID, and leaves id as it was.
func (id *OpportunityID) Scan(src any) error { return scan(id, src, "opportunity_id") }

// Value implements [driver.Valuer]: the number, or NULL for the zero TPID. A negative
// TPID, which names nobody, is an error.
func (id TPID) Value() (driver.Value, error) {
	if _, err := id.MarshalText(); err != nil || id.IsZero() {
		return nil, err
	}
	return int64(id), nil
}

// Scan implements sql.Scanner: it reads a positive integer, a text that [ParseTPID]
// reads, and NULL as the zero TPID. Its error is that of ParseTPID, and leaves id as it
// was.
func (id *TPID) Scan(src any) error {
	n, ok := src.(int64)
	switch {
	case !ok:
		return scan(id, src, "tpid")
	case n <= 0:
		return malformed("tpid", "a TPID is positive; none is NULL")
	}
	*id = TPID(n)
	return nil
}

// Value implements [driver.Valuer]: the domain in lower-case ASCII, or NULL for the zero
// Domain.
func (d Domain) Value() (driver.Value, error) { return column(d) }

// Scan implements sql.Scanner: it reads what [ParseDomain] reads, and NULL as the zero
// Domain. Its error is that of ParseDomain, and leaves d as it was.
func (d *Domain) Scan(src any) error { return scan(d, src, "domain") }

// Value implements [driver.Valuer]: the address with its domain in ASCII, or NULL for the
// zero Email.
func (e Email) Value() (driver.Value, error) { return column(e) }

// Scan implements sql.Scanner: it reads what [ParseEmail] reads, with the local part as it
// is spelled, and NULL as the zero Email. Its error is that of ParseEmail, and leaves e as
// it was.
func (e *Email) Scan(src any) error { return scan(e, src, "email") }

// column is the Value of everything that is a text.
func column(v interface {
	IsZero() bool
	encoding.TextMarshaler
}) (driver.Value, error) {
	if v.IsZero() {
		return nil, nil
	}
	text, err := v.MarshalText()
	return string(text), err
}

// scan is the Scan of everything that is a text.
func scan(v encoding.TextUnmarshaler, src any, field string) error {
	switch src := src.(type) {
	case nil:
		return v.UnmarshalText(nil)
	case string:
		return v.UnmarshalText([]byte(src))
	case []byte:
		return v.UnmarshalText(src)
	}
	return malformed(field, fmt.Sprintf("it is read from a column of text, not from a %T", src))
}
