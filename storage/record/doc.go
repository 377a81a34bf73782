// Package record is the stored form of everything that a [storage.Store] keeps: how a
// value of the domain becomes bytes, and comes back. Every adapter uses it, and so can
// yours:
//
//	body, err := record.Encode(participation)
//	participation, err := record.Decode[engagement.Participation](body)
//
// [Value] lists what has a stored form. What an adapter has to look for, to guard or to
// sort by it keeps in columns of its own, besides the bytes or instead of them: a value
// whose fields were cleared before Encode has them cleared after Decode, and takes the
// less room. An [engagement.Entry] is such columns, with its Shown and its Room as values;
// a [storage.Token] and a [storage.Consumer] are nothing but columns.
//
// An error of Encode matches [storage.ErrInvalid], and Apply can return it as it is. One
// of Decode is the cause of a [storage.UnreadableError], which names the row.
//
// # The form
//
// The bytes are in the wire format of Protocol Buffers, by the schema record.proto in
// this folder, so that other tools can read them. They are no Go structs of the domain
// and nothing of JSON: a field that is renamed there is stored as before. Of each value
// there is one form. Fields stand in the order of their numbers, one without a value is
// left out, and Decode refuses every other spelling. Times are microseconds, enumerations
// and amounts are texts in their documented spelling, maps are in the order of their keys,
// digests are bytes. What the library publishes, such as the text that customers agree
// to, is stored as a number, and not as what it says.
//
// # Newer and older versions
//
// A row can be read by this version of the library and all later ones. A row in which
// there is anything that this version does not know, because a later one wrote it, is
// refused with a [*NewerError]: read without it and written again, it would be lost. The
// row is left as it is stored until a process that knows it comes by, as [storage] says
// of all rows that cannot be read. As fields without a value are left out, these are only
// the rows in which a new field is used, or something that the library publishes since.
//
// # Adding a field
//
//   - It goes at the end of its message, under the next number, in the function of that
//     message and in record.proto. A number is never given to another field, nor is the
//     type of a field ever changed, nor what its values mean. Its zero value means what
//     rows say that were written before.
//   - TestEveryFieldIsCarried fails while a field of the domain is missing here, and
//     TestGoldens until a row with it was kept: go test ./storage/record -run Goldens -add
//     adds one to testdata. What is there stays there, and is never changed.
//   - Where old rows would be misread all the same, the message of the row gets the next
//     format, and goes on to read the earlier ones.
//
// A kind of row is one line in [Value], in row and in rows, and a function with its
// fields.
package record
