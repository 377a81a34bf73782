package partnerengage_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A doc comment begins with the name that it is about, also after a renaming.
func TestCommentsBeginWithTheName(t *testing.T) {
	checked := 0
	check := func(path string, name *ast.Ident, doc *ast.CommentGroup) {
		if doc == nil || !name.IsExported() {
			return
		}
		words := strings.Fields(doc.Text())
		if len(words) > 1 && slices.Contains([]string{"A", "An", "The"}, words[0]) {
			words = words[1:]
		}
		if checked++; len(words) == 0 || strings.Trim(words[0], ",.:") != name.Name {
			t.Errorf("%s: the comment of %s begins otherwise: %.60q", path, name.Name, doc.Text())
		}
	}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != "." && (d.Name() == "testdata" || d.Name() == "examples" || d.Name()[0] == '.') {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				check(path, d.Name, d.Doc)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if of, ok := spec.(*ast.TypeSpec); ok {
						doc := of.Doc
						if doc == nil && len(d.Specs) == 1 {
							doc = d.Doc
						}
						check(path, of.Name, doc)
					}
				}
			}
		}
		return nil
	})
	if err != nil || checked < 1000 {
		t.Errorf("%d comments were read, with %v", checked, err)
	}
}
