package live

import (
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/origin"
)

// schedule arranges for the faults of the scenario, counted from now.
func (w *World) schedule() {
	w.victims().Schedule(w.sc.Faults, w.sc.Fleet.Cache.AllNodes(), len(w.boxes), w.sc.Duration, w.faults.after)
}

// victims are the real parts: processes that are killed and stopped.
func (w *World) victims() world.Victims {
	nodes, links := w.cfg.Tier.all()
	among := func(parts int, what string, do func(i int) error) func(int) {
		return func(i int) {
			if i >= parts {
				w.note("%s of node %d: this cache has no node that the lab could touch", what, i)
				return
			}
			if err := do(i); err != nil {
				w.note("%s of node %d: %v", what, i, err)
			}
		}
	}
	at := func(what string, do func(i int) error) func(int) { return among(len(nodes), what, do) }
	return world.Victims{
		Lose:   at("loss", func(i int) error { nodes[i].Kill(); return nil }),
		Return: at("return", func(i int) error { return nodes[i].Restart() }),
		Hang:   at("hang", func(i int) error { return nodes[i].Hang() }),
		Wake:   at("wake", func(i int) error { return nodes[i].Wake() }),
		Cut:    among(len(links), "cut", func(i int) error { return links[i].cut() }),
		Mend:   among(len(links), "mend", func(i int) error { return links[i].mend() }),
		List:   w.list,
		Flush:  at("flush", func(i int) error { return nodes[i].Flush() }),
		Origin: w.changeOrigin,
		Crash:  w.crash,

		LoseBox: w.loseBox, ReturnBox: w.returnBox, CullDisks: w.cullDisks,

		Release: w.release, Deploy: w.deploy, Readmit: w.balancer.Readmit, Sessions: w.cacheSessions,
	}
}

// list puts a node on every client's list, or takes it off.
func (w *World) list(i int, on bool) {
	if i >= len(w.cfg.Tier.names)-w.cfg.Tier.cfg.Gutter {
		w.note("a change of the list of nodes: this cache has no node %d", i)
		return
	}
	w.cfg.Tier.roster.List(i, on)
}

func (w *World) changeOrigin(change func(*origin.Fault)) {
	if w.model == nil {
		w.note("a fault of the origin: only the modelled origin can be made slow or fail")
		return
	}
	w.model.Change(change)
}

func (w *World) crash(i int) {
	w.crashes.Add(1)
	w.boxes[i].box.Crash()
	w.restart(i, "restart")
}

// release begins a release, which what serves the whole fleet has at once.
func (w *World) release(caches []string) {
	w.releases.Begin(caches)
	prefixes := w.releases.Prefixes(w.releases.Newest())
	for _, s := range w.shared {
		if err := s.client.use(prefixes[s.name]); err != nil {
			w.note("release: %v", err)
		}
	}
}

// deploy gives a box a new program, of the newest release.
func (w *World) deploy(i int) {
	w.releases.Give(i)
	w.restart(i, "deploy")
}
