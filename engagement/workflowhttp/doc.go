// Package workflowhttp serves the desks of package workflow over HTTP: every query and
// every command, for front ends and programs that are not written in Go.
//
//	api, err := workflowhttp.New(service, workflowhttp.Options{Actor: whoIsLoggedIn})
//	mux.Handle("/api/", http.StripPrefix("/api", api))
//
// It needs nothing but the standard library. What a host decides is who somebody is
// ([Options.Actor]) and where it is mounted; what an actor may do is decided by the
// desks, as always.
//
// # Requests
//
// [Routes] lists every route with the desk and the method behind it, and [OpenAPI]
// describes them for tools. A query is a GET, with its fields as parameters in
// snake_case ("?solution_areas=Security&limit=20"); several values are given by
// repeating a parameter. What is given as JSON is a POST with the Content-Type
// application/json, of one value without unknown fields. An actor of the Program names
// the partner that it is about by the parameter "partner".
//
// A command needs the header Idempotency-Key, 1 to 200 bytes of random text; sent again
// with the same key it is not carried out again, and the answer has the header
// Idempotency-Replayed. A POST that only asks, such as identifying a customer, needs
// none.
//
// # Answers
//
// Answers are JSON as the desks give it. A participation has its revision as ETag: a
// command with If-Match is refused with 412 when the participation has changed since,
// together with what is there now, and a GET with If-None-Match is answered by 304. The
// next page of a list is in its member "next" and as a Link header.
//
// Lists without end (".../all") and long jobs answer with a line of JSON each
// (application/jsonl). The last line of a job has the member "result"; where something
// fails on the way, the last line has the member "problem". Lists of customers and of
// claims are CSV where the Accept header asks for text/csv.
//
// An error is a problem of RFC 9457 (application/problem+json) with the code of package
// workflow, and a refusal for each field, engagement or answer that it is about, in the
// language of the Accept-Language header. Where waiting helps, Retry-After says how long.
//
// # Limits
//
// Bodies are limited in size and in the time that they may take to arrive, and a slow
// one does not hold up the server. POSTs of other sites' pages are refused. Answers are
// not to be cached by others. Links of customers are not served here, but by package
// consenthttp, and jobs are nobody's to start from outside.
package workflowhttp
