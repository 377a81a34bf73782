// Consentpage serves the page that a customer's link opens, on loopback. It adds
// a customer, asks two contacts for consent and prints their links to click.
//
//	go run ./examples/consentpage                     # on 127.0.0.1, a free port
//	go run ./examples/consentpage -addr 127.0.0.1:8080
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/examples/internal/program"
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
	p, err := program.Load(program.Files)
	if err != nil {
		return err
	}
	desk, err := workflow.New(memory.New(), p.Directory, p.Catalog, p, &workflow.Options{
		Derive:   program.Derive,
		LinkURL:  "http://" + listener.Addr().String() + "/consent/",
		Notifier: mailer(tell),
	})
	if err != nil {
		return err
	}
	if err := ask(ctx, desk); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/consent/", consenthttp.New(desk, &consenthttp.Options{Logger: slog.Default()}))
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

// ask adds a customer and asks it for consent, in two languages.
func ask(ctx context.Context, desk *workflow.Service) error {
	rita := workflow.Actor{Partner: "northwind-consulting", User: "rita", Roles: []workflow.Role{workflow.IncentivesAdmin}}
	started, err := desk.AddCustomer(ctx, rita, workflow.AddCustomer{
		Key: "add", Candidate: workflow.Candidate{Location: "4711201", Email: "ana@contoso.com"}, Engagements: []engagement.ID{"endpoint-management"},
	})
	if err != nil {
		return err
	}
	if _, err := desk.RequestConsent(ctx, rita, started[0].ID, workflow.ConsentRequest{
		Key: "ask", Customer: []string{"ana@contoso.com", "joao@contoso.com"}, Partner: []string{"rita@northwind.example"}, Language: "pt-PT",
	}); err != nil {
		return err
	}
	_, err = desk.Relay(ctx)
	return err
}

// mailer is a Notifier that only tells the links.
type mailer func(to, link string)

// Notify implements workflow.Notifier.
func (m mailer) Notify(_ context.Context, d workflow.Delivery) error {
	if d.Link != "" {
		m(d.Message.To.String(), d.Link)
	}
	return nil
}
