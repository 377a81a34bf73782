package partnerengage_test

import (
	"encoding"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// enumeration is a type of text with a closed list of values.
type enumeration struct {
	name      string // "engagement/claim.Status"
	all       []string
	marshal   func(value string) ([]byte, error)
	unmarshal func(text string) (value string, err error)
}

func enumerationOf[T interface {
	~string
	encoding.TextMarshaler
}, P interface {
	*T
	encoding.TextUnmarshaler
}](all []T) enumeration {
	of := reflect.TypeFor[T]()
	e := enumeration{
		name:    strings.TrimPrefix(of.PkgPath(), "github.com/partnerengage/partnerengage/") + "." + of.Name(),
		marshal: func(value string) ([]byte, error) { return T(value).MarshalText() },
		unmarshal: func(text string) (string, error) {
			v := T("before")
			err := P(&v).UnmarshalText([]byte(text))
			return string(v), err
		},
	}
	for _, v := range all {
		e.all = append(e.all, string(v))
	}
	return e
}

func enumerations() []enumeration {
	return []enumeration{
		enumerationOf(tenant.AllBases()), enumerationOf(tenant.AllClouds()), enumerationOf(tenant.AllIDKinds()),
		enumerationOf(eligibility.AllKinds()), enumerationOf(eligibility.AllOutcomes()), enumerationOf(eligibility.AllResults()),
		enumerationOf(consent.AllStatuses()), enumerationOf(consent.AllKinds()), enumerationOf(consent.AllDecisions()),
		enumerationOf(consent.AllChannels()), enumerationOf(consent.AllRoles()), enumerationOf(consent.AllGuards()),
		enumerationOf(link.AllLimits()), enumerationOf(link.AllFailureCodes()), enumerationOf(words.AllGroups()),
		enumerationOf(engagement.AllAvailabilities()), enumerationOf(engagement.AllOrigins()), enumerationOf(engagement.AllStatuses()),
		enumerationOf(append(engagement.AllTabs(), engagement.TabOff)), enumerationOf(engagement.AllRowTypes()), enumerationOf(engagement.AllActions()),
		enumerationOf(engagement.AllReasonKinds()), enumerationOf(engagement.AllAnchors()), enumerationOf(engagement.AllContactDoubts()),
		enumerationOf(engagement.AllChangedFields()), enumerationOf(engagement.AllEventKinds()), enumerationOf(engagement.AllParties()),
		enumerationOf(engagement.AllMessageKinds()), enumerationOf(engagement.AllPaymentModels()), enumerationOf(engagement.AllTakenBy()),
		enumerationOf(claim.AllStatuses()), enumerationOf(claim.AllKinds()), enumerationOf(claim.AllSides()),
		enumerationOf(claim.AllRejectionCodes()), enumerationOf(claim.AllGuards()),
		enumerationOf(survey.AllStatuses()), enumerationOf(survey.AllCommands()), enumerationOf(survey.AllKinds()), enumerationOf(survey.AllProblems()),
		enumerationOf(workflow.AllRoles()), enumerationOf(workflow.AllPermissions()), enumerationOf(workflow.AllFigureDimensions()), enumerationOf(workflow.AllSorts()),
		enumerationOf(workflow.AllForeignContacts()), enumerationOf(workflow.AllCodes()),
		enumerationOf(storage.AllSorts()), enumerationOf(storage.AllFigureDimensions()), enumerationOf(storage.AllFindingKinds()),
	}
}

// openTexts are types of text of which some values have names, and a host can make
// others.
var openTexts = map[string]string{
	"engagement.Type":                "a program has types of its own",
	"eligibility.Op":                 "a host has operators of its own",
	"engagement/workflowtest.Source": "it never becomes text",
}

// Every exported type of text that has constants is an enumeration: what is spelled as
// documented is written and read, and nothing else is, either way. The types are found
// in the source, so that a new one is not forgotten.
func TestEnumerationsRefuseJunk(t *testing.T) {
	known := map[string]enumeration{}
	for _, e := range enumerations() {
		known[e.name] = e
	}
	found := textConstants(t, ".")
	for name, values := range found {
		if openTexts[name] != "" {
			continue
		}
		e, ok := known[name]
		if !ok {
			t.Errorf("%s has constants and no row in enumerations: it needs MarshalText, UnmarshalText and a list of all its values", name)
			continue
		}
		for _, v := range values {
			if v != "" && !slices.Contains(e.all, v) {
				t.Errorf("%s: %q is a constant, and none of all its values", name, v)
			}
		}
	}
	for name, e := range known {
		if _, ok := found[name]; !ok {
			t.Errorf("%s has no constants in the source", name)
		}
		for _, v := range e.all {
			if text, err := e.marshal(v); err != nil || string(text) != v {
				t.Errorf("%s: %q is written as %q with %v", name, v, text, err)
			}
			if got, err := e.unmarshal(v); err != nil || got != v {
				t.Errorf("%s: %q is read as %q with %v", name, v, got, err)
			}
			for _, junk := range []string{"x", " ", v + " ", " " + v, v + "\x00", strings.ToUpper(v), v + v} {
				if slices.Contains(e.all, junk) || junk == "" {
					continue
				}
				if text, err := e.marshal(junk); err == nil {
					t.Errorf("%s: %q is written as %q", name, junk, text)
				}
				if got, err := e.unmarshal(junk); err == nil || got != "before" {
					t.Errorf("%s: %q is read as %q with %v", name, junk, got, err)
				}
			}
		}
	}
	for name := range openTexts {
		if _, ok := found[name]; !ok {
			t.Errorf("%s is no longer there", name)
		}
	}
}

// textConstants returns the exported types of text of a module that have exported
// constants, with the constants' values where they are literals.
func textConstants(t *testing.T, root string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); dir != root && (err == nil || d.Name() == "testdata" || d.Name() == "internal" || d.Name()[0] == '.') {
			return filepath.SkipDir
		}
		paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
		var files []*ast.File
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			files = append(files, file)
		}
		for name, values := range constantsOf(files) {
			found[filepath.ToSlash(dir)+"."+name] = values
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 40 {
		t.Fatalf("only %d types of text with constants are found", len(found))
	}
	return found
}

// constantsOf returns the same for the files of a package, by the types' names.
func constantsOf(files []*ast.File) map[string][]string {
	texts, values := map[string]bool{}, map[string][]string{}
	for _, file := range files {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					if of, ok := s.Type.(*ast.Ident); ok && of.Name == "string" && s.Name.IsExported() && !s.Assign.IsValid() {
						texts[s.Name.Name] = true
					}
				case *ast.ValueSpec:
					if gen.Tok != token.CONST {
						continue
					}
					for i, name := range s.Names {
						of, value := s.Type, ast.Expr(nil)
						if i < len(s.Values) {
							value = s.Values[i]
						}
						if call, ok := value.(*ast.CallExpr); ok && of == nil && len(call.Args) == 1 {
							of, value = call.Fun, call.Args[0] // Status("x")
						}
						if of, ok := of.(*ast.Ident); ok && name.IsExported() {
							values[of.Name] = append(values[of.Name], literal(value)...)
						}
					}
				}
			}
		}
	}
	for name := range values {
		if !texts[name] {
			delete(values, name)
		}
	}
	return values
}

func literal(e ast.Expr) []string {
	if lit, ok := e.(*ast.BasicLit); ok {
		if s, err := strconv.Unquote(lit.Value); err == nil {
			return []string{s}
		}
	}
	return nil
}
