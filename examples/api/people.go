package main

import (
	"errors"
	"net/http"
	"strings"

	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// people are who may use the API, by their tokens. A host has sessions or access tokens,
// and its users in a table.
var people = map[string]workflow.Actor{
	"ana":  {Partner: "northwind-consulting", User: "ana", Roles: []workflow.Role{workflow.RoleIncentivesAdmin}},
	"bob":  {Partner: "fabrikam-services", User: "bob", Roles: []workflow.Role{workflow.RoleIncentivesUser}},
	"rita": {User: "rita", Roles: []workflow.Role{workflow.RoleProgram}},
}

// actorOf says who makes a request.
func actorOf(r *http.Request) (workflow.Actor, error) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	actor, ok := people[token]
	if !ok {
		return workflow.Actor{}, errors.New("nobody has this token")
	}
	return actor, nil
}
