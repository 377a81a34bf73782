package consenthttp

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
)

// Phrases are the words of the pages around the consent's own text and the survey's
// own questions, in one language. None holds a place to fill in.
type Phrases struct {
	Language consent.Language
	Date     func(time.Time) string // writes a day, a time and its zone

	// What stands before names and times.
	AskedBy, Asked, Engagement, Program, AnswerBy   string
	AnsweredOn, WithdrawnOn, CancelledOn, ExpiredOn string
	Questions                                       string // before the addresses of whom to ask
	Purposes                                        string // above the list of them
	WhatWasAsked                                    string // opens the text after an answer

	OpenAgain       string // opens the same page again
	WithdrawEnds    string // what withdrawing does
	WithdrawNoted   string // what it does once the claim is submitted
	ConfirmWithdraw string // the button below either

	Granted, Declined, Withdrawn, WithdrawalNoted, Cancelled, Expired Message // what became of the request

	Unknown        Message // there is no such link
	Replaced       Message // by a link in a newer message
	TakenElsewhere Message // agreed with another partner already
	NotRecorded    Message // an answer that came second; what was decided stands below
	NotFromPage    Message // a request that the page's form does not make
	Unavailable    Message // try again later
	NotShown       Message // what is stored of it cannot be read; trying again does not help

	// What only the page of a survey says.
	Partner, Customer             string  // stand before their names
	Optional                      string  // beside a question that needs no answer
	Yes, No, NoAnswer             string  // choices
	Lowest, Highest               string  // of a rating
	PartnerReads, PartnerBlind    string  // to a customer: whether the partner reads the answers
	SendAnswers                   string  // on the button
	AnswerMissing, AnswerNoChoice string  // beside a question: what is wrong with its answer
	AnswerTooLong                 string  // the same
	AnswerUnreadable              string  // the same; the characters that it means are left out
	AnswersWanted                 Message // some answers are missing or wrong; they are listed below
	AnswersNotRecorded            Message // answers that came second
	SurveyDone, SurveyClosed      Message // what became of the survey
}

// Message is a heading and what there is to know.
type Message struct {
	Heading, Body string
}

// English returns the page's own English.
func English() Phrases {
	return Phrases{
		Language: "en",
		Date:     func(t time.Time) string { return t.Format("2 January 2006, 15:04 MST") },

		AskedBy:      "Who asks",
		Asked:        "Who is asked",
		Engagement:   "Engagement",
		Program:      "Program",
		AnswerBy:     "Please answer before",
		AnsweredOn:   "Answered on",
		WithdrawnOn:  "Withdrawn on",
		CancelledOn:  "Cancelled on",
		ExpiredOn:    "Could be answered until",
		Questions:    "Questions? Write to",
		Purposes:     "What your answer is used for",
		WhatWasAsked: "What you were asked",

		OpenAgain:       "Open this page again",
		WithdrawEnds:    "If you withdraw, the engagement ends. What was done before is not undone. To begin again, the partner has to ask you again.",
		WithdrawNoted:   "The partner has already claimed payment for the engagement. If you withdraw now, whoever reviews that claim is told so.",
		ConfirmWithdraw: "Yes, withdraw",

		Granted:         Message{"Consent is given", "The partner has been told. You can close this page; the link in your message opens it again, also to withdraw."},
		Declined:        Message{"Consent is declined", "The partner has been told. There is nothing more to do."},
		Withdrawn:       Message{"Consent is withdrawn", "The partner has been told and the engagement has ended. There is nothing more to do."},
		WithdrawalNoted: Message{"Your withdrawal is passed on", "Payment for the engagement had already been claimed. Whoever reviews the claim is told that you have withdrawn."},
		Cancelled:       Message{"This request was cancelled", "The partner no longer asks for your consent. There is nothing more to do."},
		Expired:         Message{"The time to answer is over", "This request was not answered in time. If you would still like to take part, ask the partner to send you a new one."},

		Unknown:        Message{"This link does not work", "It may have been cut off in your mail program. Open the newest message again and use the whole link."},
		Replaced:       Message{"There is a newer link", "A newer message has replaced this link. Please use the link in the newest message from the partner."},
		TakenElsewhere: Message{"Your organisation has already agreed", "Your organisation has already agreed to this engagement with another partner, so that this request cannot be accepted. If that is a mistake, tell the partner who asks."},
		NotRecorded:    Message{"This answer was not recorded", "The request stands as shown below, and only the first answer counts."},
		NotFromPage:    Message{"This did not come from the page", "Nothing was changed. Open the link in your message and use the buttons on its page."},
		Unavailable:    Message{"Please try again in a minute", "Something on our side does not work just now. If you have just answered, open the page again to see whether your answer has arrived."},
		NotShown:       Message{"This page cannot be shown now", "Something that is kept for it cannot be read, and trying again does not help. Please tell the partner who sent you the link."},

		Partner:            "Partner",
		Customer:           "Customer",
		Optional:           "(optional)",
		Yes:                "Yes",
		No:                 "No",
		NoAnswer:           "No answer",
		Lowest:             "lowest",
		Highest:            "highest",
		PartnerReads:       "The program and the partner read your answers.",
		PartnerBlind:       "The program reads your answers. The partner is told that you have answered, and not what.",
		SendAnswers:        "Send my answers",
		AnswerMissing:      "Please answer this question.",
		AnswerNoChoice:     "Please choose one of the answers.",
		AnswerTooLong:      "This is too long. Please shorten it.",
		AnswerUnreadable:   "This held characters that cannot be shown. They have been left out; please look at it again.",
		AnswersWanted:      Message{"Please look at your answers again", "Nothing has been recorded yet. Once you have changed what is listed here, send your answers again."},
		AnswersNotRecorded: Message{"These answers were not recorded", "The survey had been answered before, and only the first answers count."},
		SurveyDone:         Message{"Thank you for your answers", "They have been recorded. You can close this page; there is nothing more to do."},
		SurveyClosed:       Message{"This survey is closed", "It can no longer be answered. There is nothing more to do."},
	}
}

// Portuguese returns the page's own Portuguese, as written in Portugal.
func Portuguese() Phrases {
	months := [...]string{"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"}
	return Phrases{
		Language: "pt-PT",
		Date: func(t time.Time) string {
			return fmt.Sprintf("%d de %s de %d, %s", t.Day(), months[t.Month()-1], t.Year(), t.Format("15:04 MST"))
		},

		AskedBy:      "Quem pede o consentimento",
		Asked:        "A quem é pedido",
		Engagement:   "Projeto",
		Program:      "Programa",
		AnswerBy:     "Responda antes de",
		AnsweredOn:   "Respondido em",
		WithdrawnOn:  "Retirado em",
		CancelledOn:  "Cancelado em",
		ExpiredOn:    "Podia responder-se até",
		Questions:    "Dúvidas? Escreva para",
		Purposes:     "Para que serve a sua resposta",
		WhatWasAsked: "O que lhe foi pedido",

		OpenAgain:       "Abrir esta página de novo",
		WithdrawEnds:    "Se retirar o consentimento, o projeto termina. O que foi feito antes não é anulado. Para recomeçar, o parceiro terá de lhe fazer um novo pedido.",
		WithdrawNoted:   "O parceiro já pediu o pagamento do projeto. Se retirar agora o consentimento, isso é comunicado a quem analisa esse pedido.",
		ConfirmWithdraw: "Sim, retirar",

		Granted:         Message{"O consentimento foi dado", "O parceiro foi informado. Pode fechar esta página; a ligação na sua mensagem volta a abri-la, também para retirar o consentimento."},
		Declined:        Message{"O consentimento foi recusado", "O parceiro foi informado. Não precisa de fazer mais nada."},
		Withdrawn:       Message{"O consentimento foi retirado", "O parceiro foi informado e o projeto terminou. Não precisa de fazer mais nada."},
		WithdrawalNoted: Message{"A retirada do consentimento foi comunicada", "O pagamento do projeto já tinha sido pedido. Quem analisa o pedido é informado de que retirou o consentimento."},
		Cancelled:       Message{"Este pedido foi cancelado", "O parceiro já não pede o seu consentimento. Não precisa de fazer mais nada."},
		Expired:         Message{"O prazo para responder terminou", "Este pedido não teve resposta a tempo. Se ainda quiser participar, peça ao parceiro que lhe envie um novo."},

		Unknown:        Message{"Esta ligação não funciona", "Pode ter sido cortada pelo seu programa de correio. Abra de novo a mensagem mais recente e use a ligação completa."},
		Replaced:       Message{"Há uma ligação mais recente", "Uma mensagem mais recente substituiu esta ligação. Use a ligação que está na mensagem mais recente do parceiro."},
		TakenElsewhere: Message{"A sua organização já deu o seu acordo", "A sua organização já aceitou realizar este projeto com outro parceiro, pelo que este pedido não pode ser aceite. Se for um engano, avise o parceiro que faz o pedido."},
		NotRecorded:    Message{"Esta resposta não foi registada", "O pedido está como se mostra abaixo, e só conta a primeira resposta."},
		NotFromPage:    Message{"Isto não veio da página", "Nada foi alterado. Abra a ligação na sua mensagem e use os botões da página."},
		Unavailable:    Message{"Tente de novo dentro de um minuto", "Há algo do nosso lado que não está a funcionar. Se acabou de responder, abra a página de novo para ver se a sua resposta chegou."},
		NotShown:       Message{"Esta página não pode ser mostrada agora", "Há dados desta página que não podem ser lidos, e tentar de novo não ajuda. Avise o parceiro que lhe enviou a ligação."},

		Partner:            "Parceiro",
		Customer:           "Cliente",
		Optional:           "(opcional)",
		Yes:                "Sim",
		No:                 "Não",
		NoAnswer:           "Sem resposta",
		Lowest:             "mínimo",
		Highest:            "máximo",
		PartnerReads:       "O programa e o parceiro leem as suas respostas.",
		PartnerBlind:       "O programa lê as suas respostas. O parceiro é informado de que respondeu, mas não do que respondeu.",
		SendAnswers:        "Enviar as respostas",
		AnswerMissing:      "Responda a esta pergunta.",
		AnswerNoChoice:     "Escolha uma das respostas.",
		AnswerTooLong:      "A resposta é demasiado longa. Encurte-a.",
		AnswerUnreadable:   "A resposta tinha caracteres que não podem ser mostrados. Foram retirados; verifique o texto.",
		AnswersWanted:      Message{"Verifique as suas respostas", "Ainda nada foi registado. Depois de alterar o que aqui se indica, envie de novo as respostas."},
		AnswersNotRecorded: Message{"Estas respostas não foram registadas", "O inquérito já tinha sido respondido, e só contam as primeiras respostas."},
		SurveyDone:         Message{"Obrigado pelas suas respostas", "Ficaram registadas. Pode fechar esta página; não precisa de fazer mais nada."},
		SurveyClosed:       Message{"Este inquérito está encerrado", "Já não é possível responder. Não precisa de fazer mais nada."},
	}
}

// allPhrases returns English, which is the default, Portuguese and the host's own,
// which come before ours in the same language.
func allPhrases(own []Phrases) []Phrases {
	all := []Phrases{English(), Portuguese()}
	for _, p := range own {
		fill(&p, English())
		if i := slices.IndexFunc(all, func(o Phrases) bool { return o.Language == p.Language }); i >= 0 {
			all[i] = p
			continue
		}
		all = append(all, p)
	}
	return all
}

// fill says in other words what p leaves empty.
func fill(p *Phrases, other Phrases) {
	to, from := reflect.ValueOf(p).Elem(), reflect.ValueOf(other)
	for i := range to.NumField() {
		if to.Field(i).IsZero() {
			to.Field(i).Set(from.Field(i))
		}
	}
}

// speak chooses the phrases: in the language of the request if there are any, else
// as the browser wants, else the default.
func (h *handler) speak(asked consent.Language, accept string) *Phrases {
	language, ok := consent.MatchLanguage(h.languages, append([]consent.Language{asked}, accepted(accept)...)...)
	if !ok {
		return &h.phrases[0]
	}
	return &h.phrases[slices.Index(h.languages, language)]
}

// accepted reads an Accept-Language header (RFC 9110, section 12.5.4), best first.
// What it cannot read, it leaves out; of a very long one it reads the beginning.
func accepted(header string) []consent.Language {
	const most = 20
	type choice struct {
		language consent.Language
		quality  float64
	}
	var choices []choice
	for i, part := range strings.SplitN(header, ",", most+1) {
		if i == most {
			break
		}
		tag, params, _ := strings.Cut(part, ";")
		language, err := consent.ParseLanguage(strings.TrimSpace(tag))
		if err != nil {
			continue
		}
		quality := 1.0
		if q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			if quality, err = strconv.ParseFloat(q, 64); err != nil || quality > 1 {
				continue
			}
		}
		if quality > 0 {
			choices = append(choices, choice{language, quality})
		}
	}
	slices.SortStableFunc(choices, func(a, b choice) int {
		switch {
		case a.quality > b.quality:
			return -1
		case a.quality < b.quality:
			return 1
		}
		return 0
	})
	languages := make([]consent.Language, len(choices))
	for i, c := range choices {
		languages[i] = c.language
	}
	return languages
}
