package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// tables are the CRM's own: what it shows, whom it would write to, and how far it has
// read the feed.
const tables = `
CREATE TABLE IF NOT EXISTS participation (
	id TEXT NOT NULL, partner TEXT NOT NULL, customer TEXT NOT NULL, engagement TEXT NOT NULL,
	status TEXT NOT NULL, since TEXT NOT NULL, events INTEGER NOT NULL,
	PRIMARY KEY (partner, id)
);
CREATE TABLE IF NOT EXISTS contact (
	partner TEXT NOT NULL, customer TEXT NOT NULL, address TEXT NOT NULL,
	PRIMARY KEY (partner, customer, address)
);
CREATE TABLE IF NOT EXISTS reader (one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL);
INSERT INTO reader VALUES (1, '') ON CONFLICT DO NOTHING`

// crm is a system that follows a program.
type crm struct {
	db   *sql.DB
	desk *workflow.Service
	as   workflow.Actor
}

// open opens the CRM's database. Any would do.
func open(ctx context.Context, path string, desk *workflow.Service) (*crm, error) {
	db, err := sqlite.OpenDB(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, tables); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &crm{db: db, desk: desk, as: workflow.Actor{User: "crm", Roles: []workflow.Role{workflow.RoleProgram}}}, nil
}

func (c *crm) close() { _ = c.db.Close() }

// follow reads the feed to its end. A host calls it every few seconds.
func (c *crm) follow(ctx context.Context) error {
	for more := true; more; {
		var err error
		more, err = c.page(ctx)
		if errors.Is(err, storage.ErrRewound) { // a backup of the program was restored
			more, err = true, c.begin(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// caughtUp follows until nothing is left: a database server can hold the newest events
// back for a moment. A host need not wait, and comes back.
func (c *crm) caughtUp(ctx context.Context) error {
	for {
		if err := c.follow(ctx); err != nil {
			return err
		}
		var cursor string
		if err := c.db.QueryRowContext(ctx, "SELECT cursor FROM reader").Scan(&cursor); err != nil {
			return err
		}
		lag, err := c.desk.Feed.Lag(ctx, c.as, cursor)
		if err != nil || lag.Events == 0 && lag.Held == 0 {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// page takes one page in, in one transaction with the cursor: so each event counts once,
// also when the process ends in the middle of it, or another one follows at the same time.
func (c *crm) page(ctx context.Context) (more bool, err error) {
	tx, err := c.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }()
	var cursor string
	if err := tx.QueryRowContext(ctx, "SELECT cursor FROM reader").Scan(&cursor); err != nil {
		return false, err
	}
	page, err := c.desk.Feed.Read(ctx, c.as, workflow.FeedQuery{Cursor: cursor, Limit: 10, Persons: true})
	if err != nil {
		return false, err
	}
	for _, e := range page.Events {
		if err := take(ctx, tx, e.Event); err != nil {
			return false, err
		}
	}
	if _, err := tx.ExecContext(ctx, "UPDATE reader SET cursor = ?", page.Next); err != nil {
		return false, err
	}
	return page.More, tx.Commit()
}

// take takes an event in.
func take(ctx context.Context, tx *sql.Tx, e engagement.Event) error {
	exec := func(query string, args ...any) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}
	partner, customer := string(e.Partner), string(e.Customer)
	if e.Kind == engagement.EventPersonErased { // whom, nobody says: all that is known of the customer's people goes
		return exec("DELETE FROM contact WHERE partner = ? AND customer = ?", partner, customer)
	}
	if e.Person != nil {
		for _, address := range e.Person.Contacts {
			if err := exec("INSERT INTO contact VALUES (?, ?, ?) ON CONFLICT DO NOTHING", partner, customer, address.String()); err != nil {
				return err
			}
		}
	}
	if e.Participation == "" || e.To == "" {
		return nil
	}
	return exec(`INSERT INTO participation VALUES (?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT DO UPDATE SET status = excluded.status, since = excluded.since, events = events + 1`,
		string(e.Participation), partner, customer, string(e.Engagement), string(e.To), e.At.Format("2 Jan 15:04"))
}

// begin forgets everything, to read it anew: in one transaction, as somebody else may
// begin, too, and have read the first page meanwhile.
func (c *crm) begin(ctx context.Context) error {
	tx, err := c.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, "DELETE FROM participation; DELETE FROM contact; UPDATE reader SET cursor = ''"); err != nil {
		return err
	}
	return tx.Commit()
}

// print shows the list.
func (c *crm) print(ctx context.Context, out io.Writer) error {
	rows, err := c.db.QueryContext(ctx, `SELECT p.partner, p.engagement, p.status, p.since, p.events,
		(SELECT count(*) FROM contact c WHERE c.partner = p.partner AND c.customer = p.customer) FROM participation p ORDER BY p.partner, p.engagement`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var partner, of, status, since string
		var events, contacts int
		if err := rows.Scan(&partner, &of, &status, &since, &events, &contacts); err != nil {
			return err
		}
		fmt.Fprintf(out, "  %-10s %-18s %-34s since %s, %d changes, %d contacts\n", partner, of, status, since, events, contacts)
	}
	return rows.Err()
}
