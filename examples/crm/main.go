// Crm keeps the list of participations of another system, in a database of its own, in
// step with what happens in a program, whatever dies when.
//
//	go run ./examples/crm                              # the program in memory
//	go run ./examples/crm -store sqlite -in story.db   # in a new SQLite file
//	go run ./examples/crm -store postgres -in "$DSN"   # in a new schema of a PostgreSQL database
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/examples/internal/pgstore"
	"github.com/partnerengage/partnerengage/storage"
)

func main() {
	kind := flag.String("store", "memory", "memory, sqlite or postgres")
	in := flag.String("in", "", "with -store sqlite: a new file, empty for a temporary one; with -store postgres: a connection string")
	flag.Parse()
	if err := runIn(context.Background(), os.Stdout, *kind, *in); err != nil {
		fmt.Fprintln(os.Stderr, "crm:", err)
		os.Exit(1)
	}
}

// runIn tells what happens in a store of that kind.
func runIn(ctx context.Context, out io.Writer, kind, in string) error {
	store, done, err := pgstore.Open(ctx, kind, in)
	if err != nil {
		return err
	}
	return errors.Join(run(ctx, out, store), done())
}

func run(ctx context.Context, out io.Writer, store storage.Store) error {
	dir, err := os.MkdirTemp("", "crm")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	w := workflowtest.New(workflowtest.Panic{}, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store = store
		return sc
	})
	path := filepath.Join(dir, "crm.db")
	step := func(what string) error { // a new process each time, which goes on where the one before ended
		c, err := open(ctx, path, w.Desk)
		if err != nil {
			return err
		}
		defer c.close()
		fmt.Fprintln(out, what)
		return errors.Join(c.caughtUp(ctx), c.print(ctx, out))
	}
	return tell(ctx, w, step)
}

// tell lets some things happen. In a host, partners and customers do them.
func tell(ctx context.Context, w *workflowtest.World, step func(string) error) error {
	fabrikam := w.As(workflowtest.Fabrikam)
	first := w.Added("azure-migration", "ana@contoso.com")
	w.Requested(first, "ana@contoso.com")
	other := fabrikam.Granted("security-workshop", "it@adatum.com")
	if err := step("Two customers are asked, and one has agreed"); err != nil {
		return err
	}
	w.Accepted(first)
	w.Submitted(first)
	fabrikam.Cancelled(other)
	if err := step("\nThe first claim is handed in, and the other participation cancelled"); err != nil {
		return err
	}
	if _, err := w.Desk.Program.ErasePerson(ctx, w.Actor, workflow.Person{Email: "ana@contoso.com"}, nil); err != nil {
		return err
	}
	w.Reviewed(first)
	w.Approved(first, "5000.00 USD")
	return step("\nSomebody is erased, and the claim approved")
}
