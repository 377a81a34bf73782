package sqlite_test

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// spoiled is a store with a bad row: of customer 1, beside customer 2.
type spoiled struct {
	storage.Store
	*sql.DB
}

func spoil(t *testing.T, script string) spoiled {
	t.Helper()
	path := newFile(t)
	s := open(t, path, relaxed)
	for _, n := range []int{1, 2} {
		c := taking(shares(n, 1), known(n), granted(participation(n, engagement.ParticipationID("p-"+string(customer(n))))))
		c.Messages = []engagement.Message{{ID: engagement.MessageID("m-" + string(customer(n))), Kind: engagement.MessageConsentGranted, Partner: "northwind", CreatedAt: noon}}
		c.Command = &storage.CommandRecord{Key: storage.CommandKey{Partner: "northwind", Key: string(customer(n))}, Body: engagement.Digest{1}, At: noon}
		events := []engagement.Event{{Partner: "northwind", Customer: customer(n), At: noon, Kind: engagement.EventCustomerKnown, By: engagement.ByProgram, Person: &engagement.Person{Salt: "s", User: "u"}}}
		events = append(events, events[0])
		x := engagement.Customer{Key: engagement.CustomerKey{Partner: "northwind", Customer: customer(n)}}
		c.Events, x.History = engagement.Chain(x.History, events...)
		c.Customers = []engagement.Customer{x}
		apply(t, s, c)
	}
	db := openDB(t, path)
	run(t, db, "DROP TRIGGER pe_event_same;"+script)
	return spoiled{s, db}
}

func (s spoiled) load(t *testing.T, n int) (engagement.PartnerRecord, storage.Loaded) {
	t.Helper()
	loaded, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{known(n).Key}, Customers: []engagement.CustomerKey{known(n).Key.OfCustomer()}})
	if err != nil {
		t.Fatal(err)
	}
	return loaded.Records[known(n).Key], loaded
}

// named checks that an error is that of one bad row of a kind.
func named(t *testing.T, kind string, err error) {
	t.Helper()
	bad := storage.UnreadableIn(err)
	if len(bad) != 1 || bad[0].Kind != kind || !errors.Is(err, storage.ErrUnreadable) || errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a bad %s is told as %v", kind, err)
	}
}

const one, two = " WHERE customer = 'tpid:2'", " WHERE customer = 'tpid:3'"

// TestUnreadable: a row that cannot be read is named where it is met, stays as it is,
// and keeps nobody else waiting. So is one whose body is another row's.
func TestUnreadable(t *testing.T) {
	for _, bad := range []string{"x'00'", "'{'", "another's"} {
		value := func(table, column, where string) string {
			if bad != "another's" {
				return "UPDATE " + table + " SET " + column + " = CAST(" + bad + " AS BLOB)" + one + where
			}
			return "UPDATE " + table + " SET " + column + " = (SELECT " + column + " FROM " + table + two + where + ")" + one + where
		}
		t.Run("participation "+bad, func(t *testing.T) {
			s := spoil(t, value("pe_participation", "body", ""))
			r, _ := s.load(t, 1)
			if len(r.Participations) != 0 || len(r.Unreadable) != 1 || !r.Unreadable[0].Open || r.Unreadable[0].Participation != "p-tpid:2" || !r.Known {
				t.Fatalf("the record is %+v", r)
			}
			named(t, "participation", r.Unreadable[0].Err)
			if other, _ := s.load(t, 2); len(other.Participations) != 1 || len(other.Unreadable) != 0 {
				t.Errorf("another record is %+v", other)
			}
			c := taking(shares(1, 1), r)
			c.Shared, c.Relied = nil, []storage.Relied{{Key: r.Key.Shared(), Version: 1}}
			room := shares(1, 1)
			room, _ = room.Following(granted(participation(1, "p-tpid:2")))
			c.Entries = []engagement.Entry{r.Entry(room.RoomFor("northwind"), noon)}
			apply(t, s, c)
			if r, _ = s.load(t, 1); r.Version != 2 || len(r.Unreadable) != 1 {
				t.Errorf("written beside it, the record is %+v", r)
			}
		})
		t.Run("record "+bad, func(t *testing.T) {
			s := spoil(t, value("pe_entry", "shown", " AND row = customer"))
			r, _ := s.load(t, 1)
			if len(r.Unreadable) != 1 || r.Unreadable[0].Participation != "" || r.Version != 1 {
				t.Fatalf("the record is %+v", r)
			}
			named(t, "record", r.Unreadable[0].Err)
			c := taking(shares(1, 1), r)
			c.Shared, c.Relied = nil, []storage.Relied{{Key: r.Key.Shared(), Version: 1}}
			named(t, "record", s.Apply(t.Context(), c))
			list, err := s.List(t.Context(), storage.ListQuery{Sort: storage.SortByName, Limit: 10, Now: noon})
			if err != nil || len(list.Rows) != 2 || list.Rows[0].Err != nil || list.Rows[1].Err != nil {
				t.Errorf("the claims are %+v: %v", list.Rows, err)
			}
		})
		t.Run("entry "+bad, func(t *testing.T) {
			s := spoil(t, value("pe_entry", "shown", " AND row <> customer"))
			q := page(engagement.TabEligible, storage.SortByName, 10)
			list, err := s.List(t.Context(), q)
			if err != nil || len(list.Rows) != 2 || list.Tabs[engagement.TabEligible] != 2 {
				t.Fatalf("the page is %+v: %v", list, err)
			}
			for _, r := range list.Rows {
				if r.Entry.Record.Customer == customer(1) {
					named(t, "entry", r.Err)
				} else if r.Err != nil {
					t.Error(r.Err)
				}
			}
			if r, _ := s.load(t, 1); len(r.Unreadable) != 0 {
				t.Errorf("the record is %+v", r)
			}
		})
		t.Run("shared row "+bad, func(t *testing.T) {
			s := spoil(t, value("pe_shared", "holders", ""))
			r, _ := s.load(t, 1)
			if len(r.Unreadable) != 1 || r.Unreadable[0].Participation != "" {
				t.Fatalf("the record is %+v", r)
			}
			named(t, "shared row", r.Unreadable[0].Err)
			if other, _ := s.load(t, 2); len(other.Unreadable) != 0 {
				t.Errorf("another record is %+v", other)
			}
		})
		t.Run("customer "+bad, func(t *testing.T) {
			s := spoil(t, value("pe_customer", "body", ""))
			_, loaded := s.load(t, 1)
			named(t, "customer", loaded.Unreadable[known(1).Key.OfCustomer()])
			list, err := s.Customers(t.Context(), storage.CustomersQuery{Partner: "northwind", Limit: 10})
			if named(t, "customer", err); len(list) != 1 {
				t.Errorf("the customers are %+v", list)
			}
		})
		for _, column := range []string{"body", "person"} {
			if column == "person" && bad == "another's" { // which is said by its digest
				continue
			}
			t.Run("event's "+column+" "+bad, func(t *testing.T) {
				s := spoil(t, value("pe_event", column, " AND seq = 2"))
				events, err := s.History(t.Context(), storage.HistoryQuery{Customer: known(1).Key.OfCustomer(), Limit: 10})
				if named(t, "event", err); len(events) != 1 || storage.UnreadableIn(err)[0].Seq != 2 {
					t.Errorf("the events are %+v", events)
				}
			})
		}
	}
}

// TestUnreadableMessage: the others go out.
func TestUnreadableMessage(t *testing.T) {
	for _, script := range []string{
		"UPDATE pe_message SET body = x'00' WHERE id = 'm-tpid:2'",
		"UPDATE pe_message SET body = (SELECT body FROM pe_message WHERE id = 'm-tpid:3') WHERE id = 'm-tpid:2'",
	} {
		s := spoil(t, script)
		messages, err := s.Lease(t.Context(), storage.LeaseQuery{Now: noon, Until: noon.Add(time.Hour), Limit: 10})
		if named(t, "message", err); len(messages) != 1 {
			t.Errorf("the messages are %+v", messages)
		}
	}
}

// TestUnreadableLocations: by location the row is named, not left out.
func TestUnreadableLocations(t *testing.T) {
	for _, text := range []string{`{`, `{}`, `["a"b"]`, `[1]`} {
		s := spoil(t, "UPDATE pe_entry SET locations = '"+text+"'"+one+" AND row <> customer")
		for _, location := range []engagement.LocationID{"4711201", "elsewhere"} {
			list, err := s.List(t.Context(), storage.ListQuery{Sort: storage.SortByName, Limit: 10, Now: noon, Filter: storage.Filter{Locations: []engagement.LocationID{location}}})
			lost := 0
			for _, r := range list.Rows {
				if r.Err != nil {
					named(t, "entry", r.Err)
					lost++
				}
			}
			if err != nil || lost != 1 && text != "[1]" {
				t.Errorf("with %s at %s the rows are %+v: %v", text, location, list.Rows, err)
			}
		}
	}
}

func TestUnreadableCommand(t *testing.T) {
	s := spoil(t, "UPDATE pe_command SET body = x'00' WHERE key = 'tpid:2'")
	_, err := s.Load(t.Context(), storage.Want{Command: storage.CommandKey{Partner: "northwind", Key: "tpid:2"}})
	named(t, "command record", err)
	if _, err := s.Load(t.Context(), storage.Want{Command: storage.CommandKey{Partner: "northwind", Key: "tpid:3"}}); err != nil {
		t.Error(err)
	}
}
