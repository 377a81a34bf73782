package main

import (
	"context"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// sandbox is what a portal that people try out has instead of the world: a clock that
// they can move, and a mailbox in which every mail ends that would have gone out.
type sandbox struct {
	mu    sync.Mutex
	ahead time.Duration
	mails []mail
}

// mail is one that would have gone out.
type mail struct {
	At       time.Time
	To       string
	Subject  string
	Body     string
	Link     string
	Customer bool // whether it went to a customer, who has a link to click
}

// now is the sandbox's time, which is ahead of the real one by as much as it was moved.
func (s *sandbox) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}

// pass lets time pass.
func (s *sandbox) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += d
}

// Notify implements workflow.Notifier. A message that comes again, because a process died
// before it was recorded as sent, would be there twice; here everything is in one.
func (s *sandbox) Notify(_ context.Context, d workflow.Delivery) error {
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, mail{At: at, To: d.Message.To.String(), Subject: d.Subject, Body: d.Body, Link: d.Link, Customer: d.Link != ""})
	return nil
}

// newest returns the mails, the newest first, of one receiver or of all.
func (s *sandbox) newest(to string) []mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []mail
	for i := len(s.mails) - 1; i >= 0; i-- {
		if to == "" || s.mails[i].To == to {
			out = append(out, s.mails[i])
		}
	}
	return out
}
