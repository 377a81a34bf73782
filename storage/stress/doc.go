// Package stress proves by force what the stores promise, each under the whole
// workflow. It holds tests only.
//
// # Linearizability
//
// Clients of two or three partners, of whom the claim limit leaves one without a
// consent, work on one customer in one engagement at the same time, through two
// handles of one database, while answers of the storage get lost. Each
// history of what they asked and were told is checked: there must be an order, in
// keeping with real time, in which a small sequential model of the program gives
// the same answers. That holds for memory, SQLite and PostgreSQL; stores that are
// broken on purpose fail the same check.
//
//	go test -run Linearizable -histories 5000
//
// # Many processes
//
// Four processes work for all partners on the same customers of one database, and
// each sweeps and relays, while the days fly by; their clocks are minutes apart.
// Everything that they wrote, sent and were told is then compared with what is stored:
// every version of a record and of what is shared was written once, within the claim
// limit; every command that was carried out is in a
// history that verifies, once; every message went out; each reminder was made once;
// no two processes held a message at the same time; counts are those of the rows, and
// package verify finds nothing.
//
//	go test -run ManyProcesses -commands 100000 -timeout 2h
//
// # Killed processes
//
// A process gives every kind of command there is, and is killed at some moment. What it
// was told is done is there then, package verify finds nothing, and work goes on.
//
//	go test -run Killed -kills 500 -timeout 2h
//
// So are processes that write and processes that follow the feed, one with its table in a
// database of its own and one with it beside the store's. Each has taken in every event
// once then, in order.
//
// # Stores of earlier versions
//
// testdata/stores keeps a SQLite file and a PostgreSQL dump that an earlier version
// wrote, which hold something of everything. What no rule can change must be read from
// them as that version read it, the rest as today's version last read it, and work
// goes on in a copy of each. The files are named after the commit that wrote them, and
// stay as they are.
//
//	go test -run KeptStores
//
// # The schema of records
//
// storage/record has a codec of its own. Its schema, record.proto, is compiled by
// protocompile here; it has to have what the codec writes, and every row that is kept as
// test data there has to be a message of it to the Protocol Buffers of Go, and the same
// bytes when that writes it again.
//
//	go test -run Record
//
// # Growth
//
// A benchmark lives through two years of a program, day by day, and says what each table
// of SQLite and PostgreSQL takes, before and after Prune:
//
//	go test -run '^$' -bench Growth -benchtime 1x -timeout 1h
//
// The tests start a PostgreSQL server of their own. Where none is installed they
// skip it; where the environment variable CI is set they fail.
package stress
