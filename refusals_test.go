package partnerengage_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// Every error that a command can return is told in every language, as a sentence of the
// catalogue, and in no words of the error's own. The golden file is for reading aloud
// -update writes it anew.
func TestRefusalsInWords(t *testing.T) {
	english, portuguese := words.Standard().For("en"), words.Standard().For("pt-PT")
	for _, c := range workflow.AllCodes() {
		for _, w := range []words.Words{english, portuguese} {
			if text := w.Text(words.KeyOf("error", string(c)), nil); !strings.HasSuffix(text, ".") {
				t.Errorf("the code %s is %q in %s", c, text, w.Language())
			}
		}
	}
	var golden strings.Builder
	for _, err := range codedErrors(t) {
		en, pt := workflow.RefusalsIn(err, english, nil), workflow.RefusalsIn(err, portuguese, nil)
		for i, r := range workflow.Refusals(err) {
			if en[i].Code != r.Code || en[i].Field != r.Field {
				t.Errorf("%T is %+v in words, and %+v else", err, en[i], r)
			}
			if en[i].Message == pt[i].Message {
				t.Errorf("%T is not translated: %q", err, en[i].Message)
			}
			for _, text := range []string{en[i].Message, pt[i].Message} {
				if strings.ContainsAny(text, "{}_\n") || strings.Contains(text, "..") || strings.Contains(text, "error.") || !strings.HasSuffix(text, ".") {
					t.Errorf("%T: %q", err, text)
				}
			}
			fmt.Fprintf(&golden, "%T, %s\n  %s\n  %s\n", err, r.Code, en[i].Message, pt[i].Message)
		}
	}
	const file = "testdata/refusals_in_words.golden"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(golden.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(golden.String(), "\n")); diff != "" {
		t.Errorf("refusals read otherwise (-want +got):\n%s", diff)
	}
}
