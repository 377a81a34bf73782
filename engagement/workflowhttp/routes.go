package workflowhttp

import (
	"context"
	"crypto/rand"
	"net/http"
	"reflect"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
)

// Route is a method of a desk over HTTP.
type Route struct {
	Method, Path string // "POST", "/participations/{id}/submit"
	Desk, Call   string // "ClaimsDesk", "Submit"
	Doc          string // what it does, in a line
}

// Routes returns every route, by desk.
func Routes() []Route {
	out := make([]Route, len(table))
	for i, r := range table {
		out[i] = Route{r.method, r.path, r.desk, r.call, r.doc}
	}
	return out
}

// table has a route for every method of every desk but those of links and of jobs.
var table = []route{
	lists("/engagements", "What the program offers to the partner, by solution area.", engagements, (*workflow.EngagementsDesk).List),
	gets("/engagements/{engagement}", "One engagement as the partner sees it.", engagements, (*workflow.EngagementsDesk).Get),
	gets("/engagements/{engagement}/locations", "Whether each location of the partner is eligible, and why.", engagements, (*workflow.EngagementsDesk).Locations),

	tables("/customers", "A page of an engagement's Customers page.", customers, (*workflow.CustomersDesk).List, (*workflow.CustomersDesk).Export),
	streams("/customers/all", "Every row of an engagement's Customers page.", customers, (*workflow.CustomersDesk).All),
	lists("/customers/search", "Customers and participations in all engagements, by words.", customers, (*workflow.CustomersDesk).Search),
	lists("/customers/needing-attention", "What the partner has to do, the soonest first.", customers, (*workflow.CustomersDesk).NeedingAttention),
	lists("/customers/known", "A page of the customers that the partner knows.", customers, (*workflow.CustomersDesk).Known),
	pours("/customers/known/all", "Every customer that the partner knows.", customers, (*workflow.CustomersDesk).AllKnown),
	asks("/customers/identify", "Who a customer is, and what can be begun with it.", customers, (*workflow.CustomersDesk).Identify),
	asks("/customers/preview-claim", "What claiming a known customer would come to.", customers, (*workflow.CustomersDesk).PreviewClaim),
	commands("/customers/add", "Adds a customer to engagements.", customers, (*workflow.CustomersDesk).Add),
	commands("/customers/claim", "Claims a known customer for engagements.", customers, (*workflow.CustomersDesk).Claim),
	settles("/customers/{customer}/associate", "Associates a customer with the partner again.", customers, (*workflow.CustomersDesk).Associate),
	settles("/customers/{customer}/disassociate", "Ends the association of a customer with the partner.", customers, (*workflow.CustomersDesk).Disassociate),
	named(route{method: http.MethodPost, path: "/customers/add-all", doc: "Adds the customer of each line; dry_run=true only says what would happen.",
		body: reflect.TypeFor[keyedAdd](), result: reflect.TypeFor[workflow.BulkResult](), lines: true, serve: addAll}, (*workflow.CustomersDesk).AddAll),

	tables("/claims", "A page of the claims list.", claims, (*workflow.ClaimsDesk).List, (*workflow.ClaimsDesk).Export),
	streams("/claims/all", "Every row of the claims list.", claims, (*workflow.ClaimsDesk).All),
	lists("/claims/totals", "What the claims of a list come to, by status and currency.", claims, (*workflow.ClaimsDesk).Totals),
	lists("/claims/figures", "Counts and sums of all claims.", claims, (*workflow.ClaimsDesk).Figures),

	gets("/participations/{id}", "One participation.", claims, (*workflow.ClaimsDesk).Participation),
	gets("/participations/{id}/claim", "One participation with its claim, its proof and its history.", claims, (*workflow.ClaimsDesk).Get),
	gets("/participations/{id}/status", "The status of one participation.", claims, (*workflow.ClaimsDesk).Status),
	changes("/participations/{id}/cancel", "Cancels it before the first submission.", claims, (*workflow.ClaimsDesk).Cancel),
	changes("/participations/{id}/update", "Changes its name, deal size, owner or labels.", claims, (*workflow.ClaimsDesk).Update),
	changes("/participations/{id}/referral", "Records the referral.", claims, (*workflow.ClaimsDesk).RecordReferral),
	changes("/participations/{id}/comment", "Comments on the claim.", claims, (*workflow.ClaimsDesk).Comment),
	changes("/participations/{id}/submit", "Submits the claim.", claims, (*workflow.ClaimsDesk).Submit),
	changes("/participations/{id}/recall", "Takes a submission back.", claims, (*workflow.ClaimsDesk).Recall),
	changes("/participations/{id}/dispute", "Disputes a rejection.", claims, (*workflow.ClaimsDesk).Dispute),

	gets("/participations/{id}/consent/contacts", "Who can be asked, and who was.", consents, (*workflow.ConsentsDesk).Contacts),
	gets("/participations/{id}/consent/evidence", "What proves the consent.", consents, (*workflow.ConsentsDesk).Evidence),
	named(route{method: http.MethodGet, path: "/participations/{id}/consent/receipt", doc: "The receipt of the consent.", result: reflect.TypeFor[consent.Receipt](), serve: receipt}, (*workflow.ConsentsDesk).Receipt),
	asksOf("/participations/{id}/consent/preview", "The page that the customer would see.", consents, (*workflow.ConsentsDesk).Preview),
	changes("/participations/{id}/consent/request", "Asks the customer for consent.", consents, (*workflow.ConsentsDesk).Request),
	repeats("/participations/{id}/consent/resend", "Sends the request again.", consents, (*workflow.ConsentsDesk).Resend),
	changes("/participations/{id}/consent/contacts", "Changes who is asked.", consents, (*workflow.ConsentsDesk).ChangeContacts),
	changes("/participations/{id}/consent/partner-contacts", "Changes whom the customer can ask.", consents, (*workflow.ConsentsDesk).ChangePartnerContacts),

	named(route{method: http.MethodPost, path: "/participations/{id}/documents", doc: "Adds the document that is the body, by kind and name.",
		query: reflect.TypeFor[documentQuery](), result: reflect.TypeFor[claim.Evidence](), keyed: true, revised: true, binary: true, serve: addDocument}, (*workflow.DocumentsDesk).Add),
	named(route{method: http.MethodGet, path: "/participations/{id}/documents/{document}", doc: "The document itself.", binary: true, serve: openDocument}, (*workflow.DocumentsDesk).Open),
	changes("/participations/{id}/documents/record", "Records a document that the host keeps.", documents, (*workflow.DocumentsDesk).Record),
	changes("/participations/{id}/documents/remove", "Removes a document.", documents, (*workflow.DocumentsDesk).Remove),

	named(route{method: http.MethodGet, path: "/participations/{id}/surveys/{survey}", doc: "What a survey asks.", result: reflect.TypeFor[survey.View](), serve: surveyForm}, (*workflow.SurveysDesk).Get),
	changes("/participations/{id}/surveys/send", "Sends a survey to the customer.", surveys, (*workflow.SurveysDesk).Send),
	changes("/participations/{id}/surveys/resend", "Sends a survey again.", surveys, (*workflow.SurveysDesk).Resend),
	changes("/participations/{id}/surveys/answer", "Answers the partner's own survey.", surveys, (*workflow.SurveysDesk).Answer),

	changes("/participations/{id}/review/start", "Begins the review of a claim.", reviews, (*workflow.ReviewsDesk).Start),
	changes("/participations/{id}/review/request-action", "Asks the partner for more.", reviews, (*workflow.ReviewsDesk).RequestAction),
	changes("/participations/{id}/review/approve", "Approves the claim.", reviews, (*workflow.ReviewsDesk).Approve),
	changes("/participations/{id}/review/reject", "Rejects the claim.", reviews, (*workflow.ReviewsDesk).Reject),
	changes("/participations/{id}/review/record-payment", "Records what was paid.", reviews, (*workflow.ReviewsDesk).RecordPayment),

	lists("/histories", "A page of a customer's history.", histories, (*workflow.HistoriesDesk).List),
	streams("/histories/all", "Every event of a customer's history.", histories, (*workflow.HistoriesDesk).All),
	pours("/histories/heads", "Where the history of each customer ends.", histories, (*workflow.HistoriesDesk).Heads),
	named(route{method: http.MethodPost, path: "/histories/{customer}/verify", doc: "Verifies a customer's history, from heads that were kept.",
		body: reflect.TypeFor[[]engagement.Head](), result: reflect.TypeFor[engagement.Head](), serve: verify}, (*workflow.HistoriesDesk).Verify),

	lists("/feed", "Events of every history, behind a cursor.", feed, (*workflow.FeedDesk).Read),
	shows("/feed/consumers", "Who follows, and how far they are.", feed, (*workflow.FeedDesk).Consumers),
	named(route{method: http.MethodGet, path: "/feed/lag", doc: "How far a cursor is behind.", query: reflect.TypeFor[cursorQuery](), result: reflect.TypeFor[workflow.FeedLag](), serve: lag}, (*workflow.FeedDesk).Lag),
	moves("/feed/consumers/move", "Moves a consumer on.", feed, (*workflow.FeedDesk).MoveConsumer),

	named(route{method: http.MethodPost, path: "/program/partners/{partner}/import", doc: "Imports the known customer of each line.",
		body: reflect.TypeFor[workflow.KnownCustomer](), result: reflect.TypeFor[workflow.Progress](), lines: true, serve: importKnown}, (*workflow.ProgramDesk).Import),
	works("/program/reevaluate", "Evaluates known customers anew.", program, (*workflow.ProgramDesk).Reevaluate),
	works("/program/erase-person", "Erases a person.", program, (*workflow.ProgramDesk).ErasePerson),
	works("/program/repeat-erasure", "Erases again where a backup brought somebody back.", program, (*workflow.ProgramDesk).RepeatErasure),
}

type documentQuery struct{ Kind, Name string }

type cursorQuery struct{ Cursor string }

// lag answers how far a cursor is behind.
func lag(x *exchange) error {
	var q cursorQuery
	if err := x.query(&q); err != nil {
		return err
	}
	return x.reply(x.service.Feed.Lag(x.r.Context(), x.actor, q.Cursor))
}

// surveyForm answers what a survey asks.
func surveyForm(x *exchange) error {
	if err := x.noMore(); err != nil {
		return err
	}
	return x.reply(x.service.Surveys.Get(x.r.Context(), x.actor, id[engagement.ParticipationID](x), x.r.PathValue("survey")))
}

// verify verifies a history.
func verify(x *exchange) error {
	var kept []engagement.Head
	if err := x.decode(&kept); err != nil {
		return err
	}
	return x.reply(x.service.Histories.Verify(x.r.Context(), x.actor, id[tenant.Key](x), kept...))
}

// receipt makes a receipt of what the host says of itself.
func receipt(x *exchange) error {
	if err := x.noMore(); err != nil {
		return err
	}
	participation := id[engagement.ParticipationID](x)
	details := consent.ReceiptDetails{}
	if x.options.Receipt != nil {
		details = x.options.Receipt(x.r.Context(), x.actor, participation)
	}
	if details.ReceiptID == "" {
		details.ReceiptID = rand.Text()
	}
	if details.RecordID == "" {
		details.RecordID = string(participation)
	}
	if details.IssuedAt.IsZero() {
		details.IssuedAt = x.options.Now()
	}
	return x.reply(x.service.Consents.Receipt(x.r.Context(), x.actor, participation, details))
}

// Receipts says what a receipt needs besides the consent; see [Options.Receipt].
type Receipts func(context.Context, workflow.Actor, engagement.ParticipationID) consent.ReceiptDetails
