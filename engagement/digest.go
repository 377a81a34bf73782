package engagement

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
)

// digest returns the hash of the event after the one with hash before, in the
// event's own format.
func (e Event) digest(before Digest) Digest {
	if e.Format <= FormatNote {
		return e.noteForm().digest(before)
	}
	return e.detailForm().digest(before)
}

// misfit says what stands in an event that its format has no place for, so that
// no hash covers it; or nothing.
func (e Event) misfit() string {
	switch {
	case e.Format < FormatNote || e.Format > FormatDetail:
		return fmt.Sprintf("it has format %d: %d to %d are known", e.Format, FormatNote, FormatDetail)
	case e.Format == FormatNote && (!e.Detail.IsZero() || !e.State.IsZero()):
		return "it says what no event of its format says"
	case e.Format == FormatDetail && e.Note != "":
		return "it has a note, and no event of its format has one"
	}
	return ""
}

// detailForm is what the hash of FormatDetail covers. Like those of Detail, its
// numbers are never used for anything else.
type detailForm struct {
	Partner       PartnerID       `field:"1"`
	Customer      tenant.Key      `field:"2"`
	Seq           int64           `field:"3"`
	At            time.Time       `field:"4"`
	Kind          EventKind       `field:"5"`
	By            Party           `field:"6"`
	Engagement    ID              `field:"7"`
	Participation ParticipationID `field:"8"`
	From          Status          `field:"9"`
	To            Status          `field:"10"`
	Detail        Detail          `field:"11"`
	PersonDigest  Digest          `field:"12"`
	State         Digest          `field:"13"`
}

func (e Event) detailForm() detailForm {
	return detailForm{
		Partner: e.Partner, Customer: e.Customer, Seq: e.Seq, At: e.At, Kind: e.Kind, By: e.By, Engagement: e.Engagement,
		Participation: e.Participation, From: e.From, To: e.To, Detail: e.Detail, PersonDigest: e.PersonDigest, State: e.State,
	}
}

func (f detailForm) digest(before Digest) Digest {
	h := sha256.New()
	h.Write(before[:])
	writeInt(h, -FormatDetail) // in the first format a length stands here
	h.Write(encode(f))
	return Digest(h.Sum(nil))
}

// noteForm is what the hash of FormatNote covers, every text preceded by its
// length. It is as it was when the last event of that format was written.
type noteForm struct {
	partner, customer                                   string
	seq, at                                             int64
	kind, by, engagement, participation, from, to, note string
	personDigest                                        Digest
}

func (e Event) noteForm() noteForm {
	return noteForm{
		partner: string(e.Partner), customer: string(e.Customer), seq: e.Seq, at: e.At.UTC().UnixMicro(),
		kind: string(e.Kind), by: string(e.By), engagement: string(e.Engagement), participation: string(e.Participation),
		from: string(e.From), to: string(e.To), note: e.Note, personDigest: e.PersonDigest,
	}
}

func (f noteForm) digest(before Digest) Digest {
	h := sha256.New()
	h.Write(before[:])
	writeText(h, f.partner, f.customer)
	writeInt(h, f.seq)
	writeInt(h, f.at)
	writeText(h, f.kind, f.by, f.engagement, f.participation, f.from, f.to, f.note)
	h.Write(f.personDigest[:])
	return Digest(h.Sum(nil))
}

func writeInt(h hash.Hash, n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	h.Write(b[:])
}

func writeText(h hash.Hash, texts ...string) {
	for _, s := range texts {
		writeInt(h, int64(len(s)))
		h.Write([]byte(s))
	}
}
