package link_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/stretchr/testify/require"
)

func TestMatchLanguage(t *testing.T) {
	have := []link.Language{"pt-PT", "pt-BR", "pt", "zh-Hant-TW"}
	for wanted, want := range map[link.Language]link.Language{"pt-BR": "pt-BR", "pt-AO": "pt-PT", "zh": "zh-Hant-TW"} {
		got, ok := link.MatchLanguage(have, wanted)
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	_, ok := link.MatchLanguage(have, "en", "de")
	require.False(t, ok)
}

func TestParseLanguage(t *testing.T) {
	for in, want := range map[string]link.Language{
		"en": "en", "PT-pt": "pt-PT", "pt_PT": "pt-PT", "zh-HANT-tw": "zh-Hant-TW", "es-419": "es-419", "fil": "fil", "sr-latn": "sr-Latn",
	} {
		got, err := link.ParseLanguage(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got)
		var l link.Language
		require.NoError(t, l.UnmarshalText([]byte(in)))
		require.Equal(t, want, l)
		text, err := link.Language(in).MarshalText()
		require.NoError(t, err)
		require.Equal(t, string(want), string(text))
	}
	for _, junk := range []string{"", "e", "engl", "e1", "en-", "-en", "en-USA1", "en-US-Latn", "en-US-x-y", "en US", "en\n", "pt-P", "ção", "en-4a9"} {
		_, err := link.ParseLanguage(junk)
		require.ErrorAs(t, err, new(*link.InvalidError), "%q", junk)
		_, err = link.Language(junk).MarshalText()
		require.Error(t, err, "%q", junk)
	}
}
