package words

import "strings"

// Event returns the key of the sentence that tells of a kind of event: "claim
// approved" has "event.claim_approved".
func Event(kind string) Key { return named("event", kind) }

// Detail returns the key of what is added to an event's sentence for one of its
// details: "location" has "detail.location".
func Detail(name string) Key { return named("detail", name) }

// Value returns the key of a value of one of an event's details: the outcome
// "eligible" has "outcome.eligible".
func Value(of, value string) Key { return named(of, value) }

func named(of, name string) Key { return Key(of + "." + strings.ReplaceAll(name, " ", "_")) }

// events are the sentences of which a history is made when somebody reads it, and
// what is added to them for the details of an event, in brackets.
var events = []entry{
	{"event.with_details", "{sentence} ({details})", "{sentence} ({details})"},
	{"event.customer_added", "The customer was added", "O cliente foi adicionado"},
	{"event.customer_claimed", "The customer was claimed", "O cliente foi reclamado"},
	{"event.customer_known", "The customer became a known customer", "O cliente passou a ser um cliente conhecido"},
	{"event.consent_requested", "The customer’s consent was requested", "Foi pedido o consentimento do cliente"},
	{"event.consent_resent", "The request for consent was sent again", "O pedido de consentimento foi reenviado"},
	{"event.contacts_changed", "The contacts were changed", "Os contactos foram alterados"},
	{"event.consent_sent", "The request for consent went out", "O pedido de consentimento foi enviado"},
	{"event.consent_granted", "The customer consented", "O cliente deu o seu consentimento"},
	{"event.consent_declined", "The customer declined", "O cliente recusou"},
	{"event.consent_withdrawn", "The customer withdrew its consent", "O cliente retirou o seu consentimento"},
	{"event.participation_cancelled", "The partner cancelled the engagement with the customer", "O parceiro cancelou o projeto com o cliente"},
	{"event.deadline_passed", "A deadline passed", "Terminou um prazo"},
	{"event.eligibility_changed", "The customer’s eligibility changed", "A elegibilidade do cliente mudou"},
	{"event.person_erased", "A person’s data was erased", "Foram apagados os dados de uma pessoa"},
	{"event.reminder_due", "The partner was reminded of a deadline", "O parceiro foi lembrado de um prazo"},
	{"event.details_changed", "The partner changed details", "O parceiro alterou dados"},
	{"event.customer_associated", "The customer was associated again", "O cliente voltou a ser associado"},
	{"event.customer_disassociated", "The customer was disassociated", "O cliente foi desassociado"},
	{"event.evidence_added", "A document was added", "Foi adicionado um documento"},
	{"event.evidence_removed", "A document was removed", "Foi removido um documento"},
	{"event.survey_requested", "A survey was requested", "Foi pedido um inquérito"},
	{"event.survey_resent", "A survey was sent again", "Um inquérito foi reenviado"},
	{"event.survey_sent", "A survey went out", "Foi enviado um inquérito"},
	{"event.survey_answered", "A survey was answered", "Foi respondido um inquérito"},
	{"event.comment_added", "A comment was added", "Foi adicionado um comentário"},
	{"event.claim_submitted", "The claim was submitted", "O pedido de pagamento foi submetido"},
	{"event.claim_recalled", "The partner recalled the claim", "O parceiro recuperou o pedido de pagamento para o alterar"},
	{"event.review_started", "The review of the claim started", "Começou a análise do pedido de pagamento"},
	{"event.action_asked_for", "The program asked the partner for action", "O programa pediu ao parceiro que fizesse alterações"},
	{"event.claim_approved", "The claim was approved", "O pedido de pagamento foi aprovado"},
	{"event.claim_rejected", "The claim was rejected", "O pedido de pagamento foi rejeitado"},
	{"event.dispute_opened", "The partner disputed the rejection", "O parceiro contestou a rejeição"},
	{"event.payment_recorded", "A payment was made", "Foi feito um pagamento"},
	{"event.message_not_delivered", "A message could not be delivered", "Não foi possível entregar uma mensagem"},

	{"event.referral_recorded", "The partner recorded the referral", "O parceiro registou a referência comercial"},

	{"detail.location", "location {value}", "localização {value}"},
	{"detail.rule_set", "rules {value}", "regras {value}"},
	{"detail.rule_version", "version {value} of the rules", "versão {value} das regras"},
	{"detail.engagement_version", "version {value} of the engagement", "versão {value} do projeto"},
	{"detail.contacts.one", "{n} contact", "{n} contacto"},
	{"detail.contacts.other", "{n} contacts", "{n} contactos"},
	{"detail.text_version", "text {value}", "texto {value}"},
	{"detail.language", "in the language {value}", "no idioma {value}"},
	{"detail.deadline", "until {value}", "até {value}"},
	{"detail.requested", "{value} requested", "{value} pedidos"},
	{"detail.approved", "{value} approved", "{value} aprovados"},
	{"detail.paid", "{value} paid", "{value} pagos"},
	{"detail.deal_size", "estimated deal size {value}", "valor estimado do negócio {value}"},
	{"detail.over_cap", "over the cap", "acima do limite máximo"},
	{"detail.items.one", "{n} thing to do", "{n} coisa a fazer"},
	{"detail.items.other", "{n} things to do", "{n} coisas a fazer"},
	{"detail.codes", "because: {value}", "motivo: {value}"},
	{"detail.survey", "survey {value}", "inquérito {value}"},
	{"detail.document", "for {value}", "para {value}"},
	{"detail.media_type", "of the type {value}", "do tipo {value}"},
	{"detail.size.one", "{n} byte", "{n} byte"},
	{"detail.size.other", "{n} bytes", "{n} bytes"},
	{"detail.changed", "changed: {value}", "alterado: {value}"},
	{"detail.known_since", "known to the program since {value}", "conhecido do programa desde {value}"},
	{"detail.outcome_before", "before: {value}", "antes: {value}"},
	{"detail.outcome_after", "now: {value}", "agora: {value}"},
	{"detail.after_submission", "after the claim was submitted", "depois de o pedido de pagamento ter sido submetido"},

	{"detail.stated", "the customer is as the partner stated it", "o cliente é como o parceiro o indicou"},
	{"detail.payee", "payee profile: {value}", "perfil do beneficiário: {value}"},
	{"detail.foreign_contacts.one", "{n} contact of a domain that is not known to be the customer's", "{n} contacto de um domínio que não se sabe se é do cliente"},
	{"detail.foreign_contacts.other", "{n} contacts of domains that are not known to be the customer's", "{n} contactos de domínios que não se sabe se são do cliente"},
	{"detail.own_contacts.one", "{n} contact answers for the other side", "{n} contacto responde pela outra parte"},
	{"detail.own_contacts.other", "{n} contacts answer for the other side", "{n} contactos respondem pela outra parte"},

	{"detail.replaced", "in place of an earlier one", "em vez de uma anterior"},

	{"outcome.eligible", "eligible", "elegível"},
	{"outcome.ineligible", "not eligible", "não elegível"},
	{"outcome.unknown", "not known, because facts are missing", "desconhecido, porque faltam factos"},
	{"outcome.none", "not evaluated", "não avaliado"},
	{"changed.friendly_name", "friendly name", "nome abreviado"},
	{"changed.deal_size", "estimated deal size", "valor estimado do negócio"},
	{"changed.owner", "owner", "responsável"},
	{"changed.labels", "labels", "etiquetas"},
	{"changed.customer_contacts", "contacts of the customer", "contactos do cliente"},
	{"changed.partner_contacts", "contacts of the partner", "contactos do parceiro"},
	{"message.ask_for_consent", "the request for consent", "o pedido de consentimento"},
	{"message.consent_granted", "the message that the customer consented", "a mensagem de que o cliente deu o seu consentimento"},
	{"message.consent_declined", "the message that the customer declined", "a mensagem de que o cliente recusou"},
	{"message.consent_expired", "the message that the customer did not answer in time", "a mensagem de que o cliente não respondeu a tempo"},
	{"message.consent_withdrawn", "the message that the customer withdrew its consent", "a mensagem de que o cliente retirou o seu consentimento"},
	{"message.participation_cancelled", "the message that the partner cancelled", "a mensagem de que o parceiro cancelou"},
	{"message.ask_for_survey", "the request to answer a survey", "o pedido de resposta a um inquérito"},
	{"message.ask_for_referral", "the request to record a referral", "o pedido de registo de uma referência comercial"},
	{"message.action_required", "the message that action is required", "a mensagem de que é necessária uma ação"},
	{"message.claim_approved", "the message that the claim was approved", "a mensagem de que o pedido foi aprovado"},
	{"message.claim_rejected", "the message that the claim was rejected", "a mensagem de que o pedido foi rejeitado"},
	{"message.claim_paid", "the message that a payment was made", "a mensagem de que foi feito um pagamento"},
	{"message.claim_expired", "the message that the claim expired", "a mensagem de que o pedido expirou"},
	{"message.reminder_of_consent", "consent is missing", "falta o consentimento"},
	{"message.reminder_of_submission", "the claim is to be submitted", "o pedido está por submeter"},
	{"message.reminder_of_action", "the claim is to be submitted again", "o pedido está por submeter de novo"},
	{"message.reminder_of_dispute", "the rejection can be disputed", "a rejeição pode ser contestada"},
	{"failure.undeliverable", "the mail system refused it for good", "o sistema de correio recusou-a definitivamente"},
	{"failure.timed_out", "it could not be handed over in time", "não foi possível enviá-la a tempo"},
	{"failure.bounced", "it came back", "foi devolvida"},
}
