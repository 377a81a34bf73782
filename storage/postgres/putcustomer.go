package postgres

import "slices"

// guardedCustomer is a customer with where its history has to end.
type guardedCustomer struct {
	customerRow
	Before int64
}

func (r *guardedCustomer) fields() []any {
	return append(r.customerRow.fields()[:len(changedColumns)], &r.Before)
}

// changedColumns are those that each change of a customer writes: all but its persons.
var changedColumns = customerRows.columns[:len(customerRows.columns)-1]

var guardedCustomers = shape[guardedCustomer]{append(slices.Clone(changedColumns), "before"), (*guardedCustomer).fields, false}

// customerKey is how many of the columns, the first ones, are the key.
const customerKey = 3

// guardCustomers writes the rows of customers unless their histories end elsewhere.
func (s *applying) guardCustomers(list []customerPlan) {
	columns := changedColumns
	rest := columns[customerKey:]
	key := columns[:customerKey]
	var begun, unbegun, silent []guardedCustomer
	for _, c := range list {
		row := guardedCustomer{c.row, c.before}
		switch {
		case row.Before == 0:
			unbegun = append(unbegun, row)
		case c.silent:
			silent = append(silent, row)
			fallthrough
		default:
			begun = append(begun, row)
		}
	}
	if len(silent) > 0 {
		s.then(errOtherHash, func(a *arguments) string {
			return "WITH " + relation(a, "v", guardedCustomers, silent) + " SELECT 1 / (CASE WHEN count(*) = 0 THEN 1 ELSE 0 END) FROM v JOIN " + s.in + "customer t" +
				" ON " + alike("t", "v", key...) + " WHERE t.seq = v.seq AND t.hash IS DISTINCT FROM v.hash"
		})
	}
	switch {
	case len(begun) == 1:
		s.known(errHistoryWentOn, textKey{what: "guard a customer", rows: 1}, given(guardedCustomers, begun), func() string {
			return "WITH changed AS (UPDATE " + s.in + "customer t SET (" + quoted(rest) + ") = ROW (" + marks(guardedCustomers, customerKey, len(columns)) + ")" +
				" WHERE " + keyed(customerRows, customerKey) + " AND t.seq = " + marks(guardedCustomers, len(columns), len(columns)+1) + " RETURNING 1)" + guardedOne
		})
	case len(begun) > 1:
		s.then(errHistoryWentOn, func(a *arguments) string {
			// Their rows are locked in order, so that two who write some of the same do not wait for each other.
			return "WITH " + relation(a, "v", guardedCustomers, begun) +
				", locked AS MATERIALIZED (SELECT " + of("t", key) + " FROM " + s.in + "customer t JOIN v ON " + alike("t", "v", key...) + " ORDER BY " + of("t", key) + " FOR NO KEY UPDATE OF t)" +
				", changed AS (UPDATE " + s.in + "customer t SET (" + quoted(rest) + ") = ROW (" + of("v", rest) + ") FROM locked l JOIN v ON " + alike("l", "v", key...) +
				" WHERE " + alike("t", "l", key...) + " AND t.seq = v.before RETURNING 1)" + guarded(a, len(begun))
		})
	}
	insert := func(values string) string {
		return "changed AS (INSERT INTO " + s.in + "customer AS t (" + quoted(customerRows.columns) + ") " + values + " ON CONFLICT (" + quoted(key) + ") DO UPDATE" +
			" SET (" + quoted(rest) + ") = ROW (" + of("excluded", rest) + ") WHERE t.seq = 0 RETURNING 1)"
	}
	switch {
	case len(unbegun) == 1:
		s.known(errHistoryWentOn, textKey{what: "begin a customer", rows: 1}, given(customerRows, []customerRow{unbegun[0].customerRow}), func() string {
			return "WITH " + insert(valuesText(customerRows, 1, 0)) + guardedOne
		})
	case len(unbegun) > 1:
		s.then(errHistoryWentOn, func(a *arguments) string {
			return "WITH " + relation(a, "v", customerRows, rowsOf(unbegun)) + ", " + insert("SELECT "+of("v", customerRows.columns)+" FROM v") + guarded(a, len(unbegun))
		})
	}
}

func rowsOf(list []guardedCustomer) []customerRow {
	out := make([]customerRow, len(list))
	for i := range list {
		out[i] = list[i].customerRow
	}
	return out
}

var eventKeys = shape[eventRow]{[]string{"slot", "partner", "customer", "seq", "hash"}, func(r *eventRow) []any {
	return []any{&r.Slot, &r.Partner, &r.Customer, &r.Seq, &r.Hash}
}, false}

// erase takes the persons out of events, each once.
func (s *applying) erase(list []eventRow) {
	var erased []eventRow
	for _, e := range list {
		if !slices.ContainsFunc(erased, func(o eventRow) bool {
			return o.Seq == e.Seq && o.Customer == e.Customer && o.Partner == e.Partner && string(o.Hash) == string(e.Hash)
		}) {
			erased = append(erased, e)
		}
	}
	if len(erased) > 0 {
		s.then(errOtherEvent, func(a *arguments) string {
			return "WITH " + relation(a, "v", eventKeys, erased) + ", changed AS (UPDATE " + s.in + "event t SET person = NULL FROM v" +
				" WHERE " + alike("t", "v", eventKeys.columns...) + " RETURNING 1)" + guarded(a, len(erased))
		})
	}
}
