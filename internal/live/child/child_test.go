package child

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestAProcessIsKilledAndReaped(t *testing.T) {
	p, err := Start(exec.Command("sleep", "600"))
	if err != nil {
		t.Fatal(err)
	}
	p.Kill()
	p.Kill() // which it has been
	var exit *exec.ExitError
	if err := p.Err(); !errors.As(err, &exit) {
		t.Errorf("ended with %v, want a signal", err)
	}
}

func TestAProcessEndsByItself(t *testing.T) {
	p, err := Start(exec.Command("true"))
	if err != nil {
		t.Fatal(err)
	}
	<-p.Ended()
	if err := p.Err(); err == nil || !strings.Contains(err.Error(), "by itself") {
		t.Errorf("ended with %v, want a reason", err)
	}
}

func TestAProgramThatIsNotThere(t *testing.T) {
	if _, err := Start(exec.Command("/no/such/program")); err == nil {
		t.Error("a program that is not there was started")
	}
}

// A shell that is ended takes with it what it has started.
func TestAGroupEnds(t *testing.T) {
	for name, end := range map[string]func(*Process){
		"killed": (*Process).KillGroup,
		"asked":  func(p *Process) { p.EndGroup(time.Minute) },
		"deaf":   func(p *Process) { p.EndGroup(50 * time.Millisecond) },
	} {
		cmd := exec.Command("sh", "-c", map[bool]string{true: "trap '' TERM; ", false: ""}[name == "deaf"]+"sleep 600 & echo $!; wait; sleep 600")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		p, err := Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		end(p)
		started, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		for limit := time.Now().Add(10 * time.Second); runs(started); time.Sleep(time.Millisecond) {
			if time.Now().After(limit) {
				t.Fatalf("%s: what the shell started runs on", name)
			}
		}
	}
}

// runs is whether a process has not ended, or was not asked how.
func runs(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil || p.Signal(syscall.Signal(0)) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

// A guard kills what it watches when we are gone, which is when its input ends, and nobody
// when it is dismissed.
func TestGuard(t *testing.T) {
	for _, gone := range []bool{true, false} {
		g, err := NewGuard()
		if err != nil {
			t.Fatal(err)
		}
		p, err := Start(exec.Command("sh", "-c", "sleep 600 & wait"))
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Watch(p); err != nil {
			t.Fatal(err)
		}
		if !gone {
			g.Dismiss()
			select {
			case <-p.Ended():
				t.Errorf("a guard that was dismissed has killed: %v", p.Err())
			default:
			}
			p.KillGroup()
			continue
		}
		_ = g.to.Close()
		<-p.Ended()
		_ = g.cmd.Wait()
	}
}
