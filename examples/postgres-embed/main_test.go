package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/storage/postgres/postgrestest"
)

// participation is an ID, which is another one each time.
var participation = regexp.MustCompile(`participation [0-9a-f-]{36}`)

// server starts a server for the test.
func server(t *testing.T) *postgrestest.Cluster {
	t.Helper()
	cluster, err := postgrestest.Start()
	if errors.Is(err, postgrestest.ErrNotInstalled) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Remove)
	return cluster
}

func TestBothOrNeither(t *testing.T) {
	cluster := server(t)
	var out bytes.Buffer
	if err := run(t.Context(), &out, cluster.DSN()); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("output.golden")
	if err != nil {
		t.Fatal(err)
	}
	if got := participation.ReplaceAllString(out.String(), "participation …"); got != string(want) {
		t.Errorf("it prints\n%s\nnot\n%s", got, want)
	}
}

// open opens a portal on a pool of four connections.
func open(t *testing.T) *portal {
	t.Helper()
	config, err := pgxpool.ParseConfig(server(t).DSN())
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 4
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	p, err := openPortal(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// atOnce accepts eight leads at once, and returns what became of each.
func atOnce(accept func(l lead) error) []error {
	domains := []string{"contoso.com", "proseware.com", "adventure-works.com", "fourthcoffee.com", "graphicdesigninstitute.com", "lamnahealthcare.com", "margiestravel.com", "cohowinery.com"}
	errs := make([]error, len(domains))
	var all sync.WaitGroup
	for i, d := range domains {
		all.Go(func() { errs[i] = accept(lead{name: d, email: "it@" + d, note: "met at the fair"}) })
	}
	all.Wait()
	return errs
}

func counted(t *testing.T, p *portal, want int) {
	t.Helper()
	if leads, rows, err := p.count(t.Context()); leads != want || rows != want || err != nil {
		t.Errorf("there are %d leads and %d rows, not %d: %v", leads, rows, want, err)
	}
}

// Eight leads at once on a pool of four, with facts from the same pool.
func TestEightAtOnce(t *testing.T) {
	p := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := errors.Join(atOnce(func(l lead) error { return p.accept(ctx, l) })...); err != nil {
		t.Error(err)
	}
	counted(t, p, 8)
}

// The same with transactions that are open while the commands decide: once there are as
// many as the pool has connections, each waits for a second one until its time is over.
// With the facts asked on the transaction none waits.
func TestEightAtOnceInOpenTransactions(t *testing.T) {
	for _, onTx := range []bool{false, true} {
		t.Run(fmt.Sprintf("facts on the transaction %t", onTx), func(t *testing.T) {
			p := open(t)
			ctx := t.Context()
			if !onTx {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 2*time.Second)
				defer cancel()
			}
			var begun sync.WaitGroup // of the first four
			begun.Add(4)
			var n atomic.Int32
			errs := atOnce(func(l lead) error {
				request := rita.Request(rand.Text())
				return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
					if n.Add(1) <= 4 {
						begun.Done()
						begun.Wait()
					}
					if err := p.insert(ctx, tx, request, l); err != nil {
						return err
					}
					ctx := ctx
					if onTx {
						ctx = context.WithValue(ctx, onTransaction{}, tx)
					}
					_, err := p.desk.With(p.store.WithTx(tx)).Customers.Add(ctx, request, l.command())
					return err
				})
			})
			if onTx {
				if err := errors.Join(errs...); err != nil {
					t.Error(err)
				}
				counted(t, p, 8)
				return
			}
			for _, err := range errs {
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("a command in a transaction that waits for a second connection: %v", err)
				}
			}
			counted(t, p, 0)
		})
	}
}
