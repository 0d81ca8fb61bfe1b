package redistest

import (
	"fmt"
	"net"
	"strings"
	"time"
)

// slots is how many a cluster has.
const slots = 16384

// form makes one cluster of the servers, and returns when all of them say that it is
// up.
func (s *Servers) form() error {
	n := len(s.list)
	for i, one := range s.list {
		host, port, err := net.SplitHostPort(s.list[0].addr)
		if err != nil {
			return err
		}
		words := [][]string{{"CLUSTER", "ADDSLOTSRANGE", fmt.Sprint(slots * i / n), fmt.Sprint(slots*(i+1)/n - 1)}}
		if i > 0 {
			words = append(words, []string{"CLUSTER", "MEET", host, port, s.list[0].bus})
		}
		if _, err := s.tell(one.addr, words...); err != nil {
			return err
		}
	}
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		up, said, err := s.up()
		if up || err != nil {
			return err
		}
		if time.Since(begun) > limit {
			return fmt.Errorf("the cluster is not up after %v: %s", limit, said)
		}
	}
}

// up reports whether every server knows all others, and all slots to be served.
func (s *Servers) up() (up bool, said string, err error) {
	for _, one := range s.list {
		if said, err = s.tell(one.addr, []string{"CLUSTER", "INFO"}); err != nil {
			return false, "", err
		}
		if !strings.Contains(said, "cluster_state:ok") || !strings.Contains(said, fmt.Sprintf("cluster_known_nodes:%d\r", len(s.list))) {
			return false, said, nil
		}
	}
	return true, "", nil
}
