// Portal is a partner portal to try out, in which nothing is real: a few hundred made-up
// customers, a clock that you move, and a mailbox with every mail that would have gone out.
//
//	go run .                            # on http://127.0.0.1:8080, gone when it ends
//	go run . -db portal.db              # in a file that stays
//	go run . -addr 127.0.0.1:9090
//
// What is a host's of its own is in few files: who people are (people.go), what is known of
// customers (customers_made.go), its texts (texts.go), its pages (templates and the file
// that is named after each).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/partnerengage/partnerengage/engagement/evidence"
	"github.com/partnerengage/partnerengage/engagement/program"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/examples/internal/host"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen")
	db := flag.String("db", "", "a SQLite file; empty: in memory")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", *addr)
	if err == nil {
		err = run(ctx, listener, *db)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "portal:", err)
		os.Exit(1)
	}
}

// run serves the portal until the context ends.
func run(ctx context.Context, listener net.Listener, db string) error {
	dir, err := os.MkdirTemp("", "portal")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) // with another one for a file that stays, it is empty
	var store storage.Store = memory.New()
	if db != "" {
		dir = filepath.Dir(db)
		file, err := sqlite.Open(ctx, db, nil)
		if err != nil {
			return err
		}
		defer file.Close()
		store = file
	}
	documents, err := evidence.NewDir(dir)
	if err != nil {
		return err
	}
	defer documents.Close()
	url := "http://" + listener.Addr().String()
	p, err := open(ctx, store, documents, url, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	fmt.Println("The portal is at", url)
	server := &http.Server{Handler: p.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute}
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// open makes a portal on a store, which it fills where it is empty.
func open(ctx context.Context, store storage.Store, documents evidence.Store, url string, log *slog.Logger) (*portal, error) {
	made, err := newMarket()
	if err != nil {
		return nil, err
	}
	read, err := program.Documents{}.ReadFS(host.Files, "program.json")
	if err != nil {
		return nil, err
	}
	catalog, err := read.Catalog(nil)
	if err != nil {
		return nil, err
	}
	s := &sandbox{}
	desk, err := workflow.New(store, made, catalog, made, &workflow.Options{
		Now: s.now, Notifier: s, Derive: host.Derive, Logger: log, Authorizer: narrowed{}, Evidence: documents,
		Program: "Commerce Incentives", LinkURL: url + "/consent/", SurveyURL: url + "/survey/", PortalURL: url + "/participations/",
	})
	if err != nil {
		return nil, err
	}
	p, err := newPortal(desk, read, s, log)
	if err != nil {
		return nil, err
	}
	return p, p.seed(ctx, made)
}
