package partnerengage_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPapersNameWhatExists holds the papers for those who work on the library against it:
// every link leads to a file, and what stands in backquotes is a path, something that
// is declared, or a command whose paths and tests are there.
func TestPapersNameWhatExists(t *testing.T) {
	declared := declarations(t)
	for _, paper := range []string{"ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"} {
		text := read(t, paper)
		fences := regexp.MustCompile("(?s)```(\\w*)\n(.*?)```")
		for _, fence := range fences.FindAllStringSubmatch(text, -1) {
			if fence[1] == "sh" {
				for _, line := range strings.Split(fence[2], "\n") {
					line, _, _ = strings.Cut(line, "#")
					checkCommand(t, paper, line, declared)
				}
			}
		}
		text = fences.ReplaceAllString(text, "")
		for _, link := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(link[1]); err != nil {
				t.Errorf("%s links to what is not there: %v", paper, err)
			}
		}
		said := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(text, -1)
		if len(said) < 10 {
			t.Errorf("%s names only %d things", paper, len(said))
		}
		for _, s := range said {
			checkNamed(t, paper, s[1], declared)
		}
	}
}

// placeholders stand for what is different each time.
var placeholders = map[string]bool{"TestX": true, "./pkg": true, "-update": true, "-add": true, "replace": true, "go": true, "now": true, "Deprecated:": true, "GOWORK=off": true, "v0.1.0": true, "storage/sqlite/v0.1.0": true, "govulncheck": true}

func checkNamed(t *testing.T, paper, name string, declared map[string]bool) {
	first, _, _ := strings.Cut(name, " ")
	switch {
	case placeholders[name] || declared[name]:
	case strings.HasPrefix(name, "Test: "), strings.HasPrefix(name, "## "):
	case strings.Contains(name, " ") && (first == "go" || first == "git" || strings.HasPrefix(first, ".ci/")):
		checkCommand(t, paper, name, declared)
	case exists(name): // a path, from the root
	case exists(filepath.Join("/", "usr")) && (name == "testing" || name == "html/template" || name == "database/sql"):
	default:
		t.Errorf("%s names %q, which is no path and is declared nowhere", paper, name)
	}
}

// checkCommand looks for the paths and the tests that a command line names.
func checkCommand(t *testing.T, paper, line string, declared map[string]bool) {
	for _, word := range strings.Fields(line) {
		word = strings.Trim(word, "'")
		switch {
		case placeholders[word], word == "./...", word == "NAME":
		case strings.HasPrefix(word, "./"), strings.HasPrefix(word, ".ci/"):
			if !exists(word) {
				t.Errorf("%s: no %s, as in %q", paper, word, line)
			}
		case strings.HasPrefix(word, "Test"), strings.HasPrefix(word, "Fuzz"):
			if !declared[word] {
				t.Errorf("%s: no %s, as in %q", paper, word, line)
			}
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// declarations are the names of everything that the repository declares, by itself, with
// its package and, of methods and fields, with its type: change, workflow.Service,
// Service.With, Options.PersonSecret.
func declarations(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pkg := file.Name.Name + "."
		add := func(names ...string) {
			name := strings.Join(names, ".")
			out[name], out[pkg+name] = true, true
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				add(d.Name.Name)
				if d.Recv != nil {
					add(receiver(d.Recv.List[0].Type), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.ValueSpec:
						for _, n := range s.Names {
							add(n.Name)
						}
					case *ast.TypeSpec:
						add(s.Name.Name)
						fields := &ast.FieldList{}
						switch of := s.Type.(type) {
						case *ast.StructType:
							fields = of.Fields
						case *ast.InterfaceType:
							fields = of.Methods
						}
						for _, f := range fields.List {
							for _, n := range f.Names {
								add(s.Name.Name, n.Name)
							}
						}
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// receiver is the name of a method's type.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}
