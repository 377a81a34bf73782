package words

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/partnerengage/partnerengage/internal/text"
)

// Colour is a colour as in "#0b4f9e": six hexadecimal digits.
type Colour string

// Image is a picture.
type Image struct {
	MediaType string // image/png, image/jpeg, image/webp or image/svg+xml
	Data      []byte // at most 64 KiB
}

// Brand is how the pages and mails of a host look. Everything is optional.
type Brand struct {
	Name string // of whoever sends mails and shows pages; also what stands for the logo where pictures are off
	Logo Image  // above a page; adapters of mail can show it, too

	// Accent is the colour of buttons and links on white, of which it has to stand out
	// clearly (a contrast of 4.5, as WCAG asks for); "": the library's blue.
	Accent Colour
	// DarkAccent is the same on a dark page; "": Accent, made lighter as needed.
	DarkAccent Colour

	ImprintURL string // of the legal notice: https
	PrivacyURL string // of the privacy notice: https
	Note       Text   // below each page and mail: who the sender is, and why the receiver gets it
}

// Theme is a Brand that can be used, see [NewTheme]. A nil Theme is plain.
type Theme struct{ brand Brand }

// What a Brand can hold.
const (
	longestName = 100
	longestNote = 1000
	largestLogo = 64 << 10
)

// imageKinds are the media types of logos, and how the data of each begins.
var imageKinds = map[string]func([]byte) bool{
	"image/png":     func(b []byte) bool { return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) },
	"image/jpeg":    func(b []byte) bool { return bytes.HasPrefix(b, []byte("\xff\xd8\xff")) },
	"image/webp":    func(b []byte) bool { return len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP" },
	"image/svg+xml": func(b []byte) bool { return bytes.Contains(b[:min(len(b), 1024)], []byte("<svg")) },
}

// NewTheme checks a brand. Every mistake is in the joined error.
func NewTheme(b Brand) (*Theme, error) {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, fmt.Errorf("theme: %s %s", field, fmt.Sprintf(format, args...)))
	}
	if problem := text.Line(b.Name, longestName); b.Name != "" && problem != "" {
		bad("name", "%s", problem)
	}
	if kind := imageKinds[b.Logo.MediaType]; len(b.Logo.Data) > 0 || b.Logo.MediaType != "" {
		switch {
		case kind == nil:
			bad("logo", "is of the type %.40q: use one of %q", b.Logo.MediaType, slices.Sorted(maps.Keys(imageKinds)))
		case !kind(b.Logo.Data):
			bad("logo", "is not an image of the type %s", b.Logo.MediaType)
		case len(b.Logo.Data) > largestLogo:
			bad("logo", "has %d bytes: use at most %d", len(b.Logo.Data), largestLogo)
		case b.Name == "":
			bad("name", "is empty: a logo needs it for people who do not see pictures")
		}
	}
	for _, c := range []struct {
		field  string
		colour Colour
		on     Colour
		named  string
	}{{"accent", b.Accent, lightPaper, "white"}, {"dark_accent", b.DarkAccent, darkPaper, "a dark page"}} {
		if c.colour == "" {
			continue
		}
		if _, ok := c.colour.luminance(); !ok {
			bad(c.field, "is %.20q: write it as in #0b4f9e", c.colour)
		} else if got := contrast(c.colour, c.on); got < legible {
			bad(c.field, "%s cannot be read well on %s: its contrast is %.1f, and %.1f is the least", c.colour, c.named, got, legible)
		}
	}
	for _, l := range []struct{ field, link string }{{"imprint_url", b.ImprintURL}, {"privacy_url", b.PrivacyURL}} {
		if l.link == "" {
			continue
		}
		u, err := url.Parse(l.link)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || text.Line(l.link, 2000) != "" || strings.ContainsAny(l.link, " <>\"") {
			bad(l.field, "is not an address that begins with https://")
		}
	}
	problems := b.Note.Check(func(s string) string { return text.Prose(s, longestNote) })
	for _, language := range slices.Sorted(maps.Keys(problems)) {
		bad(fmt.Sprintf("note.%s", language), "%s", problems[language])
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	b.Logo.Data, b.Note = bytes.Clone(b.Logo.Data), maps.Clone(b.Note)
	return &Theme{b}, nil
}

// Brand returns what the theme was made of, for adapters that send mail: the zero Brand
// of a nil Theme.
func (t *Theme) Brand() Brand {
	if t == nil {
		return Brand{}
	}
	b := t.brand
	b.Logo.Data, b.Note = bytes.Clone(b.Logo.Data), maps.Clone(b.Note)
	return b
}

// Footer returns what stands below the text of a mail, each on a line of its own: the
// note and the addresses of the notices. It is "" if there is nothing to say.
func (t *Theme) Footer(w Words) string {
	if t == nil {
		return ""
	}
	lines := []string{t.brand.Note.In(w)}
	for _, l := range []struct {
		key  Key
		link string
	}{{"theme.imprint", t.brand.ImprintURL}, {"theme.privacy", t.brand.PrivacyURL}} {
		if l.link != "" {
			lines = append(lines, w.Text("theme.link", Values{"text": w.Text(l.key, nil), "url": l.link}))
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// Style returns the custom properties of CSS for the theme's colours, light and dark,
// which pages set after their own: --act, and --on for what stands on it. It holds
// nothing but colours.
func (t *Theme) Style() string {
	if t == nil || t.brand.Accent == "" && t.brand.DarkAccent == "" {
		return ""
	}
	light, dark := t.brand.Accent, t.brand.DarkAccent
	var style string
	if light != "" {
		style = fmt.Sprintf(":root{--act:%s;--on:%s}\n", light, on(light))
		if dark == "" {
			dark = lighter(light)
		}
	}
	return style + fmt.Sprintf("@media (prefers-color-scheme:dark){:root{--act:%s;--on:%s}}\n", dark, on(dark))
}

// The papers of the pages, and the least contrast that text needs (WCAG 2.2, 1.4.3).
const (
	lightPaper Colour = "#ffffff"
	darkPaper  Colour = "#1d1f24"
	legible           = 4.5
)

// rgb returns red, green and blue.
func (c Colour) rgb() (rgb [3]uint8, ok bool) {
	if len(c) != 7 || c[0] != '#' {
		return rgb, false
	}
	n, err := strconv.ParseUint(string(c[1:]), 16, 24)
	return [3]uint8{uint8(n >> 16), uint8(n >> 8), uint8(n)}, err == nil
}

// luminance is the relative luminance of WCAG 2.2.
func (c Colour) luminance() (float64, bool) {
	rgb, ok := c.rgb()
	var parts [3]float64
	for i, v := range rgb {
		if s := float64(v) / 255; s <= 0.04045 {
			parts[i] = s / 12.92
		} else {
			parts[i] = math.Pow((s+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*parts[0] + 0.7152*parts[1] + 0.0722*parts[2], ok
}

func contrast(a, b Colour) float64 {
	x, _ := a.luminance()
	y, _ := b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// on returns white or black, whichever can be read better on a colour.
func on(c Colour) Colour {
	if contrast(c, "#ffffff") >= contrast(c, "#000000") {
		return "#ffffff"
	}
	return "#000000"
}

// lighter returns the colour, mixed with as little white as it takes to be read on a
// dark page.
func lighter(c Colour) Colour {
	rgb, _ := c.rgb()
	for step := 0; step <= 100; step++ {
		var mixed [3]uint8
		for i, v := range rgb {
			mixed[i] = v + uint8((255-int(v))*step/100)
		}
		if c = Colour(fmt.Sprintf("#%02x%02x%02x", mixed[0], mixed[1], mixed[2])); contrast(c, darkPaper) >= legible {
			break
		}
	}
	return c
}
