package main

import (
	"net/http"
	"time"
)

// start lets people log in as one of several.
func (p *portal) start(w http.ResponseWriter, r *http.Request) {
	p.show(w, http.StatusOK, "start", p.view(r).with(people))
}

func (p *portal) login(w http.ResponseWriter, r *http.Request) {
	who, ok := personOf(r.FormValue("person"))
	if !ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	p.sessions.end(w, r)
	p.sessions.begin(w, who)
	http.Redirect(w, r, "/engagements", http.StatusSeeOther)
}

func (p *portal) logout(w http.ResponseWriter, r *http.Request) {
	p.sessions.end(w, r)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// language keeps what a person reads in a cookie.
func (p *portal) language(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: r.FormValue("language"), Path: "/", MaxAge: 365 * 24 * 60 * 60, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	back(w, r, "/")
}

const day = 24 * time.Hour

// steps are how far the sandbox's clock can be moved at once.
var steps = map[string]time.Duration{"day": day, "week": 7 * day, "month": 30 * day}

// clock lets time pass, and does what jobs would have done meanwhile.
func (p *portal) clock(w http.ResponseWriter, r *http.Request) {
	p.sandbox.pass(steps[r.FormValue("pass")])
	if err := p.settle(r.Context()); err != nil {
		p.refuse(w, r, p.view(r), err)
		return
	}
	back(w, r, "/engagements")
}

// mailbox shows the mails that would have gone out.
func (p *portal) mailbox(w http.ResponseWriter, r *http.Request) {
	p.show(w, http.StatusOK, "mailbox", p.view(r).with(p.sandbox.newest(r.URL.Query().Get("to"))))
}
