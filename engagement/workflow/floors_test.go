package workflow_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A desk's files are named after it: claims.go, claims_cancel.go and so on. The others
// hold what desks share.
var deskFiles = []string{
	"engagements", "customers", "consents", "claims", "documents", "surveys", "reviews", "histories", "feed", "program", "links", "jobs",
}

// deskOf returns whose a file is, or "".
func deskOf(file string) string {
	name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".go"), "_")
	if slices.Contains(deskFiles, name) {
		return name
	}
	return ""
}

// No desk calls another one, and what they share calls none: whoever changes a desk need
// not look at the others.
func TestDesksStandBesideEachOther(t *testing.T) {
	fset, files := filesOf(t, ".")
	info := types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: strangers{}, Error: func(error) {}} // other packages are of no interest here, so what is theirs is unknown
	pkg, _ := conf.Check("workflow", fset, files, &info)
	desks, calls := map[string]int{}, 0
	for _, f := range files {
		from := fset.File(f.Pos()).Name()
		if desks[deskOf(from)]++; filepath.Base(from) == "desks.go" {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			callee, ok := info.Uses[id].(*types.Func)
			if !ok || callee.Pkg() != pkg {
				return true
			}
			calls++
			if to := deskOf(fset.File(callee.Pos()).Name()); to != "" && to != deskOf(from) {
				t.Errorf("%s: %s is of %s, and this is not: what several desks need belongs into a file of its own, or below", fset.Position(id.Pos()), callee.FullName(), to)
			}
			return true
		})
		for _, d := range f.Decls { // a desk's methods are in its files
			if m, ok := d.(*ast.FuncDecl); ok && m.Recv != nil {
				if recv := fmt.Sprint(types.ExprString(m.Recv.List[0].Type)); strings.HasSuffix(recv, "Desk") {
					if want := strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(recv, "*"), "Desk")); want != deskOf(from) {
						t.Errorf("%s: %s is a method of %s", fset.Position(m.Pos()), m.Name.Name, recv)
					}
				}
			}
		}
	}
	for _, d := range deskFiles {
		if desks[d] == 0 {
			t.Errorf("there is no file of the desk %q", d)
		}
	}
	if calls < 500 {
		t.Errorf("only %d calls were seen", calls)
	}
}

// The engine knows nothing of what is done with it, and what is decided below needs no
// storage.
func TestFloorsStandOnEachOther(t *testing.T) {
	const module = "github.com/partnerengage/partnerengage/"
	may := map[string][]string{ // what each imports of the module
		"internal/engine": {"engagement", "internal/code", "storage", "tenant"},
	}
	for dir, allowed := range may {
		for _, p := range importsOf(t, dir) {
			if of, own := strings.CutPrefix(p, module); own && !slices.Contains(allowed, of) {
				t.Errorf("%s imports %s", dir, p)
			}
		}
	}
	for _, dir := range []string{"..", "../claim", "../survey", "../../consent", "../../consent/link", "../../eligibility"} {
		for _, p := range importsOf(t, dir) {
			if of, own := strings.CutPrefix(p, module); own && (of == "storage" || strings.HasPrefix(of, "storage/") || strings.HasPrefix(of, "engagement/workflow")) {
				t.Errorf("%s decides, and imports %s", dir, p)
			}
		}
	}
}

// A file fits on a few screens.
func TestFilesAreShort(t *testing.T) {
	const most = 400
	for _, dir := range []string{".", "internal/engine"} {
		fset, files := filesOf(t, dir)
		for _, f := range files {
			if n := fset.File(f.Pos()).LineCount(); n > most {
				t.Errorf("%s has %d lines: more than %d", fset.File(f.Pos()).Name(), n, most)
			}
		}
	}
}

// filesOf returns the files of a package that are no tests.
func filesOf(t *testing.T, dir string) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		t.Fatalf("%s has no files", dir)
	}
	return fset, files
}

// importsOf returns what the files of a package import, each once.
func importsOf(t *testing.T, dir string) []string {
	t.Helper()
	_, files := filesOf(t, dir)
	var out []string
	for _, f := range files {
		for _, i := range f.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// strangers imports packages without looking into them.
type strangers struct{}

func (strangers) Import(of string) (*types.Package, error) {
	name := path.Base(of)
	if name == "v2" {
		name = path.Base(path.Dir(of))
	}
	p := types.NewPackage(of, name)
	p.MarkComplete()
	return p, nil
}
