package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies/clock"
)

// box is a box of the world behind a listener on the loopback interface: an
// application server over HTTP.
type box struct {
	box    *world.Box
	url    *url.URL // http://127.0.0.1:port
	health *url.URL // where it tells of its health: in a queue, that would be an answer like any other
	queue  *backlog // nil where the queue is the box's own
	server *http.Server
	caches int       // named ones
	front  *frontage // before it; nil without
}

// listen has a box listen on a free port. Where a full queue drops it is the kernel's, and
// a connection takes a worker from its first byte to its last; else the box reads every
// request at once, and answers 503 where there is no place.
func listen(serving *world.Box, fleet world.FleetConfig, caches int, front *frontage) (*box, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on the loopback interface: %w", err)
	}
	serving.ExpectCrash() // of a run that is stopped: nobody is left waiting
	b := &box{box: serving, health: addressOf(listener), url: addressOf(listener), caches: caches, front: front}
	b.server = &http.Server{Handler: http.HandlerFunc(b.handle), ReadHeaderTimeout: 10 * time.Second}
	if fleet.Full == world.FullDrop {
		if b.queue, err = newBacklog(fleet.Workers, fleet.Queue); err != nil {
			_ = listener.Close()
			return nil, err
		}
		b.url = addressOf(b.queue)
		b.server.SetKeepAlivesEnabled(false)
		go b.serve(b.queue)
	}
	go b.serve(listener)
	return b, nil
}

func addressOf(l net.Listener) *url.URL { return &url.URL{Scheme: "http", Host: l.Addr().String()} }

// serve answers what comes in, until close is called.
func (b *box) serve(on net.Listener) {
	if err := b.server.Serve(on); !errors.Is(err, http.ErrServerClosed) {
		panic(fmt.Sprintf("live: a box stopped listening: %v", err))
	}
}

// healthPath is of no key: in a key's path a slash is escaped.
const healthPath = "/-/health"

// handle answers for the box itself, refuses what is no request of the lab, and
// has a worker do the rest. There is no http.ServeMux before it, which would
// send a client that asks for the key ".." elsewhere.
func (b *box) handle(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "a box reads by GET or HEAD and writes by POST", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.EscapedPath() == healthPath {
		fmt.Fprintln(w, "well")
		return
	}
	j, err := b.read(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.answer(w, r, j)
}

func (b *box) read(r *http.Request) (*world.Job, error) {
	if b.front != nil {
		return readVisitor(r)
	}
	return readJob(r, b.caches)
}

// answer has a worker do the job. The client may leave meanwhile: the worker is
// not told.
func (b *box) answer(w http.ResponseWriter, r *http.Request, j *world.Job) {
	done := make(chan struct{})
	j.Done = func(*world.Job) { close(done) }
	j.Inside = b.queue != nil
	if !b.box.Submit(j) {
		j = &world.Job{Request: j.Request, Outcome: metrics.Rejected}
		close(done)
	}
	<-done
	if j.Lost() {
		if b.queue != nil {
			_ = reset(b.queue.TCPListener)
		}
		panic(http.ErrAbortHandler) // the box crashed: the connection breaks
	}
	if b.front != nil {
		b.front.tell(w.Header(), r, j)
	}
	writeAnswer(w, j)
}

// close stops listening, when what is inside is served, or has a worker.
func (b *box) close() {
	if b.queue != nil {
		b.queue.drain()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if b.server.Shutdown(ctx) != nil {
		_ = b.server.Close()
	}
}

// probing is the time between two probes.
const probing = 50 * time.Millisecond

// probe asks boxes for their health, in turns, until stop is called, and tells
// how long the answers took: the way there and back of a request that waits for
// no worker.
func probe(ctx context.Context, boxes []*box, took func(time.Duration)) (stop func()) {
	transport := newTransport()
	transport.DisableKeepAlives = boxes[0].queue != nil // as a request's is
	turn := 0
	end := repeat(ctx, "probe", probing, func(ctx context.Context) {
		boxes[turn%len(boxes)].ask(ctx, transport, took)
		turn++
	})
	return func() {
		end()
		transport.CloseIdleConnections()
	}
}

// repeat does something again and again, with a pause before each time, in a process of
// its own, until ctx ends or stop is called, which waits for the last.
func repeat(ctx context.Context, name string, pause time.Duration, do func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	wall := clock.NewWall()
	wall.Go(name, func() {
		for wall.Sleep(ctx, pause) == nil {
			do(ctx)
		}
	})
	return func() {
		cancel()
		wall.Close()
	}
}

// ask is one probe. One that fails tells nothing.
func (b *box) ask(ctx context.Context, by http.RoundTripper, took func(time.Duration)) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	to := *b.health
	to.Path = healthPath
	begun := time.Now()
	if a := send(by.RoundTrip, newRequest(ctx, &to, false)); a.outcome != metrics.Timeout && a.outcome != metrics.Rejected {
		took(time.Since(begun))
	}
}
