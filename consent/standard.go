package consent

// StandardTexts returns the library's own texts: English, the default, and
// Portuguese as written in Portugal. A host has its own lawyers look at them.
func StandardTexts() *Texts {
	texts, err := NewTexts(
		Text{
			Version:  "2026-07",
			Language: "en",
			Title:    "Consent to take part in an engagement",
			Paragraphs: []string{
				"The partner named on this page would like to carry out the engagement described here with your organisation, and to be paid for it by the program. Your organisation has to consent before it can start.",
				"Please answer only if you may speak for your organisation in this matter. You are free to decline: all that follows is that this engagement does not take place under the program.",
			},
			Purposes: []Purpose{
				{"delivery", "The partner carries out the engagement with your organisation."},
				{"proof", "The partner and the program tell each other that your organisation takes part, who answered this request and when, and what proves that the work was done."},
				{"survey", "The partner or the program writes to whoever answered about the outcome, for instance with a survey."},
				{"payment", "The program examines the partner's claim for payment and pays what it approves."},
			},
			Validity:   "Your consent holds until the engagement has ended and the partner's claim for payment is settled.",
			Withdrawal: "You can withdraw your consent at any time, with the same link that opened this page. Until the partner has submitted its claim for payment, that ends the engagement; afterwards, it is passed on to whoever reviews the claim. It does not undo what was done before.",
			Accept:     "I consent",
			Decline:    "I do not consent",
			Withdraw:   "Withdraw my consent",
		},
		Text{
			Version:  "2026-07",
			Language: "pt-PT",
			Title:    "Consentimento para participar num projeto",
			Paragraphs: []string{
				"O parceiro indicado nesta página gostaria de realizar com a sua organização o projeto aqui descrito e de ser pago por isso pelo programa. Para que possa começar, é necessário o consentimento da sua organização.",
				"Responda apenas se puder falar em nome da sua organização neste assunto. É livre de recusar: a única consequência é este projeto não se realizar ao abrigo do programa.",
			},
			Purposes: []Purpose{
				{"delivery", "O parceiro realiza o projeto com a sua organização."},
				{"proof", "O parceiro e o programa informam-se mutuamente de que a sua organização participa, de quem respondeu a este pedido e quando, e do que comprova que o trabalho foi feito."},
				{"survey", "O parceiro ou o programa escreve a quem respondeu sobre o resultado, por exemplo com um inquérito."},
				{"payment", "O programa analisa o pedido de pagamento do parceiro e paga o que aprovar."},
			},
			Validity:   "O seu consentimento é válido até o projeto ter terminado e o pedido de pagamento do parceiro estar resolvido.",
			Withdrawal: "Pode retirar o seu consentimento a qualquer momento, com a mesma ligação que abriu esta página. Enquanto o parceiro não tiver submetido o pedido de pagamento, isso põe fim ao projeto; depois, é comunicado a quem analisa o pedido. Não anula o que foi feito antes.",
			Accept:     "Dou o meu consentimento",
			Decline:    "Não dou o meu consentimento",
			Withdraw:   "Retirar o meu consentimento",
		},
	)
	if err != nil {
		panic(err) // a test holds that there is none
	}
	return texts
}
