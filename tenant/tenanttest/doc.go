// Package tenanttest has what tests of directories, and tests with directories,
// need: directories that answer from a list ([Static]), fail ([Failing]), keep
// one waiting ([Slow]), cannot decide ([Ambiguous]) and remember what they were
// asked ([Recorder]), and a conformance kit, [Directory], that tells whether a
// directory of the host's own keeps the rules of [tenant.Directory].
//
// Nothing here imports package testing, so a demonstration may use it too.
package tenanttest
