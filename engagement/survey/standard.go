package survey

import "github.com/partnerengage/partnerengage/consent/link"

// both is a text in the languages of the library's own forms.
func both(english, portuguese string) map[link.Language]string {
	return map[link.Language]string{"en": english, "pt-PT": portuguese}
}

// CustomerForm returns the library's own form for the customer's contact, in English
// and in Portuguese as written in Portugal.
func CustomerForm() Form {
	return Form{
		ID:      "customer-survey",
		Version: "2026-07",
		Titles:  both("How was the engagement?", "Como correu o projeto?"),
		Intro: both(
			"The partner named on this page has carried out an engagement with your organisation and is asking the program for payment. Your answers are part of the proof that it was delivered.",
			"O parceiro indicado nesta página realizou um projeto com a sua organização e está a pedir o pagamento ao programa. As suas respostas fazem parte da prova de que foi realizado."),
		Questions: []Question{
			{ID: "delivered", Kind: KindYesNo, Required: true, Texts: both(
				"Did the partner carry out the engagement with your organisation?",
				"O parceiro realizou o projeto com a sua organização?")},
			{ID: "findings", Kind: KindYesNo, Required: true, Texts: both(
				"Did your organisation receive its findings and recommendations?",
				"A sua organização recebeu as conclusões e recomendações do projeto?")},
			{ID: "satisfaction", Kind: KindRating, Required: true, Texts: both(
				"How satisfied are you with the engagement?",
				"Qual é o seu grau de satisfação com o projeto?")},
			{ID: "comments", Kind: KindText, Texts: both(
				"Is there anything else that you would like to say?",
				"Há mais alguma coisa que queira dizer?")},
		},
	}
}

// PartnerForm returns the library's own form for the partner's contact, in English
// and in Portuguese as written in Portugal.
func PartnerForm() Form {
	return Form{
		ID:      "partner-survey",
		Version: "2026-07",

		OfPartner: true,
		Titles:    both("How did the engagement go?", "Como decorreu o projeto?"),
		Intro: both(
			"Please answer for your organisation about the engagement named on this page. Your answers are part of the proof that goes with its claim.",
			"Responda, em nome da sua organização, sobre o projeto indicado nesta página. As suas respostas fazem parte da prova que acompanha o pedido de pagamento."),
		Questions: []Question{
			{ID: "delivered", Kind: KindYesNo, Required: true, Texts: both(
				"Was everything delivered that the engagement includes?",
				"Foi realizado tudo o que o projeto inclui?")},
			{ID: "findings", Kind: KindYesNo, Required: true, Texts: both(
				"Were the findings and recommendations handed over to the customer?",
				"As conclusões e recomendações foram entregues ao cliente?")},
			{ID: "outcome", Kind: KindRating, Required: true, Texts: both(
				"How well did the engagement reach its goals?",
				"Em que medida o projeto atingiu os seus objetivos?")},
			{ID: "next-steps", Kind: KindText, Texts: both(
				"What will the customer do next?",
				"Quais são os próximos passos do cliente?")},
			{ID: "comments", Kind: KindText, Texts: both(
				"Is there anything else that you would like to say?",
				"Há mais alguma coisa que queira dizer?")},
		},
	}
}

// Published returns the form of the library's own that has this ID and version. Of
// these it keeps every version, unchanged: who stores the ID and the version of
// one gets back what was asked.
func Published(id, version string) (Form, bool) {
	switch [2]string{id, version} {
	case [2]string{"customer-survey", "2026-07"}:
		return CustomerForm(), true
	case [2]string{"partner-survey", "2026-07"}:
		return PartnerForm(), true
	}
	return Form{}, false
}
