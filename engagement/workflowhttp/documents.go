package workflowhttp

import (
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// addDocument takes a document as the body, of the media type that the header names.
func addDocument(x *exchange) error {
	req, err := x.request()
	if err != nil {
		return err
	}
	var cmd workflow.AddEvidence
	if cmd.Kind, err = x.take("kind"); err != nil {
		return err
	}
	if cmd.Name, err = x.take("name"); err != nil {
		return err
	}
	if err := x.noMore(); err != nil {
		return err
	}
	if cmd.MediaType, _, err = mime.ParseMediaType(x.r.Header.Get("Content-Type")); err != nil {
		return &problem{Status: http.StatusUnsupportedMediaType, Detail: "the header Content-Type has to say what kind of document it is, such as application/pdf"}
	}
	if x.r.ContentLength > x.options.MaxDocument {
		return &problem{Status: http.StatusRequestEntityTooLarge, Code: workflow.CodeInvalidInput, Detail: "the document is larger than " + strconv.FormatInt(x.options.MaxDocument, 10) + " bytes"}
	}
	content := &watched{from: x.bodyOf(x.options.MaxDocument)}
	document, err := x.service.Documents.Add(x.r.Context(), req, id[engagement.ParticipationID](x), cmd, content)
	if content.err != nil { // else it would look like a failure of the store
		return x.unread(content.err)
	}
	if err != nil {
		return err
	}
	return x.answer(document)
}

// watched remembers that a body could not be read.
type watched struct {
	from io.Reader
	err  error
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.from.Read(b)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// openDocument answers with a document, to be kept and not to be shown: it is whatever
// somebody has uploaded.
func openDocument(x *exchange) error {
	if err := x.noMore(); err != nil {
		return err
	}
	document, content, err := x.service.Documents.Open(x.r.Context(), x.actor, id[engagement.ParticipationID](x), claim.EvidenceID(x.r.PathValue("document")))
	if err != nil {
		return err
	}
	defer content.Close() //nolint:errcheck // it was read, or the connection is cut
	header := x.w.Header()
	header.Set("Content-Type", document.MediaType)
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": document.Name}))
	header.Set("Content-Length", strconv.FormatInt(document.Size, 10))
	x.started = true
	if n, err := io.Copy(x.w, content); err != nil || n != document.Size {
		x.options.Logger.ErrorContext(x.r.Context(), "a document was not sent whole", "sent", n, "size", document.Size, "error", err)
		panic(http.ErrAbortHandler) // so that nobody takes the part for the whole
	}
	return nil
}
