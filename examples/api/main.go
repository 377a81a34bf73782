// Api is a portal without pages of its own: the desks over HTTP with their description,
// the customers' pages, mail, webhooks and jobs, all in one SQLite file.
//
//	go run ./examples/api                                      # in a new temporary file, mails on the screen
//	go run ./examples/api -db portal.db -addr 127.0.0.1:8080   # in a file that stays
//	go run ./examples/api -smtp mail.example:587 -from portal@example.com -webhook https://crm.example/events
//
// The README beside it goes through a customer's story with curl.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/mail"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/engagement/evidence"
	"github.com/partnerengage/partnerengage/engagement/relay/smtp"
	"github.com/partnerengage/partnerengage/engagement/relay/webhook"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowhttp"
	"github.com/partnerengage/partnerengage/examples/internal/host"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// settings are the flags.
type settings struct {
	addr, db         string
	smtp, from       string
	webhook, secrets string
	local            bool
}

func main() {
	var s settings
	flag.StringVar(&s.addr, "addr", "127.0.0.1:0", "where to listen")
	flag.StringVar(&s.db, "db", "", "the SQLite file; empty: a temporary one")
	flag.StringVar(&s.smtp, "smtp", "", "the mail server, as host:port; empty: mails are printed")
	flag.StringVar(&s.from, "from", "portal@example.com", "from whom mails are")
	flag.StringVar(&s.webhook, "webhook", "", "where events are sent; empty: nowhere")
	flag.StringVar(&s.secrets, "webhook-secret", "", "the secret that signs them, as whsec_…; empty: a new one, which is printed")
	flag.BoolVar(&s.local, "webhook-local", false, "the endpoint of webhooks may be on this machine or in its network, and without TLS")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", s.addr)
	if err == nil {
		err = serve(ctx, listener, os.Stdout, s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "api:", err)
		os.Exit(1)
	}
}

// serve opens everything, serves it until the context ends, and closes it again.
func serve(ctx context.Context, listener net.Listener, out io.Writer, s settings) error {
	dir := filepath.Dir(s.db)
	if s.db == "" {
		var err error
		if dir, err = os.MkdirTemp("", "api"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		s.db = filepath.Join(dir, "portal.db")
	}
	store, err := sqlite.Open(ctx, s.db, nil)
	if err != nil {
		return err
	}
	defer store.Close()
	documents, err := evidence.NewDir(dir)
	if err != nil {
		return err
	}
	defer documents.Close()
	notifier, err := notifierOf(out, s)
	if err != nil {
		return err
	}
	data, err := host.Load(host.Files)
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	desk, err := workflow.New(store, data.Directory, data.Catalog, data, &workflow.Options{
		Notifier: notifier, Evidence: documents, Derive: host.Derive, Logger: log,
		Program: "Commerce Incentives", LinkURL: base + "/consent/", SurveyURL: base + "/survey/",
	})
	if err != nil {
		return err
	}
	api, err := workflowhttp.New(desk, workflowhttp.Options{Actor: actorOf, Logger: log})
	if err != nil {
		return err
	}
	hooks, err := hooksOf(out, desk, base, s, log)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", http.StripPrefix("/api", api))
	mux.Handle("/consent/", consenthttp.New(desk.Links, &consenthttp.Options{Logger: log}))
	mux.Handle("/survey/", consenthttp.NewSurvey(desk.Links, &consenthttp.Options{Logger: log}))
	mux.HandleFunc("GET /openapi.json", description(base+"/api"))
	mux.HandleFunc("GET /{$}", overview)

	fmt.Fprintf(out, "The API is at %s/api, and %s shows it.\n", base, base)
	return together(ctx, listener, mux, desk.Jobs, hooks)
}

// together serves and runs jobs and webhooks, and stops all of them when the context ends
// or one of them does.
func together(ctx context.Context, listener net.Listener, handler http.Handler, jobs *workflow.JobsDesk, hooks *webhook.Sender) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	work := []func() error{
		func() error { return server.Serve(listener) },
		func() error { return jobs.Run(ctx, workflow.Schedule{Relay: time.Second}) },
		func() error { <-ctx.Done(); return server.Close() },
	}
	if hooks != nil {
		work = append(work, func() error { return hooks.Run(ctx) })
	}
	var all sync.WaitGroup
	errs := make([]error, len(work))
	for i, do := range work {
		all.Go(func() {
			defer stop()
			errs[i] = do()
			if errors.Is(errs[i], http.ErrServerClosed) || errors.Is(errs[i], context.Canceled) {
				errs[i] = nil
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// notifierOf sends mail where there is a server for it, and else prints it.
func notifierOf(out io.Writer, s settings) (workflow.Notifier, error) {
	if s.smtp == "" {
		return printer{out}, nil
	}
	return smtp.New(smtp.Options{
		Server: s.smtp, From: mail.Address{Name: "Commerce Incentives", Address: s.from},
		User: os.Getenv("SMTP_USER"), Password: smtp.Fixed(os.Getenv("SMTP_PASSWORD")),
	})
}

// printer is a Notifier for whoever tries it out.
type printer struct{ out io.Writer }

func (p printer) Notify(_ context.Context, d workflow.Delivery) error {
	_, err := fmt.Fprintf(p.out, "mail to %s: %s %s\n", d.Message.To, d.Subject, d.Link)
	return err
}

// hooksOf sends the program's events to the endpoint that the flags name. A host has a
// table of them.
func hooksOf(out io.Writer, desk *workflow.Service, source string, s settings, log *slog.Logger) (*webhook.Sender, error) {
	if s.webhook == "" {
		return nil, nil
	}
	secret := webhook.NewSecret()
	if s.secrets != "" {
		var err error
		if secret, err = webhook.ParseSecret(s.secrets); err != nil {
			return nil, err
		}
	} else {
		fmt.Fprintf(out, "Events are signed with %s.\n", secret.Reveal())
	}
	endpoint := webhook.Endpoint{Name: "crm", Actor: people["rita"], URL: s.webhook, Secrets: []webhook.Secret{secret}}
	endpoints := func(context.Context) ([]webhook.Endpoint, error) { return []webhook.Endpoint{endpoint}, nil }
	o := webhook.Options{Source: source, Logger: log}
	if s.local {
		o.AllowHTTP, o.Allow, o.Every = true, func(netip.Addr) bool { return true }, time.Second
	}
	return webhook.New(desk.Feed, endpoints, o)
}
