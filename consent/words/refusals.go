package words

// refusals say why something was refused: each code of an error has a text of its own,
// "error." and the code, and further ones for what an error says besides.
var refusals = []entry{
	{"error.invalid_input", "Something you entered cannot be used.", "Há dados introduzidos que não podem ser usados."},
	{"error.invalid_input.field", "{field}: this value cannot be used.", "{field}: este valor não pode ser usado."},
	{"error.invalid_input.name", "Enter a name by which you know the customer: the directory has none.", "Indique um nome pelo qual conhece o cliente: o diretório não tem nenhum."},
	{"error.invalid_input.own_contact", "{contact} belongs to the other side and cannot answer for this one. Enter another contact.", "{contact} pertence à outra parte e não pode responder por esta. Indique outro contacto."},
	{"error.invalid_input.foreign_contact", "{contact} has a domain that is not known to be the customer’s. Enter another contact.", "{contact} tem um domínio que não se sabe se é do cliente. Indique outro contacto."},
	{"error.invalid_input.cursor", "This list cannot be continued. Start again from its first page.", "Não é possível continuar esta lista. Recomece na primeira página."},
	{"error.invalid_input.too_large", "The document is too large: {limit} bytes at most.", "O documento é demasiado grande: {limit} bytes no máximo."},
	{"error.invalid_input.amount", "The amount {amount} cannot be used.", "O montante {amount} não pode ser usado."},
	{"error.invalid_input.amount_limit", "The amount {amount} is too high: {limit} at most.", "O montante {amount} é demasiado alto: {limit} no máximo."},

	{"error.not_found", "This does not exist, or is no longer there.", "Isto não existe, ou já não existe."},
	{"error.not_found.not_known", "This customer has never given you its consent. Add it instead of claiming it.", "Este cliente nunca lhe deu o seu consentimento. Adicione-o em vez de o reivindicar."},
	{"error.not_found.person", "Nobody was found who fits this.", "Não foi encontrado ninguém que corresponda."},
	{"error.not_found.link", "This link is unknown. Open the newest message and use the whole link.", "Esta ligação é desconhecida. Abra a mensagem mais recente e use a ligação completa."},

	{"error.forbidden", "You are not allowed to do this.", "Não tem permissão para fazer isto."},
	{"error.forbidden.location", "You are not allowed to do this through location {location}.", "Não tem permissão para fazer isto através da localização {location}."},
	{"error.forbidden.four_eyes", "You have worked on this claim for the partner. Somebody else has to review it.", "Trabalhou neste pedido de pagamento pelo parceiro. Tem de ser outra pessoa a analisá-lo."},

	{"error.id_required", "Enter another e-mail address or domain of the customer, or its ID.", "Indique outro endereço de correio ou domínio do cliente, ou a sua identificação."},
	{"error.id_required.domain", "The directory knows no customer by the domain {domain}. Enter another e-mail address or domain of the customer, or its ID and a reason.", "O diretório não conhece nenhum cliente com o domínio {domain}. Indique outro endereço de correio ou domínio do cliente, ou a sua identificação e um motivo."},
	{"error.id_required.ambiguous", "The domain {domain} belongs to several customers. Enter the ID of the one you mean.", "O domínio {domain} pertence a vários clientes. Indique a identificação do que pretende."},
	{"error.id_required.public_service", "{domain} is a public e-mail service. Enter the customer’s ID and a reason, or an address of the customer’s own domain.", "{domain} é um serviço público de correio. Indique a identificação do cliente e um motivo, ou um endereço do domínio próprio do cliente."},
	{"error.id_required.kinds", "{engagement} does not accept this customer ID. It accepts: {ids}.", "{engagement} não aceita esta identificação do cliente. Aceita: {ids}."},
	{"error.id_required.stated", "{engagement} does not accept a customer ID that the directory does not confirm. Enter an e-mail address or domain that leads to it.", "{engagement} não aceita uma identificação do cliente que o diretório não confirma. Indique um endereço de correio ou domínio que conduza a ela."},

	{"error.reason_required", "A reason is required.", "É necessário indicar um motivo."},
	{"error.reason_required.id", "The directory does not confirm this customer ID. Correct it, or say why it is right.", "O diretório não confirma esta identificação do cliente. Corrija-a, ou indique por que motivo está certa."},
	{"error.reason_required.payee", "The payee profile of location {location} is not valid. Give a reason to pay all the same.", "O perfil do beneficiário da localização {location} não é válido. Indique um motivo para pagar mesmo assim."},
	{"error.reason_required.contact", "{contact} has a domain that is not known to be the customer’s. Say why this is the right contact.", "{contact} tem um domínio que não se sabe se é do cliente. Indique por que motivo é o contacto certo."},

	{"error.not_eligible", "The customer or the location is not eligible.", "O cliente ou a localização não é elegível."},
	{"error.not_eligible.customer", "The customer is not eligible for {engagement}. {reasons}", "O cliente não é elegível para {engagement}. {reasons}"},
	{"error.not_eligible.location", "Location {location} is not eligible for {engagement}. {reasons}", "A localização {location} não é elegível para {engagement}. {reasons}"},
	{"error.not_eligible.not_enrolled", "Location {location} is not enrolled in the program. Choose another one.", "A localização {location} não está inscrita no programa. Escolha outra."},

	{"error.not_open", "Customers cannot be added or claimed now.", "De momento não é possível adicionar nem reivindicar clientes."},
	{"error.not_open.upcoming", "{engagement} is not open yet. Customers can be added and claimed from {from}.", "{engagement} ainda não abriu. É possível adicionar e reivindicar clientes a partir de {from}."},
	{"error.not_open.over", "{engagement} accepts no more customers. They could be added and claimed until {until}.", "{engagement} já não aceita clientes. Foi possível adicioná-los e reivindicá-los até {until}."},

	{"error.already_known", "The customer has given you its consent before. Claim it instead of adding it.", "O cliente já lhe deu o seu consentimento antes. Reivindique-o em vez de o adicionar."},
	{"error.already_open", "You already have this customer in this engagement.", "Já tem este cliente neste projeto."},
	{"error.already_open.status", "You already have this customer in {engagement}. Status: {status}. Continue there, or cancel it first.", "Já tem este cliente em {engagement}. Estado: {status}. Continue aí, ou cancele-o primeiro."},
	{"error.already_open.colleagues", "Your company already has this customer in {engagement} through another location. Ask your colleagues there.", "A sua empresa já tem este cliente em {engagement} através de outra localização. Fale com os seus colegas."},

	{"error.wrong_state", "This is not possible now.", "De momento isto não é possível."},
	{"error.wrong_state.status", "This is not possible while the status is “{status}”.", "Isto não é possível enquanto o estado for “{status}”."},
	{"error.wrong_state.disassociated", "The customer was disassociated on {since}. Associate it again first.", "O cliente foi desassociado em {since}. Volte primeiro a associá-lo."},
	{"error.wrong_state.frozen", "The survey has been answered, so its contact can no longer be changed.", "O inquérito já foi respondido, pelo que o contacto já não pode ser alterado."},

	{"error.incomplete", "The claim cannot be submitted yet.", "Ainda não é possível submeter o pedido de pagamento."},
	{"error.incomplete.items", "The claim cannot be submitted yet. Missing: {missing}.", "Ainda não é possível submeter o pedido de pagamento. Falta: {missing}."},

	{"error.stale", "This has changed in the meantime. Please look at it again.", "Isto foi entretanto alterado. Volte a verificá-lo."},
	{"error.stale.payout", "{engagement} now pays {now}, not {previewed}. Please look at it again and confirm.", "{engagement} paga agora {now}, e não {previewed}. Volte a verificar e confirme."},
	{"error.key_reused", "This request has already been used for something else. Please start again.", "Este pedido já foi usado para outra coisa. Recomece."},
	{"error.already_answered", "This has already been answered, and only the first answer counts.", "Já houve resposta, e só conta a primeira."},

	{"error.expired", "The time for this has ended.", "O prazo terminou."},
	{"error.expired.deadline", "The time for this ended on {deadline}. Add or claim the customer again.", "O prazo terminou em {deadline}. Volte a adicionar ou a reivindicar o cliente."},
	{"error.expired.link", "This link has been replaced. Use the link in the newest message.", "Esta ligação foi substituída. Use a ligação da mensagem mais recente."},

	{"error.too_soon", "A contact has been written to recently. Please try again later.", "Um contacto recebeu há pouco uma mensagem. Tente mais tarde."},
	{"error.too_soon.from", "A contact has been written to recently. Try again from {time}.", "Um contacto recebeu há pouco uma mensagem. Tente a partir de {time}."},
	{"error.limit_reached", "The limit has been reached.", "O limite foi atingido."},
	{"error.limit_reached.sent.one", "The customer has been written to {n} time, which is the limit. Ask the contact to open the newest message.", "O cliente já recebeu {n} mensagem, que é o limite. Peça ao contacto que abra a mensagem mais recente."},
	{"error.limit_reached.sent.other", "The customer has been written to {n} times, which is the limit. Ask the contact to open the newest message.", "O cliente já recebeu {n} mensagens, que é o limite. Peça ao contacto que abra a mensagem mais recente."},

	{"error.unavailable", "This is not available at the moment. Please try again.", "De momento isto não está disponível. Tente de novo."},
	{"error.unreadable", "Stored data cannot be read. Please tell whoever runs this portal.", "Não é possível ler os dados guardados. Avise quem gere este portal."},
	{"error.internal", "Something went wrong on our side. Please tell whoever runs this portal.", "Ocorreu um erro do nosso lado. Avise quem gere este portal."},
}
