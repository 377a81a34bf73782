package postgres

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// The kinds of row that a Load reads.
const (
	kindRecord        = 'r'
	kindParticipation = 'p'
	kindFound         = 'f' // the participation that was looked for
	kindShared        = 's'
	kindCustomer      = 'c'
	kindCommand       = 'k'
	kindSending       = 'm'
	kindCount         = 'n'
)

// count is how many there are of something.
type count struct {
	Name string
	N    int64
}

func (r *count) fields() []any { return []any{&r.Name, &r.N} }

var countRows = shape[count]{[]string{"name", "n"}, (*count).fields, false}

var loading = newLayout(new(entryRow).fields(), new(participationRow).fields(), new(sharedRow).fields(), new(customerRow).fields(),
	new(commandRow).fields(), new(sendingRow).fields(), new(count).fields())

// bundle is what a Load found.
type bundle struct {
	records        reader[entryRow]
	participations reader[participationRow]
	found          reader[participationRow]
	shared         reader[sharedRow]
	customers      reader[customerRow]
	commands       reader[commandRow]
	sendings       reader[sendingRow]
	counts         reader[count]
}

func (b *bundle) add(r pgx.Rows) error {
	switch kind := kindOf(r); kind {
	case kindRecord:
		return b.records.read(loading, r, entryRows)
	case kindParticipation:
		return b.participations.read(loading, r, participationRows)
	case kindFound:
		return b.found.read(loading, r, participationRows)
	case kindShared:
		return b.shared.read(loading, r, sharedRows)
	case kindCustomer:
		return b.customers.read(loading, r, customerRows)
	case kindCommand:
		return b.commands.read(loading, r, commandRows)
	case kindSending:
		return b.sendings.read(loading, r, sendingRows)
	case kindCount:
		return b.counts.read(loading, r, countRows)
	default:
		return plain("a row of the unknown kind %q", kind)
	}
}

// Load implements storage.Store, in one statement.
func (s *Store) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	if err := want.Check(); err != nil {
		return storage.Loaded{}, err
	}
	out := storage.Loaded{
		Records:   make(map[engagement.RecordKey]engagement.PartnerRecord, len(want.Records)),
		Shared:    make(map[engagement.CustomerEngagementKey]engagement.CustomerEngagement, len(want.Records)+len(want.Shared)),
		Customers: make(map[engagement.CustomerKey]engagement.Customer, len(want.Customers)),
	}
	for _, key := range want.Records {
		out.Records[key] = engagement.PartnerRecord{Key: key}
		out.Shared[key.Shared()] = engagement.CustomerEngagement{Key: key.Shared()}
	}
	for _, key := range want.Shared {
		out.Shared[key] = engagement.CustomerEngagement{Key: key}
	}
	sh, args := shapeOf(want)
	if sh == (loadShape{}) {
		return out, ctx.Err()
	}
	sql := s.texts.get(textKey{what: "load", load: sh}, func() string { return s.loadText(sh) })
	var b *bundle
	err := s.asAsked(ctx, partnerIn(want))(ctx, "load", sql, args, func() func(pgx.Rows) error {
		b = new(bundle)
		return b.add
	})
	if err != nil {
		return storage.Loaded{}, err
	}
	return out, b.into(&out)
}

// partnerIn returns the only partner of whom something is wanted; "": there may be others.
func partnerIn(want storage.Want) engagement.PartnerID {
	if want.Link != (storage.LinkKey{}) || len(want.Shared) > 0 {
		return ""
	}
	all := []engagement.PartnerID{want.Command.Partner, want.Participation.Partner, want.Sendings.Partner}
	for _, k := range want.Records {
		all = append(all, k.Partner)
	}
	for _, k := range want.Customers {
		all = append(all, k.Partner)
	}
	slices.Sort(all)
	if all = slices.Compact(all); all[0] == "" {
		all = all[1:]
	}
	if len(all) != 1 {
		return ""
	}
	return all[0]
}

// into puts what was found into what is returned. Its error is of a command record.
func (b *bundle) into(out *storage.Loaded) error {
	for _, row := range b.found.rows {
		out.Participation = &storage.ParticipationKey{Partner: engagement.PartnerID(row.Partner), ID: engagement.ParticipationID(row.ID)}
		out.At = row.record()
		out.Records[out.At] = engagement.PartnerRecord{Key: out.At}
		if _, there := out.Shared[out.At.Shared()]; !there {
			out.Shared[out.At.Shared()] = engagement.CustomerEngagement{Key: out.At.Shared()}
		}
	}
	for i := range b.records.rows {
		r := b.records.rows[i].record()
		out.Records[r.Key] = r
	}
	b.intoRecords(out)
	for _, row := range b.shared.rows {
		v, err := row.value()
		out.Shared[row.key()] = v
		if err != nil {
			mark(out, row.key(), err)
		}
	}
	for _, row := range b.customers.rows {
		c, err := row.value()
		switch {
		case err == nil:
			out.Customers[c.Key] = c
		case out.Unreadable == nil:
			out.Unreadable = map[engagement.CustomerKey]error{row.key(): err}
		default:
			out.Unreadable[row.key()] = err
		}
	}
	for _, row := range b.sendings.rows {
		out.Sendings = append(out.Sendings, row.value())
	}
	slices.SortFunc(out.Sendings, func(x, y storage.Sending) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Message, y.Message)) })
	for _, row := range b.counts.rows {
		out.Sent = int(row.N)
	}
	for _, row := range b.commands.rows {
		record, err := row.value()
		if err != nil {
			return err
		}
		out.Command = &record
	}
	return nil
}

// intoRecords puts the participations into their records, each once.
func (b *bundle) intoRecords(out *storage.Loaded) {
	seen := map[storage.ParticipationKey]bool{}
	changed := map[engagement.RecordKey]bool{}
	for _, row := range append(b.found.rows, b.participations.rows...) {
		id := storage.ParticipationKey{Partner: engagement.PartnerID(row.Partner), ID: engagement.ParticipationID(row.ID)}
		if seen[id] {
			continue
		}
		seen[id] = true
		key := row.record()
		r := out.Records[key]
		p, err := row.value()
		if err != nil {
			r.Unreadable = append(r.Unreadable, engagement.Unreadable{Participation: id.ID, Open: row.Live != nil && *row.Live == "", Err: err})
		} else {
			r.Participations = append(r.Participations, p)
		}
		out.Records[key] = r
		changed[key] = true
	}
	for key := range changed {
		slices.SortFunc(out.Records[key].Participations, func(a, b engagement.Participation) int {
			return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
		})
	}
}

// mark notes in the records of a customer in an engagement that what is shared there
// cannot be read.
func mark(out *storage.Loaded, at engagement.CustomerEngagementKey, err error) {
	for key, r := range out.Records {
		if key.Shared() == at {
			r.Unreadable = append(r.Unreadable, engagement.Unreadable{Open: true, Err: err})
			out.Records[key] = r
		}
	}
}

// wanted is a key of what is wanted, as far as its kind has one.
type wanted struct {
	Slot                          int16
	Engagement, Customer, Partner string
}

var (
	recordKeys = shape[wanted]{[]string{"slot", "engagement", "customer", "partner"}, func(r *wanted) []any {
		return []any{&r.Slot, &r.Engagement, &r.Customer, &r.Partner}
	}, false}
	placeKeys = shape[wanted]{[]string{"slot", "engagement", "customer"}, func(r *wanted) []any {
		return []any{&r.Slot, &r.Engagement, &r.Customer}
	}, false}
	customerKeys = shape[wanted]{[]string{"slot", "partner", "customer"}, func(r *wanted) []any {
		return []any{&r.Slot, &r.Partner, &r.Customer}
	}, false}
)

// keysOf returns keys as rows, each once.
func keysOf[K comparable](keys []K, row func(K) wanted) []wanted {
	out := make([]wanted, 0, len(keys))
	var seen map[K]bool
	if len(keys) > 1 {
		seen = make(map[K]bool, len(keys))
	}
	for _, key := range keys {
		if seen != nil {
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		out = append(out, row(key))
	}
	return out
}

// loadShape is what the statement of a Load depends on.
type loadShape struct {
	find                       string // findLink, findID or nothing
	anywhere                   bool   // it is not known in which slot
	home                       bool   // the slot is that of its record, too, and not only of its hash
	records, places, customers keys
	ended, command, sendings   bool
}

// keys are how many keys of a kind are wanted; more than few count as few+1. Then one
// says whether they are all in one slot.
type keys struct {
	n   int
	one bool
}

const findLink, findID = "link", "id"

// shapeOf returns the shape of a Load, and its arguments.
func shapeOf(want storage.Want) (loadShape, []any) {
	var sh loadShape
	var args []any
	where := func(slot storage.Slot) {
		if sh.anywhere = slot == 0; !sh.anywhere {
			args = append(args, int16(slot))
		}
	}
	switch {
	case want.Link != storage.LinkKey{}:
		sh.find = findLink
		where(want.Link.Slot)
		sh.home = !sh.anywhere && want.Link.Slot != storage.SlotOfHash(want.Link.Hash)
		args = append(args, want.Link.Hash[:])
	case want.Participation != storage.ParticipationKey{}:
		sh.find = findID
		where(storage.SlotIn(string(want.Participation.ID)))
		sh.home = !sh.anywhere
		args = append(args, string(want.Participation.Partner), string(want.Participation.ID))
	}
	var places []engagement.CustomerEngagementKey
	for _, k := range want.Records {
		places = append(places, k.Shared())
	}
	add := func(list []wanted, of shape[wanted]) keys {
		k := keys{n: min(len(list), few+1)}
		if k.n > 0 {
			args = append(args, given(of, list)...)
		}
		if k.one = k.n > few && oneSlot(list, func(w wanted) int16 { return w.Slot }); k.one {
			args = append(args, list[0].Slot)
		}
		return k
	}
	sh.records = add(keysOf(want.Records, func(k engagement.RecordKey) wanted {
		return wanted{slotOf(k.Customer), string(k.Engagement), string(k.Customer), string(k.Partner)}
	}), recordKeys)
	sh.places = add(keysOf(append(places, want.Shared...), func(k engagement.CustomerEngagementKey) wanted {
		return wanted{slotOf(k.Customer), string(k.Engagement), string(k.Customer), ""}
	}), placeKeys)
	sh.customers = add(keysOf(want.Customers, func(k engagement.CustomerKey) wanted {
		return wanted{slotOf(k.Customer), "", string(k.Customer), string(k.Partner)}
	}), customerKeys)
	sh.ended = want.Ended && (sh.find != "" || sh.records.n > 0)
	if c := want.Command; c != (storage.CommandKey{}) {
		sh.command, args = true, append(args, string(c.Partner), c.Key)
	}
	if q := want.Sendings; q.Partner != "" {
		sh.sendings, args = true, append(args, string(q.Partner), mailboxes(q), micros(q.Since), micros(q.Today))
	}
	return sh, args
}

// mailboxes are the wanted ones, as an argument.
func mailboxes(q storage.SendingsQuery) [][]byte {
	out := make([][]byte, len(q.Mailboxes))
	for i := range q.Mailboxes {
		out[i] = q.Mailboxes[i][:]
	}
	return out
}

// loadText returns the statement of a Load. Each key has branches of its own, so that
// it is looked up where it is; more than a few are joined.
func (s *Store) loadText(sh loadShape) string {
	var with, branches []string
	n := 0 // of the arguments so far
	next := func(cast string) string {
		n++
		return "$" + strconv.Itoa(n) + "::" + cast
	}
	branch := func(selected, table, where string) {
		branches = append(branches, selected+" FROM "+s.in+table+" t "+where)
	}
	record, shared, customer := selecting(loading, kindRecord, entryRows), selecting(loading, kindShared, sharedRows), selecting(loading, kindCustomer, customerRows)
	part := selecting(loading, kindParticipation, participationRows)
	ofRecord := func(branch func(selected, table, where string)) {
		branch(record, "entry", " AND t.participation = ''")
		branch(part, "participation", " AND t.live IS NOT NULL")
		if sh.ended {
			branch(part, "participation", " AND t.live IS NULL")
		}
	}
	if sh.find != "" {
		var from string
		through := " JOIN " + s.in + "participation p ON p.slot = l.home AND p.partner = l.partner AND p.id = l.participation WHERE "
		switch {
		case sh.find == findLink && sh.anywhere:
			from = anySlot + " JOIN " + s.in + "token l ON l.slot = k.slot" + through + "l.hash = " + next("bytea")
		case sh.find == findLink:
			from = s.in + "token l" + through + "l.slot = " + next("smallint") + " AND l.hash = " + next("bytea")
			if sh.home {
				from += " AND p.slot = $1::smallint"
			}
		case sh.anywhere:
			from = s.in + "participation p WHERE p.partner = " + next("text") + " AND p.id = " + next("text") + " AND NOT p.slotted"
		default:
			from = s.in + "participation p WHERE p.slot = " + next("smallint") + " AND p.partner = " + next("text") + " AND p.id = " + next("text")
		}
		with = append(with, "found AS MATERIALIZED (SELECT "+of("p", participationRows.columns)+" FROM "+from+")")
		branches = append(branches, selecting(loading, kindFound, participationRows)+" FROM found t")
		// Where the slot is not given, a subquery for the row that was found has the planner
		// look in that one's slot only; OFFSET 0 keeps it from making a join of it.
		of := func(selected, table, where string, columns []string) {
			if sh.home {
				branch(selected, table, ", found f WHERE "+alike("t", "f", columns...)+" AND t.slot = $1::smallint"+where)
				return
			}
			branches = append(branches, selected+" FROM found f CROSS JOIN LATERAL (SELECT * FROM "+s.in+table+" t WHERE "+alike("t", "f", columns...)+where+" OFFSET 0) t")
		}
		ofRecord(func(selected, table, where string) { of(selected, table, where, recordKeys.columns) })
		of(shared, "shared", "", placeKeys.columns)
		of(customer, "customer", "", customerKeys.columns)
	}
	each := func(k keys, of shape[wanted], take func(on string)) {
		if k.n > few {
			var arrays []string
			for _, kind := range of.fields(new(wanted)) {
				arrays = append(arrays, next(typeOf(kind)+"[]"))
			}
			name := "wanted_" + strconv.Itoa(len(with))
			with = append(with, name+"("+quoted(of.columns)+") AS MATERIALIZED (SELECT * FROM unnest("+strings.Join(arrays, ", ")+"))")
			on := ", " + name + " k WHERE " + alike("t", "k", of.columns...)
			if k.one {
				on += " AND t.slot = " + next("smallint")
			}
			take(on)
			return
		}
		for range k.n {
			var on []string
			for i, kind := range of.fields(new(wanted)) {
				on = append(on, `t."`+of.columns[i]+`" = `+next(typeOf(kind)))
			}
			take("WHERE " + strings.Join(on, " AND "))
		}
	}
	each(sh.records, recordKeys, func(on string) {
		ofRecord(func(selected, table, where string) { branch(selected, table, on+where) })
	})
	each(sh.places, placeKeys, func(on string) { branch(shared, "shared", on) })
	each(sh.customers, customerKeys, func(on string) { branch(customer, "customer", on) })
	if sh.command {
		branch(selecting(loading, kindCommand, commandRows), "command", "WHERE t.partner = "+next("text")+" AND t.key = "+next("text"))
	}
	if sh.sendings {
		partner, boxes, since, today := next("text"), next("bytea[]"), next("bigint"), next("bigint")
		branch(selecting(loading, kindSending, sendingRows), "sending", "WHERE t.partner = "+partner+" AND t.mailbox = ANY ("+boxes+") AND t.at >= "+since)
		branches = append(branches, selecting(loading, kindCount, countRows)+
			" FROM (SELECT '' AS name, count(*) AS n FROM "+s.in+"sending t WHERE t.partner = "+partner+" AND t.at >= "+today+") t")
	}
	sql := strings.Join(branches, " UNION ALL ")
	if len(with) > 0 {
		sql = "WITH " + strings.Join(with, ", ") + " " + sql
	}
	return sql
}

// keyOf returns the key of a record.
func keyOf(partner, id, customer string) engagement.RecordKey {
	return engagement.RecordKey{Partner: engagement.PartnerID(partner), Engagement: engagement.ID(id), Customer: tenant.Key(customer)}
}
