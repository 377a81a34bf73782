package stress_test

import "flag"

var (
	histories = flag.Int("histories", 60, "how many histories TestLinearizable checks of each store")
	total     = flag.Int("commands", 3000, "how many commands TestManyProcesses carries out on each store")
	kills     = flag.Int("kills", 12, "how many processes TestKilled kills on each store")

	update = flag.Bool("update", false, "write anew what TestKeptStores reads today")

	writeStores = flag.String("write-stores", "", "a folder into which TestWriteStores writes stores to keep")
	storesName  = flag.String("stores-name", "now", "what these are called: the commit whose code writes them")
)
