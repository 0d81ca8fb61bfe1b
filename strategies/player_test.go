package strategies_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/publish"
)

// player is the state of a script.
type player struct {
	*testing.T
	w         *world
	make      func(b *playedBox)
	boxes     []*playedBox
	publisher *publish.Publisher
	loads     map[string]scripted
	requests  int
	owner     *playedBox // took the latest lock
	trace     bool
	log       []event
}

type playedBox struct {
	*client
	strategy strategies.Strategy
}

type scripted struct {
	how   string
	takes time.Duration
}

// event is a line of the transcript. Events of one instant that differ only in
// who they happen to share a line.
type event struct {
	at   time.Duration
	who  string
	what string
}

func newPlayer(t *testing.T, w *world) *player {
	p := &player{T: t, w: w, loads: map[string]scripted{}}
	w.server.rtt = 2 * time.Millisecond
	w.server.seen = func(op, what string) {
		who, what, _ := strings.Cut(what, " ")
		if op != "get" || p.trace {
			p.note(who, "%s", what)
		}
		if (op == "lock" || op == "lease") && strings.HasSuffix(what, "got it") {
			for _, b := range p.boxes {
				if b.box == who {
					p.owner = b
				}
			}
		}
	}
	p.command([]string{"boxes", "1"})
	return p
}

func (p *player) note(who, format string, args ...any) {
	p.log = append(p.log, event{rounded(p.w.elapsed()), who, fmt.Sprintf(format, args...)})
}

// events takes the lines so far.
func (p *player) events() []string {
	type shared struct {
		at   time.Duration
		what string
	}
	var order []shared
	who := map[shared][]string{}
	for _, e := range p.log {
		s := shared{e.at, e.what}
		if who[s] == nil {
			order = append(order, s)
		}
		who[s] = append(who[s], e.who)
	}
	p.log = nil
	var lines []string
	for _, s := range order {
		names := who[s]
		text := strings.Join(names, ", ")
		if n := len(names); n > 4 {
			text = fmt.Sprintf("%s and %d more", names[0], n-1)
		}
		lines = append(lines, fmt.Sprintf("%-8v %s: %s", s.at, text, s.what))
	}
	return lines
}

func (p *player) command(words []string) {
	arg := func(i int) string {
		if i >= len(words) {
			p.Fatalf("%q: a word is missing", words)
		}
		return words[i]
	}
	switch words[0] {
	case "boxes":
		p.boxes = nil
		for i := range p.number(arg(1)) {
			p.boxes = append(p.boxes, &playedBox{client: newClient(p.w, fmt.Sprintf("box%d", i+1))})
		}
	case "slow":
		for _, b := range p.boxes {
			if b.box == arg(1) {
				b.slow = p.duration(arg(2))
			}
		}
	case "strategy":
		p.make = p.maker(words[1:])
		for _, b := range p.boxes {
			p.make(b)
		}
	case "load":
		p.loads[arg(1)] = scripted{arg(2), p.duration(arg(3))}
	case "get":
		n, apart := 1, time.Duration(0)
		if len(words) > 2 {
			n = p.number(strings.TrimPrefix(words[2], "x"))
		}
		if len(words) > 3 {
			apart = p.duration(arg(4))
		}
		for i := range n {
			p.get(arg(1), time.Duration(i)*apart)
		}
	case "write":
		version := p.w.origin.write(arg(1))
		b := p.boxes[0]
		p.note("write", "%s is now v%d", arg(1), version)
		p.w.Go("writer", func() {
			if err := strategies.Wrote(background, b.strategy, arg(1), written(arg(1), version)); err != nil {
				p.note("write", "not announced: %v", err)
			}
		})
	case "advance":
		p.w.sleep(p.duration(arg(1)))
	case "crash":
		p.owner.dead = true
		p.note(p.owner.box, "crashes")
		p.owner.client = newClient(p.w, p.owner.box)
		p.make(p.owner)
	case "cache":
		p.w.server.fault = nil
		if arg(1) == "down" {
			p.w.server.fault = func(string) error { return errCache }
		}
	case "trace":
		p.trace = true
	case "stats":
		p.stats()
	default:
		p.Fatalf("unknown command %q", words[0])
	}
}

// get sends a request to the next box after a while.
func (p *player) get(key string, after time.Duration) {
	b := p.boxes[p.requests%len(p.boxes)]
	p.requests++
	name := strconv.Itoa(p.requests)
	p.w.Go("request", func() {
		p.w.sleep(after)
		begun := p.w.elapsed()
		client, strategy := b.client, b.strategy
		e := event{who: "request " + name}
		r, panicked, err := get(background, strategy, key)
		took := rounded(p.w.elapsed() - begun)
		switch {
		case client.dead:
			e.what = "lost with its box"
		case panicked != nil:
			e.what = fmt.Sprintf("panic: %v, after %v", panicked, took)
		case err != nil:
			e.what = fmt.Sprintf("%v after %v", r.Outcome, took)
		default:
			e.what = fmt.Sprintf("%v %s, %v old, after %v", r.Outcome, r.Data, rounded(r.Stored.Age(p.w.Now())), took)
		}
		e.at = rounded(p.w.elapsed())
		p.log = append(p.log, e)
	})
}

// rounded is a time as a transcript shows it: to 0.1 ms.
func rounded(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }

// loader is the origin as a box sees it.
func (p *player) loader(box string) strategies.Loader {
	return strategies.LoaderFunc(func(ctx context.Context, key string) (strategies.Value, error) {
		s, ok := p.loads[key]
		if !ok {
			s = scripted{"ok", 50 * time.Millisecond}
		}
		version := p.w.origin.versions[key] + 1
		p.note(box, "loads %s", key)
		if err := p.w.Sleep(ctx, s.takes); err != nil {
			return strategies.Value{}, err
		}
		switch s.how {
		case "panic":
			p.note(box, "the load of %s panics", key)
			panic(errPanic)
		case "fail":
			p.note(box, "the load of %s fails", key)
			return strategies.Value{}, errOrigin
		}
		p.note(box, "has loaded %s v%d", key, version)
		return strategies.Value{Data: fmt.Appendf(nil, "%s v%d", key, version), Version: version}, nil
	})
}
