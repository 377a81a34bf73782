package postgres

import (
	"regexp"
	"strconv"
)

// table is a statement that makes a table whose primary key begins with what places its
// rows, or has it at the end, if that is a slot or a shard.
var table = regexp.MustCompile(`(?s)^(.*CREATE TABLE (\w+) \(.*PRIMARY KEY \((?:[^()]*, )?(slot|shard)[,)].*\n\))( WITH \([^()]*\))?$`)

// truncated is a trigger that tables have, but not their partitions with them.
var truncated = regexp.MustCompile(`^CREATE TRIGGER (\w+) BEFORE TRUNCATE ON (\w+) `)

// partitioned returns the statements that do the same, and make so many parts of each
// table that can be spread.
func partitioned(statement string, parts int) []string {
	if parts < 2 {
		return []string{statement}
	}
	part := func(name string, i int) string { return name + "_" + strconv.Itoa(i) }
	if m := table.FindStringSubmatch(statement); m != nil {
		out := []string{m[1] + " PARTITION BY HASH (" + m[3] + ")"}
		for i := range parts {
			out = append(out, "CREATE TABLE "+part(m[2], i)+" PARTITION OF "+m[2]+" FOR VALUES WITH (MODULUS "+strconv.Itoa(parts)+", REMAINDER "+strconv.Itoa(i)+")"+m[4])
		}
		return out
	}
	out := []string{statement}
	if m := truncated.FindStringSubmatch(statement); m != nil {
		for i := range parts {
			out = append(out, "CREATE TRIGGER "+m[1]+" BEFORE TRUNCATE ON "+part(m[2], i)+" "+statement[len(m[0]):])
		}
	}
	return out
}
