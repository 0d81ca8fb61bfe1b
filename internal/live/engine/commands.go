package engine

import "strconv"

// waits reports whether a command may wait for what another connection does.
func waits(cmd string) bool {
	switch cmd {
	case "BLPOP", "BRPOP", "BRPOPLPUSH", "BLMOVE", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP",
		"XREAD", "XREADGROUP", "WAIT", "SUBSCRIBE", "PSUBSCRIBE":
		return true
	}
	return false
}

// readsTTL reports whether what a command does may depend on the ttl of one of
// its keys.
func readsTTL(cmd string) bool {
	switch cmd {
	case "EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO",
		"EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT", "RENAME", "RENAMENX", "COPY":
		return true
	}
	return false
}

// keysOf are the keys whose ttl a command may set, remove or, if [readsTTL],
// read. A command that is not here can at most remove a key or its ttl.
func keysOf(cmd string, args []string) []string {
	if len(args) == 0 {
		return nil
	}
	switch cmd {
	case "SET", "SETEX", "PSETEX", "SETNX", "GETSET", "GETEX", "GETDEL", "PERSIST", "RESTORE",
		"EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT":
		return args[:1]
	case "RENAME", "RENAMENX", "COPY":
		return args[:min(2, len(args))]
	case "DEL", "UNLINK":
		return args
	case "MSET", "MSETNX":
		var keys []string
		for i := 0; i < len(args); i += 2 {
			keys = append(keys, args[i])
		}
		return keys
	case "EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO":
		if len(args) < 2 {
			return nil
		}
		n, err := strconv.Atoi(args[1])
		if err != nil || n < 0 || n > len(args)-2 {
			return nil
		}
		return args[2 : 2+n]
	}
	return nil
}
