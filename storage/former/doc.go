// Package former reads what the library kept before its stored form was its own: rows
// with JSON in them, of a place for each customer in an engagement with all that every
// partner had there. The relational adapters bring such tables over with it, once.
//
// What cannot be read is no reason to leave anything behind: it stays as it is, named
// by what is known of it from the columns.
package former
