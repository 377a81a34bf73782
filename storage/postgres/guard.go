package postgres

import "github.com/partnerengage/partnerengage/storage/internal/rows"

// guarded completes a statement whose last common table expression is changed,
// with a row for everything that was found as it should be: there have to be so
// many.
func guarded(a *arguments, n int) string {
	return " SELECT 1 / (CASE WHEN count(*) = " + a.add(n, "bigint") + " THEN 1 ELSE 0 END) FROM changed"
}

// guardedOne does so for one row.
const guardedOne = " SELECT 1 / count(*) FROM changed"

// guardPlaces writes the rows of places unless they have another version.
func (s *applying) guardPlaces(fresh, known []rows.PlaceRows) {
	if len(fresh) > 0 {
		s.then(errPlaceChanged, func(a *arguments) string {
			return "WITH " + relation(a, "v", places, counted(fresh)) + " INSERT INTO " + s.in + "place (" + quoted(places.columns) + `, "room")` +
				" SELECT v.*, greatest(v.claim_limit, 1) FROM v"
		})
	}
	rest := places.columns[2:]
	switch {
	case len(known) == 1:
		s.known(errPlaceChanged, textKey{what: "guard a place", rows: 1}, given(places, counted(known)), func() string {
			return "WITH changed AS (UPDATE " + s.in + "place SET (" + quoted(rest) + `, "room") = ROW (` + marks(places, 2, len(places.columns)) + ", greatest($4::bigint, 1, granted))" +
				" WHERE engagement = $1::text AND customer = $2::text AND version = $3::bigint - 1 RETURNING 1)" + guardedOne
		})
	case len(known) > 1:
		s.then(errPlaceChanged, func(a *arguments) string {
			return "WITH " + relation(a, "v", places, counted(known)) + ", changed AS (UPDATE " + s.in + "place t" +
				" SET (" + quoted(rest) + `, "room") = ROW (` + of("v", rest) + ", greatest(v.claim_limit, 1, t.granted)) FROM v" +
				" WHERE " + alike("t", "v", "engagement", "customer") + " AND t.version = v.version - 1 RETURNING 1)" + guarded(a, len(known))
		})
	}
}

// counted are the rows of places with how many participations hold a part of the
// claim limit.
func counted(list []rows.PlaceRows) []place {
	out := make([]place, len(list))
	for i, pl := range list {
		out[i].Place = pl.Place
		for _, p := range pl.Participations {
			if p.Holding {
				out[i].Granted++
			}
		}
	}
	return out
}

// guardCustomers writes the rows of customers unless their histories end
// elsewhere.
func (s *applying) guardCustomers(list []rows.CustomerRows) {
	columns := rows.CustomerColumns()
	rest := columns[2:]
	var begun, unbegun, silent []customer
	for _, c := range list {
		row := customer{c.Customer, c.Before()}
		switch {
		case row.Before == 0:
			unbegun = append(unbegun, row)
		case len(c.Events) == 0:
			silent = append(silent, row)
			fallthrough
		default:
			begun = append(begun, row)
		}
	}
	if len(silent) > 0 {
		s.then(errOtherHash, func(a *arguments) string {
			return "WITH " + relation(a, "v", customers, silent) + " SELECT 1 / (CASE WHEN count(*) = 0 THEN 1 ELSE 0 END) FROM v JOIN " + s.in + "customer t" +
				" ON " + alike("t", "v", "partner", "customer") + " WHERE t.seq = v.seq AND t.hash IS DISTINCT FROM v.hash"
		})
	}
	switch {
	case len(begun) == 1:
		s.known(errHistoryWentOn, textKey{what: "guard a customer", rows: 1}, given(customers, begun), func() string {
			return "WITH changed AS (UPDATE " + s.in + "customer SET (" + quoted(rest) + ") = ROW (" + marks(customers, 2, len(columns)) + ")" +
				" WHERE partner = $1::text AND customer = $2::text AND seq = " + marks(customers, len(columns), len(columns)+1) + " RETURNING 1)" + guardedOne
		})
	case len(begun) > 1:
		s.then(errHistoryWentOn, func(a *arguments) string {
			return "WITH " + relation(a, "v", customers, begun) + ", changed AS (UPDATE " + s.in + "customer t" +
				" SET (" + quoted(rest) + ") = ROW (" + of("v", rest) + ") FROM v" +
				" WHERE " + alike("t", "v", "partner", "customer") + " AND t.seq = v.before RETURNING 1)" + guarded(a, len(begun))
		})
	}
	if len(unbegun) > 0 {
		s.then(errHistoryWentOn, func(a *arguments) string {
			return "WITH " + relation(a, "v", customers, unbegun) + ", changed AS (INSERT INTO " + s.in + "customer AS t (" + quoted(columns) + ")" +
				" SELECT " + of("v", columns) + " FROM v ON CONFLICT (partner, customer) DO UPDATE" +
				" SET (" + quoted(rest) + ") = ROW (" + of("excluded", rest) + ") WHERE t.seq = 0 RETURNING 1)" + guarded(a, len(unbegun))
		})
	}
}
