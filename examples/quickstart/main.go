// Quickstart tells the story of an incentive program from the first look at a
// customer to the last payment, on a program of eight engagements, two partners
// and thirty-six customers.
//
//	go run ./examples/quickstart                              # in memory, with the data that it brings
//	go run ./examples/quickstart -data d                      # your own files, in the same form
//	go run ./examples/quickstart -store sqlite -in story.db   # in a new SQLite file
//
// The story is the same in each store; that it is in PostgreSQL, too, its test shows.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/partnerengage/partnerengage/engagement/evidence"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/examples/internal/host"
	"github.com/partnerengage/partnerengage/examples/internal/stores"
	"github.com/partnerengage/partnerengage/storage"
)

func main() {
	dir := flag.String("data", "", "folder with program.json, customers.csv, directory.csv and candidates.csv; empty: the example's own")
	kind := flag.String("store", "memory", "memory or sqlite")
	in := flag.String("in", "", "with -store sqlite: a new file; empty for a temporary one")
	flag.Parse()
	files := host.Files
	if *dir != "" {
		files = os.DirFS(*dir)
	}
	if err := runIn(context.Background(), os.Stdout, files, stores.Open, *kind, *in); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// runIn tells the story in a store of that kind, as open opens it.
func runIn(ctx context.Context, out io.Writer, files fs.FS, open opener, kind, in string) error {
	store, done, err := open(ctx, kind, in)
	if err != nil {
		return err
	}
	return errors.Join(run(ctx, out, files, store), done())
}

// opener is stores.Open, or that of package pgstore.
type opener func(ctx context.Context, kind, in string) (storage.Store, func() error, error)

// run tells the story. Its clock begins on 23 November 2026 and moves only where
// the story says so, so that it is the same each time but for IDs, which it does
// not print.
func run(ctx context.Context, out io.Writer, files fs.FS, store storage.Store) error {
	p, err := host.Load(files)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "quickstart")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	documents, err := evidence.NewDir(dir)
	if err != nil {
		return err
	}
	defer documents.Close()
	s := &story{ctx: ctx, out: out, program: p, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s.desk, err = workflow.New(store, p.Directory, p.Catalog, p, &workflow.Options{
		Notifier: &s.mail, Evidence: documents, Derive: host.Derive, Now: s.clock,
		Program: "Commerce Incentives", LinkURL: "https://portal.example/consent/", SurveyURL: "https://portal.example/survey/",
	})
	if err != nil {
		return err
	}
	return s.tell()
}
