package redistest

import (
	"fmt"
	"net"
	"strings"
	"time"
)

// slots is how many a cluster has.
const slots = 16384

// again is when those who have not met by then are told once more: on a busy
// machine a handshake may take longer than the servers wait for it.
const again = 2 * time.Second

// form makes one cluster of the servers, and returns when all of them say that it is
// up.
func (s *Servers) form() error {
	for i, one := range s.list {
		n := len(s.list)
		if _, err := s.tell(one.addr, []string{"CLUSTER", "ADDSLOTSRANGE", fmt.Sprint(slots * i / n), fmt.Sprint(slots*(i+1)/n - 1)}); err != nil {
			return err
		}
	}
	begun := time.Now()
	var met time.Time
	for ; ; time.Sleep(10 * time.Millisecond) {
		if time.Since(met) > again {
			if err := s.meet(); err != nil {
				return err
			}
			met = time.Now()
		}
		up, said, err := s.up()
		if up || err != nil {
			return err
		}
		if time.Since(begun) > limit {
			return fmt.Errorf("the cluster is not up after %v: %s", limit, said)
		}
	}
}

// meet introduces the first server and every other one to each other.
func (s *Servers) meet() error {
	for _, other := range s.list[1:] {
		for _, pair := range [][2]*server{{other, s.list[0]}, {s.list[0], other}} {
			host, port, err := net.SplitHostPort(pair[1].addr)
			if err != nil {
				return err
			}
			if _, err := s.tell(pair[0].addr, []string{"CLUSTER", "MEET", host, port, pair[1].bus}); err != nil {
				return err
			}
		}
	}
	return nil
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
