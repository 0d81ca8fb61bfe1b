package origin_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/live/origin"
)

func TestHTTPAnswers(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a redirect to another host was followed")
	}))
	defer other.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/v/plain", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("plain")) })
	mux.HandleFunc("/v/seven", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Version", "7")
		w.Write([]byte("1234567890"))
	})
	mux.HandleFunc("/v/odd", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Version", "new") })
	mux.HandleFunc("/v/long", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("12345678901")) })
	mux.HandleFunc("/v/created", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) })
	mux.Handle("/v/here", http.RedirectHandler("/v/plain", http.StatusFound))
	mux.Handle("/v/there", http.RedirectHandler(other.URL, http.StatusFound))
	mux.Handle("/v/round", http.RedirectHandler("/v/round", http.StatusFound))
	server := httptest.NewServer(mux)
	defer server.Close()
	h := client(t, server.URL+"/v", 0).Limit(30*time.Second, 10)

	for _, c := range []struct {
		key, data string
		version   uint64
	}{{"plain", "plain", 0}, {"seven", "1234567890", 7}, {"here", "plain", 0}} {
		v, err := h.Load(background, c.key)
		if err != nil || string(v.Data) != c.data || v.Version != c.version {
			t.Errorf("%s: %q, version %d, %v", c.key, v.Data, v.Version, err)
		}
	}
	for key, words := range map[string]string{
		"odd": `the header X-Version is "new"`, "long": "the value has more than 10 bytes", "created": "201 Created",
		"none": "404 Not Found", "there": "it redirects to " + other.URL, "round": "round and round",
	} {
		_, err := h.Load(background, key)
		want(t, err, server.URL+"/v/"+key+": ", words)
	}
	var status *origin.StatusError
	if _, err := h.Load(background, "none"); !errors.As(err, &status) || status.Code != 404 {
		t.Errorf("%v is not a StatusError of 404", err)
	}
}

func TestHTTPLimits(t *testing.T) {
	var under, peak atomic.Int64
	both := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if n := under.Add(1); n > peak.Load() {
			peak.Store(n)
		}
		defer under.Add(-1)
		select {
		case both <- struct{}{}: // the two allowed meet one another
		case <-both:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	h := client(t, server.URL, 2)
	done := make(chan error)
	for range 6 {
		go func() {
			_, err := h.Load(background, "a")
			done <- err
		}()
	}
	for range 6 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if peak.Load() != 2 {
		t.Errorf("%d requests at once through 2 connections", peak.Load())
	}
}

func TestHTTPLeft(t *testing.T) {
	arrived := make(chan struct{}, 2)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	defer server.Close()
	cause := errors.New("the caller left")
	ctx, cancel := context.WithCancelCause(background)
	go func() { <-arrived; cancel(cause) }()
	if _, err := client(t, server.URL, 0).Load(ctx, "a"); err != cause {
		t.Errorf("cancelled: %v", err)
	}
	_, err := client(t, server.URL, 0).Limit(time.Millisecond, 1).Load(background, "a")
	want(t, err, server.URL+"/a: no answer within 1ms")
}

func TestHTTPRefused(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	address := "http://herd:h0rse@" + server.Listener.Addr().String()
	_, err := client(t, address, 0).Load(background, "a")
	want(t, err, "http://herd:xxxxx@", "connection refused")
	secret(t, err, "h0rse")

	for address, words := range map[string]string{
		"": "is not a URL", "localhost:8080": "is not a URL", "ftp://a/b": "is not a URL", "http://": "is not a URL",
		"http://u:h0rse@a:b/": "is not a URL", "http://u:h0rse@a/?q=1": "http://u:xxxxx@a/?q=1",
	} {
		_, err := origin.NewHTTP(address, 0)
		want(t, err, words)
		secret(t, err, "h0rse")
	}
	_, err = origin.NewHTTP("http://a", -1)
	want(t, err, "-1 connections")
}
