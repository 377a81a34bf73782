package words

// MailSubject returns the key of the subject of a kind of message: "claim approved"
// has "mail.claim_approved.subject".
func MailSubject(kind string) Key { return mailKey(kind, "subject") }

// MailBody returns the key of the text of a kind of message.
func MailBody(kind string) Key { return mailKey(kind, "body") }

func mailKey(kind, part string) Key { return KeyOf("mail", kind) + Key("."+part) }

// mails are the messages that go out. Names in them are plain already, those of
// customers and contacts in quotation marks where they stand in a sentence. A
// paragraph of a body for which there is nothing to say is left out.
var mails = []entry{
	{"mail.greeting", "Hello {name},", "Olá, {name},"},
	{"mail.portal", "Open it in the portal:\n{url}", "Abrir no portal:\n{url}"},
	{"mail.answer_consent", "Read and answer", "Ler e responder"},
	{"mail.answer_survey", "Answer the questions", "Responder às perguntas"},

	{"mail.ask_for_consent.subject", "{partner} requests your consent: {engagement}", "{partner} pede o seu consentimento: {engagement}"},
	{"mail.ask_for_consent.body",
		"{greeting}\n\n{partner} would like to carry out the engagement “{engagement}” with {customer} as part of {program}.\n\nPlease read what this involves and answer before {deadline}:\n\n{link}\n\nOpening the page does not decide anything. The link is meant for you alone; please do not forward it.",
		"{greeting}\n\n{partner} gostaria de realizar o projeto “{engagement}” com {customer}, no âmbito do programa {program}.\n\nLeia, por favor, o que isto implica e responda antes de {deadline}:\n\n{link}\n\nAbrir a página não decide nada. A ligação é pessoal; por favor, não a reencaminhe."},

	{"mail.consent_granted.subject", "{customer} has given consent: {engagement}", "{customer} deu o seu consentimento: {engagement}"},
	{"mail.consent_granted.body",
		"{greeting}\n\n{customer} has consented to the engagement “{engagement}”.\n\nYou can now work on claim {claim}. Please submit it before {deadline}; after that, it expires.\n\n{portal}",
		"{greeting}\n\n{customer} deu o seu consentimento para o projeto “{engagement}”.\n\nJá pode preparar o pedido de pagamento {claim}. Submeta-o antes de {deadline}; depois disso, expira.\n\n{portal}"},

	{"mail.consent_declined.subject", "{customer} has declined: {engagement}", "{customer} recusou: {engagement}"},
	{"mail.consent_declined.body",
		"{greeting}\n\n{customer} has declined to take part in the engagement “{engagement}”. No action is needed.\n\n{portal}",
		"{greeting}\n\n{customer} recusou participar no projeto “{engagement}”. Não é necessária qualquer ação.\n\n{portal}"},

	{"mail.consent_expired.subject", "{customer} did not respond in time: {engagement}", "{customer} não respondeu a tempo: {engagement}"},
	{"mail.consent_not_requested.subject", "Consent was not requested in time: {customer}, {engagement}", "O consentimento não foi pedido a tempo: {customer}, {engagement}"},
	{"mail.consent_expired.body",
		"{greeting}\n\nThe time to obtain the consent of {customer} to the engagement “{engagement}” has ended without an answer. You can add or claim the customer again.\n\n{portal}",
		"{greeting}\n\nO prazo para obter o consentimento de {customer} para o projeto “{engagement}” terminou sem resposta. Pode voltar a adicionar ou a reivindicar o cliente.\n\n{portal}"},

	{"mail.consent_withdrawn.subject", "{customer} has withdrawn consent: {engagement}", "{customer} retirou o seu consentimento: {engagement}"},
	{"mail.consent_withdrawn.body",
		"{greeting}\n\n{customer} has withdrawn its consent to the engagement “{engagement}”. {outcome}\n\n{portal}",
		"{greeting}\n\n{customer} retirou o seu consentimento para o projeto “{engagement}”. {outcome}\n\n{portal}"},
	{"mail.withdrawn_ended", "The engagement has ended.", "O projeto terminou."},
	{"mail.withdrawn_noted", "Claim {claim} had already been submitted; its reviewer has been informed.", "O pedido de pagamento {claim} já tinha sido submetido; quem o analisa foi informado."},

	{"mail.participation_cancelled.subject", "{partner} has cancelled the engagement: {engagement}", "{partner} cancelou o projeto: {engagement}"},
	{"mail.participation_cancelled.body",
		"{greeting}\n\n{partner} has cancelled the engagement “{engagement}” with {customer}. No action is needed.",
		"{greeting}\n\n{partner} cancelou o projeto “{engagement}” com {customer}. Não é necessária qualquer ação."},

	{"mail.ask_for_survey.subject", "A few questions about {engagement}", "Algumas perguntas sobre {engagement}"},
	{"mail.ask_for_survey.body",
		"{greeting}\n\n{partner} has carried out the engagement “{engagement}” with {customer}. {program} would like to ask you a few questions about it.\n\nPlease answer before {deadline}:\n\n{link}\n\nThe link is meant for you alone; please do not forward it.",
		"{greeting}\n\n{partner} realizou o projeto “{engagement}” com {customer}. O programa {program} gostaria de lhe fazer algumas perguntas sobre o projeto.\n\nResponda, por favor, antes de {deadline}:\n\n{link}\n\nA ligação é pessoal; por favor, não a reencaminhe."},

	{"mail.ask_for_referral.subject", "Referral needed: claim {claim}, {customer}", "Falta a referência comercial: pedido {claim}, {customer}"},
	{"mail.ask_for_referral.body",
		"{greeting}\n\n{customer} has consented to the engagement “{engagement}”, which asks for a referral. Please create it, and record its reference with claim {claim}. You can do so until the claim ends.\n\n{portal}",
		"{greeting}\n\n{customer} deu o seu consentimento para o projeto “{engagement}”, que requer uma referência comercial. Crie-a e registe a respetiva identificação no pedido de pagamento {claim}, o que é possível até este terminar.\n\n{portal}"},

	{"mail.action_required.subject", "Action required: claim {claim}, {customer}", "Ação necessária: pedido {claim}, {customer}"},
	{"mail.action_required.body",
		"{greeting}\n\nThe reviewer of claim {claim} (“{engagement}” with {customer}) asks for the following:\n\n{items}\n\nPlease submit the claim again before {deadline}; after that, it expires.\n\n{portal}",
		"{greeting}\n\nQuem analisa o pedido de pagamento {claim} (“{engagement}” com {customer}) solicita o seguinte:\n\n{items}\n\nVolte a submeter o pedido antes de {deadline}; depois disso, expira.\n\n{portal}"},

	{"mail.claim_approved.subject", "Approved: claim {claim}, {customer}", "Aprovado: pedido {claim}, {customer}"},
	{"mail.claim_approved.body",
		"{greeting}\n\nClaim {claim} (“{engagement}” with {customer}) has been approved for {amount}. Payment will follow.\n\n{comment}\n\n{portal}",
		"{greeting}\n\nO pedido de pagamento {claim} (“{engagement}” com {customer}) foi aprovado no valor de {amount}. Segue-se o pagamento.\n\n{comment}\n\n{portal}"},

	{"mail.claim_rejected.subject", "Rejected: claim {claim}, {customer}", "Rejeitado: pedido {claim}, {customer}"},
	{"mail.claim_rejected.body",
		"{greeting}\n\nClaim {claim} (“{engagement}” with {customer}) has been rejected.\n\nReason: {codes}\n\n{comment}\n\nYou can dispute this decision once, before {deadline}.\n\n{final}\n\n{portal}",
		"{greeting}\n\nO pedido de pagamento {claim} (“{engagement}” com {customer}) foi rejeitado.\n\nMotivo: {codes}\n\n{comment}\n\nPode contestar esta decisão uma única vez, antes de {deadline}.\n\n{final}\n\n{portal}"},
	{"mail.rejected_final", "This decision is final.", "Esta decisão é definitiva."},
	{"mail.comment", "The reviewer writes:\n{text}", "Comentário de quem analisou o pedido:\n{text}"},

	{"mail.claim_paid.subject", "Paid: claim {claim}, {customer}", "Pago: pedido {claim}, {customer}"},
	{"mail.claim_paid.body",
		"{greeting}\n\n{amount} has been paid for claim {claim} (“{engagement}” with {customer}).\n\nPayment reference: {reference}\n\nStill to be paid: {outstanding}\n\n{portal}",
		"{greeting}\n\nFoi feito um pagamento de {amount} relativo ao pedido {claim} (“{engagement}” com {customer}).\n\nReferência do pagamento: {reference}\n\nPor pagar: {outstanding}\n\n{portal}"},

	{"mail.claim_expired.subject", "Expired: claim {claim}, {customer}", "Expirado: pedido {claim}, {customer}"},
	{"mail.claim_expired.body",
		"{greeting}\n\nClaim {claim} (“{engagement}” with {customer}) has expired because it was not submitted in time. You can claim the customer again.\n\n{portal}",
		"{greeting}\n\nO pedido de pagamento {claim} (“{engagement}” com {customer}) expirou, por não ter sido submetido a tempo. Pode voltar a reivindicar o cliente.\n\n{portal}"},

	{"mail.reminder_of_consent.subject", "Consent needed, {days_left}: {customer}", "Consentimento por obter, {days_left}: {customer}"},
	{"mail.reminder_of_consent.body",
		"{greeting}\n\n{customer} has not yet consented to the engagement “{engagement}” and can do so before {deadline}.\n\n{unasked}\n\n{portal}",
		"{greeting}\n\n{customer} ainda não deu o seu consentimento para o projeto “{engagement}” e pode fazê-lo antes de {deadline}.\n\n{unasked}\n\n{portal}"},
	{"mail.unasked", "You have not requested this consent yet.", "Ainda não pediu este consentimento."},

	{"mail.reminder_of_submission.subject", "To be submitted, {days_left}: claim {claim}, {customer}", "Por submeter, {days_left}: pedido {claim}, {customer}"},
	{"mail.reminder_of_submission.body",
		"{greeting}\n\nClaim {claim} (“{engagement}” with {customer}) has to be submitted before {deadline}; after that, it expires.\n\n{portal}",
		"{greeting}\n\nO pedido de pagamento {claim} (“{engagement}” com {customer}) tem de ser submetido antes de {deadline}; depois disso, expira.\n\n{portal}"},

	{"mail.reminder_of_action.subject", "Action required, {days_left}: claim {claim}, {customer}", "Ação necessária, {days_left}: pedido {claim}, {customer}"},
	{"mail.reminder_of_action.body",
		"{greeting}\n\nThe reviewer of claim {claim} (“{engagement}” with {customer}) is waiting for the following:\n\n{items}\n\nPlease submit the claim again before {deadline}; after that, it expires.\n\n{portal}",
		"{greeting}\n\nQuem analisa o pedido de pagamento {claim} (“{engagement}” com {customer}) aguarda o seguinte:\n\n{items}\n\nVolte a submeter o pedido antes de {deadline}; depois disso, expira.\n\n{portal}"},

	{"mail.reminder_of_dispute.subject", "Rejected, {days_left} to dispute: claim {claim}, {customer}", "Rejeitado, {days_left} para contestar: pedido {claim}, {customer}"},
	{"mail.reminder_of_dispute.body",
		"{greeting}\n\nClaim {claim} (“{engagement}” with {customer}) was rejected. You can dispute the rejection, and submit the dispute, before {deadline}.\n\nReason: {codes}\n\n{comment}\n\n{portal}",
		"{greeting}\n\nO pedido de pagamento {claim} (“{engagement}” com {customer}) foi rejeitado. Pode contestar a rejeição, e submeter a contestação, antes de {deadline}.\n\nMotivo: {codes}\n\n{comment}\n\n{portal}"},
}
