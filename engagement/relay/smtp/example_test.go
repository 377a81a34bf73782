package smtp_test

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"strings"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement/relay/smtp"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
)

// A host sends its mails through the server of its company, in its own colours.
func Example() {
	theme, err := words.NewTheme(words.Brand{Name: "Example Portal", Accent: "#7a1f1f", ImprintURL: "https://portal.example/imprint"})
	if err != nil {
		panic(err)
	}
	mails, err := smtp.New(smtp.Options{
		Server:   "mail.example.com:587",
		User:     "portal",
		Password: smtp.Fixed(os.Getenv("SMTP_PASSWORD")),
		From:     mail.Address{Address: "portal@example.com"}, // the name is the theme's
		Bounces:  "bounces@example.com",
		Theme:    theme,
		Partner: func(_ context.Context, d workflow.Delivery) (tenant.Email, error) { // from the host's own records
			return tenant.ParseEmail(string(d.Message.Partner) + "@partners.example.com")
		},
	})
	if err != nil {
		panic(err)
	}
	defer mails.Close()
	options := workflow.Options{Notifier: mails, Theme: theme, LinkURL: "https://portal.example/consent/"}
	fmt.Println(options.Notifier != nil)
	// Output: true
}

// Whatever reads the mailbox to which mails come back hands each one in. What is no
// report is for people to read.
func ExampleReadBounces() {
	record := func(b workflow.Bounce) error { // desk.Jobs.RecordBounce
		fmt.Println(b.Partner, b.Participation, b.Message, b.Address)
		return nil
	}
	report := `From: MAILER-DAEMON@mail.example.com
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; ana@contoso.com
Action: failed
Status: 5.1.1

--x
Content-Type: text/rfc822-headers

From: portal@example.com
X-Participation: northwind/p-1/m-1

--x--
`
	bounces, err := smtp.ReadBounces(strings.NewReader(report))
	if errors.Is(err, smtp.ErrNoReport) {
		fmt.Println("for people to read")
		return
	}
	for _, b := range bounces {
		if err := record(b); err != nil && !errors.As(err, new(*workflow.NotFoundError)) { // it is read again later
			panic(err)
		}
	}
	// Output: northwind p-1 m-1 ana@contoso.com
}

// A host can have all mails begin and end as it likes, or write them from the Delivery.
func ExampleStandard() {
	content := func(d workflow.Delivery) (smtp.Content, error) {
		c, err := smtp.Standard(d, nil, nil)
		c.Subject = "[Partner portal] " + c.Subject
		return c, err
	}
	c, err := content(workflow.Delivery{Subject: "Paid: claim C-1, “Contoso”", Body: "USD 5,000.00 has been paid."})
	fmt.Println(c.Subject, err)
	fmt.Println(strings.Contains(c.HTML, "USD 5,000.00 has been paid."))
	// Output:
	// [Partner portal] Paid: claim C-1, “Contoso” <nil>
	// true
}
