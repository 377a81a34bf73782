module github.com/partnerengage/partnerengage/engagement/relay/smtp

go 1.26.0

require (
	github.com/partnerengage/partnerengage v0.1.0
	github.com/wneessen/go-mail v0.8.1
)

require (
	github.com/shopspring/decimal v1.6.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/exp v0.0.0-20261014143641-f0251eb4aa3e // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/partnerengage/partnerengage => ../../..
