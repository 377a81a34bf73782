// Package consenthttp serves the pages that links to persons open: [New] the page of a
// customer's consent, with what is asked, by whom, until when and both choices, and
// afterwards what was decided and a way to withdraw it; [NewSurvey] the page of a
// survey, with its questions, and afterwards thanks.
//
// Both make an [http.Handler], over a [Desk] and over a [SurveyDesk]. The token is the
// last segment of the request's path, so it can be mounted under any prefix, with or
// without [http.StripPrefix]:
//
//	mux.Handle("/consent/", consenthttp.New(desk, nil))        // links: https://host/consent/<token>
//	mux.Handle("/consent/{token}", consenthttp.New(desk, nil)) // the same
//	mux.Handle("/survey/", consenthttp.NewSurvey(desk, nil))   // links: https://host/survey/<token>
//
// # Nothing happens by looking
//
// GET and HEAD change nothing, any number of times: mail scanners and browsers
// follow links unasked. Only a POST of the page's own form does. A consent is decided
// with a field "decision" that is exactly one of accept, decline and withdraw in its
// body; a survey is answered with one field for each question, named by its ID. After
// that the browser is sent back to the same address with 303, so that a reload shows
// what was done and posts nothing.
//
// A survey with answers that are missing or malformed is shown again, with what was
// typed and each problem beside its question, and nothing is recorded.
//
// A POST that another site caused is refused (see [http.CrossOriginProtection]), as
// is one that is no form, or is larger than the page's form can be: a few kilobytes for
// a consent, half a megabyte for a survey.
//
// # Statuses
//
//	200  what is asked, or what became of it
//	303  decided, or answered, or the same once more
//	400, 403, 413, 415  the POST did not come from the page's form
//	404  no such link
//	405  another method
//	409  already answered otherwise: the page says what; or agreed with another partner
//	410  the link was replaced by a newer one, the time is over, or the request was cancelled
//	422  answers of a survey are missing or malformed; the page asks again
//	503  the desk failed; with Retry-After
//
// Every one of them is a page a person can read, in the language of what was sent if
// it is known and else in the browser's. The page is plain HTML without scripts or
// anything loaded from elsewhere, in English and Portuguese; a host adds other
// languages with [Options].Words, and its name, logo, colours and notices with
// [Options].Theme.
//
// A token is in the address of the page, so the page is never stored, never
// framed, sends no referrer and asks not to be indexed. The handler logs no
// address and no answer; a host's own access log should leave the last segment out
// too. Serve it over HTTPS.
package consenthttp
