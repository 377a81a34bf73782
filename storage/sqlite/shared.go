package sqlite

import (
	"fmt"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// sharedRow is the row of what partners share.
type sharedRow struct {
	engagement, customer    string
	version                 int64
	limit                   int64
	consented, participated int64
	asOf                    int64
	holders                 []byte
}

func (r *sharedRow) fields() []any {
	return []any{&r.engagement, &r.customer, &r.version, &r.limit, &r.consented, &r.participated, &r.asOf, &r.holders}
}

const (
	selectShared = `SELECT t.engagement, t.customer, t.version, t.claim_limit, t.consented, t.participated, t.as_of, t.holders
		FROM json_each(?) k CROSS JOIN pe_shared t ON t.customer = k.value ->> 0 AND t.engagement = k.value ->> 1`
	putShared = `INSERT INTO pe_shared (customer, engagement, version, claim_limit, consented, participated, as_of, granted, holders)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	changeShared = `UPDATE pe_shared SET version = ?, claim_limit = ?, consented = ?, participated = ?, as_of = ?, granted = ?, holders = ?
		WHERE customer = ? AND engagement = ?`
)

func (r sharedRow) key() engagement.CustomerEngagementKey {
	return engagement.CustomerEngagementKey{Engagement: engagement.ID(r.engagement), Customer: tenant.Key(r.customer)}
}

// value returns what is shared. With an error it has no more than its key and version.
func (r sharedRow) value() (engagement.CustomerEngagement, error) {
	c := engagement.CustomerEngagement{Key: r.key(), Version: r.version}
	var body engagement.CustomerEngagement
	if len(r.holders) > 0 {
		var err error
		if body, err = decode[engagement.CustomerEngagement](r.holders); err == nil && body.Key != c.Key {
			err = errOthers
		}
		if err != nil {
			return c, &storage.UnreadableError{Kind: "shared row", Key: fmt.Sprintf("%s %s", r.engagement, r.customer), Err: err}
		}
	}
	c.ClaimLimit, c.Holders = int(r.limit), body.Holders
	c.External = engagement.ExternalHoldings{Consented: int(r.consented), Participated: int(r.participated), AsOf: timeOf(r.asOf)}
	return c, nil
}

// shared returns the rows of what is shared, by key.
func (s *session) shared(keys []engagement.CustomerEngagementKey) (map[engagement.CustomerEngagementKey]sharedRow, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	list := keyList(keys, func(k engagement.CustomerEngagementKey) []string {
		return []string{string(k.Customer), string(k.Engagement)}
	})
	found, err := collect(s, (*sharedRow).fields, selectShared, list)
	out := make(map[engagement.CustomerEngagementKey]sharedRow, len(found))
	for _, r := range found {
		out[r.key()] = r
	}
	return out, err
}

// guardShared returns ErrConflict unless what is shared has the versions that
// something was decided on. It returns what is stored.
func (s *session) guardShared(c storage.Changes) (map[engagement.CustomerEngagementKey]sharedRow, error) {
	versions := make(map[engagement.CustomerEngagementKey]int64, len(c.Shared)+len(c.Relied))
	keys := make([]engagement.CustomerEngagementKey, 0, len(c.Shared)+len(c.Relied))
	for _, next := range c.Shared {
		versions[next.Key], keys = next.Version, append(keys, next.Key)
	}
	for _, r := range c.Relied {
		versions[r.Key], keys = r.Version, append(keys, r.Key)
	}
	stored, err := s.shared(keys)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if stored[key].version != versions[key] {
			return nil, conflict("what is shared of a customer in engagement %q is not at version %d any more", key.Engagement, versions[key])
		}
	}
	return stored, nil
}

// writeShared writes what is shared in place of what is stored.
func (s *session) writeShared(next engagement.CustomerEngagement, stored sharedRow) error {
	had, err := stored.value()
	if err != nil {
		return err
	}
	if err := storage.CheckHolders(had, next); err != nil {
		return err
	}
	var holders []byte
	if len(next.Holders) > 0 {
		if holders, err = encode(engagement.CustomerEngagement{Key: next.Key, Holders: next.Holders}); err != nil {
			return err
		}
	}
	customer, id := string(next.Key.Customer), string(next.Key.Engagement)
	args := []any{next.Version + 1, next.ClaimLimit, next.External.Consented, next.External.Participated, micros(next.External.AsOf), len(next.Holders), blob(holders)}
	if next.Version == 0 {
		_, err = s.exec(putShared, append([]any{customer, id}, args...)...)
	} else {
		_, err = s.exec(changeShared, append(args, customer, id)...)
	}
	return err
}
