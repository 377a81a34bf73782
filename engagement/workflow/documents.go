package workflow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/evidence"
)

// AddEvidence is the command that adds a document to a claim.
type AddEvidence struct {
	Kind      string `json:"kind"`       // of the proof that it is, such as claim.ProofInvoice
	Name      string `json:"name"`       // of the file, for people
	MediaType string `json:"media_type"` // such as "application/pdf"
}

// LogValue hides the name of the file.
func (c AddEvidence) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", c.Kind), slog.String("media_type", c.MediaType))
}

// RecordEvidence is the command that adds a document which the host keeps.
type RecordEvidence struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`   // in bytes
	SHA256    string `json:"sha256"` // 64 lower-case hexadecimal digits
	Ref       string `json:"ref"`    // where the host keeps it; DocumentsDesk.Open does not open it
}

// LogValue hides the name of the file.
func (c RecordEvidence) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", c.Kind), slog.Int64("size", c.Size))
}

// kept is the result of adding a document. It does not repeat the file's name,
// which may have to be erased.
type kept struct {
	ID  claim.EvidenceID `json:"id"`
	Ref string           `json:"ref"`
	At  time.Time        `json:"at"`
}

// Add puts a document into the Evidence store of the [Options] and adds it to the
// claim. It reads no more than the proof's size limit, and refuses what the claim does
// not take before it reads anything. Either the document is kept and added, or it is
// neither; only if the process dies in between, or storage does not say whether it was
// added, can a content that no claim names stay in the store.
//
// It returns the error of reading the content as it is, an *[InputError] for a document
// that is too large, and an *[UnavailableError] of the source "evidence".
func (d *DocumentsDesk) Add(ctx context.Context, req Request, id engagement.ParticipationID, cmd AddEvidence, content io.Reader) (claim.Evidence, error) {
	s, actor := d.s, req.Actor
	if s.evidence == nil {
		return claim.Evidence{}, errors.New("workflow: Documents.Add needs an Evidence store in the Options; or keep documents yourself and use Documents.Record")
	}
	v := claim.Evidence{Kind: cmd.Kind, Name: cmd.Name, MediaType: cmd.MediaType, Size: 1}
	if _, err := commandOf(req, "add evidence", nil); err != nil {
		return v, err
	}
	if content == nil {
		return v, &InputError{Field: "content", Problem: "is missing: give a reader of the document"}
	}
	u := s.unit()
	p, err := u.participation(ctx, actor, MayEditClaims, id)
	if err != nil {
		return v, err
	}
	// What recording would refuse is refused at once, unless this is a repeated
	// command: that gives its result, whatever the claim takes by now.
	probe := v
	probe.ID, probe.Ref, probe.SHA256 = "new", "new", strings.Repeat("0", 64)
	if _, err := engagement.ApplyClaim(p, claim.AddEvidence{Evidence: probe}, u.Now); err != nil {
		used, failed := s.used(ctx, req)
		if failed != nil {
			return v, failed
		}
		if !used {
			return v, notNow("add evidence", p, u.Now, err)
		}
	}
	limit := int64(claim.DefaultMaxSize)
	if p.Claim != nil {
		item, _ := p.Claim.Item(v.Kind)
		limit = item.Limit()
	}
	ref := refs(id) + u.NewID(p.Customer)
	source := &source{content: content}
	meter := evidence.NewMeter(source, limit)
	if err := s.evidence.Put(ctx, ref, meter); err != nil {
		if source.err != nil {
			return v, source.err
		}
		if large := (*evidence.TooLargeError)(nil); errors.As(err, &large) {
			return v, &InputError{Field: "content", Problem: fmt.Sprintf("is larger than %d bytes: make the document smaller", limit), Err: err}
		}
		return v, unavailable("evidence", err)
	}
	v.Size, v.SHA256, v.Ref = meter.Size(), meter.SHA256(), ref
	record := RecordEvidence{Kind: v.Kind, Name: v.Name, MediaType: v.MediaType, Size: v.Size, SHA256: v.SHA256}
	out, err := s.record(ctx, req, id, record, ref)
	unknown := troubled(err) || errors.Is(err, context.Canceled) // it may have been added
	if out.Ref != ref && !unknown {                              // refused, or added before
		s.discard(ctx, ref)
	}
	return out, err
}

// refs begins the reference of every content that Add keeps for a claim,
// and of no other.
func refs(id engagement.ParticipationID) string { return string(id) + "/" }

// source remembers with which error reading a content ended.
type source struct {
	content io.Reader
	err     error
}

func (r *source) Read(p []byte) (int, error) {
	n, err := r.content.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// Record adds a document to the claim that the host keeps itself.
func (d *DocumentsDesk) Record(ctx context.Context, req Request, id engagement.ParticipationID, cmd RecordEvidence) (claim.Evidence, error) {
	s := d.s
	return s.record(ctx, req, id, cmd, cmd.Ref)
}

func (s *Service) record(ctx context.Context, req Request, id engagement.ParticipationID, cmd RecordEvidence, ref string) (claim.Evidence, error) {
	v := claim.Evidence{Kind: cmd.Kind, Name: cmd.Name, MediaType: cmd.MediaType, Size: cmd.Size, SHA256: cmd.SHA256}
	_, out, err := changeClaim(ctx, s, req, MayEditClaims, id, "add evidence", cmd, func(u *unit, p engagement.Participation) (deed, kept, error) {
		if strings.HasPrefix(cmd.Ref, refs(id)) { // else removing the one would take the other's content
			return deed{}, kept{}, &InputError{Field: "ref", Problem: "names a content that Documents.Add keeps: say where you keep this one"}
		}
		v := v
		v.ID, v.Ref = claim.EvidenceID(u.NewID(p.Customer)), ref
		if p.Claim != nil && p.Claim.Allows(claim.KindAddEvidence, u.Now) { // else it is refused
			if err := u.putContent(ctx, p, v.SHA256); err != nil {
				return deed{}, kept{}, err
			}
		}
		return deed{
			event: claim.AddEvidence{Evidence: v}, kind: engagement.EventEvidenceAdded,
			detail: engagement.Detail{Document: v.Kind, DocumentID: v.ID, MediaType: v.MediaType, Size: v.Size, SHA256: v.SHA256},
		}, kept{v.ID, v.Ref, u.Now}, nil
	})
	v.ID, v.Ref, v.AddedAt = out.ID, out.Ref, out.At
	return v, err
}

// discard takes a content that nothing names out of the store. That it stays
// there does no harm.
func (s *Service) discard(ctx context.Context, ref string) {
	if err := s.evidence.Delete(context.WithoutCancel(ctx), ref); err != nil {
		s.log.WarnContext(ctx, "a document that is no longer needed could not be deleted", "ref", ref, "error", err)
	}
}

// RemoveEvidence is the command that takes a document away from a claim.
type RemoveEvidence struct {
	Evidence claim.EvidenceID `json:"evidence"`
}

// Remove takes a document away from a claim, and its content out of the Evidence store
// if [DocumentsDesk.Add] put it there.
func (d *DocumentsDesk) Remove(ctx context.Context, req Request, id engagement.ParticipationID, cmd RemoveEvidence) (ParticipationView, error) {
	s := d.s
	u, out, err := changeClaim(ctx, s, req, MayEditClaims, id, "remove evidence", cmd, func(u *unit, p engagement.Participation) (deed, kept, error) {
		v, _ := evidenceOf(p, cmd.Evidence)
		return deed{
			event: claim.RemoveEvidence{ID: cmd.Evidence}, kind: engagement.EventEvidenceRemoved,
			detail: engagement.Detail{Document: v.Kind, DocumentID: v.ID, SHA256: v.SHA256},
		}, kept{v.ID, v.Ref, u.Now}, nil
	})
	if err == nil && s.evidence != nil && strings.HasPrefix(out.Ref, refs(id)) {
		s.discard(ctx, out.Ref)
	}
	if err != nil {
		return ParticipationView{}, err
	}
	return s.changed(ctx, u, req.Actor, MayEditClaims, id)
}

func evidenceOf(p engagement.Participation, id claim.EvidenceID) (claim.Evidence, error) {
	if p.Claim != nil {
		for _, v := range p.Claim.Evidence {
			if v.ID == id {
				return v, nil
			}
		}
	}
	return claim.Evidence{}, &NotFoundError{Kind: "evidence", Value: string(id)}
}

// Open returns a document that [DocumentsDesk.Add] keeps, with its content, for the
// partner and for the Program. The caller closes the content, whose reader fails with
// an *[evidence.DamagedError] at its end if it is not what was added.
//
// For a document that the host keeps itself it returns an *[InputError] together with
// the document, which has the Ref for the host to open.
func (d *DocumentsDesk) Open(ctx context.Context, actor Actor, id engagement.ParticipationID, document claim.EvidenceID) (claim.Evidence, io.ReadCloser, error) {
	s := d.s
	if s.evidence == nil {
		return claim.Evidence{}, nil, errors.New("workflow: Documents.Open needs an Evidence store in the Options")
	}
	p, err := s.unit().participation(ctx, actor, MayViewClaims, id)
	if err != nil {
		return claim.Evidence{}, nil, err
	}
	v, err := evidenceOf(p, document)
	if err != nil {
		return v, nil, err
	}
	if !strings.HasPrefix(v.Ref, refs(id)) { // what Record names may be anybody's
		return v, nil, &InputError{Field: "evidence", Problem: fmt.Sprintf("%q is kept by the host itself: open its Ref there", v.ID)}
	}
	ref := v.Ref
	v.Ref = ""
	content, err := s.evidence.Open(ctx, ref)
	if errors.Is(err, fs.ErrNotExist) {
		return v, nil, &NotFoundError{Kind: "evidence", Value: string(v.ID)}
	}
	if err != nil {
		return v, nil, unavailable("evidence", err)
	}
	return v, evidence.Verify(content, v.Size, v.SHA256), nil
}
