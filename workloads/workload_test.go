package workloads

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// mixed is some of everything.
func mixed() []Class {
	return []Class{
		{Class: "page", Rate: 40, Burst: &Burst{At: time.Second, Requests: 5, Over: 100 * time.Millisecond}, Keys: &Keys{Count: 1000, Zipf: 0.9, OneHit: 0.1}, Writes: 0.1, Size: &Size{Median: 2000, P99: 40_000}},
		{Class: "feed", Sine: &Sine{Mean: 20, Amplitude: 15, Period: time.Second}, Keys: &Keys{Count: 2_000_000, Hot: &Hot{Keys: 3, Share: 0.5}, Shuffle: true}},
		{Class: "crowd", Flash: &Flash{At: 500 * time.Millisecond, Peak: 100, Rise: 200 * time.Millisecond, Hold: 100 * time.Millisecond, Fall: 300 * time.Millisecond}, Keys: &Keys{Count: 1}},
		{Class: "climb", Ramp: &Ramp{From: 0, To: 30}, From: time.Second, Keys: &Keys{Count: 50, Prefix: "page"}},
		{Class: "bystander", Rate: 10, Arrivals: "constant", Cost: 2 * time.Millisecond},
	}
}

func requests(t testing.TB, seed uint64, duration time.Duration, classes []Class) []Request {
	t.Helper()
	w, err := New(seed, duration, classes)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	list := slices.Collect(w.All())
	if w.Err() != nil {
		t.Fatal(w.Err())
	}
	return list
}

func TestTrafficIsStableForEver(t *testing.T) {
	var b strings.Builder
	for _, r := range requests(t, 1, 2*time.Second, mixed()) {
		fmt.Fprintf(&b, "%d %d %s %v %d\n", r.At, r.Class, r.Key, r.Op, r.Size)
	}
	golden(t, "traffic.golden", b.String())
}

func TestClassesAreMergedInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var classes []Class
		total := 0
		for i := range rapid.IntRange(1, 12).Draw(t, "classes") {
			n := rapid.IntRange(1, 40).Draw(t, "requests")
			classes = append(classes, Class{Class: fmt.Sprint(i), Burst: &Burst{Requests: n, Over: time.Duration(rapid.IntRange(0, 20).Draw(t, "over"))}})
			total += n
		}
		w, err := New(1, time.Second, classes)
		if err != nil {
			t.Fatal(err)
		}
		var last Request
		n := 0
		for r := range w.All() {
			if r.At < last.At || r.At == last.At && r.Class < last.Class {
				t.Fatalf("%v of class %d comes after %v of class %d", r.At, r.Class, last.At, last.Class)
			}
			last = r
			n++
		}
		if n != total {
			t.Fatalf("%d requests of %d", n, total)
		}
	})
}

// of is the requests of one class, without its index.
func of(class int, all []Request) (list []Request) {
	for _, r := range all {
		if r.Class == class {
			r.Class = 0
			list = append(list, r)
		}
	}
	return list
}

// Adding a class, or changing what a class asks for, leaves the others' requests
// and everybody's arrivals as they were.
func TestClassesDoNotDisturbEachOther(t *testing.T) {
	base := requests(t, 3, 5*time.Second, mixed())
	more := append([]Class{{Class: "new", Rate: 100, Keys: &Keys{Count: 10}}}, mixed()...)
	with := requests(t, 3, 5*time.Second, more)
	for i := range mixed() {
		if diff := cmp.Diff(of(i, base), of(i+1, with)); diff != "" {
			t.Errorf("class %d changes when a class is added:\n%s", i, diff)
		}
	}
	changed := mixed()
	changed[0].Keys = &Keys{Count: 5, Zipf: 2}
	changed[0].Writes, changed[0].Size = 0.5, nil
	after := requests(t, 3, 5*time.Second, changed)
	if len(after) != len(base) {
		t.Fatalf("%d requests, and %d after other keys", len(base), len(after))
	}
	for i := range base {
		if base[i].At != after[i].At || base[i].Class != after[i].Class || base[i].Class != 0 && base[i] != after[i] {
			t.Fatalf("request %d was %+v, and with other keys in class 0 it is %+v", i, base[i], after[i])
		}
	}
	if slices.Equal(base, requests(t, 4, 5*time.Second, mixed())) {
		t.Error("another seed gives the same requests")
	}
}

func TestWritesAreTheirShare(t *testing.T) {
	for _, share := range []float64{0, 0.2, 1} {
		list := requests(t, 1, 20*time.Second, []Class{{Class: "page", Rate: 1000, Keys: &Keys{Count: 5}, Writes: share}})
		writes := 0.0
		for _, r := range list {
			if r.Op == Write {
				writes++
			}
		}
		n := float64(len(list))
		if math.Abs(writes-share*n) > 4*math.Sqrt(share*(1-share)*n) {
			t.Errorf("%v of %v requests are writes, want a share of %v", writes, n, share)
		}
	}
}

func TestBystandersHaveNoKey(t *testing.T) {
	for _, r := range of(4, requests(t, 1, 2*time.Second, mixed())) {
		if r.Key != "" || r.Size != 0 || r.Op != Read {
			t.Fatalf("a bystander's request is %+v", r)
		}
	}
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	good := Class{Class: "page", Rate: 1}
	for _, c := range []struct {
		duration time.Duration
		classes  []Class
		want     string
	}{
		{0, []Class{good}, "a run of 0s has no requests: give it a duration above 0"},
		{time.Second, []Class{good, good}, `class "page": class: there are two of this name: their requests could not be told apart`},
		{time.Second, []Class{{Class: "a", Rate: 1, From: time.Second}}, `class "a": from: the class begins at 1s, and the run ends at 1s`},
		{time.Second, []Class{{Class: "a", Burst: &Burst{At: 900 * time.Millisecond, Requests: 2, Over: 200 * time.Millisecond}}},
			`class "a": burst.over: the burst lasts from 900ms to 1.1s, and its class ends at 1s`},
		{time.Second, []Class{{Class: "a", Flash: &Flash{At: time.Minute, Peak: 2, Hold: 1}}}, `class "a": flash.at: the crowd comes at 1m0s, and its class ends at 1s`},
	} {
		_, err := New(1, c.duration, c.classes)
		if err == nil || err.Error() != c.want {
			t.Errorf("error %q, want %q", err, c.want)
		}
		var field *FieldError
		if c.duration > 0 && !errors.As(err, &field) {
			t.Errorf("%q is no FieldError", err)
		}
	}
}

func TestRequestsExpectedOfAClass(t *testing.T) {
	w, err := New(1, time.Minute, []Class{
		{Class: "burst", Rate: 20, Burst: &Burst{At: 10 * time.Second, Requests: 100, Over: time.Second}, From: 5 * time.Second, Until: 30 * time.Second},
		{Class: "ramp", Ramp: &Ramp{0, 60}},
		{Class: "trace", Trace: &Trace{File: "none"}},
		{Class: "flash", Rate: 10, Flash: &Flash{At: 10 * time.Second, Peak: 100, Rise: 10 * time.Second, Hold: 10 * time.Second, Fall: 10 * time.Second}},
		{Class: "sine", Sine: &Sine{Mean: 10, Amplitude: 5, Period: 40 * time.Second, Phase: 10 * time.Second}},
	})
	if err != nil {
		t.Fatal(err)
	}
	swing := 5 * 40 / (2 * math.Pi)
	for _, c := range []struct {
		class  int
		active time.Duration // seconds since the class began
		want   float64
	}{
		{0, 0, 0}, {0, 5, 100}, {0, 6, 220}, {0, 25, 600},
		{1, 0, 0}, {1, 30, 450}, {1, 60, 1800},
		{2, 60, 0},
		{3, 10, 100}, {3, 15, 275}, {3, 20, 700}, {3, 30, 1800}, {3, 40, 2400}, {3, 60, 2600},
		{4, 10, 100 + swing}, {4, 20, 200}, {4, 30, 300 - swing}, {4, 40, 400},
	} {
		got := 0.0
		for _, p := range w.classes[c.class].pacers {
			got += p.expected(c.active * time.Second)
		}
		if math.Abs(got-c.want) > 1e-9 {
			t.Errorf("class %d after %ds: %v requests, want %v", c.class, c.active, got, c.want)
		}
	}
}

func namesOf(items iter.Seq[Item]) (keys []string) {
	for it := range items {
		keys = append(keys, it.Key)
	}
	return keys
}

func TestKeysForAWarmUp(t *testing.T) {
	w, err := New(1, time.Minute, []Class{
		{Class: "rare", Rate: 1, Keys: &Keys{Count: 3, Zipf: 1}},
		{Class: "often", Rate: 1000, Keys: &Keys{Count: 2}},
		{Class: "also", Rate: 10, Keys: &Keys{Count: 2, Prefix: "often"}},
		{Class: "bystander", Rate: 5},
		{Class: "session", Rate: 1000, Keys: &Keys{Count: 2}, Session: true, Size: &Size{Fixed: 300}},
	})
	if err != nil {
		t.Fatal(err)
	}
	users := []Item{{"session:0", 300, 4}, {"session:1", 300, 4}}
	if got := slices.Collect(w.Population(4)); !slices.Equal(got, users) {
		t.Errorf("the users are %v, want %v", got, users)
	}
	if got := slices.Collect(w.Population(3)); len(got) > 0 {
		t.Errorf("a bystander asks for %v", got)
	}
	for _, c := range []struct {
		most int
		want []string
	}{
		{0, nil},
		{3, []string{"often:0", "often:1", "rare:0"}},
		{100, []string{"often:0", "often:1", "rare:0", "rare:1", "rare:2"}},
	} {
		if got := namesOf(w.Items(c.most)); !slices.Equal(got, c.want) {
			t.Errorf("Items(%d) = %v, want %v", c.most, got, c.want)
		}
	}
	for range w.Items(5) {
		break // the consumer may stop
	}
}

// To look at the keys does not change the traffic.
func TestKeysLeaveTheTraffic(t *testing.T) {
	w, err := New(1, 2*time.Second, mixed())
	if err != nil {
		t.Fatal(err)
	}
	for range w.Items(500) {
	}
	if diff := cmp.Diff(requests(t, 1, 2*time.Second, mixed()), slices.Collect(w.All())); diff != "" {
		t.Error(diff)
	}
}

func TestAllGoesOnWhereItStopped(t *testing.T) {
	want := requests(t, 1, 2*time.Second, mixed())
	w, _ := New(1, 2*time.Second, mixed())
	var got []Request
	for r := range w.All() {
		got = append(got, r)
		if len(got) == 10 {
			break
		}
	}
	got = slices.AppendSeq(got, w.All())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingComesAfterClose(t *testing.T) {
	for _, before := range []int{0, 5} {
		w, _ := New(1, 2*time.Second, mixed())
		var r Request
		for range before {
			w.Next(&r)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if w.Next(&r) || w.Err() != nil {
			t.Errorf("after Close there is %+v, error %v", r, w.Err())
		}
	}
}

func TestNextAllocatesNothing(t *testing.T) {
	w, err := New(1, 100*time.Hour, []Class{
		{Class: "page", Rate: 1000, Keys: &Keys{Count: 100, Zipf: 0.9}, Writes: 0.1, Size: &Size{Median: 100, P99: 200}},
		{Class: "feed", Sine: &Sine{Mean: 1000, Amplitude: 1000, Period: time.Minute}, Keys: &Keys{Count: 20, Hot: &Hot{1, 0.5}}},
		{Class: "bystander", Rate: 500},
	})
	if err != nil {
		t.Fatal(err)
	}
	var r Request
	for range 20_000 { // every key is met
		w.Next(&r)
	}
	if n := testing.AllocsPerRun(1000, func() { w.Next(&r) }); n != 0 {
		t.Errorf("a request costs %v allocations", n)
	}
}
