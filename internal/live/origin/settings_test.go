package origin_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/live/origin"
	model "github.com/herdlab/herdlab/internal/world/origin"
)

// ask makes a request and returns its status, its body and its header.
func ask(t *testing.T, method, url, body string, header ...string) (int, string, http.Header) {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text), resp.Header
}

// An origin takes the settings of an attack's scenario, unless it has its own; either way the attack
// hears what they are.
func TestSettle(t *testing.T) {
	own, wanted := fixed(7*time.Millisecond), model.Config{
		Latency: model.Latency{Median: time.Millisecond, P99: 3 * time.Millisecond}, Concurrency: 4, Errors: 0.25, Write: 5 * time.Millisecond,
	}
	for _, keeps := range []bool{false, true} {
		base, _ := serve(t, origin.ServerConfig{Origin: own, Own: keeps})
		now, err := origin.Settle(t.Context(), base, wanted)
		if err != nil {
			t.Fatal(err)
		}
		if keeps && now.Latency.Fixed != own.Latency.Fixed || !keeps && (now.Latency.P99 != wanted.Latency.P99 || now.Concurrency != 4 || now.Errors != 0.25) {
			t.Errorf("keeps its own: %v, and is %+v", keeps, now)
		}
	}
	base, _ := serve(t, origin.ServerConfig{Origin: own})
	if code, text, _ := ask(t, "POST", base+"/-/settings", "latencie: 5ms"); code != 400 || !strings.Contains(text, `origin:1:1: an origin has no field "latencie"; did you mean "latency"?`) {
		t.Errorf("a mistake is answered with %d %s", code, text)
	}
}

// Faults are told as a state, and a reset ends them.
func TestSetState(t *testing.T) {
	base, _ := serve(t, origin.ServerConfig{Origin: fixed(0)})
	status := func() int {
		code, _, _ := ask(t, "GET", base+"/k", "")
		return code
	}
	for _, c := range []struct {
		state fault.OriginState
		want  int
	}{
		{fault.OriginState{Factor: 1, Down: true}, 500}, {fault.OriginState{Factor: 1}, 200}, {fault.OriginState{Factor: 1, Errors: 1}, 500},
	} {
		if err := origin.SetState(t.Context(), base, c.state); err != nil {
			t.Fatal(err)
		}
		if got := status(); got != c.want {
			t.Errorf("%+v: status %d, want %d", c.state, got, c.want)
		}
	}
	if err := origin.SetState(t.Context(), base, fault.OriginState{Factor: 1, Invalid: true}); err != nil {
		t.Fatal(err)
	}
	if code, text, _ := ask(t, "GET", base+"/k", ""); code != 200 || text != "" {
		t.Errorf("an invalid value is %d %q, want none and no failure", code, text)
	}
	if err := origin.ResetCounts(t.Context(), base); err != nil {
		t.Fatal(err)
	}
	if _, text, _ := ask(t, "GET", base+"/k", ""); text == "" {
		t.Error("the value is still invalid after a reset")
	}
}

// Who has a version is not sent it again, and every question is a load.
func TestConditionalRequests(t *testing.T) {
	base, _ := serve(t, origin.ServerConfig{Origin: fixed(0), Header: http.Header{"Vary": {"Accept"}}, ETag: true})
	code, _, header := ask(t, "GET", base+"/k", "")
	tag := header.Get("ETag")
	if code != 200 || tag == "" || header.Get("Vary") != "Accept" {
		t.Fatalf("status %d, %v", code, header)
	}
	for _, c := range []struct {
		method, have string
		want         int
	}{{"GET", tag, 304}, {"GET", `"other", W/` + tag, 304}, {"GET", `"other"`, 200}, {"HEAD", "", 200}} {
		if code, text, _ := ask(t, c.method, base+"/k", "", "If-None-Match", c.have); code != c.want || (text == "") != (c.want == 304 || c.method == "HEAD") {
			t.Errorf("%s of one who has %s: %d %q, want %d", c.method, c.have, code, text, c.want)
		}
	}
	if code, _, _ := ask(t, "POST", base+"/k", ""); code != 200 {
		t.Fatal(code)
	}
	if code, _, _ := ask(t, "GET", base+"/k", "", "If-None-Match", tag); code != 200 {
		t.Errorf("who has what was overwritten gets %d", code)
	}
	stats, err := origin.AskCounts(t.Context(), base)
	if err != nil || stats.Computes != 6 {
		t.Errorf("%d loads, %v, want 6", stats.Computes, err)
	}
	for _, method := range []string{"HEAD", "OPTIONS"} {
		if code, _, _ := ask(t, method, base+"/", ""); code != 204 {
			t.Errorf("a health check by %s gets %d", method, code)
		}
	}
}
