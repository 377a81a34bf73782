package workflowhttp_test

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement/workflowhttp"
)

var update = flag.Bool("update", false, "write the goldens anew")

// The description changes only on purpose.
func TestOpenAPI(t *testing.T) {
	got := workflowhttp.OpenAPI()
	const golden = "testdata/openapi.json"
	if *update {
		require.NoError(t, os.WriteFile(golden, got, 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "to accept it: go test -run TestOpenAPI -update ./engagement/workflowhttp")
}

// The description is whole: what is referred to is there, and every operation has a name
// of its own.
func TestOpenAPIIsWhole(t *testing.T) {
	var doc map[string]any
	require.NoError(t, json.Unmarshal(workflowhttp.OpenAPI(), &doc))
	names := map[string]bool{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, child := range v {
				if ref, ok := child.(string); ok && k == "$ref" {
					assert.NotNil(t, follow(doc, ref), "%s refers to %s", at, ref)
				}
				if name, ok := child.(string); ok && k == "operationId" {
					assert.False(t, names[name], "%s is there twice", name)
					names[name] = true
				}
				walk(at+"/"+k, child)
			}
		case []any:
			for _, child := range v {
				walk(at, child)
			}
		}
	}
	walk("", doc)
	assert.Len(t, names, len(workflowhttp.Routes()))
}

// follow returns what a reference within a document points to.
func follow(doc map[string]any, ref string) any {
	var v any = doc
	for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[step]
	}
	return v
}
