package words

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
)

// Tongue returns the name of a language: "Portuguese".
func (w Words) Tongue(l link.Language) string {
	if name, ok := w.lookup(Key("language." + string(l))); ok {
		return name
	}
	return string(l)
}

// Finding says what a ready check of package eligibility wants and what was found, of
// which a finding has the texts in English: "at least 1000" is "no mínimo 1 000", and
// "one of smb, corporate" is "smb ou corporate". What a check wants that is built of
// several is "", for its criterion says it in words, and what a host's own check says
// stays as it is.
func (w Words) Finding(wanted, found string) (string, string) {
	for _, op := range []eligibility.Op{eligibility.OpAllOf, eligibility.OpAnyOf, eligibility.OpNot} {
		if strings.HasPrefix(wanted, string(op)+" (") {
			return "", w.several(found)
		}
	}
	for _, op := range []eligibility.Op{
		eligibility.OpNotOneOf, eligibility.OpOneOf, eligibility.OpContains, eligibility.OpAtLeast, eligibility.OpAtMost, eligibility.OpBelow,
		eligibility.OpBetween, eligibility.OpBefore, eligibility.OpAfter, eligibility.OpOlderThan, eligibility.OpIs,
	} {
		if operand, ok := strings.CutPrefix(wanted, string(op)+" "); ok {
			return w.wanted(op, operand), w.value(op, found)
		}
	}
	return wanted, found
}

func (w Words) wanted(op eligibility.Op, operand string) string {
	key := KeyOf("wanted", string(op))
	switch op {
	case eligibility.OpIs:
		return w.value(op, operand)
	case eligibility.OpOneOf, eligibility.OpNotOneOf:
		var values []string
		for value := range strings.SplitSeq(operand, ", ") {
			values = append(values, w.value(op, value))
		}
		return w.Text(key, Values{"values": w.Or(values)})
	case eligibility.OpBetween:
		low, high, _ := strings.Cut(operand, " and ")
		return w.Text(key, Values{"low": w.value(op, low), "high": w.value(op, high)})
	case eligibility.OpOlderThan:
		if n, err := eligibility.ParseDays(operand); err == nil {
			return w.Count(key, n)
		}
	case eligibility.OpBefore, eligibility.OpAfter:
		day, orNever := strings.CutSuffix(operand, " or never")
		said := w.Text(key, Values{"value": w.value(op, day)})
		if digits, ok := strings.CutSuffix(day, " days ago"); ok {
			if n, err := strconv.Atoi(digits); err == nil {
				said = w.Count(key+"_days_ago", n)
			}
		}
		if orNever {
			said = w.Text("wanted.or_never", Values{"wanted": said})
		}
		return said
	}
	return w.Text(key, Values{"value": w.value(op, operand)})
}

var number = regexp.MustCompile(`^-?(0|[1-9]\d{0,17})(\.\d+)?$`)

// several says what was found of several facts: "segment smb; rooms 4". Facts have
// the names that the catalogue has for them.
func (w Words) several(found string) string {
	parts := strings.Split(found, "; ")
	for i, part := range parts {
		if fact, value, ok := strings.Cut(part, " "); ok {
			parts[i] = w.Named("fact", fact) + " " + w.value(eligibility.OpIs, value)
		}
	}
	return strings.Join(parts, "; ")
}

// value says a value of a fact as a finding has it: truth, days, amounts, and the
// numbers of checks that compare them, as the language writes them, and any other text
// as it is, which may be an ID.
func (w Words) value(op eligibility.Op, text string) string {
	switch text {
	case "true", "false", "none", "never":
		return w.Named("value", text)
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return w.Day(day, nil)
	}
	if m, err := eligibility.ParseMoney(text); err == nil {
		return w.Money(m)
	}
	switch op {
	case eligibility.OpAtLeast, eligibility.OpAtMost, eligibility.OpBelow, eligibility.OpBetween:
		if number.MatchString(text) {
			return w.number(text)
		}
	}
	return text
}
