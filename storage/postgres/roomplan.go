package postgres

import (
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
)

// roomPlan is what entries that mind the room become by engagement.Entry.WithRoom. It
// depends on who holds a part of the claim limit, and else is the same for everybody.
type roomPlan struct {
	partners []string // "" for all who hold nothing, then those who do
	rooms    [][]byte // of each

	kinds  []string // of entry, by what they are on while there is room: see kindText
	tabs   []*string
	untils []*int64 // when that becomes another one by itself; without their own deadlines
}

func newRoom(c engagement.CustomerEngagement, now time.Time) (r roomPlan, err error) {
	for _, partner := range holding(c) {
		room := c.RoomFor(partner)
		body, err := roomBody(room)
		if err != nil {
			return r, err
		}
		r.partners, r.rooms = append(r.partners, string(partner)), append(r.rooms, body)
		for base, letter := range letters {
			for own, id := range map[string]engagement.ParticipationID{"1": "", "0": "p"} {
				e := engagement.Entry{Participation: id, MindsRoom: true, Base: base}.WithRoom(room, now)
				r.kinds = append(r.kinds, letter+own+string(partner))
				r.tabs, r.untils = append(r.tabs, textOrNull(letters[e.Tab])), append(r.untils, orNull(e.Until))
			}
		}
	}
	return r, nil
}

// kindText is the kind of an entry t, for the partners of an argument.
func kindText(partners string) string {
	return "t.base || CASE t.participation WHEN '' THEN '1' ELSE '0' END || CASE WHEN t.partner = ANY (" + partners + ") THEN t.partner ELSE '' END"
}

// holding returns no partner, then each that holds something.
func holding(c engagement.CustomerEngagement) []engagement.PartnerID {
	out := []engagement.PartnerID{""}
	for _, h := range c.Holders {
		if !slices.Contains(out, h.Partner) {
			out = append(out, h.Partner)
		}
	}
	return out
}

// roomArgs is how many arguments a room has.
const roomArgs = 5

func (r roomPlan) args() []any { return []any{r.partners, r.rooms, r.kinds, r.tabs, r.untils} }

// inLine returns the statement that brings entries in line with the room there is:
// those of the customer in the engagement of the first three arguments that mind it,
// but for those that are given. n arguments come before those of the room.
func (s *Store) inLine(n int, given string) string {
	arg := func(i int, cast string) string { return "$" + itoa(int64(n+i)) + "::" + cast }
	partners, rooms, kinds, tabs, untils := arg(1, "text[]"), arg(2, "bytea[]"), arg(3, "text[]"), arg(4, "text[]"), arg(5, "bigint[]")
	return "UPDATE " + s.in + "entry AS t SET was = " + wasBefore + "," +
		" room = (" + rooms + ")[coalesce(array_position(" + partners + ", t.partner), 1)]," +
		" (tab, until) = (SELECT (" + tabs + ")[i], CASE WHEN t.base IS NULL THEN t.until ELSE least(t.due, (" + untils + ")[i]) END FROM array_position(" + kinds + ", " + kindText(partners) + ") i)" +
		" WHERE t.slot = $1::smallint AND t.engagement = $2::text AND t.customer = $3::text AND t.minds_room AND NOT (" + given + ")" + returning
}

// wasBefore is what an entry t counts as before it changes, a line each for its tab and
// status, its locations and its figures; ”: as nothing.
const wasBefore = "coalesce(t.tab || coalesce(t.status, '') || E'\\n' || coalesce(t.locations, '') || E'\\n' || coalesce(t.figures, ''), '')"

const returning = " RETURNING t.slot, t.partner, t.engagement, t.tab, t.status, t.locations, t.figures, t.was"

// counted returns the common table expressions that add to the counts what has moved,
// as so many expressions have returned it, in the shard that is so named.
func (s *Store) counted(shard string, statuses bool, from ...string) string {
	sum := func(table, column, what, n string) string {
		columns := "shard, partner, " + what
		return "counted_" + table + " AS (INSERT INTO " + s.in + table + " AS t (" + columns + ", " + n + ")" +
			" SELECT " + shard + ", partner, " + what + ", sum(n)::bigint FROM (SELECT slot, partner, engagement, tab, status, 1 AS n FROM moved WHERE tab IS NOT NULL" +
			" UNION ALL SELECT slot, partner, engagement, left(was, 1), substr(split_part(was, E'\\n', 1), 2), -1 FROM moved WHERE was <> '') d" + column +
			" GROUP BY 1, partner, " + what + " HAVING sum(n) <> 0 ORDER BY 1, partner, " + what +
			" ON CONFLICT (" + columns + ") DO UPDATE SET " + n + " = t." + n + " + excluded." + n + ")"
	}
	moved := "moved AS ("
	for i, name := range from {
		if i > 0 {
			moved += " UNION ALL "
		}
		moved += "SELECT slot, partner, engagement, tab, status, locations, figures, was FROM " + name
	}
	out := moved + "), " + sum("tab_count", "", "engagement, tab", "entries")
	if statuses {
		out += ", " + sum("status_count", " WHERE status <> ''", "status", "participations")
	}
	figures := shard
	if shard == slotShard {
		figures = figureShard
	}
	return out + ", counted_figure AS (" + s.figured("shard", addedUp("shard, ", "SELECT "+figures+" AS shard, r.* FROM ("+movedFigures+") r")) + ")"
}
