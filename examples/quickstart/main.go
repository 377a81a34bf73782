// Quickstart tells the story of an incentive program up to the customer's
// consent, on a program of eight engagements, two partners and thirty-six
// customers.
//
//	go run ./examples/quickstart          # the data that it brings
//	go run ./examples/quickstart -data d  # your own files, in the same form
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/examples/internal/program"
	"github.com/partnerengage/partnerengage/storage/memory"
)

func main() {
	dir := flag.String("data", "", "folder with program.json, customers.csv, directory.csv and candidates.csv; empty: the example's own")
	flag.Parse()
	files := program.Files
	if *dir != "" {
		files = os.DirFS(*dir)
	}
	if err := run(context.Background(), os.Stdout, files); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// run tells the story. Its clock begins on 23 November 2026 and moves only where
// the story says so, so that it is the same each time but for IDs, which it does
// not print.
func run(ctx context.Context, out io.Writer, files fs.FS) error {
	p, err := program.Load(files)
	if err != nil {
		return err
	}
	s := &story{ctx: ctx, out: out, program: p, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s.desk, err = workflow.New(memory.New(), p.Directory, p.Catalog, p, &workflow.Options{
		Notifier: &s.mail, Derive: program.Derive, Now: s.clock,
		Program: "Commerce Incentives", LinkURL: "https://portal.example/consent/",
	})
	if err != nil {
		return err
	}
	return s.tell()
}
