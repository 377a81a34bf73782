package main

import (
	"encoding/json"
	"html/template"
	"net/http"

	"github.com/partnerengage/partnerengage/engagement/workflowhttp"
)

// description serves the description of the API, with what is this host's: where it is,
// and how one logs in.
func description(url string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		var doc map[string]any
		if err := json.Unmarshal(workflowhttp.OpenAPI(), &doc); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		doc["servers"] = []any{map[string]any{"url": url}}
		doc["security"] = []any{map[string]any{"token": []any{}}}
		doc["components"].(map[string]any)["securitySchemes"] = map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer"}}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(doc) // nobody is left to be told
	}
}

var page = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The API of partnerengage</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color-scheme: light dark }
table { border-collapse: collapse; width: 100% }
td { border-top: 1px solid #8884; padding: .4rem .8rem .4rem 0; vertical-align: top }
code { overflow-wrap: anywhere }
</style>
<h1>The API of partnerengage</h1>
<p>Every query and every command, under <code>/api</code>; <a href="/openapi.json">openapi.json</a> describes them for tools.</p>
<table>{{range .}}
<tr><td><code>{{.Method}}</code><td><code>{{.Path}}</code><td>{{.Doc}}{{end}}
</table>
`))

// overview lists the routes for people.
func overview(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_ = page.Execute(w, workflowhttp.Routes())
}
