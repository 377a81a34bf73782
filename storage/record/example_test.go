package record_test

import (
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
)

// An adapter that has the partner and the message of a sending in columns, by which it
// finds the row, keeps the rest as one value.
func Example() {
	sending := storage.Sending{
		Partner: "northwind", Message: "m-1", Engagement: "azure-migration",
		Mailbox: engagement.Digest{31: 1}, At: time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC),
	}
	rest := sending
	rest.Partner, rest.Message = "", ""
	body, err := record.Encode(rest)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(body), "bytes")

	read, err := record.Decode[storage.Sending](body)
	if err != nil {
		log.Fatal(&storage.UnreadableError{Kind: "sending", Key: "northwind m-1", Err: err})
	}
	read.Partner, read.Message = "northwind", "m-1"
	fmt.Println(read == sending)

	// A later version has a field 7, of which this one knows nothing.
	_, err = record.Decode[storage.Sending](append(body, 7<<3, 1))
	fmt.Println(errors.As(err, new(*record.NewerError)))
	// Output:
	// 62 bytes
	// true
	// true
}
