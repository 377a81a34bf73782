package workflow_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// A permission's text says what its name says.
func TestPermissionsInWords(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "actor.go", nil, parser.SkipObjectResolution)
	ok(t, err)
	names := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, is := n.(*ast.ValueSpec); is && strings.HasPrefix(s.Names[0].Name, "May") {
			names[strings.Trim(s.Values[0].(*ast.BasicLit).Value, `"`)] = s.Names[0].Name
		}
		return true
	})
	for _, p := range workflow.AllPermissions() {
		said := "may" + strings.ReplaceAll(strings.ReplaceAll(string(p), " the ", " "), " ", "")
		equal(t, string(p), said, strings.ToLower(names[string(p)]))
	}
}
