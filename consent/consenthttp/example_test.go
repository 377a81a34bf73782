package consenthttp_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/partnerengage/partnerengage/consent/consenthttp"
)

// The handler is mounted under any prefix; the message to the customer's contact
// holds the address with the token.
func Example() {
	desk := newDesk("en") // in a host, its *workflow.Service
	token := desk.token   // in a host, made when the message is written

	mux := http.NewServeMux()
	mux.Handle("/consent/", consenthttp.New(desk, nil))
	server := httptest.NewServer(mux)
	defer server.Close()
	link := server.URL + "/consent/" + token.Secret()

	// A mail scanner opens the link.
	page, err := http.Get(link)
	if err != nil {
		log.Fatal(err)
	}
	page.Body.Close()
	fmt.Println(page.StatusCode, desk.state.Status)

	// A person opens it and presses a button; the browser follows to the result.
	page, err = http.Post(link, "application/x-www-form-urlencoded", strings.NewReader("decision=accept"))
	if err != nil {
		log.Fatal(err)
	}
	page.Body.Close()
	fmt.Println(page.StatusCode, desk.state.Status)
	// Output:
	// 200 requested
	// 200 granted
}

// A survey is mounted beside the consents. Whoever leaves something out is asked again.
func ExampleNewSurvey() {
	desk := newSurveyDesk("en") // in a host, its *workflow.Service
	mux := http.NewServeMux()
	mux.Handle("/survey/", consenthttp.NewSurvey(desk, nil))
	server := httptest.NewServer(mux)
	defer server.Close()
	link := server.URL + "/survey/" + desk.token.Secret()

	for _, form := range []string{"delivered=yes&satisfaction=5", "delivered=yes&satisfaction=5&findings=yes&comments="} {
		page, err := http.Post(link, "application/x-www-form-urlencoded", strings.NewReader(form))
		if err != nil {
			log.Fatal(err)
		}
		page.Body.Close()
		fmt.Println(page.StatusCode, desk.state.Status)
	}
	// Output:
	// 422 sent
	// 200 done
}
