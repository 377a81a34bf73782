// Package smtp sends the messages of a program by SMTP: it is a [workflow.Notifier] for
// [workflow.JobsDesk.Relay].
//
//	mails, err := smtp.New(smtp.Options{
//		Server:   "mail.example.com:587",
//		User:     "portal",
//		Password: smtp.Fixed(os.Getenv("SMTP_PASSWORD")),
//		From:     mail.Address{Name: "Example Portal", Address: "portal@example.com"},
//		Theme:    theme,
//	})
//
// # What a host decides
//
//   - The server, and how the connection is protected: STARTTLS unless [Options.TLS] says
//     otherwise. A server that does not offer it is refused, not written to in clear.
//   - From whom mails are (From, ReplyTo), in a domain for which the server may send: SPF,
//     DKIM and DMARC are the server's and the domain's business.
//   - Where mails come back to (Bounces), and who reads that mailbox: see [ReadBounces].
//   - Who is told what concerns a partner as a whole (Partner). Without it such messages
//     are given up.
//   - How mails look: by a Theme, which should be that of [workflow.Options], or as
//     Options.Content writes them. Texts are the library's catalogue, in the language of
//     the receiver, as plain text and as HTML.
//   - Where receivers can ask for fewer mails (Unsubscribe).
//
// # What it does with errors
//
// A message that the server takes is sent. One whose receiver it refuses for good,
// because there is no such mailbox for example, is an error that wraps
// [workflow.ErrUndeliverable], so that Relay gives it up. Everything else, such as a
// server that cannot be reached, a full mailbox, greylisting, a rejected password, or a
// refusal on account of who sends, is an [*Error] after which Relay tries again: what is
// the host's mistake and not the receiver's costs no message.
//
// A process that dies after the server has taken a message and before that is recorded
// sends it again, with the same Message-ID. So does a connection that breaks just then.
//
// Neither errors nor anything that is logged hold passwords, links, receivers or what
// the server says in words: only its codes.
package smtp
