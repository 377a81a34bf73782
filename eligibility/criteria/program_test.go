package criteria

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSmoke(t *testing.T) {
	data, err := os.ReadFile("testdata/program.json")
	require.NoError(t, err)
	var program struct {
		Engagements []struct {
			ID                 string
			Location, Customer json.RawMessage
		}
	}
	require.NoError(t, json.Unmarshal(data, &program))
	for _, e := range program.Engagements {
		for _, list := range []json.RawMessage{e.Location, e.Customer} {
			rules, err := NewRegistry().ReadRules(list)
			require.NoError(t, err)
			for _, r := range rules {
				t.Log(r.ID, r.Doc)
			}
		}
	}
}
