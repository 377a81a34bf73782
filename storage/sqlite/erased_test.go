package sqlite_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/storagetest"
	"github.com/partnerengage/partnerengage/storage/verify"
)

// Of a person who was erased not a byte is left in the file, in whatever spelling and
// wherever it was, nor the digests by which the customers were found.
func TestNothingOfAPersonIsLeftInTheFile(t *testing.T) {
	path := newFile(t)
	s := open(t, path, relaxed)
	const address, user = "ana.sousa@contoso.com", "u-4711-maria"
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store, sc.Options.PersonSecret = s, []byte("quite hidden")
		return sc
	})
	maria := w.As(workflow.Actor{Partner: w.Actor.Partner, User: user, Roles: w.Actor.Roles})
	request := func(e string, r workflow.RequestConsent) {
		t.Helper()
		if _, err := w.Desk.Consents.Request(t.Context(), maria.Actor.Request(w.Key()), maria.Added("azure-migration", e), r); err != nil {
			t.Fatal(err)
		}
	}
	request("ana.sousa@contoso.com", workflow.RequestConsent{Customer: workflow.ByEmail("rui@contoso.com", "Ana.Sousa@contoso.com")})
	p := maria.Granted("data-pilot", "Ana.SOUSA@contoso.com")
	request("x@adatum.com", workflow.RequestConsent{Customer: workflow.ByEmail("ana.sousA@contoso.com")}) // which waits to be sent
	if _, err := w.Desk.Claims.Comment(t.Context(), maria.Actor.Request(w.Key()), p, workflow.Comment{Text: "Ask <ANA.Sousa@Contoso.com>, or ana.sousa@contoso.com."}); err != nil {
		t.Fatal(err)
	}
	for _, person := range []workflow.Person{{Email: "Ana.Sousa@CONTOSO.com"}, {User: user}} {
		if _, err := w.Desk.Program.ErasePerson(t.Context(), w.Actor, person, nil); err != nil {
			t.Fatal(err)
		}
	}
	if found := check(t, s, w.Now, func(ctx context.Context, i storage.Inspector, o verify.Options) (verify.Progress, error) {
		done, err := verify.Check(ctx, i, o)
		done.Customers = max(done.Customers, 3) // as many as other stories have
		return done, err
	}); len(found) > 0 {
		t.Errorf("found is %+v", found)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if log, err := os.ReadFile(path + "-wal"); err == nil {
		file = slices.Concat(file, log)
	}
	lower := bytes.ToLower(file)
	for _, gone := range []string{address, user} {
		if i := bytes.Index(lower, []byte(gone)); i >= 0 {
			t.Errorf("%s is left in %q", gone, file[max(0, i-40):min(len(file), i+80)])
		}
	}
	if !bytes.Contains(lower, []byte("rui@contoso.com")) {
		t.Error("the file does not even have who stays")
	}
}

// BenchmarkErase measures an erasure by address of somebody whom one customer names, among
// a hundred customers and among as many as -large says.
func BenchmarkErase(b *testing.B) {
	for _, n := range []int{100, *large} {
		b.Run(fmt.Sprintf("customers=%d", n), func(b *testing.B) {
			s := open(b, newFile(b), relaxed)
			if err := (storagetest.Filling{Customers: n, Eligible: 500}).Fill(b.Context(), s); err != nil {
				b.Fatal(err)
			}
			w := workflowtest.New(b, func() workflowtest.Scenario {
				sc := workflowtest.Contoso()
				sc.Store = s
				return sc
			})
			p := w.Added("azure-migration", "x@contoso.com")
			w.Requested(p)
			i := 0
			for b.Loop() {
				b.StopTimer()
				i++
				address := fmt.Sprintf("person-%d@northwind.example", i)
				if _, err := w.Desk.Consents.ChangePartnerContacts(b.Context(), w.Actor.Request(w.Key()), p, workflow.ChangePartnerContacts{Partner: workflow.ByEmail(address)}); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if _, err := w.Desk.Program.ErasePerson(b.Context(), w.Actor, workflow.Person{Email: address}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
