// Package workflow lets a host's users do what an incentive program lets them do: see
// which engagements they can take part in, add and claim customers, ask for consent,
// claim payment, and watch what is due; and lets the program's reviewers decide. A
// [Service] has a desk for each of these:
//
//	desk, err := workflow.New(store, directory, catalog, facts, &workflow.Options{Notifier: mailer})
//
//	offer, err := desk.Customers.Identify(ctx, ana, workflow.Candidate{Location: "4711201", Email: "ana@contoso.com"})
//	// offer.Eligible and offer.Ineligible: engagements, each with its decision and every reason
//
//	added, err := desk.Customers.Add(ctx, ana.Request(requestID), workflow.AddCustomer{
//		Candidate: offer.Candidate, Engagements: []engagement.ID{"azure-migration"}})
//
//	_, err = desk.Consents.Request(ctx, ana.Request(requestID2), added[0].ID, workflow.RequestConsent{
//		Customer: workflow.ByEmail("ana@contoso.com"), Language: "pt-PT"})
//
//	page, err := desk.Customers.List(ctx, ana, workflow.CustomersQuery{Engagement: "azure-migration", Tab: engagement.TabEligible})
//
// The customer's consent opens a claim:
//
//	_, err = desk.Documents.Add(ctx, ana.Request(requestID3), id, workflow.AddEvidence{
//		Kind: claim.ProofInvoice, Name: "invoice.pdf", MediaType: "application/pdf"}, file)
//
//	_, err = desk.Surveys.Send(ctx, ana.Request(requestID4), id, workflow.SendSurvey{
//		Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: "ana@contoso.com"}})
//
//	view, err := desk.Claims.Submit(ctx, ana.Request(requestID5), id, workflow.SubmitClaim{})
//	// one *claim.IncompleteError lists all that is missing
//
//	vera := workflow.Actor{User: "vera", Roles: []workflow.Role{workflow.RoleProgram}}.For(ana.Partner)
//	_, err = desk.Reviews.Start(ctx, vera.Request(requestID6), id, workflow.StartReview{})
//	_, err = desk.Reviews.Approve(ctx, vera.Request(requestID7), id, workflow.ApproveClaim{Amount: amount})
//
// It is the only place where rules, directory, storage and messages meet. What
// it decides, it decides with the pure functions of the packages below it.
//
// # What a host plugs in
//
// A [storage.Store], a [tenant.Directory], a [Catalog] and a [FactSource] are required.
// A Directory that is also a [tenant.IDDirectory] looks up IDs that are typed alone.
// The rest is in the [Options], each with a default:
//
//   - what is sent: the [Notifier], the Words that people read, the Theme that
//     stands below mails, the Texts that customers agree to, the Reminders, and the
//     LinkURL, SurveyURL and PortalURL of links;
//   - who may do what: the Authorizer that narrows a user to locations, FourEyes,
//     the Sides that contacts are on, the Policy that limits sending, and
//     KnownPerson for erasing by name;
//   - what is known: an evidence.Store for documents, External for what other
//     portals hold, Derive for facts about customer and location, and the
//     Currencies of amounts.
//
// # Who may do what
//
// Every command and every query names an Actor: a partner, a user and its roles.
// The roles say what it may do at all, the Authorizer's Scope through which of the
// partner's locations. Within a Scope each query shows and counts what belongs to
// its locations, by itself; of a participation through another location it says no
// more than that the company has the customer already. Partners do not see who
// reviewed, nor what the Program writes for itself. Whoever acted for the partner on a
// claim does not review it: see FourEyes. The partner's own people do not answer
// for its customer: see ContactSides.
//
// # What a host runs
//
// Two jobs, as often as it likes and in as many processes as it likes:
// [JobsDesk.Sweep] records deadlines that have passed and reminders that are due,
// [JobsDesk.Relay] sends messages. A deadline holds from its own moment, so Sweep
// changes only what histories show. Relay changes that, too, and which contacts a row
// says were not reached. A third, [JobsDesk.Prune], takes away what is old enough; once
// a day is enough. [JobsDesk.Run] runs all three by a [Schedule] until its context ends;
// a host with a scheduler of its own calls each. Where the mail system reports mails
// that came back, [JobsDesk.RecordBounce] records each. Run [ProgramDesk.Reevaluate]
// when facts or rules have changed, and when another version of an engagement's rules
// comes into force: see [engagement.Engagement.RulesChangeAfter].
//
// # Histories
//
// Whatever happens is appended to the history with its customer, each event hashed
// with the one before it. [HistoriesDesk.List] shows it in pages and checks each; [ClaimsDesk.Get] shows and
// checks what one participation is about; [HistoriesDesk.Verify] checks a whole one and what
// is stored against it: an event that was changed, left out, put in or cut off, and a
// state to which it did not lead. No chain can show that somebody who can write
// everything has rewritten it as a whole; the heads that a host has taken from [HistoriesDesk.Heads]
// and keeps elsewhere can.
//
// # Commands
//
// A command takes a [Request]: who gives it, and an idempotency key, which a host makes
// once per request of its user, of random text and never of personal data: keys are
// kept, for 30 days at least and until Prune runs. Meanwhile the same key with the same
// content does nothing more, and returns what has become of it, marked as a repetition;
// with another content it is a *KeyReusedError. A customer's answer needs no key,
// because the first answer counts.
//
// Every command happens whole or not at all: state, history and outgoing messages are
// written together. It returns the participation as it is then. A command that was
// refused leaves nothing behind, and its key is still new.
//
// What is read of a participation carries a [Revision]. A request with IfRevision is
// refused with a *StaleError, which has what is there now, when somebody was faster;
// without one the last write wins.
//
// A host's own rows are written together with a command, or not at all, where its
// database is the storage's: [Service.WithTransaction] for one command, which holds no
// connection while it decides, [Service.With] for several in one transaction.
//
// # Results
//
// Whatever a desk returns is JSON as it is: names in snake_case, lists that are never
// null, absent values left out, times in RFC 3339.
//
// # Errors
//
// Each desk's doc says which error types all its methods share; that of a method names
// what is special about it. Every command can also return a *[KeyReusedError], a
// *[StaleError], or an *[InputError] for its key, and every call an *[InternalError].
//
// Each refusal has a type, for errors.As, that says which field or which state is in
// the way and what would help; and a [Code], which groups those that a host acts on
// alike. Several at once are joined. No error says anything of another partner.
//
//	if err != nil {
//		w.WriteHeader(workflow.HTTPStatus(err))
//		json.NewEncoder(w).Encode(workflow.Refusals(err)) // for each: code, field, message, reasons, …
//	}
//
//	if workflow.HasCode(err, workflow.CodeNotFound) { … }
//
// [Refusals] hold what may be shown to whoever made the call. The text of an error can
// say more, such as what a source of the host's has answered: it is for logs.
//
// After [CodeUnavailable] the same call may be made again, with the same key: what is
// wrong can pass. [CodeInternal] and [CodeUnreadable] do not pass: somebody has to look
// after the host's sources, the storage or this library first.
//
// # Examples
//
// Each is a few lines that run, shown beside what it is about:
//
//   - a customer: identify (CustomersDesk_Identify), add (CustomersDesk_Add), add many
//     (CustomersDesk_AddAll), claim (CustomersDesk_Claim), search (CustomersDesk_Search),
//     the page's tabs (CustomersDesk_List), a list of any length (CustomersDesk_All), CSV
//     (CustomersDesk_Export) and CSV in Portuguese (CustomersDesk_Export_portuguese);
//   - a consent: ask (ConsentsDesk_Request), ask again (ConsentsDesk_Resend), answer by the
//     link (LinksDesk_AnswerConsent);
//   - a claim: upload proof (DocumentsDesk_Add), submit (ClaimsDesk_Submit), recall
//     (ClaimsDesk_Recall), dispute (ClaimsDesk_Dispute), and all of it with what goes
//     wrong on the way (claim);
//   - a review: approve, over the cap too (ReviewsDesk_Approve), ask for action
//     (ReviewsDesk_RequestAction), reject (ReviewsDesk_Reject), pay in parts
//     (ReviewsDesk_RecordPayment);
//   - what is refused: several mistakes as JSON (Refusals), a repeated command
//     (Request_repeated), a stale revision (StaleError);
//   - what a host plugs in and runs: users narrowed to locations (Authorizer), deadlines and
//     mails (JobsDesk_Sweep), all jobs with a Notifier of one's own (JobsDesk_Run), the feed
//     (FeedDesk_Read), erasing a person (ProgramDesk_ErasePerson), verifying a history
//     (HistoriesDesk_Verify).
//
// Other packages have more: eligibility a rule in Go and what-if, eligibility/criteria
// rules as documents, tenant who a customer is, consent/consenthttp the page that a link
// opens, consent/words another language, storage/sqlite and storage/postgres a transaction
// of the host's own.
//
// # Floors
//
// Each desk has files that are named after it, and calls no other desk. What several
// need, such as who may do what, what is shown of a participation, and the errors,
// stands in files beside them. Below is one engine, internal/engine, which reads,
// decides, writes and tries again, and knows nothing of what a command means. What can
// be decided without asking anybody is decided in package engagement and below it.
package workflow
