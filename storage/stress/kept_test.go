package stress_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// Stores that earlier versions wrote can be read, and the work in them goes on.
//
// Beside each store lies what the version that wrote it read from it, NAME.golden,
// which stays as it is: what fixed leaves of it must be read by every later version.
// A store of which that is read differently is a defect of the code.
//
// The rest follows rules, and rules change. What today's version reads is
// NAME.now.golden. Whoever changes a rule, or adds something that is read of each
// participation, writes it anew, and looks whether each line that changed follows
// from the new rule:
//
//	go test -run KeptStores -update . && git diff testdata
func TestKeptStores(t *testing.T) {
	names, err := filepath.Glob("testdata/stores/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("there are no stores: ", err)
	}
	for _, name := range names {
		name = strings.TrimSuffix(name, ".json")
		for _, kind := range []string{"sqlite", "postgres"} {
			t.Run(filepath.Base(name)+"/"+kind, func(t *testing.T) {
				var asked kept
				must(0, json.Unmarshal(must(os.ReadFile(name+".json")), &asked))
				was := string(must(os.ReadFile(name + ".golden")))
				is, _ := readKept(t, openKept(t, kind, name), asked)
				compareTexts(t, "what never changes", fixed(was), fixed(is))
				if *update && kind == "sqlite" && !t.Failed() {
					must(0, os.WriteFile(name+".now.golden", []byte(is), 0o644))
				}
				compareTexts(t, name+".now.golden", string(must(os.ReadFile(name+".now.golden"))), is)
				goOn(t, openKept(t, kind, name), asked)
			})
		}
	}
}

// goOn works on in a store that an earlier version wrote.
func goOn(t *testing.T, s storage.Store, asked kept) {
	t.Helper()
	ok := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	ctx, mail := t.Context(), newMailbox()
	desk := keptDesk(t, s, mail, asked.Now)
	northwind := keptActors[0]

	recorded, err := desk.Jobs.Sweep(ctx)
	ok("sweep", err)
	sent, err := desk.Jobs.Relay(ctx)
	ok("relay", err)
	if recorded == 0 || sent == 0 {
		t.Errorf("%d deadlines were recorded and %d messages sent: there was more to do", recorded, sent)
	}

	// A command that was given then is still known, and one that was not is new.
	comments := func() int {
		view, err := desk.Claims.Get(ctx, northwind, asked.Repeat.Participation)
		ok("claim", err)
		return len(view.Claim.Comments)
	}
	before := comments()
	_, err = desk.Claims.Comment(ctx, northwind.Request(asked.Repeat.Key), asked.Repeat.Participation, workflow.Comment{Text: asked.Repeat.Text})
	ok("a command given again", err)
	_, err = desk.Claims.Comment(ctx, northwind.Request(asked.Repeat.Key), asked.Repeat.Participation, workflow.Comment{Text: "something else"})
	if !errors.As(err, new(*workflow.KeyReusedError)) {
		t.Errorf("another command with the same key: %v", err)
	}
	_, err = desk.Claims.Comment(ctx, northwind.Request("new"), asked.Repeat.Participation, workflow.Comment{Text: "Não."})
	ok("a new command", err)
	if n := comments() - before; n != 1 {
		t.Errorf("%d comments were added, want 1", n)
	}

	// A customer answers by a link that went out then, and by one that goes out now.
	answers := 0
	for _, l := range asked.Links {
		token, err := link.ParseToken(l.Token)
		ok("token", err)
		if view, err := desk.Links.ConsentView(ctx, token); err == nil && view.MayDecide {
			_, err = desk.Links.AnswerConsent(ctx, token, consent.DecisionAccept)
			ok("answer", err)
			answers++
		}
	}
	for _, p := range mail.newest {
		token, _ := mail.token(p)
		_, err := desk.Links.AnswerConsent(ctx, token, consent.DecisionDecline)
		ok("answer to a new message", err)
	}
	if answers == 0 || len(mail.newest) == 0 {
		t.Errorf("%d old links and %d new ones were answered: there should be some", answers, len(mail.newest))
	}
	_, err = desk.Jobs.Relay(ctx)
	ok("relay of the answers", err)
	for _, a := range keptActors {
		_, err := desk.Program.Reevaluate(ctx, workflowtest.Vendor, workflow.Reevaluation{Partner: a.Partner}, nil)
		ok("re-evaluation", err)
	}
	for row, err := range desk.Customers.All(ctx, northwind, workflow.CustomersQuery{Engagement: pilot, Tab: engagement.TabEligible}) {
		ok("rows", err)
		if row.Participation == "" && len(row.Actions) == 0 {
			t.Errorf("after a re-evaluation %s is eligible, and nothing can be done: %+v", row.Name, row)
		}
	}
	erased, err := desk.Program.ErasePerson(ctx, northwind, workflow.Person{User: northwind.User}, nil)
	ok("erasure", err)
	if erased.Events == 0 {
		t.Error("nothing was erased")
	}
	readKept(t, s, asked) // and every history still holds
}
