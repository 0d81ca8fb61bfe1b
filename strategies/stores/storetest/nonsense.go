package storetest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/wire"
)

// answers that no cache gives, or not to what it was asked. Those of the second
// kind are yes in some protocol, and so is what the operation says then.
func nonsenses(t *testing.T) (all []string, yes map[string]bool) {
	other, err := wire.Envelope{Key: "not k", Entry: strategies.Entry{Value: strategies.Value{Data: []byte("secret")}}}.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	all = []string{
		"\r\n", "\n", "\x00", "?\r\n", "-\r\n", "-ERR no\r\n", "-WRONGTYPE no\r\n", "ERROR\r\n", "SERVER_ERROR no\r\n", "CLIENT_ERROR no\r\n",
		"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "220 mail ESMTP\r\n",
		"$-2\r\n", "$5\r\nab", "$abc\r\n", "$9223372036854775807\r\n", "$99999999999999999999\r\n", "*-2\r\n", "*9223372036854775807\r\n", "*2\r\n:1\r\n$1\r\na\r\n",
		"%1\r\n*0\r\n:1\r\n", ":\r\n", ":7\r\n", ":-1\r\n", ":99999999999999999999\r\n", "+QUEUED\r\n", "$2\r\nhi\r\n", "#t\r\n", ",inf\r\n",
		"VALUE\r\n", "VALUE v:k\r\n", "VALUE v:k 0 -1\r\n", "VALUE v:k 0 99999999999999999999\r\n", "VALUE v:k 0 3 1\r\nabcdEND\r\n", "VALUE v:k 0 2 1\r\nhi\r\nEND\r\n",
		"VALUE x 0 2 1\r\nhi\r\nEND\r\n", "VALUE v:k x y z\r\n",
		fmt.Sprintf("$%d\r\n%s\r\n", len(other), other),
		fmt.Sprintf("VALUE v:k 0 %d 1\r\n%s\r\nEND\r\n", len(other), other),
		fmt.Sprintf("VALUE l:k 0 %d 1\r\n%s\r\nEND\r\n", len(other), other),
		strings.Repeat("A", 100_000), strings.Repeat("B", 100_000) + "\r\n", strings.Repeat("*1\r\n", 5_000),
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		b := []byte("?" + strings.Repeat(" ", rng.IntN(200)) + "\r\n")
		for i := range b[:len(b)-2] {
			b[i] = byte(rng.Uint32())
		}
		b[0] = "+-:$*VEN\x80"[rng.IntN(9)]
		all = append(all, string(b))
	}
	yes = map[string]bool{"+OK\r\n": true, ":1\r\n": true, ":0\r\n": true, "STORED\r\n": true, "DELETED\r\n": true, "END\r\n": true, "$-1\r\n": true, "_\r\n": true, "NOT_FOUND\r\n": true, "NOT_STORED\r\n": true, "EXISTS\r\n": true}
	return all, yes
}

// nonsense talks so to every operation. A server that answers the one word a
// command can be answered by cannot be told from a cache; a value it cannot make
// up.
func nonsense(t *testing.T, connect Connect) {
	all, yes := nonsenses(t)
	for answer := range yes {
		all = append(all, answer)
	}
	for _, answer := range all {
		l := listen(t)
		serve(t, l, func(conn net.Conn) {
			b := make([]byte, 64<<10)
			for {
				if _, err := conn.Read(b); err != nil {
					return
				}
				if _, err := conn.Write([]byte(answer)); err != nil {
					return
				}
			}
		})
		s := connect(t, l.Addr().String(), 30*time.Millisecond)
		for _, op := range operations(s) {
			found, err := op.do(background)
			switch {
			case op.reads && found:
				t.Errorf("%s, answered by %.60q, finds a value", op.name, answer)
			case yes[answer]:
			case err == nil:
				t.Errorf("%s, answered by %.60q: %v and no error", op.name, answer, found)
			}
			if err != nil && !named(err) {
				t.Errorf("%s, answered by %.60q: an error without a name: %v", op.name, answer, err)
			}
		}
	}
}
