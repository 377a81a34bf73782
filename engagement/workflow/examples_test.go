package workflow_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The package's doc lists every example that there is, and no other.
func TestExamplesAreListed(t *testing.T) {
	paths, err := filepath.Glob("example*_test.go")
	ok(t, err)
	var files []*ast.File
	for _, path := range append(paths, "doc.go") {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		ok(t, err)
		files = append(files, file)
	}
	_, section, found := strings.Cut(files[len(files)-1].Doc.Text(), "# Examples\n")
	if !found {
		t.Fatal("the package's doc has no Examples")
	}
	var listed []string
	for _, m := range regexp.MustCompile(`\((\w+)\)`).FindAllStringSubmatch(section, -1) {
		listed = append(listed, m[1])
	}
	examples := doc.Examples(files[:len(files)-1]...)
	for _, e := range examples {
		name := strings.TrimPrefix(e.Name, "_")
		switch i := slices.Index(listed, name); {
		case i < 0:
			t.Errorf("Example%s is not listed in the package's doc", e.Name)
		default:
			listed = slices.Delete(listed, i, i+1)
		}
		if e.Doc == "" || e.Output == "" {
			t.Errorf("Example%s does not say what it shows, or has no output", e.Name)
		}
	}
	if len(listed) > 0 || len(examples) < 25 {
		t.Errorf("there are %d examples; listed, and not there: %v", len(examples), listed)
	}
}
