//go:build unix

package live

import "syscall"

// connections is how many requests this process can have under way: each holds a
// file descriptor, and a second one where the boxes are in this process too. A
// third of them is left for connections that are closing, and some for the rest.
func connections() uint64 {
	const rest = 200
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return fewConnections
	}
	return (max(uint64(limit.Cur), 3*fewConnections+rest) - rest) / 3
}
