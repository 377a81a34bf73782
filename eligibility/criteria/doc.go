// Package criteria has the program's criteria for customers ready to use, and
// reads and writes rule sets as JSON documents, so that criteria are data and
// change without a release.
package criteria
