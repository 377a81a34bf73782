module github.com/partnerengage/partnerengage/examples/portal

go 1.26.0

require (
	github.com/partnerengage/partnerengage v0.1.0
	github.com/partnerengage/partnerengage/examples v0.1.0
	github.com/partnerengage/partnerengage/storage/sqlite v0.1.0
	github.com/shopspring/decimal v1.6.0
)

require (
	github.com/ncruces/go-sqlite3 v0.35.6 // indirect
	github.com/ncruces/go-sqlite3-wasm/v6 v6.3.35304 // indirect
	github.com/ncruces/julianday v1.0.0 // indirect
	golang.org/x/exp v0.0.0-20261014143641-f0251eb4aa3e // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/partnerengage/partnerengage => ../..

replace github.com/partnerengage/partnerengage/examples => ../

replace github.com/partnerengage/partnerengage/engagement/relay/smtp => ../../engagement/relay/smtp

replace github.com/partnerengage/partnerengage/storage/postgres => ../../storage/postgres

replace github.com/partnerengage/partnerengage/storage/sqlite => ../../storage/sqlite
