// Package evidence says where the files that prove a claim are kept: the report
// of a workshop, an invoice, a signed acceptance.
//
// A claim has no file in it. It refers to one by name, media type, size and
// SHA-256, and by the key under which a [Store] keeps the content. A host plugs
// its own blob storage behind the three methods of Store; [Dir] keeps the files
// in a folder of one machine. What else keeps the rules of Store is found out
// with the kit in evidencetest, which has a store for tests as well.
//
// # In and out
//
// An upload goes through a [Meter], which stops it when it is too large and
// knows its size and SHA-256 afterwards; a download goes through [Verify],
// which does not end well unless both are what was recorded:
//
//	upload := evidence.NewMeter(request.Body, 25<<20)
//	err := store.Put(ctx, key, upload) // then record upload.Size(), upload.SHA256()
//
//	content, err := store.Open(ctx, key)
//	content = evidence.Verify(content, size, sum) // as recorded
//
// Put the content first and record the reference to it afterwards, so that no
// reference leads nowhere. What was put and never recorded is garbage: give
// every upload a key that nothing else has, and delete it when it is certain
// that nothing refers to it: a call that fails may yet have recorded it.
//
// # Keys
//
// [CheckKey] says what a key looks like. Make keys of identifiers, for example
// partner/claim/upload, and never of the name that the file had with whoever
// sent it: such a name may hold personal data, or be made to do harm.
//
// # Errors
//
// Each refusal has a type, for [errors.As]: [KeyError],
// [TooLargeError], [DamagedError]. What is not there is [fs.ErrNotExist]. An
// error of the reader that gives the content comes back from Put, and so does
// that of a context that has ended. Everything else comes from the storage, may
// name its folders and files, and is for the log rather than for whoever asked.
//
// # What the host decides
//
//   - Who may put and open what: a store knows keys and no users.
//   - Encryption: contents are kept as they come. Use a disk or a bucket that is
//     encrypted, or a Store that encrypts on its way to another one; sizes and
//     hashes stay those of the plain content.
//   - Viruses: nothing is scanned. Scan before Put, or keep uploads under keys
//     that nobody can open until they were scanned. The media type is what the
//     sender says it is: serve files as attachments, from a domain of their own.
//   - Retention: nothing is deleted by itself, and a store has no list. Delete
//     what the claims that are too old refer to, and think of backups too.
//   - Limits: of size, of the number of files, of the time that an upload takes.
package evidence
