package partnerengage_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// Every value that is a text, but not a string by itself, can be a column.
func TestColumnsAreComplete(t *testing.T) {
	n := 0
	for _, dir := range []string{"tenant", "eligibility"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		var code []byte
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			code = append(code, text...)
		}
		for _, m := range regexp.MustCompile(`(?m)^func \(\w+ \*(\w+)\) UnmarshalText\(`).FindAllSubmatch(code, -1) {
			name := string(m[1])
			if regexp.MustCompile(`(?m)^type ` + name + ` string$`).Match(code) {
				continue
			}
			n++
			if !regexp.MustCompile(`(?m)^func \(\w+ \*`+name+`\) Scan\(`).Match(code) || !regexp.MustCompile(`(?m)^func \(\w+ `+name+`\) Value\(\) \(driver\.Value, error\)`).Match(code) {
				t.Errorf("%s.%s is no column of databases: give it Scan and Value", dir, name)
			}
		}
	}
	if n < 8 {
		t.Errorf("only %d values were found", n)
	}
}
