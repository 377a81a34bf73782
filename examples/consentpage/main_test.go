package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestACustomerReadsAndAccepts(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	links := make(chan string, 4)
	done := make(chan error, 1)
	go func() { done <- serve(ctx, listener, func(_, link string) { links <- link }) }()
	ana, joao, consented, survey := <-links, <-links, <-links, <-links

	if page := get(t, ana); !strings.Contains(page, "Northwind Consulting") || !strings.Contains(page, `lang="pt-PT"`) {
		t.Errorf("the page does not say in Portuguese who asks:\n%s", page)
	}
	if status := post(t, ana, "accept"); status != http.StatusOK {
		t.Errorf("accepting leads to status %d", status)
	}
	if status := post(t, joao, "decline"); status != http.StatusConflict {
		t.Errorf("a second answer leads to status %d, want %d", status, http.StatusConflict)
	}
	if page := get(t, consented); !strings.Contains(page, "Consent given") {
		t.Errorf("the page of who has consented does not say so:\n%s", page)
	}
	if page := get(t, survey); !strings.Contains(page, "<form") || !strings.Contains(page, "Proseware") {
		t.Errorf("the survey asks nothing:\n%s", page)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func get(t *testing.T, link string) string {
	t.Helper()
	r, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// post sends the page's form, and follows where it leads.
func post(t *testing.T, link, decision string) int {
	t.Helper()
	r, err := http.PostForm(link, url.Values{"decision": {decision}})
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	return r.StatusCode
}
