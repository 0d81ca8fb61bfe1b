// Package sim is a virtual clock: time that passes only when every process
// waits, and that gives the same run every time.
//
// A process is ordinary blocking Go code started by [Sim.Go]; it waits through
// the methods of clock.Clock. One process runs at a time. When it waits, the
// earliest event is next, and events of the same instant run in the order in
// which they were scheduled, so a run is a function of its inputs alone.
//
// Processes are coroutines (iter.Pull) and are recycled. A process that waits
// looks for the next event itself: a callback ([Sim.AfterFunc]) runs on its
// stack, its own wake-up simply returns, and only another process's turn costs
// a switch. The modelled world keeps what never blocks (arrivals, time-outs)
// in callbacks for that reason.
package sim
