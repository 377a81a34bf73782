package main

import (
	"context"
	"crypto/rand"
	"net/http"
	"sync"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// person is somebody who can be logged in as. A portal has its own users, who prove who
// they are; here everybody may be anybody.
type person struct {
	ID, Name string
	Title    string // in English; see texts
	Actor    workflow.Actor
	Only     engagement.LocationID // the location that the person is narrowed to; "": none
}

const (
	northwind engagement.PartnerID  = "northwind-consulting"
	fabrikam  engagement.PartnerID  = "fabrikam-services"
	lisboa    engagement.LocationID = "4711201"
	porto     engagement.LocationID = "4711202"
)

var people = []person{
	{ID: "ana", Name: "Ana Sousa", Title: "incentives admin of Northwind", Actor: workflow.Actor{Partner: northwind, User: "ana", Roles: []workflow.Role{workflow.RoleIncentivesAdmin}}},
	{ID: "rui", Name: "Rui Costa", Title: "incentives user of Northwind, in Lisboa only", Actor: workflow.Actor{Partner: northwind, User: "rui", Roles: []workflow.Role{workflow.RoleIncentivesUser}}, Only: lisboa},
	{ID: "bob", Name: "Bob Kelly", Title: "incentives user of Fabrikam", Actor: workflow.Actor{Partner: fabrikam, User: "bob", Roles: []workflow.Role{workflow.RoleIncentivesUser}}},
	{ID: "rita", Name: "Rita Alves", Title: "reviewer of the program", Actor: workflow.Actor{User: "rita", Roles: []workflow.Role{workflow.RoleProgram}}},
}

func personOf(id string) (person, bool) {
	for _, p := range people {
		if p.ID == id {
			return p, true
		}
	}
	return person{}, false
}

// sessions are who is logged in. A portal keeps them where all of its processes see them.
type sessions struct {
	mu   sync.Mutex
	who  map[string]string // the person's ID, by that of the session
	said map[string]string // what its next page says first
}

const (
	sessionCookie  = "session"
	languageCookie = "language"
)

// begin logs a person in.
func (s *sessions) begin(w http.ResponseWriter, p person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := rand.Text()
	s.who[id] = p.ID
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// end logs whoever makes a request out.
func (s *sessions) end(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, err := r.Cookie(sessionCookie); err == nil {
		delete(s.who, c.Value)
		delete(s.said, c.Value)
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1})
}

// of returns who makes a request.
func (s *sessions) of(r *http.Request) (person, bool) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return person{}, false
	}
	s.mu.Lock()
	id, ok := s.who[c.Value]
	s.mu.Unlock()
	if !ok {
		return person{}, false
	}
	return personOf(id)
}

// say has the next page of whoever makes a request say something first.
func (s *sessions) say(r *http.Request, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, err := r.Cookie(sessionCookie); err == nil {
		s.said[c.Value] = text
	}
}

// hear returns what is to be said first, once.
func (s *sessions) hear(r *http.Request) string {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.said[c.Value]
	delete(s.said, c.Value)
	return text
}

// languageOf returns what a person reads: what was chosen, or else what the browser says.
func languageOf(r *http.Request) link.Language {
	chosen := link.Language("")
	if c, err := r.Cookie(languageCookie); err == nil {
		chosen = link.Language(c.Value)
	}
	wanted := append([]link.Language{chosen}, link.AcceptedLanguages(r.Header.Get("Accept-Language"))...)
	return words.Standard().For(wanted...).Language()
}

// narrowed is the Authorizer: who is narrowed to a location sees and does only what goes
// through that one.
type narrowed struct{}

// Authorize implements workflow.Authorizer.
func (narrowed) Authorize(_ context.Context, actor workflow.Actor, _ workflow.Permission) (workflow.Scope, error) {
	if p, ok := personOf(actor.User); ok && p.Only != "" {
		return workflow.SomeLocations(p.Only), nil
	}
	return workflow.AllLocations(), nil
}
