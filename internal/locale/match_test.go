package locale_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/internal/locale"
)

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		wanted, have []string
		want         int
	}{
		{[]string{"pt-BR"}, []string{"en", "pt-PT"}, 1},
		{[]string{"pt-AO"}, []string{"pt-BR", "pt-PT"}, 1},
		{[]string{"pt"}, []string{"pt-PT", "pt-BR"}, 1},
		{[]string{"EN_us"}, []string{"pt-PT", "en"}, 1},
		{[]string{"fr", "pt-BR", "en"}, []string{"en", "pt-PT"}, 1},
		{[]string{"es-MX"}, []string{"es-ES", "es-419"}, 1},
		{[]string{"zh-HK"}, []string{"zh-Hans", "zh-Hant"}, 1},
		{[]string{"zh"}, []string{"en", "zh-Hant-TW"}, 1},
		{[]string{"nb"}, []string{"en", "no"}, 1},
		{[]string{"fr"}, []string{"en", "pt-PT"}, -1},
		{[]string{"da"}, []string{"no"}, -1},
		{[]string{"uk"}, []string{"ru"}, -1},
		{[]string{"gl"}, []string{"pt-PT", "es"}, -1},
		{[]string{"", "*", "x", "und", "not a tag"}, []string{"en"}, -1},
		{[]string{"en"}, nil, -1},
	} {
		if got := locale.Match(tt.have, tt.wanted...); got != tt.want {
			t.Errorf("of %q for %q: %d, want %d", tt.have, tt.wanted, got, tt.want)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	for b.Loop() {
		locale.Match([]string{"en", "pt-PT"}, "pt-BR", "en")
	}
}
