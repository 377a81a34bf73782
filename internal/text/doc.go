// Package text is how texts that people write are compared, ordered, checked and
// shown. Every package does it by these functions, so that a name that one place
// finds is not missed by another.
//
//   - [Fold] makes texts alike that people take for the same.
//   - [SortKey] puts names in the order in which people look for them.
//   - [Words] and [Joined] are what a search compares.
//   - [Line], [Paragraph] and [Prose] say whether people could read a text.
//   - [Plain] makes a foreign name fit for a message.
//   - [Cell] makes any text fit for a table.
package text

import "golang.org/x/text/unicode/norm"

// Version names the rules by which [Fold], [SortKey], [Words] and [Joined] work, and the
// tables behind them. Results of different versions must not be compared: whoever
// stores results stores the version beside them.
const Version = "2/" + norm.Version + "/" + collationVersion
