package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
	"github.com/partnerengage/partnerengage/tenant"
)

// listed are the columns of a table, by the name t.
func listed(columns []string) string { return "t." + strings.Join(columns, ", t.") }

// The rows with the keys in a JSON list of pairs, the argument. The list comes
// first, so that it is the tables that are searched.
var (
	selectPlaces = `SELECT ` + listed(rows.PlaceColumns()) + `, coalesce(s.partner, ''), coalesce(s.known, 0), coalesce(s.body, '')
		FROM json_each(?) k CROSS JOIN pe_place t ON t.engagement = k.value ->> 0 AND t.customer = k.value ->> 1
		LEFT JOIN pe_standing s ON s.engagement = t.engagement AND s.customer = t.customer`
	selectParticipations = `SELECT ` + listed(rows.ParticipationColumns()) + `
		FROM json_each(?) k CROSS JOIN pe_participation t ON t.engagement = k.value ->> 0 AND t.customer = k.value ->> 1`
	selectCustomersByKey = `SELECT ` + listed(rows.CustomerColumns()) + `
		FROM json_each(?) k CROSS JOIN pe_customer t ON t.partner = k.value ->> 0 AND t.customer = k.value ->> 1`
)

var (
	selectCommand   = `SELECT ` + listed(rows.CommandColumns()) + ` FROM pe_command t WHERE partner = ? AND key = ?`
	selectCustomers = `SELECT ` + listed(rows.CustomerColumns()) + ` FROM pe_customer t
		WHERE partner = ? AND customer > ? ORDER BY customer LIMIT ?`
	selectKnown = `SELECT ` + listed(rows.CustomerColumns()) + ` FROM pe_customer t INDEXED BY pe_customer_known
		WHERE partner = ? AND customer > ? AND known = 1 ORDER BY customer LIMIT ?`
	selectHistory = `SELECT ` + listed(rows.EventColumns()) + ` FROM pe_event t
		WHERE partner = ? AND customer = ? AND seq > ? AND seq < ?`
)

const (
	selectWhere  = `SELECT partner, id, engagement, customer FROM pe_participation WHERE partner = ? AND id = ?`
	selectLinked = `SELECT p.partner, p.id, p.engagement, p.customer
		FROM pe_token t CROSS JOIN pe_participation p ON p.partner = t.partner AND p.id = t.participation WHERE t.hash = ?`
)

const selectDue = `SELECT engagement, customer FROM pe_place INDEXED BY pe_place_wake
	WHERE wake < 9223372036854775807 AND wake <= ? ORDER BY wake, engagement, customer LIMIT ?`

// pair is a key of two parts.
type pair [2]string

func (p *pair) fields() []any { return []any{&p[0], &p[1]} }

func (p pair) place() engagement.PlaceKey {
	return engagement.PlaceKey{Engagement: engagement.ID(p[0]), Customer: tenant.Key(p[1])}
}

func pairOf(key engagement.PlaceKey) pair { return pair{string(key.Engagement), string(key.Customer)} }

// Load implements storage.Store.
func (s *Store) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	if err := rows.CheckWant(want); err != nil {
		return storage.Loaded{}, err
	}
	var out storage.Loaded
	err := s.read(ctx, "load", func(se *session) error {
		out = storage.Loaded{
			Places:    make(map[engagement.PlaceKey]engagement.Place, len(want.Places)),
			Customers: make(map[engagement.CustomerKey]engagement.Customer, len(want.Customers)),
		}
		if err := se.command(&out, want.Command); err != nil {
			return err
		}
		if err := se.sendings(&out, want.Sendings); err != nil {
			return err
		}
		if err := se.find(&out, want.Participation, want.Link); err != nil {
			return err
		}
		places, customers := want.Places, want.Customers
		for _, key := range places {
			out.Places[key] = engagement.Place{Key: key}
		}
		if p := out.Participation; p != nil {
			places = append(places[:len(places):len(places)], out.At)
			customers = append(customers[:len(customers):len(customers)], engagement.CustomerKey{Partner: p.Partner, Customer: out.At.Customer})
		}
		if err := se.places(out.Places, places); err != nil {
			return err
		}
		return se.customers(&out, customers)
	})
	return out, err
}

func (s *session) command(out *storage.Loaded, key storage.CommandKey) error {
	if key == (storage.CommandKey{}) {
		return nil
	}
	found, err := collect(s, (*rows.Command).Fields, selectCommand, string(key.Partner), key.Key)
	if err != nil || len(found) == 0 {
		return err
	}
	record, err := found[0].Value()
	out.Command = &record
	return err
}

// located is a participation with its place.
type located struct{ participation, at pair }

func (l *located) fields() []any { return append(l.participation.fields(), l.at.fields()...) }

// find looks for a participation by its key or its link.
func (s *session) find(out *storage.Loaded, key storage.ParticipationKey, link consent.Hash) error {
	query, args := selectWhere, []any{string(key.Partner), string(key.ID)}
	switch {
	case !link.IsZero():
		query, args = selectLinked, []any{link[:]}
	case key == (storage.ParticipationKey{}):
		return nil
	}
	list, err := collect(s, (*located).fields, query, args...)
	if err == nil && len(list) > 0 {
		p := list[0].participation
		out.Participation = &storage.ParticipationKey{Partner: engagement.PartnerID(p[0]), ID: engagement.ParticipationID(p[1])}
		out.At = list[0].at.place()
	}
	return err
}

// placed is a place with one of its standings, if it has any.
type placed struct {
	rows.Place
	standing rows.Standing
}

func (p *placed) fields() []any {
	return append(p.Place.Fields(), &p.standing.Partner, &p.standing.Known, &p.standing.Body)
}

// places adds those of the places that are stored.
func (s *session) places(out map[engagement.PlaceKey]engagement.Place, keys []engagement.PlaceKey) error {
	if len(keys) == 0 {
		return nil
	}
	list, err := keyList(keys, pairOf)
	if err != nil {
		return err
	}
	stored, err := collect(s, (*placed).fields, selectPlaces, list)
	if err != nil {
		return err
	}
	participations, err := collect(s, (*rows.Participation).Fields, selectParticipations, list)
	if err != nil {
		return err
	}
	standings := map[pair][]rows.Standing{}
	for _, r := range stored {
		if at := (pair{r.Engagement, r.Customer}); r.standing.Partner != "" {
			standings[at] = append(standings[at], r.standing)
		}
	}
	parts := map[pair][]rows.Participation{}
	for _, r := range participations {
		at := pair{r.Engagement, r.Customer}
		parts[at] = append(parts[at], r)
	}
	for _, r := range stored {
		at := pair{r.Engagement, r.Customer}
		if out[r.Key()].Version > 0 {
			continue // it is here with another of its standings
		}
		slices.SortFunc(standings[at], func(a, b rows.Standing) int { return cmp.Compare(a.Partner, b.Partner) })
		slices.SortFunc(parts[at], func(a, b rows.Participation) int {
			return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Ordinal, b.Ordinal))
		})
		pl, err := rows.Assemble(r.Place, standings[at], parts[at])
		if err != nil {
			return err
		}
		if len(pl.Unreadable) > 0 {
			listed, err := s.storedEntries(r.Place)
			if err != nil {
				return err
			}
			rows.KeepEntries(pl, listed)
		}
		out[r.Key()] = pl
	}
	return nil
}

// keyList returns the keys as a JSON list of pairs, each once.
func keyList[K comparable](keys []K, pairOf func(K) pair) (string, error) {
	seen := make(map[K]bool, len(keys))
	list := make([]pair, 0, len(keys))
	for _, key := range keys {
		if !seen[key] {
			seen[key] = true
			list = append(list, pairOf(key))
		}
	}
	text, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("write a list of keys: %w", err)
	}
	return string(text), nil
}

func (s *session) customers(out *storage.Loaded, keys []engagement.CustomerKey) error {
	if len(keys) == 0 {
		return nil
	}
	list, err := keyList(keys, func(k engagement.CustomerKey) pair { return pair{string(k.Partner), string(k.Customer)} })
	if err != nil {
		return err
	}
	found, err := collect(s, (*rows.Customer).Fields, selectCustomersByKey, list)
	if err != nil {
		return err
	}
	for _, row := range found {
		rows.Take(out, row)
	}
	return nil
}

// Customers implements storage.Store.
func (s *Store) Customers(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	if err := rows.CheckLimit("customers", q.Limit); err != nil {
		return nil, err
	}
	query := selectCustomers
	if q.Known {
		query = selectKnown
	}
	var out []engagement.Customer
	var unreadable error
	err := s.read(ctx, "list customers", func(se *session) error {
		found, err := collect(se, (*rows.Customer).Fields, query, string(q.Partner), string(q.After), q.Limit)
		if err != nil {
			return err
		}
		out, unreadable = rows.Readable(found, rows.Customer.Value)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, unreadable
}

// History implements storage.Store.
func (s *Store) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	if err := rows.CheckLimit("events", q.Limit); err != nil {
		return nil, err
	}
	var out []engagement.Event
	var unreadable error
	err := s.read(ctx, "read a history", func(se *session) error {
		sql, args := selectHistory, []any{string(q.Customer.Partner), string(q.Customer.Customer), q.After, rows.Behind(q)}
		if q.Participation != "" {
			sql, args = sql+" AND participation <> '' AND participation = ?", append(args, string(q.Participation))
		}
		found, err := collect(se, (*rows.Event).Fields, sql+" ORDER BY seq"+rows.Direction(q)+" LIMIT ?", append(args, q.Limit)...)
		if err != nil {
			return err
		}
		out, unreadable = rows.Readable(found, rows.Event.Value)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, unreadable
}

// Due implements storage.Store.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]engagement.PlaceKey, error) {
	if err := rows.CheckLimit("due places", limit); err != nil {
		return nil, err
	}
	var out []engagement.PlaceKey
	err := s.read(ctx, "look for due places", func(se *session) error {
		found, err := collect(se, (*pair).fields, selectDue, rows.Micros(now), limit)
		for _, p := range found {
			out = append(out, p.place())
		}
		return err
	})
	return out, err
}
