package evidence_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/partnerengage/partnerengage/engagement/evidence"
	"github.com/partnerengage/partnerengage/engagement/evidence/evidencetest"
)

func Example() {
	ctx := context.Background()
	store := &evidencetest.Memory{} // or evidence.NewDir, or one of your own
	const key = "northwind/claim-1/upload-1"

	upload := evidence.NewMeter(strings.NewReader("12 servers were assessed.\n"), 25<<20)
	if err := store.Put(ctx, key, upload); err != nil {
		log.Fatal(err)
	}
	size, sum := upload.Size(), upload.SHA256() // for the claim to record
	fmt.Println(size, sum)

	content, err := store.Open(ctx, key)
	if err != nil {
		log.Fatal(err)
	}
	content = evidence.Verify(content, size, sum)
	defer content.Close()
	if _, err := io.Copy(os.Stdout, content); err != nil {
		log.Fatal(err)
	}

	err = store.Put(ctx, key, evidence.NewMeter(strings.NewReader("a film of the whole workshop"), 20))
	fmt.Println(errors.As(err, new(*evidence.TooLargeError)), err)
	// Output:
	// 26 3a0ea278071ed9ccaff6a422f8c06151ea104f2dd0cfa902fe806564f5a8b50c
	// 12 servers were assessed.
	// true the file has more than the 20 bytes that one may have: send a smaller one, or several
}
