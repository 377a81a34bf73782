package record_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/storage/record"
)

// most is how many bytes a participation takes after the customer has consented.
const most = 1400

func TestSizeOfAParticipation(t *testing.T) {
	for name, p := range map[string]engagement.Participation{"draft": draft(t), "paid": paid(t)} {
		body, err := record.Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		text := must(json.Marshal(named(p)))
		t.Logf("%s: %d bytes, %d as JSON", name, len(body), len(text))
		if name == "draft" && len(body) > most {
			t.Errorf("a participation takes %d bytes, and is to take at most %d", len(body), most)
		}
	}
}

// named returns the participation with the forms of its surveys by their names only, as
// adapters stored them in JSON.
func named(p engagement.Participation) engagement.Participation {
	claim := *p.Claim
	claim.Surveys = append(claim.Surveys[:0:0], claim.Surveys...)
	for i, s := range claim.Surveys {
		claim.Surveys[i].Form = survey.Form{ID: s.Form.ID, Version: s.Form.Version}
	}
	p.Claim = &claim
	return p
}

// BenchmarkDecodeParticipation decodes a participation and, by turns, the same one in
// JSON.
func BenchmarkDecodeParticipation(b *testing.B) {
	p := draft(b)
	body := must(record.Encode(p))
	text := must(json.Marshal(named(p)))
	rival(b, func() error {
		_, err := record.Decode[engagement.Participation](body)
		return err
	}, func() error {
		var p engagement.Participation
		if err := json.Unmarshal(text, &p); err != nil {
			return err
		}
		for i, s := range p.Claim.Surveys {
			p.Claim.Surveys[i].Form, _ = survey.Published(s.Form.ID, s.Form.Version)
		}
		return nil
	})
}

// BenchmarkEncodeParticipation encodes instead.
func BenchmarkEncodeParticipation(b *testing.B) {
	p := draft(b)
	rival(b, func() error {
		_, err := record.Encode(p)
		return err
	}, func() error {
		_, err := json.Marshal(named(p))
		return err
	})
}

// rival measures two sides by turns of a thousand each. "x" is how many times as fast ours
// is: the median of the turns, with what the garbage collector takes.
func rival(b *testing.B, ours, theirs func() error) {
	const turn, turns = 1000, 15
	measure := func(f func() error) float64 {
		began := time.Now()
		for range turn {
			if err := f(); err != nil {
				b.Fatal(err)
			}
		}
		return float64(time.Since(began).Nanoseconds()) / turn
	}
	var ratios, times []float64
	for b.Loop() {
		for range turns {
			t := measure(ours)
			ratios, times = append(ratios, measure(theirs)/t), append(times, t)
		}
	}
	slices.Sort(ratios)
	slices.Sort(times)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(times[len(times)/2], "ours-ns")
	b.ReportMetric(ratios[len(ratios)/2], "x")
	b.ReportMetric(testing.AllocsPerRun(100, func() { _ = ours() }), "ours-allocs")
	b.ReportMetric(testing.AllocsPerRun(100, func() { _ = theirs() }), "json-allocs")
}
