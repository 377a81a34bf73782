package workflow_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/evidence"
	"github.com/partnerengage/partnerengage/engagement/evidence/evidencetest"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// pdf is the command that adds a document.
func pdf(kind string) workflow.AddEvidence {
	return workflow.AddEvidence{Kind: kind, Name: kind + ".pdf", MediaType: "application/pdf"}
}

// recorded is the command that adds an invoice which the host keeps.
func recorded(ref string) workflow.RecordEvidence {
	return workflow.RecordEvidence{
		Kind: claim.ProofInvoice, Name: "invoice.pdf", MediaType: "application/pdf", Size: 7, SHA256: strings.Repeat("0a", 32), Ref: ref,
	}
}

// shelf is an evidence store that remembers what was deleted, and that a test can
// let fail.
type shelf struct {
	evidencetest.Memory
	put, open, delete error
	deleted           []string
}

func (s *shelf) Put(ctx context.Context, key string, content io.Reader) error {
	if s.put != nil {
		_, _ = content.Read(make([]byte, 10))
		return s.put
	}
	return s.Memory.Put(ctx, key, content)
}

func (s *shelf) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if s.open != nil {
		return nil, s.open
	}
	return s.Memory.Open(ctx, key)
}

func (s *shelf) Delete(ctx context.Context, key string) error {
	s.deleted = append(s.deleted, key)
	if s.delete != nil {
		return s.delete
	}
	return s.Memory.Delete(ctx, key)
}

// newArchive is a world whose documents are on a shelf, with a draft of a claim.
// The findings can only be PDF, of at most 1,000 bytes.
func newArchive(t *testing.T, changes ...func(*workflowtest.Scenario)) (*workflowtest.World, *spy, *shelf, engagement.ParticipationID) {
	t.Helper()
	docs := &shelf{}
	w, spy := newWorld(t, append(changes, func(sc *workflowtest.Scenario) { sc.Options.Evidence = docs })...)
	changeEngagement(t, w, migration, func(e *engagement.Engagement) {
		e.Proof = claim.DefaultProof()
		e.Proof[0].MediaTypes, e.Proof[0].MaxSize = []string{"application/pdf"}, 1000
	})
	return w, spy, docs, w.Granted(migration, "ana@contoso.com")
}

// unread is content that must not be read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the content was read")
	return 0, io.EOF
}

// documents returns the documents of a claim.
func documents(t *testing.T, w *workflowtest.World, p engagement.ParticipationID) []claim.Evidence {
	t.Helper()
	view, err := w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	return view.Claim.Evidence
}

func opened(t *testing.T, w *workflowtest.World, actor workflow.Actor, p engagement.ParticipationID, id claim.EvidenceID) (string, error) {
	t.Helper()
	_, content, err := w.Desk.Documents.Open(background, actor, p, id)
	ok(t, err)
	text, err := io.ReadAll(content)
	ok(t, content.Close())
	return string(text), err
}

// A document is kept in the store, the claim names it, and both its partner and
// the Program can open it. Its name is nowhere in the history.
func TestAddEvidence(t *testing.T) {
	w, _, docs, p := newArchive(t)
	cmdKey, cmd := "k", pdf(claim.ProofFindings)
	cmd.Name = "Findings of Ana Sousa.pdf"
	sum := sha256.Sum256([]byte("%PDF-1.7 findings"))
	added, err := w.Desk.Documents.Add(background, w.Actor.Request(cmdKey), p, cmd, iotest.OneByteReader(strings.NewReader("%PDF-1.7 findings")))
	ok(t, err)
	equal(t, "what was added", added, claim.Evidence{
		ID: added.ID, Kind: claim.ProofFindings, Name: "Findings of Ana Sousa.pdf", MediaType: "application/pdf",
		Size: 17, SHA256: hex.EncodeToString(sum[:]), Ref: added.Ref, AddedAt: w.Now(),
	})
	equal(t, "the claim has it", documents(t, w, p), []claim.Evidence{shownAs(added)})
	equal(t, "the store has it", docs.Keys(), []string{added.Ref})
	events, _ := history(t, w, "contoso.com")
	last := events[len(events)-1]
	equal(t, "the event", []string{string(last.Kind), string(last.By), string(last.From), string(last.To), last.Person.User, last.Person.Why, detailOf(t, last)}, []string{
		"evidence added", "partner", "Customer consent received", "Customer consent received", "ana", "",
		fmt.Sprintf(`{"document":"findings","document_id":%q,"media_type":"application/pdf","size":17,"sha256":%q}`, added.ID, added.SHA256),
	})
	for _, actor := range []workflow.Actor{w.Actor, w.Reviewer()} {
		text, err := opened(t, w, actor, p, added.ID)
		ok(t, err)
		equal(t, "the content", text, "%PDF-1.7 findings")
	}
}

// Exactly as large as it may be, a document is taken; one byte more, and it is
// refused as soon as that byte has come.
func TestEvidenceSize(t *testing.T) {
	for size, taken := range map[int]bool{1: true, 1000: true, 1001: false, 1 << 20: false, 0: false} {
		w, spy, docs, p := newArchive(t)
		content := bytes.NewReader(make([]byte, size))
		add := func() error {
			_, err := w.Desk.Documents.Add(background, w.Actor.Request(w.Key()), p, pdf(claim.ProofFindings), content)
			return err
		}
		if taken {
			ok(t, add())
			equal(t, "kept", len(docs.Keys()), 1)
			continue
		}
		unchanged(t, spy, func() {
			e := refused[*workflow.InputError](t, add())
			if size == 0 {
				equal(t, "the field", e.Field, "size")
				return
			}
			equal(t, "the field", e.Field, "content")
			if !errors.As(e, new(*evidence.TooLargeError)) || !strings.Contains(e.Error(), "1000 bytes") {
				t.Errorf("%v does not say how large it may be", e)
			}
		})
		equal(t, "kept", len(docs.Keys()), 0)
		if read := size - content.Len(); read > 1001 {
			t.Errorf("%d bytes of %d were read", read, size)
		}
	}
}

// What the claim does not take is refused with its field before anything is read.
func TestEvidenceInput(t *testing.T) {
	name := func(name string) workflow.AddEvidence {
		return workflow.AddEvidence{Kind: claim.ProofInvoice, Name: name, MediaType: "application/pdf"}
	}
	for what, test := range map[string]struct {
		cmd   workflow.AddEvidence
		field string
	}{
		"a kind that is not asked for":   {pdf("photo"), "kind"},
		"a survey":                       {pdf(claim.ProofCustomerSurvey), "kind"},
		"another media type":             {workflow.AddEvidence{Kind: claim.ProofFindings, Name: "a.exe", MediaType: "application/x-msdownload"}, "media_type"},
		"a media type with parameters":   {workflow.AddEvidence{Kind: claim.ProofInvoice, Name: "a", MediaType: "text/html; charset=x"}, "media_type"},
		"no media type":                  {workflow.AddEvidence{Kind: claim.ProofInvoice, Name: "a"}, "media_type"},
		"a header in the media type":     {workflow.AddEvidence{Kind: claim.ProofInvoice, Name: "a", MediaType: "text/plain\r\nX: y"}, "media_type"},
		"no name":                        {name(""), "name"},
		"dots":                           {name(" .. "), "name"},
		"a path":                         {name("../../etc/passwd"), "name"},
		"a path of Windows":              {name(`C:\a.pdf`), "name"},
		"a zero byte":                    {name("a.pdf\x00.exe"), "name"},
		"a line break":                   {name("a\r\nSet-Cookie: x"), "name"},
		"a change of direction":          {name("invoice\u202efdp.exe"), "name"},
		"what is not UTF-8":              {name("a\xff.pdf"), "name"},
		"too long a name":                {name(strings.Repeat("x", 256)), "name"},
		"a line separator within a name": {name("a\u2028b"), "name"},
	} {
		t.Run(what, func(t *testing.T) {
			w, spy, docs, p := newArchive(t)
			unchanged(t, spy, func() {
				_, err := w.Desk.Documents.Add(background, w.Actor.Request(w.Key()), p, test.cmd, unread{t})
				equal(t, "the field", refused[*workflow.InputError](t, err).Field, test.field)
				rKey, r := w.Key(), recorded("s3://x")
				r.Kind, r.Name, r.MediaType = test.cmd.Kind, test.cmd.Name, test.cmd.MediaType
				_, err = w.Desk.Documents.Record(background, w.Actor.Request(rKey), p, r)
				equal(t, "the field", refused[*workflow.InputError](t, err).Field, test.field)
			})
			equal(t, "kept", len(docs.Keys()), 0)
		})
	}
	w, _, _, p := newArchive(t)
	cmdKey, cmd := w.Key(), name("Rechnung für Müller & Söhne (№ 7) 请求.pdf")
	added, err := w.Desk.Documents.Add(background, w.Actor.Request(cmdKey), p, cmd, strings.NewReader("x"))
	ok(t, err)
	equal(t, "the name", added.Name, cmd.Name)
}

// An upload that breaks off leaves nothing, and the error is the reader's: to make
// the same call again would not help.
func TestEvidenceReaderFails(t *testing.T) {
	w, spy, docs, p := newArchive(t)
	broken := errors.New("the browser has gone")
	unchanged(t, spy, func() {
		_, err := w.Desk.Documents.Add(background, w.Actor.Request("k"), p, pdf(claim.ProofFindings), io.MultiReader(strings.NewReader("%PDF"), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) || errors.As(err, new(*workflow.UnavailableError)) {
			t.Fatalf("the error is %v", err)
		}
	})
	equal(t, "kept", len(docs.Keys()), 0)
	_, err := w.Desk.Documents.Add(background, w.Actor.Request("k"), p, pdf(claim.ProofFindings), strings.NewReader("%PDF-1.7")) // the key is still new
	ok(t, err)
}

// A store of documents that is out of reach leaves nothing, and the same call can
// be made again.
func TestEvidenceStoreFails(t *testing.T) {
	w, spy, docs, p := newArchive(t)
	docs.put = errors.New("no space left")
	unchanged(t, spy, func() {
		_, err := w.Desk.Documents.Add(background, w.Actor.Request("k"), p, pdf(claim.ProofFindings), strings.NewReader("%PDF-1.7"))
		e := refused[*workflow.UnavailableError](t, err)
		equal(t, "the source", e.Source, "evidence")
		if !errors.Is(e, docs.put) {
			t.Errorf("%v does not say why", e)
		}
	})
	docs.put = nil
	added, err := w.Desk.Documents.Add(background, w.Actor.Request("k"), p, pdf(claim.ProofFindings), strings.NewReader("%PDF-1.7"))
	ok(t, err)

	docs.open = errors.New("no connection")
	_, _, err = w.Desk.Documents.Open(background, w.Actor, p, added.ID)
	equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "evidence")
	docs.open = fmt.Errorf("%w: somebody has tidied up", fs.ErrNotExist)
	_, _, err = w.Desk.Documents.Open(background, w.Actor, p, added.ID)
	equal(t, "what is missing", refused[*workflow.NotFoundError](t, err).Kind, "evidence")

	if _, err := w.Desk.Documents.Add(background, w.Actor.Request("k2"), p, pdf(claim.ProofFindings), nil); refused[*workflow.InputError](t, err).Field != "content" {
		t.Errorf("no content: %v", err)
	}
	if _, err := w.Desk.Documents.Add(background, w.Actor.Request(""), p, pdf(claim.ProofFindings), unread{t}); refused[*workflow.InputError](t, err).Field != "key" {
		t.Errorf("no key: %v", err)
	}
}

// A repeated upload gives the first result, and what came the second time does not
// stay; with other bytes the key is refused, and they do not stay either.
func TestEvidenceAgain(t *testing.T) {
	w, spy, docs, p := newArchive(t)
	add := func(key, content string) (claim.Evidence, error) {
		return w.Desk.Documents.Add(background, w.Actor.Request(key), p, pdf(claim.ProofInvoice), strings.NewReader(content))
	}
	first, err := add("k", "one")
	ok(t, err)
	for range 2 {
		unchanged(t, spy, func() {
			again, err := add("k", "one")
			ok(t, err)
			equal(t, "the result", again, first)
			_, err = add("k", "two")
			refused[*workflow.KeyReusedError](t, err)
		})
		equal(t, "kept", docs.Keys(), []string{first.Ref})
	}
	same, err := add("other", "one") // the same bytes are another document
	ok(t, err)
	equal(t, "kept", len(docs.Keys()), 2)
	if same.ID == first.ID || same.Ref == first.Ref {
		t.Errorf("%+v is %+v", same, first)
	}
	for n := range claim.MaxDocuments - 2 {
		_, err := add(fmt.Sprint("more", n), "x")
		ok(t, err)
	}
	unchanged(t, spy, func() {
		_, err := add("too many", "x")
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "kind")
		again, err := add("k", "one")
		ok(t, err)
		equal(t, "the result", again, first)
	})
	equal(t, "kept", len(docs.Keys()), claim.MaxDocuments)
}

// A claim that is with the reviewer takes no document: it is not even read. One
// that went there while the document was coming does not keep it either.
func TestEvidenceRefusedLater(t *testing.T) {
	w, spy, docs, p := newArchive(t)
	firstKey, first := "k", pdf(claim.ProofInvoice)
	added, err := w.Desk.Documents.Add(background, w.Actor.Request(firstKey), p, first, strings.NewReader("one"))
	ok(t, err)
	w.Proved(p)
	before := docs.Keys()
	content := &meanwhile{do: func() { w.Submitted(p) }}
	_, err = w.Desk.Documents.Add(background, w.Actor.Request(w.Key()), p, pdf(claim.ProofInvoice), content)
	refused[*workflow.WrongStateError](t, err)
	w.ExpectStatus(p, engagement.StatusSubmitted)
	unchanged(t, spy, func() {
		_, err := w.Desk.Documents.Add(background, w.Actor.Request(w.Key()), p, pdf(claim.ProofInvoice), unread{t})
		e := refused[*workflow.WrongStateError](t, err)
		equal(t, "the refusal", []string{e.Command, string(e.Status)}, []string{"add evidence", "Submitted"})
		_, err = w.Desk.Documents.Add(background, w.Actor.Request(""), p, pdf(claim.ProofInvoice), unread{t})
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "key")
		_, err = w.Desk.Documents.Record(background, w.Actor.Request(w.Key()), p, recorded("s3://late"))
		refused[*workflow.WrongStateError](t, err)
		again, err := w.Desk.Documents.Add(background, w.Actor.Request(firstKey), p, first, strings.NewReader("one")) // what was done is done
		ok(t, err)
		equal(t, "the result", again, added)
	})
	equal(t, "kept", docs.Keys(), before)
}

// meanwhile is content during whose reading something else happens.
type meanwhile struct{ do func() }

func (m *meanwhile) Read(p []byte) (int, error) {
	if m.do == nil {
		return 0, io.EOF
	}
	m.do()
	m.do = nil
	return copy(p, "late"), nil
}

// When storage does not say whether it has taken a document, its content stays:
// repeated, the call leaves one document with its content.
func TestEvidenceAnswerLost(t *testing.T) {
	for name, lost := range map[string]error{"no answer": errors.New("down"), "the caller has gone": context.Canceled} {
		for _, written := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, written %t", name, written), func(t *testing.T) {
				w, spy, docs, p := newArchive(t)
				spy.reset(func(n int, apply func() error) error {
					if n > 1 {
						return apply()
					}
					if written {
						ok(t, apply())
					}
					return lost
				}, nil)
				add := func() (claim.Evidence, error) {
					return w.Desk.Documents.Add(background, w.Actor.Request("k"), p, pdf(claim.ProofInvoice), strings.NewReader("one"))
				}
				if _, err := add(); !errors.Is(err, lost) {
					t.Fatalf("the error is %v", err)
				}
				added, err := add()
				ok(t, err)
				equal(t, "documents", documents(t, w, p), []claim.Evidence{shownAs(added)})
				text, err := opened(t, w, w.Actor, p, added.ID)
				ok(t, err)
				equal(t, "the content", text, "one")
				if written {
					equal(t, "kept", docs.Keys(), []string{added.Ref})
				}
			})
		}
	}
}

// The content of a document that is taken away goes, too, if it was put there with
// the claim; what the host keeps is the host's.
func TestRemoveEvidence(t *testing.T) {
	w, spy, docs, p := newArchive(t)
	mine, other := w.Documented(p, claim.ProofInvoice), w.Documented(p, claim.ProofFindings)
	theirs, err := w.Desk.Documents.Record(background, w.Actor.Request(w.Key()), p, recorded("s3://bucket/7"))
	ok(t, err)
	remove := func(key string, id claim.EvidenceID) error {
		return errOf(w.Desk.Documents.Remove(background, w.Actor.Request(key), p, workflow.RemoveEvidence{Evidence: id}))
	}
	ok(t, remove("mine", mine.ID))
	ok(t, remove("theirs", theirs.ID))
	equal(t, "the documents", documents(t, w, p), []claim.Evidence{shownAs(other)})
	equal(t, "deleted", docs.deleted, []string{mine.Ref})
	equal(t, "kept", docs.Keys(), []string{other.Ref})
	events, _ := history(t, w, "contoso.com")
	equal(t, "the event", []string{string(events[len(events)-2].Kind), detailOf(t, events[len(events)-2])}, []string{"evidence removed", fmt.Sprintf(`{"document":"invoice","document_id":%q,"sha256":%q}`, mine.ID, mine.SHA256)})
	unchanged(t, spy, func() {
		ok(t, remove("mine", mine.ID))
		e := refused[*workflow.NotFoundError](t, remove(w.Key(), mine.ID))
		equal(t, "the refusal", *e, workflow.NotFoundError{Kind: "evidence", Field: "evidence", Value: string(mine.ID)})
		_, _, err := w.Desk.Documents.Open(background, w.Actor, p, mine.ID)
		refused[*workflow.NotFoundError](t, err)
	})
	w.Submitted(p)
	unchanged(t, spy, func() {
		refused[*workflow.WrongStateError](t, remove(w.Key(), other.ID))
	})
	equal(t, "the content is still there", len(docs.Keys()), 2)
}

// A content that cannot be deleted does no harm: the document is gone from the
// claim, and the log says what stayed, without the file's name.
func TestRemoveEvidenceStays(t *testing.T) {
	var log strings.Builder
	w, _, docs, p := newArchive(t, func(sc *workflowtest.Scenario) { sc.Options.Logger = newLog(&log) })
	added := w.Documented(p, claim.ProofInvoice)
	docs.delete = errors.New("read only")
	ok(t, errOf(w.Desk.Documents.Remove(background, w.Actor.Request(w.Key()), p, workflow.RemoveEvidence{Evidence: added.ID})))
	equal(t, "the documents", len(documents(t, w, p)), 0)
	if s := log.String(); !strings.Contains(s, added.Ref) || !strings.Contains(s, "read only") || strings.Contains(s, "invoice.pdf") {
		t.Errorf("the log says %q", s)
	}
}

// Two documents never share what the claim keeps for one: what a host records
// cannot name a content that belongs to the claim, so that removing the one does not
// take the other's.
func TestRecordEvidenceOfAnother(t *testing.T) {
	w, spy, docs, p := newArchive(t)
	mine := w.Documented(p, claim.ProofInvoice)
	unchanged(t, spy, func() {
		_, err := w.Desk.Documents.Record(background, w.Actor.Request(w.Key()), p, recorded(mine.Ref))
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "ref")
	})
	equal(t, "kept", docs.Keys(), []string{mine.Ref})
}

// Whatever a host records, nothing but what AddEvidence keeps for the claim is
// opened: least of all another partner's document.
func TestOpenEvidenceOfAnother(t *testing.T) {
	w, _, _, p := newArchive(t)
	theirs := w.As(workflowtest.Fabrikam)
	q := theirs.Granted(workshop, "it@adatum.com")
	secret := theirs.Documented(q, claim.ProofInvoice)
	added, err := w.Desk.Documents.Record(background, w.Actor.Request(w.Key()), p, recorded(secret.Ref))
	ok(t, err)
	_, content, err := w.Desk.Documents.Open(background, w.Actor, p, added.ID)
	equal(t, "the field", refused[*workflow.InputError](t, err).Field, "evidence")
	if content != nil {
		t.Error("the other partner's document is opened")
	}
}

// What a host keeps is recorded as it says: with its size, its hash and where it
// is.
func TestRecordEvidence(t *testing.T) {
	w, spy, docs, p := newArchive(t)
	cmdKey, cmd := "k", recorded("s3://bucket/7")
	added, err := w.Desk.Documents.Record(background, w.Actor.Request(cmdKey), p, cmd)
	ok(t, err)
	equal(t, "what was added", added, claim.Evidence{
		ID: added.ID, Kind: claim.ProofInvoice, Name: "invoice.pdf", MediaType: "application/pdf", Size: 7, SHA256: cmd.SHA256, Ref: "s3://bucket/7", AddedAt: w.Now(),
	})
	equal(t, "the claim has it", documents(t, w, p), []claim.Evidence{shownAs(added)})
	for field, change := range map[string]func(*workflow.RecordEvidence){
		"size":    func(c *workflow.RecordEvidence) { c.Size = 0 },
		"size ":   func(c *workflow.RecordEvidence) { c.Size = claim.DefaultMaxSize + 1 },
		"sha256":  func(c *workflow.RecordEvidence) { c.SHA256 = strings.ToUpper(c.SHA256) },
		"sha256 ": func(c *workflow.RecordEvidence) { c.SHA256 = "" },
		"ref":     func(c *workflow.RecordEvidence) { c.Ref = "" },
	} {
		cmdKey, cmd := w.Key(), recorded("s3://bucket/8")
		change(&cmd)
		unchanged(t, spy, func() {
			_, err := w.Desk.Documents.Record(background, w.Actor.Request(cmdKey), p, cmd)
			equal(t, "the field", refused[*workflow.InputError](t, err).Field, strings.TrimSpace(field))
		})
	}
	equal(t, "kept in the store", len(docs.Keys()), 0)
}

// Nobody else opens a document, and a damaged one is not handed out whole.
func TestOpenEvidence(t *testing.T) {
	w, _, docs, p := newArchive(t)
	added := w.Documented(p, claim.ProofInvoice)
	for name, actor := range map[string]workflow.Actor{"another partner": workflowtest.Fabrikam, "a reviewer of another partner's": workflowtest.Vendor.For("fabrikam")} {
		_, content, err := w.Desk.Documents.Open(background, actor, p, added.ID)
		refused[*workflow.NotFoundError](t, err)
		if content != nil {
			t.Errorf("%s gets the content", name)
		}
	}
	for _, damaged := range []string{"%PDF-1.7 invoicE", "%PDF-1.7", "%PDF-1.7 invoice, and more"} {
		ok(t, docs.Memory.Put(background, added.Ref, strings.NewReader(damaged)))
		text, err := opened(t, w, w.Actor, p, added.ID)
		if !errors.As(err, new(*evidence.DamagedError)) || strings.Contains(text, "invoice") {
			t.Errorf("%q is read as %q, %v", damaged, text, err)
		}
	}
}

// Without a store for them, documents are the host's: it records them.
func TestNoEvidenceStore(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	desk, err := workflow.New(w.Store, directory{}, w.Catalog, workflow.FactFunc(noFacts), &workflow.Options{Now: w.Now})
	ok(t, err)
	if _, err := desk.Documents.Add(background, w.Actor.Request("k"), p, pdf(claim.ProofInvoice), unread{t}); err == nil || !strings.Contains(err.Error(), "Documents.Record") {
		t.Errorf("AddEvidence: %v", err)
	}
	added, err := desk.Documents.Record(background, w.Actor.Request("k"), p, recorded("s3://bucket/7"))
	ok(t, err)
	if _, _, err := desk.Documents.Open(background, w.Actor, p, added.ID); err == nil || !strings.Contains(err.Error(), "Evidence store") {
		t.Errorf("OpenEvidence: %v", err)
	}
	ok(t, errOf(desk.Documents.Remove(background, w.Actor.Request("r"), p, workflow.RemoveEvidence{Evidence: added.ID})))
}

// shownAs is a document as a claim shows it: without where it is kept.
func shownAs(v claim.Evidence) claim.Evidence {
	v.Ref = ""
	return v
}
