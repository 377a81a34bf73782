// Package webhook sends the events of a program's feed to the HTTP endpoints of other
// systems: as CloudEvents (package cloudevents), signed as Standard Webhooks asks.
//
//	hooks, err := webhook.New(desk.Feed, endpoints, webhook.Options{Source: "https://portal.example/program"})
//	err = hooks.Run(ctx) // until the context ends
//
// # What a host decides
//
//   - Which endpoints there are: a function that is asked again and again, so that they
//     can come and go. The host keeps them, with their secrets, in a table of its own.
//   - For whom each follows the feed: the program, or a partner, whose events are as that
//     partner may see them. It needs the whole feed: an actor who is narrowed to locations
//     is refused.
//   - From when on an endpoint gets events (Endpoint.Since), and of which kinds.
//   - After how long without success an endpoint is disabled (Options.GiveUp), and who
//     is told (Options.Disabled): the host marks it in its table, writes to whoever looks
//     after it, and sets Endpoint.EnabledAt when it is mended.
//   - Whether endpoints may be in its own network (Options.Allow, Options.AllowHTTP). By
//     default addresses have to be public and https, whatever a name resolves to at that
//     moment; redirects are refused, and of answers at most 16 KiB are read.
//
// # What endpoints can rely on
//
// Every event arrives, in the order of the feed, which is that of things within a
// customer's history. Each endpoint has a consumer of the feed of its own, that moves on
// when the endpoint has answered 2xx: a process that dies, at any moment, loses nothing,
// and has sent twice only what was on its way. So an event arrives at least once;
// whoever remembers its ID (the header webhook-id) takes none in twice. An event that an
// endpoint refuses holds back the later ones until it is taken: that is what order costs.
//
// What fails is tried again after 5 seconds, 10, 20, … up to an hour, or later where the
// answer says so (Retry-After). An endpoint that answers 410 Gone is disabled at once.
// A disabled one loses nothing: when it is enabled, it goes on where it was.
//
// Several processes may run the same endpoints. Whoever finds that another one has sent
// leaves the endpoint to it for about a minute; when two begin at once, the event on
// which they meet arrives twice.
//
// # What receivers do
//
// They call [Verify] with the secret that the host gave them ([NewSecret]), or one of the
// libraries that Standard Webhooks has in many languages, and answer 2xx within Timeout.
package webhook
