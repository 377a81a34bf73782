// Api lists what the packages of the module in the working directory export: every
// declaration without its comment and its body, so that a change of the API shows as a
// change of the list.
//
//	go run .ci/tools/api/main.go
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	var out bytes.Buffer
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); path != "." {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if err == nil || name == "internal" || name == "testdata" || name[0] == '.' || name[0] == '_' {
				return filepath.SkipDir
			}
		}
		return list(&out, path)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "api:", err)
		os.Exit(1)
	}
	os.Stdout.Write(out.Bytes())
}

// list writes what the package in a folder exports, by name.
func list(out *bytes.Buffer, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	fset := token.NewFileSet()
	name, lines := "", []string{}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name = file.Name.Name
		ast.FileExports(file)
		for _, d := range file.Decls {
			more, err := declarations(fset, d)
			if err != nil {
				return err
			}
			lines = append(lines, more...)
		}
	}
	if name == "" || name == "main" || len(lines) == 0 {
		return nil
	}
	slices.Sort(lines)
	fmt.Fprintf(out, "package %s // %s\n\n%s\n\n", name, filepath.ToSlash(dir), strings.Join(lines, "\n"))
	return nil
}

// declarations returns the text of each thing that a declaration exports.
func declarations(fset *token.FileSet, d ast.Decl) ([]string, error) {
	var out []string
	add := func(prefix string, n any) error {
		var b bytes.Buffer
		if err := format.Node(&b, fset, n); err != nil {
			return err
		}
		out = append(out, prefix+b.String())
		return nil
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil && !exported(d.Recv.List[0].Type) {
			return nil, nil
		}
		d.Body = nil
		return out, add("", d)
	case *ast.GenDecl:
		if d.Tok == token.IMPORT {
			return nil, nil
		}
		for _, s := range d.Specs {
			if err := add(d.Tok.String()+" ", s); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// exported reports whether the type of a receiver is.
func exported(t ast.Expr) bool {
	switch t := t.(type) {
	case *ast.StarExpr:
		return exported(t.X)
	case *ast.IndexExpr:
		return exported(t.X)
	case *ast.IndexListExpr:
		return exported(t.X)
	case *ast.Ident:
		return t.IsExported()
	}
	return false
}
