package main

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// engagements lists what the program offers, by solution area.
func (p *portal) engagements(w http.ResponseWriter, r *http.Request, v *view) error {
	groups, err := p.desk.Engagements.List(r.Context(), v.Person.Actor, workflow.EngagementsQuery{Active: true})
	if err != nil {
		return err
	}
	p.show(w, http.StatusOK, "engagements", v.with(groups))
	return nil
}

// offer is the page of one engagement.
type offer struct {
	workflow.EngagementSummary
	Locations []engagement.LocationOutcome
	Names     map[engagement.LocationID]string
}

// engagement shows what an engagement asks and gives, and whether the partner's locations
// are eligible.
func (p *portal) engagement(w http.ResponseWriter, r *http.Request, v *view) error {
	id := engagement.ID(r.PathValue("engagement"))
	summary, err := p.desk.Engagements.Get(r.Context(), v.Person.Actor, id)
	if err != nil {
		return err
	}
	locations, err := p.desk.Engagements.Locations(r.Context(), v.Person.Actor, id)
	if err != nil {
		return err
	}
	p.show(w, http.StatusOK, "engagement", v.with(offer{summary, locations, p.names[v.Person.Actor.Partner]}))
	return nil
}

// list is the Customers page of an engagement.
type list struct {
	workflow.CustomersPage
	Engagement workflow.EngagementSummary
	Query      workflow.CustomersQuery
	Tabs       []engagement.Tab
	Sorts      []workflow.Sort
	Next, Prev string
}

// Label is the name of a tab.
func (l list) Label(v *view, t engagement.Tab) string { return v.words.Named("tab", string(t)) }

// Order is the name of an order.
func (l list) Order(v *view, s workflow.Sort) string {
	return v.T(map[workflow.Sort]string{
		workflow.SortByName: "by name", workflow.SortByDeadline: "by deadline", workflow.SortBySince: "by date", workflow.SortByStatus: "by status", workflow.SortByAmount: "by amount",
	}[s])
}

// customers shows a page of a tab of an engagement's Customers page.
func (p *portal) customers(w http.ResponseWriter, r *http.Request, v *view) error {
	values := r.URL.Query()
	q := workflow.CustomersQuery{
		Engagement: engagement.ID(r.PathValue("engagement")), Tab: engagement.TabEligible, Search: strings.TrimSpace(values.Get("search")),
		Sort: workflow.Sort(values.Get("sort")), Cursor: values.Get("cursor"), Limit: 20,
	}
	if tab := values.Get("tab"); tab != "" {
		q.Tab = engagement.Tab(tab)
	}
	page, err := p.desk.Customers.List(r.Context(), v.Person.Actor, q)
	if err != nil {
		return err
	}
	summary, err := p.desk.Engagements.Get(r.Context(), v.Person.Actor, q.Engagement)
	if err != nil {
		return err
	}
	l := list{CustomersPage: page, Engagement: summary, Query: q, Tabs: engagement.AllTabs(),
		Sorts: []workflow.Sort{workflow.SortByName, workflow.SortByDeadline, workflow.SortBySince, workflow.SortByStatus, workflow.SortByAmount}}
	l.Next, l.Prev = at(values, page.Next), at(values, page.Previous)
	p.show(w, http.StatusOK, "customers", v.with(l))
	return nil
}

// at is the address of another page of a list, and "" where there is none.
func at(values url.Values, cursor string) string {
	if cursor == "" {
		return ""
	}
	next := url.Values{}
	for name, list := range values {
		next[name] = list
	}
	next.Set("cursor", cursor)
	return "?" + next.Encode()
}

// attention lists what the partner has to do, the soonest first.
func (p *portal) attention(w http.ResponseWriter, r *http.Request, v *view) error {
	page, err := p.desk.Customers.NeedingAttention(r.Context(), v.Person.Actor, workflow.AttentionQuery{Limit: 20, Cursor: r.URL.Query().Get("cursor")})
	if err != nil {
		return err
	}
	p.show(w, http.StatusOK, "attention", v.with(list{CustomersPage: workflow.CustomersPage{RowsPage: page}, Next: at(r.URL.Query(), page.Next), Prev: at(r.URL.Query(), page.Previous)}))
	return nil
}
