package stress_test

import "flag"

var (
	histories = flag.Int("histories", 200, "how many histories TestLinearizable checks of each store")
	total     = flag.Int("commands", 3000, "how many commands TestManyProcesses carries out on each store")
)
