package main

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// wizard is the form that adds a customer, in three steps. What was entered travels with
// it from step to step, so that nothing is lost by going back, and with one key, so that
// a double click adds once.
type wizard struct {
	Step        string // of 3
	Candidate   workflow.Candidate
	Chosen      map[engagement.ID]bool
	Key         string
	Locations   []location
	Offer       *workflow.Offer
	Engagements []workflow.Choice // that were chosen
}

type location struct{ ID, Name string }

// entered reads what was entered so far.
func (p *portal) entered(r *http.Request, v *view, step string) *wizard {
	z := &wizard{
		Step: step, Key: r.FormValue("key"), Chosen: map[engagement.ID]bool{},
		Candidate: workflow.Candidate{
			Location: engagement.LocationID(r.FormValue("location")), Email: r.FormValue("email"), TenantID: r.FormValue("tenant_id"), TPID: r.FormValue("tpid"),
			Reason: r.FormValue("reason"), FriendlyName: r.FormValue("friendly_name"),
		},
	}
	for _, id := range r.Form["engagements"] {
		z.Chosen[engagement.ID(id)] = true
	}
	if z.Key == "" {
		z.Key = rand.Text()
	}
	for _, id := range p.locations[v.Person.Actor.Partner] {
		if v.Person.Only == "" || v.Person.Only == id {
			z.Locations = append(z.Locations, location{string(id), p.names[v.Person.Actor.Partner][id]})
		}
	}
	return z
}

// addWho is the first step: which location, and who is the customer.
func (p *portal) addWho(w http.ResponseWriter, r *http.Request, v *view) error {
	z := p.entered(r, v, "1")
	if id := engagement.ID(r.FormValue("engagement")); id != "" {
		z.Chosen[id] = true
	}
	p.show(w, http.StatusOK, "add1", v.with(z))
	return nil
}

// addEngagements is the second step: what the customer can be added to, and why not to
// the rest.
func (p *portal) addEngagements(w http.ResponseWriter, r *http.Request, v *view) error {
	z := p.entered(r, v, "2")
	offer, err := p.desk.Customers.Identify(r.Context(), v.Person.Actor, z.Candidate)
	if err != nil {
		return p.again(w, v, z, "1", err)
	}
	z.Offer = &offer
	p.show(w, http.StatusOK, "add2", v.with(z))
	return nil
}

// addConfirm is the third step: all of it once more.
func (p *portal) addConfirm(w http.ResponseWriter, r *http.Request, v *view) error {
	z := p.entered(r, v, "3")
	offer, err := p.desk.Customers.Identify(r.Context(), v.Person.Actor, z.Candidate)
	if err != nil {
		return p.again(w, v, z, "1", err)
	}
	z.Offer = &offer
	for _, c := range offer.Eligible {
		if z.Chosen[c.Engagement] {
			z.Engagements = append(z.Engagements, c)
		}
	}
	if len(z.Engagements) == 0 {
		v.Fields["engagements"] = []string{v.T("Choose engagements")}
		z.Step = "2"
		p.show(w, http.StatusUnprocessableEntity, "add2", v.with(z))
		return nil
	}
	p.show(w, http.StatusOK, "add3", v.with(z))
	return nil
}

// add adds the customer.
func (p *portal) add(w http.ResponseWriter, r *http.Request, v *view) error {
	z := p.entered(r, v, "3")
	cmd := workflow.AddCustomer{Candidate: z.Candidate}
	cmd.Engagements = slices.Sorted(maps.Keys(z.Chosen))
	added, err := p.desk.Customers.Add(r.Context(), v.Person.Actor.Request(z.Key), cmd)
	if err != nil {
		offer, unknown := p.desk.Customers.Identify(r.Context(), v.Person.Actor, z.Candidate)
		if z.Key = rand.Text(); unknown != nil { // what is sent next may be something else
			return p.again(w, v, z, "1", err)
		}
		z.Offer = &offer
		return p.again(w, v, z, "2", err)
	}
	p.sessions.say(r, v.T("{name} has been added.", "name", added[0].Name))
	http.Redirect(w, r, "/engagements/"+url.PathEscape(string(added[0].Engagement))+"/customers?"+url.Values{"search": {added[0].Name}}.Encode(), http.StatusSeeOther)
	return nil
}

// again shows a step again, with what was entered and what is wrong with it. What nobody
// who fills in a form can mend goes to a page of its own.
func (p *portal) again(w http.ResponseWriter, v *view, z *wizard, step string, err error) error {
	status := workflow.HTTPStatus(err)
	if status >= http.StatusInternalServerError || status == http.StatusForbidden {
		return err
	}
	z.Step = step
	v.refused(err, p.zone)
	p.show(w, status, "add"+step, v.with(z))
	return nil
}
