package workflow

import (
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
)

// wording is a message in one language. {partner}, {customer}, {engagement},
// {deadline} and {link} are replaced.
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
	},
	"pt": {
		engagement.AskForConsent: {"{partner} pede o seu consentimento: {engagement}",
			"{partner} gostaria de realizar o projeto \"{engagement}\" com {customer}.\n\nLeia, por favor, o que isto significa e responda até {deadline}:\n\n{link}\n\nAbrir a página não decide nada. A ligação é só para si."},
		engagement.TellGranted:   {"{customer} deu o seu consentimento: {engagement}", "{customer} deu o seu consentimento para \"{engagement}\".\n\nO pedido de pagamento pode ser preparado e tem de ser submetido antes de {deadline}."},
		engagement.TellDeclined:  {"{customer} recusou: {engagement}", "{customer} recusou participar em \"{engagement}\"."},
		engagement.TellExpired:   {"Sem resposta a tempo de {customer}: {engagement}", "{customer} não respondeu a tempo se participa em \"{engagement}\". O cliente pode ser adicionado ou reclamado de novo."},
		engagement.TellWithdrawn: {"{customer} retirou o seu consentimento: {engagement}", "{customer} retirou o seu consentimento para \"{engagement}\"."},
		engagement.TellCancelled: {"{partner} já não pede: {engagement}", "{partner} cancelou \"{engagement}\" com {customer}. Não tem mais nada a fazer."},
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
		"{engagement}", engagement.CleanName(d.Engagement), "{deadline}", deadline, "{link}", d.Link)
	return r.Replace(w.subject), r.Replace(w.body)
}
