package partnerengage_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeShowsWhatCompiles holds every Go snippet of the README against the
// compiled code that it is taken from.
func TestReadmeShowsWhatCompiles(t *testing.T) {
	readme := read(t, "README.md")
	code := unindent(read(t, "example_test.go") + read(t, "snippet_test.go") + read(t, "examples/customrule/main.go") + read(t, "examples/internal/stores/readme_test.go"))
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(readme, -1)
	if len(snippets) < 3 {
		t.Fatalf("the README has %d snippets", len(snippets))
	}
	for _, s := range snippets {
		for _, part := range strings.Split(strings.TrimSpace(s[1]), "\n\n") {
			if !strings.Contains(code, unindent(part)) {
				t.Errorf("no compiled code holds this snippet of the README:\n%s", part)
			}
		}
	}
}

// TestReadmeNamesWhatExists holds every file and folder that the README links to.
func TestReadmeNamesWhatExists(t *testing.T) {
	text := regexp.MustCompile("(?s)```.*?```").ReplaceAllString(read(t, "README.md"), "")
	for _, link := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(link[1]); err != nil {
			t.Errorf("the README links to what is not there: %v", err)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// unindent drops the indentation of every line.
func unindent(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimLeft(l, "\t")
	}
	return strings.Join(lines, "\n")
}
