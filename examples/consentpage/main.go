// Consentpage serves the pages that a customer's links open, on loopback, and
// prints four links to click: two contacts of one customer are asked for consent,
// and one of another, which has consented already, answers the claim's survey.
//
//	go run ./examples/consentpage                     # on 127.0.0.1, a free port
//	go run ./examples/consentpage -addr 127.0.0.1:8080
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/examples/internal/host"
	"github.com/partnerengage/partnerengage/storage/memory"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "where to listen")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	if err := serve(ctx, listener, func(to, link string) { fmt.Printf("%s: %s\n", to, link) }); err != nil {
		log.Fatal(err)
	}
}

// serve asks a customer for consent, tells each contact's link, and serves the
// page until the context ends.
func serve(ctx context.Context, listener net.Listener, tell func(to, link string)) error {
	p, err := host.Load(host.Files)
	if err != nil {
		return err
	}
	mail := &mailer{tell: tell}
	desk, err := workflow.New(memory.New(), p.Directory, p.Catalog, p, &workflow.Options{
		Derive:    host.Derive,
		LinkURL:   "http://" + listener.Addr().String() + "/consent/",
		SurveyURL: "http://" + listener.Addr().String() + "/survey/",
		Notifier:  mail,
	})
	if err != nil {
		return err
	}
	if err := ask(ctx, desk, mail); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/consent/", consenthttp.New(desk.Links, &consenthttp.Options{Logger: slog.Default()}))
	mux.Handle("/survey/", consenthttp.NewSurvey(desk.Links, &consenthttp.Options{Logger: slog.Default()}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

var rita = workflow.Actor{Partner: "northwind-consulting", User: "rita", Roles: []workflow.Role{workflow.RoleIncentivesAdmin}}

// ask asks one customer for consent, in Portuguese, and another one, which has
// consented, the questions that its claim needs answered.
func ask(ctx context.Context, desk *workflow.Service, mail *mailer) error {
	if _, err := add(ctx, desk, "pt-PT", "ana@contoso.com", "joao@contoso.com"); err != nil {
		return err
	}
	consented, err := add(ctx, desk, "en", "it@proseware.com")
	if err != nil {
		return err
	}
	token, err := link.ParseToken(path.Base(mail.last))
	if err != nil {
		return err
	}
	if _, err := desk.Links.AnswerConsent(ctx, token, consent.DecisionAccept); err != nil {
		return err
	}
	if _, err := desk.Surveys.Send(ctx, rita.Request(rand.Text()), consented, workflow.SendSurvey{
		Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: "it@proseware.com"},
	}); err != nil {
		return err
	}
	_, err = desk.Jobs.Relay(ctx)
	return err
}

// add adds the customer of the first contact, and asks all of them for consent.
func add(ctx context.Context, desk *workflow.Service, language string, contacts ...string) (engagement.ParticipationID, error) {
	started, err := desk.Customers.Add(ctx, rita.Request(rand.Text()), workflow.AddCustomer{
		Candidate: workflow.Candidate{Location: "4711201", Email: contacts[0]}, Engagements: []engagement.ID{"endpoint-management"},
	})
	if err != nil {
		return "", err
	}
	if _, err := desk.Consents.Request(ctx, rita.Request(rand.Text()), started[0].ID, workflow.RequestConsent{
		Customer: workflow.ByEmail(contacts...), Partner: workflow.ByEmail("rita@northwind.example"), Language: language,
	}); err != nil {
		return "", err
	}
	_, err = desk.Jobs.Relay(ctx)
	return started[0].ID, err
}

// mailer is a Notifier that only tells the links.
type mailer struct {
	tell func(to, link string)
	last string // link
}

// Notify implements workflow.Notifier.
func (m *mailer) Notify(_ context.Context, d workflow.Delivery) error {
	if d.Link != "" {
		m.last = d.Link
		m.tell(d.Message.To.String(), d.Link)
	}
	return nil
}
