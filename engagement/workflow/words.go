package workflow

import (
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
)

// wording is a message in one language. {partner}, {customer}, {engagement},
// {claim}, {deadline} and {link} are replaced.
type wording struct{ subject, body string }

var wordings = map[consent.Language]map[engagement.MessageKind]wording{
	"en": {
		engagement.AskForConsent: {"{partner} asks for your consent: {engagement}",
			"{partner} would like to carry out the engagement \"{engagement}\" with {customer}.\n\nPlease read what this means and answer until {deadline}:\n\n{link}\n\nOpening the page decides nothing. The link is for you only."},
		engagement.TellGranted:   {"{customer} has consented: {engagement}", "{customer} has consented to \"{engagement}\".\n\nThe claim can be worked on and has to be submitted before {deadline}."},
		engagement.TellDeclined:  {"{customer} has declined: {engagement}", "{customer} has declined to take part in \"{engagement}\"."},
		engagement.TellExpired:   {"No answer in time from {customer}: {engagement}", "{customer} has not answered in time whether it takes part in \"{engagement}\". The customer can be added or claimed again."},
		engagement.TellWithdrawn: {"{customer} has withdrawn its consent: {engagement}", "{customer} has withdrawn its consent to \"{engagement}\"."},
		engagement.TellCancelled: {"{partner} no longer asks: {engagement}", "{partner} has cancelled \"{engagement}\" with {customer}. Nothing is left for you to do."},
		engagement.AskForSurvey: {"A few questions about {engagement}",
			"{partner} has carried out \"{engagement}\" with {customer}, and the program asks you a few questions about it.\n\nPlease answer before {deadline}:\n\n{link}\n\nThe link is for you only."},
		engagement.TellActionRequired: {"Something is to be done: claim {claim}, {customer}", "The reviewer of claim {claim} (\"{engagement}\" with {customer}) asks you to do something.\n\nPlease look at the claim, and submit it again before {deadline}; after that it expires."},
		engagement.TellApproved:       {"Approved: claim {claim}, {customer}", "Claim {claim} (\"{engagement}\" with {customer}) is approved. The payment follows."},
		engagement.TellRejected:       {"Rejected: claim {claim}, {customer}", "Claim {claim} (\"{engagement}\" with {customer}) is rejected. The claim says why, and whether and until when the rejection can be disputed."},
		engagement.TellPaid:           {"Paid: claim {claim}, {customer}", "A payment was made for claim {claim} (\"{engagement}\" with {customer})."},
		engagement.TellClaimExpired:   {"Expired: claim {claim}, {customer}", "The time for claim {claim} (\"{engagement}\" with {customer}) is over, and it has expired. The customer can be claimed again."},
		engagement.RemindConsent:      {"Consent is needed before {deadline}: {customer}", "{customer} has not consented to \"{engagement}\" yet, and can do so until {deadline}."},
		engagement.RemindSubmission:   {"To be submitted before {deadline}: claim {claim}, {customer}", "Claim {claim} (\"{engagement}\" with {customer}) has to be submitted before {deadline}; after that it expires."},
		engagement.RemindAction:       {"To be done before {deadline}: claim {claim}, {customer}", "The reviewer of claim {claim} (\"{engagement}\" with {customer}) waits for what was asked of you. The claim has to be submitted again before {deadline}; after that it expires."},
		engagement.RemindDispute:      {"The time to dispute ends at {deadline}: claim {claim}, {customer}", "Claim {claim} (\"{engagement}\" with {customer}) was rejected. The rejection can be disputed, and a dispute submitted, before {deadline}."},
	},
	"pt": {
		engagement.AskForConsent: {"{partner} pede o seu consentimento: {engagement}",
			"{partner} gostaria de realizar o projeto \"{engagement}\" com {customer}.\n\nLeia, por favor, o que isto significa e responda até {deadline}:\n\n{link}\n\nAbrir a página não decide nada. A ligação é só para si."},
		engagement.TellGranted:   {"{customer} deu o seu consentimento: {engagement}", "{customer} deu o seu consentimento para \"{engagement}\".\n\nO pedido de pagamento pode ser preparado e tem de ser submetido antes de {deadline}."},
		engagement.TellDeclined:  {"{customer} recusou: {engagement}", "{customer} recusou participar em \"{engagement}\"."},
		engagement.TellExpired:   {"Sem resposta a tempo de {customer}: {engagement}", "{customer} não respondeu a tempo se participa em \"{engagement}\". O cliente pode ser adicionado ou reclamado de novo."},
		engagement.TellWithdrawn: {"{customer} retirou o seu consentimento: {engagement}", "{customer} retirou o seu consentimento para \"{engagement}\"."},
		engagement.TellCancelled: {"{partner} já não pede: {engagement}", "{partner} cancelou \"{engagement}\" com {customer}. Não tem mais nada a fazer."},
		engagement.AskForSurvey: {"Algumas perguntas sobre {engagement}",
			"{partner} realizou \"{engagement}\" com {customer}, e o programa faz-lhe algumas perguntas sobre isso.\n\nResponda, por favor, antes de {deadline}:\n\n{link}\n\nA ligação é só para si."},
		engagement.TellActionRequired: {"Há algo a fazer: pedido {claim}, {customer}", "Quem analisa o pedido {claim} (\"{engagement}\" com {customer}) pede-lhe que faça algo.\n\nConsulte o pedido e submeta-o de novo antes de {deadline}; depois disso expira."},
		engagement.TellApproved:       {"Aprovado: pedido {claim}, {customer}", "O pedido {claim} (\"{engagement}\" com {customer}) foi aprovado. Segue-se o pagamento."},
		engagement.TellRejected:       {"Rejeitado: pedido {claim}, {customer}", "O pedido {claim} (\"{engagement}\" com {customer}) foi rejeitado. O pedido diz porquê, e se e até quando a rejeição pode ser contestada."},
		engagement.TellPaid:           {"Pago: pedido {claim}, {customer}", "Foi feito um pagamento do pedido {claim} (\"{engagement}\" com {customer})."},
		engagement.TellClaimExpired:   {"Expirado: pedido {claim}, {customer}", "O prazo do pedido {claim} (\"{engagement}\" com {customer}) terminou, e o pedido expirou. O cliente pode ser reclamado de novo."},
		engagement.RemindConsent:      {"É preciso o consentimento antes de {deadline}: {customer}", "{customer} ainda não deu o seu consentimento para \"{engagement}\", e pode fazê-lo até {deadline}."},
		engagement.RemindSubmission:   {"A submeter antes de {deadline}: pedido {claim}, {customer}", "O pedido {claim} (\"{engagement}\" com {customer}) tem de ser submetido antes de {deadline}; depois disso expira."},
		engagement.RemindAction:       {"A fazer antes de {deadline}: pedido {claim}, {customer}", "Quem analisa o pedido {claim} (\"{engagement}\" com {customer}) espera pelo que lhe foi pedido. O pedido tem de ser submetido de novo antes de {deadline}; depois disso expira."},
		engagement.RemindDispute:      {"O prazo para contestar termina em {deadline}: pedido {claim}, {customer}", "O pedido {claim} (\"{engagement}\" com {customer}) foi rejeitado. A rejeição pode ser contestada, e a contestação submetida, antes de {deadline}."},
	},
}

// words returns subject and body of a message in its language, or in English.
func words(d Delivery, zone *time.Location) (subject, body string) {
	language, ok := consent.MatchLanguage([]consent.Language{"en", "pt"}, d.Message.Language)
	if !ok {
		language = "en"
	}
	w := wordings[language][d.Message.Kind]
	deadline := ""
	if !d.Deadline.IsZero() {
		deadline = d.Deadline.In(zone).Format("2006-01-02 15:04 MST")
	}
	// One pass, so that a name cannot bring in a placeholder of its own; names
	// are foreign text, and a subject is one line.
	r := strings.NewReplacer("{partner}", engagement.CleanName(d.Partner), "{customer}", engagement.CleanName(d.Customer),
		"{engagement}", engagement.CleanName(d.Engagement), "{claim}", d.ClaimNumber, "{deadline}", deadline, "{link}", d.Link)
	return r.Replace(w.subject), r.Replace(w.body)
}
