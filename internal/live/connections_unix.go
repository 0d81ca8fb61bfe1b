//go:build unix

package live

import "syscall"

// connections is how many requests this process can have under way: each holds a
// file descriptor, and a second one where the boxes are in this process too. Some
// are left for the rest.
func connections() uint64 {
	const rest = 200
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return fewConnections
	}
	return (max(uint64(limit.Cur), 2*fewConnections+rest) - rest) / 2
}
