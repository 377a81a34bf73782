package smtp_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/relay/smtp"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

func never(t testing.TB, err error, want bool) {
	t.Helper()
	if err == nil || errors.Is(err, workflow.ErrUndeliverable) != want {
		t.Errorf("never deliverable should be %t: %v", want, err)
	}
}

// process is one of the host's on the world's storage, which dies after so many writes:
// from then on nothing that it does arrives.
type process struct {
	storage.Store
	writes int
}

var errDead = errors.New("the process is dead")

func (p *process) Apply(ctx context.Context, c storage.Changes) error {
	if p.writes--; p.writes < 0 {
		return errDead
	}
	return p.Store.Apply(ctx, c)
}

// nowhere is a directory that is not asked.
type nowhere struct{}

func (nowhere) Lookup(context.Context, tenant.Domain) ([]tenant.Entry, error) { return nil, nil }

func nothing(context.Context, engagement.PartnerID, tenant.Identity) (eligibility.Facts, error) {
	return eligibility.Facts{}, nil
}

func request(t testing.TB, w *workflowtest.World, p engagement.ParticipationID, to ...string) {
	t.Helper()
	_, err := w.Desk.Consents.Request(t.Context(), w.Actor.Request(w.Key()), p, workflow.RequestConsent{
		Customer: workflow.ByEmail(to...), Partner: workflow.ByEmail("rui@northwind.example"), Language: "en",
	})
	ok(t, err)
}

func start(t testing.TB, w *workflowtest.World, writes int, to workflow.Notifier) *workflow.Service {
	t.Helper()
	desk, err := workflow.New(&process{w.Store, writes}, nowhere{}, w.Catalog, workflow.FactFunc(nothing), &workflow.Options{
		Notifier: to, Now: w.Now, LinkURL: "https://portal.example/consent/", PortalURL: "https://portal.example/claims/",
	})
	ok(t, err)
	return desk
}

// Messages go out through the relay; what is refused for good is given up and shown, what
// is refused for now goes out later; and a process that dies at any moment loses none.
func TestRelay(t *testing.T) {
	for writes := range 6 {
		s := serve(t, nil)
		w := workflowtest.New(t, workflowtest.Contoso)
		p := w.Added("azure-migration", "ana@contoso.com")
		request(t, w, p, "ana@contoso.com", "gone@contoso.com", "full@contoso.com")
		full := true
		s.set(func() {
			s.answer = func(verb, command string) string {
				switch {
				case verb != "RCPT":
				case strings.Contains(command, "gone@"):
					return "550 5.1.1 gone"
				case full && strings.Contains(command, "full@"):
					return "450 4.2.0 busy"
				}
				return ""
			}
		})
		mails := sender(t, s.options())
		_, err := start(t, w, writes, mails).Jobs.Relay(t.Context())
		if err == nil {
			t.Fatal("all went well")
		}
		w.Advance(10 * 60e9) // its lease is over
		s.set(func() { full = false })
		_, err = start(t, w, 1000, mails).Jobs.Relay(t.Context())
		if err != nil && !errors.Is(err, workflow.ErrUndeliverable) {
			t.Error(err)
		}
		var to []string
		ids := map[string]bool{}
		for _, got := range s.mails() {
			m, _ := read(t, got.Data)
			a, err := m.Header.AddressList("To")
			ok(t, err)
			if to = append(to, a[0].Address); !strings.Contains(got.Data, "https://portal.example/consent/") {
				t.Error("a mail has no link")
			}
			ids[m.Header.Get("Message-Id")] = true
		}
		slices.Sort(to)
		if distinct := slices.Compact(slices.Clone(to)); !slices.Equal(distinct, []string{"ana@contoso.com", "full@contoso.com"}) || len(to) > 3 || len(ids) != 2 {
			t.Errorf("after %d writes: sent to %v", writes, to)
		}
		row := w.Row(p)
		if len(row.Unreached) != 1 || row.Unreached[0].Contact.Email.String() != "gone@contoso.com" {
			t.Errorf("after %d writes: not reached is %v", writes, row.Unreached)
		}
	}
}

// A report that comes back is recorded, and shows on the row.
func TestBounces(t *testing.T) {
	s := serve(t, nil)
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Added("azure-migration", "ana@contoso.com")
	request(t, w, p, "ana@contoso.com")
	desk := start(t, w, 1000, sender(t, s.options()))
	_, err := desk.Jobs.Relay(t.Context())
	ok(t, err)
	headers, _, _ := strings.Cut(s.mails()[0].Data, "\r\n\r\n")
	bounces, err := smtp.ReadBounces(strings.NewReader(report(t, "failed", "ana@contoso.com", headers)))
	ok(t, err)
	equal(t, "bounces", len(bounces), 1)
	ok(t, desk.Jobs.RecordBounce(t.Context(), bounces[0]))
	if row := w.Row(p); len(row.Unreached) != 1 || row.Unreached[0].Message != engagement.MessageConsentRequest {
		t.Errorf("not reached: %v", row.Unreached)
	}
	for _, try := range []struct {
		what, mail string
		err        error
	}{
		{"a delay", report(t, "delayed", "ana@contoso.com", headers), nil},
		{"a delivery", report(t, "delivered", "ana@contoso.com", headers), nil},
		{"of somebody else's mail", report(t, "failed", "ana@contoso.com", "Message-ID: <x@y>"), smtp.ErrNoReport},
		{"an answer", "From: ana@contoso.com\r\nSubject: Re: consent\r\n\r\nYes!", smtp.ErrNoReport},
		{"nothing", "", smtp.ErrNoReport},
	} {
		bounces, err := smtp.ReadBounces(strings.NewReader(try.mail))
		if len(bounces) != 0 || !errors.Is(err, try.err) {
			t.Errorf("%s: %v, %v", try.what, bounces, err)
		}
	}
}

// report is a report about the delivery of a mail with these headers.
func report(t testing.TB, action, to, headers string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/report.eml")
	ok(t, err)
	text := strings.NewReplacer("{action}", action, "{to}", to, "{headers}", strings.ReplaceAll(headers, "\r\n", "\n")).Replace(string(b))
	return strings.ReplaceAll(text, "\n", "\r\n")
}

// No mail makes reading it fail otherwise than it should.
func FuzzReadBounces(f *testing.F) {
	f.Add(report(f, "failed", "ana@contoso.com", "X-Participation: northwind/p-1/m-1"))
	f.Add(report(f, "failed", "", "X-Participation: a/b/%zz"))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		bounces, err := smtp.ReadBounces(strings.NewReader(text))
		if err != nil && (!errors.Is(err, smtp.ErrNoReport) || len(bounces) > 0) {
			t.Errorf("%v: %v", bounces, err)
		}
		for _, b := range bounces {
			if b.Partner == "" || b.Participation == "" || b.Message == "" {
				t.Errorf("%+v is of nothing", b)
			}
		}
	})
}
