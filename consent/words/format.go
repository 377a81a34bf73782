package words

import (
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/internal/text"
)

const zonePrefix = "zone."

// formats are how days, amounts and names are written.
var formats = []entry{
	{"date.day", "{day} {month} {year}", "{day} de {month} de {year}"},
	{"date.moment", "{date}, {time} ({zone})", "{date}, {time} ({zone})"},
	{"date.month.1", "January", "janeiro"},
	{"date.month.2", "February", "fevereiro"},
	{"date.month.3", "March", "março"},
	{"date.month.4", "April", "abril"},
	{"date.month.5", "May", "maio"},
	{"date.month.6", "June", "junho"},
	{"date.month.7", "July", "julho"},
	{"date.month.8", "August", "agosto"},
	{"date.month.9", "September", "setembro"},
	{"date.month.10", "October", "outubro"},
	{"date.month.11", "November", "novembro"},
	{"date.month.12", "December", "dezembro"},

	{"zone_of_city", "{city} time", "hora de {city}"},
	{"zone.UTC", "UTC", "UTC"},
	{"zone.Europe/Lisbon", "Lisbon time", "hora de Lisboa"},
	{"zone.Europe/London", "London time", "hora de Londres"},
	{"zone.Europe/Paris", "Paris time", "hora de Paris"},
	{"zone.Europe/Berlin", "Berlin time", "hora de Berlim"},
	{"zone.Europe/Brussels", "Brussels time", "hora de Bruxelas"},
	{"zone.Europe/Vienna", "Vienna time", "hora de Viena"},
	{"zone.Europe/Zurich", "Zurich time", "hora de Zurique"},
	{"zone.Europe/Rome", "Rome time", "hora de Roma"},
	{"zone.Europe/Warsaw", "Warsaw time", "hora de Varsóvia"},
	{"zone.Europe/Stockholm", "Stockholm time", "hora de Estocolmo"},
	{"zone.America/New_York", "New York time", "hora de Nova Iorque"},
	{"zone.America/Los_Angeles", "Los Angeles time", "hora de Los Angeles"},
	{"zone.Asia/Tokyo", "Tokyo time", "hora de Tóquio"},
	{"zone.Asia/Singapore", "Singapore time", "hora de Singapura"},

	{"number.point", ".", ","},
	{"number.group", ",", "\u00a0"},
	{"money", "{currency}\u00a0{number}", "{number}\u00a0{currency}"},
	{"quote", "“{text}”", "“{text}”"},
	{"list.separator", "; ", "; "},
	{"list.comma", ", ", ", "},
	{"list.and", " and ", " e "},
	{"list.or", " or ", " ou "},

	{"theme.imprint", "Legal notice", "Informação legal"},
	{"theme.privacy", "Privacy notice", "Aviso de privacidade"},
	{"theme.link", "{text}: {url}", "{text}: {url}"},

	{"bytes.one", "{n} byte", "{n} byte"},
	{"bytes.other", "{n} bytes", "{n} bytes"},
	{"days_left.one", "{n} day left", "falta {n} dia"},
	{"days_left.other", "{n} days left", "faltam {n} dias"},
}

// Day returns the day of a time in a zone: "27 December 2026". Nil is UTC.
func (w Words) Day(t time.Time, zone *time.Location) string {
	t = t.In(orUTC(zone))
	return w.Text("date.day", Values{
		"day": fmt.Sprint(t.Day()), "month": w.Text(Key(fmt.Sprintf("date.month.%d", int(t.Month()))), nil), "year": fmt.Sprint(t.Year()),
	})
}

// Moment returns day, time and zone: "27 December 2026, 09:00 (Lisbon time)". Nil is
// UTC.
func (w Words) Moment(t time.Time, zone *time.Location) string {
	t = t.In(orUTC(zone))
	return w.Text("date.moment", Values{"date": w.Day(t, zone), "time": t.Format("15:04"), "zone": w.zone(t)})
}

func orUTC(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

// zone names a zone for people: by its city, else by its distance from UTC.
func (w Words) zone(t time.Time) string {
	name := t.Location().String()
	if text, ok := w.lookup(Key(zonePrefix + name)); ok {
		return text
	}
	if _, city, ok := cutLast(name, "/"); ok && !strings.HasPrefix(name, "Etc/") {
		return w.Text("zone_of_city", Values{"city": strings.ReplaceAll(city, "_", " ")})
	}
	return t.Format("UTC-07:00")
}

// Money returns an amount: "EUR 12,500.00". The zero Money is "".
func (w Words) Money(m eligibility.Money) string {
	if m.IsZero() {
		return ""
	}
	number, currency, _ := strings.Cut(m.String(), " ")
	return w.Text("money", Values{"currency": currency, "number": w.number(number)})
}

// number writes a number as the language does: "12,500.00".
func (w Words) number(text string) string {
	whole, fraction, ok := strings.Cut(text, ".")
	if whole = w.digits(whole); ok {
		whole += w.Text("number.point", nil) + fraction
	}
	return whole
}

// digits groups the digits of a whole number: "12,500".
func (w Words) digits(whole string) string {
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	group := w.Text("number.group", nil)
	var number strings.Builder
	for i, digit := range whole {
		if left := len(whole) - i; i > 0 && left%3 == 0 {
			number.WriteString(group)
		}
		number.WriteRune(digit)
	}
	return sign + number.String()
}

// Or joins the names of things of which one will do: "a, b or c".
func (w Words) Or(items []string) string {
	if n := len(items); n > 1 {
		return strings.Join(items[:n-1], w.Text("list.comma", nil)) + w.Text("list.or", nil) + items[n-1]
	}
	return strings.Join(items, "")
}

// Quoted returns a name that comes from elsewhere, from a directory or a partner, as
// it may stand in a mail: short, in quotation marks, and never as a link.
func (w Words) Quoted(name string) string {
	name = text.Plain(name)
	if name == "" {
		return ""
	}
	return w.Text("quote", Values{"text": name})
}
