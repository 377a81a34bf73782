package partnerengage_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"
)

// otherNames are fields whose names in JSON are not theirs, with the name that they have.
var otherNames = map[string]string{
	// An identity holds IDs, and is no tenant. Refusals name the same fields.
	"tenant.Identity.Tenant": "tenant_id", "tenant.Identity.Subscription": "subscription_id", "tenant.Identity.Opportunity": "opportunity_id",
	"tenant.Entry.Tenant": "tenant_id",
	// CloudEvents has no underscores.
	"relay/cloudevents.Event.SpecVersion": "specversion", "relay/cloudevents.Event.DataContentType": "datacontenttype",
	// What a cursor holds, which is nobody's to read.
	"storage.Position.Rank": "k", "storage.Position.Text": "t", "storage.Position.Time": "d", "storage.Position.Row": "r",
}

// otherFiles are those whose names in JSON are somebody else's.
var otherFiles = map[string]string{
	"consent/receipt.go": "ISO/IEC TS 27560",
}

// A field is called the same in JSON as in Go, in snake_case, so that whoever knows one
// finds the other.
func TestNamesInJSON(t *testing.T) {
	fields, others := 0, 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		slash := filepath.ToSlash(path)
		if d.IsDir() {
			if path != "." && (d.Name() == "internal" || d.Name() == "testdata" || d.Name()[0] == '.' || slash == "examples") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || otherFiles[slash] != "" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, f := range jsonFields(file) {
			name := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "engagement/") + "." + f.owner + "." + f.name
			want := snakeCase(f.name)
			if other, ok := otherNames[name]; ok {
				want, others = other, others+1
			}
			if fields++; f.json != want {
				t.Errorf("%s: %s is %q in JSON, and not %q", slash, name, f.json, want)
			}
		}
		return nil
	})
	if err != nil || fields < 300 || others != len(otherNames) {
		t.Errorf("%d fields, %d of them with other names, with %v", fields, others, err)
	}
}

type jsonField struct{ owner, name, json string }

// jsonFields returns the fields of the exported types of a file that have names in JSON.
func jsonFields(file *ast.File) []jsonField {
	var fields []jsonField
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.TYPE {
			continue
		}
		for _, spec := range gen.Specs {
			owner := spec.(*ast.TypeSpec).Name
			of, ok := spec.(*ast.TypeSpec).Type.(*ast.StructType)
			if !ok || !owner.IsExported() {
				continue
			}
			for _, f := range of.Fields.List {
				if f.Tag == nil {
					continue
				}
				name, _, _ := strings.Cut(reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json"), ",")
				for _, id := range f.Names {
					if name != "" && name != "-" {
						fields = append(fields, jsonField{owner.Name, id.Name, name})
					}
				}
			}
		}
	}
	return fields
}

// snakeCase returns "accepts_ids" for "AcceptsIDs".
func snakeCase(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, c := range letters {
		if i > 0 && unicode.IsUpper(c) {
			begins := i+1 < len(letters) && unicode.IsLower(letters[i+1]) && !(letters[i+1] == 's' && (i+2 == len(letters) || unicode.IsUpper(letters[i+2])))
			if !unicode.IsUpper(letters[i-1]) || begins {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

func TestSnakeCase(t *testing.T) {
	for name, want := range map[string]string{
		"Name": "name", "ID": "id", "AcceptsIDs": "accepts_ids", "PayeeURL": "payee_url", "URLOfPage": "url_of_page", "TPID": "tpid", "SHA256": "sha256", "NotBefore": "not_before",
	} {
		if got := snakeCase(name); got != want {
			t.Errorf("%s is %q, and not %q", name, got, want)
		}
	}
}
