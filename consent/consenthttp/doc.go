// Package consenthttp serves the page that a customer's consent link opens: what
// is asked, by whom, until when, with both choices; afterwards what was decided,
// and a way to withdraw it.
//
// [New] makes an [http.Handler] over a [Desk]. The token is the last segment of the
// request's path, so it can be mounted under any prefix, with or without
// [http.StripPrefix]:
//
//	mux.Handle("/consent/", consenthttp.New(desk, nil))        // links: https://host/consent/<token>
//	mux.Handle("/consent/{token}", consenthttp.New(desk, nil)) // the same
//
// # Nothing happens by looking
//
// GET and HEAD change nothing, any number of times: mail scanners and browsers
// follow links unasked. Only a POST of the page's own form decides, with a field
// "decision" that is exactly one of accept, decline and withdraw in its body. After
// a decision the browser is sent back to the same address with 303, so that a
// reload shows what was decided and posts nothing.
//
// A POST that another site caused is refused (see [http.CrossOriginProtection]), as
// is one that is no form or is larger than a few kilobytes.
//
// # Statuses
//
//	200  the request, or what was decided
//	303  decided
//	400, 403, 413, 415  the POST did not come from the page's form
//	404  no such link
//	405  another method
//	409  already answered: the page says what; or agreed with another partner
//	410  the link was replaced by a newer one, the time is over, or the request was cancelled
//	503  the Desk failed; with Retry-After
//
// Every one of them is a page a person can read, in the language of the request if
// it is known and else in the browser's. The page is plain HTML without scripts,
// pictures or anything loaded from elsewhere, in English and Portuguese; a host adds
// other languages with [Options].Phrases.
//
// A token is in the address of the page, so the page is never stored, never
// framed, sends no referrer and asks not to be indexed. The handler logs no
// address; a host's own access log should leave the last segment out too. Serve it
// over HTTPS.
package consenthttp
