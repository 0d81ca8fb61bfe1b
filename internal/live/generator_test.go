package live_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/strategies/clock"
)

// itself is this test, told to be a generator: see TestMain.
func itself(t testing.TB) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self, asGenerator}
}

// apart is a run whose load is a process of its own.
func apart(ctx context.Context, sc *scenarios.Scenario, on *tier.Tier, generator []string) (*metrics.Run, error) {
	return lab.Run(sc, sc.Strategies[0], 1, lab.Setup{
		Clock: clock.NewWall(), Wall: true,
		World: func(cfg world.Config, p world.Environment) (lab.World, error) {
			return live.New(ctx, live.Config{Tier: on, LateAfter: 10 * time.Millisecond, Generator: generator}, cfg, p)
		},
	})
}

// A generator that is a process of its own sends the same requests and tells the
// same of them, under every balancer.
func TestGeneratorApart(t *testing.T) {
	for _, policy := range []string{"round-robin", "random", "least-busy", "by-key"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			sc := scenario(t, steady, "fleet.balancer.policy="+policy, "workload.page.writes=5%",
				"strategies={two-level: {ttl: 500ms, over: {naive: {ttl: 600ms}}}}")
			want, sent := run(t, sc, "two-level", nil)
			got, err := apart(t.Context(), sc, startTier(t, t.Context(), "embedded", sc.Fleet), itself(t))
			if err != nil {
				t.Fatal(err)
			}
			if got.Requests != want.Requests || got.Failures != 0 || got.Attempts != want.Attempts {
				t.Errorf("%d requests in %d attempts, %d failed; the model has %d in %d and no failure",
					got.Requests, got.Attempts, got.Failures, want.Requests, want.Attempts)
			}
			for name, class := range want.Classes {
				if got.Classes[name].Requests != class.Requests {
					t.Errorf("%s: %d requests, the model has %d", name, got.Classes[name].Requests, class.Requests)
				}
			}
			if diff := cmp.Diff(want.Outcomes[metrics.Written], got.Outcomes[metrics.Written]); diff != "" {
				t.Errorf("writes (-modelled +real): %s", diff)
			}
			// By key a write goes to the box that has the copy, and nobody sees an old one.
			outdated := got.StalenessMS != nil && got.StalenessMS.P50 > 0
			if got.AgeMS == nil || got.AgeMS.P50 <= 0 || !outdated && policy != "by-key" {
				t.Errorf("age %+v, staleness %+v: nobody says how old values are", got.AgeMS, got.StalenessMS)
			}
			if g := got.Generator; g == nil || g.Sent != g.Scheduled || g.Sent != int64(len(sent)) {
				t.Errorf("generator %+v, want all %d sent", g, len(sent))
			}
		})
	}
}

// The balancer's health check hears of time-outs from a generator apart.
func TestGeneratorApartTellsTimeOuts(t *testing.T) {
	sc := scenario(t, busy, "duration=1s", "faults=[]", "strategies={naive: {ttl: 10s}}", "fleet.origin.latency=300ms", "client.timeout=50ms", "client.retries=0",
		"fleet.balancer={check: 50ms, timeouts: 3, eject_for: 200ms}")
	got, err := apart(t.Context(), sc, startTier(t, t.Context(), "embedded", sc.Fleet), itself(t))
	if err != nil {
		t.Fatal(err)
	}
	if got.Outcomes[metrics.Timeout] == 0 || got.Ejections == 0 {
		t.Errorf("%d time-outs, %d boxes ejected, want both: %+v", got.Outcomes[metrics.Timeout], got.Ejections, got.Outcomes)
	}
}

// A stop reaches the generator, and nothing of it is left.
func TestGeneratorApartIsStopped(t *testing.T) {
	before := len(children(t))
	ctx, stop := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	sc := scenario(t, busy)
	on, generator := startTier(t, t.Context(), "embedded", sc.Fleet), itself(t)
	ended := make(chan error, 1)
	go func() {
		_, err := apart(ctx, sc, on, generator)
		ended <- err
	}()
	until(t, "a generator", func() bool { return len(children(t)) > before })
	stop(cause)
	select {
	case err := <-ended:
		if !errors.Is(err, cause) {
			t.Errorf("ended with %v, want the cause", err)
		}
	case <-time.After(patience):
		t.Fatal("goes on after the stop")
	}
	until(t, "the generator has ended", func() bool { return len(children(t)) == before })
}

// A generator that dies, or that cannot be started, ends the run with a reason.
func TestGeneratorApartDies(t *testing.T) {
	before := children(t)
	sc := scenario(t, busy)
	on, generator := startTier(t, t.Context(), "embedded", sc.Fleet), itself(t)
	ended := make(chan error, 1)
	go func() {
		_, err := apart(t.Context(), sc, on, generator)
		ended <- err
	}()
	until(t, "a generator", func() bool { return len(children(t)) > len(before) })
	time.Sleep(200 * time.Millisecond) // with requests under way, mostly; before them it ends as well
	for _, pid := range children(t) {
		if slices.Contains(before, pid) {
			continue
		}
		n, err := strconv.Atoi(pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(n, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "the load generator: it ended before it was done") {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("goes on without a generator")
	}
	_, err := apart(t.Context(), sc, on, []string{filepath.Join(t.TempDir(), "none")})
	if err == nil || !strings.Contains(err.Error(), "start the load generator") {
		t.Errorf("ended with %v", err)
	}
}

// Whoever types the command by hand is told what it is for.
func TestGenerateWithoutAnOrder(t *testing.T) {
	var out bytes.Buffer
	err := live.Generate(t.Context(), strings.NewReader(""), &out)
	if err == nil || !strings.Contains(err.Error(), "--generator process") || out.Len() > 0 {
		t.Errorf("%v, wrote %q", err, out.String())
	}
}
