package child

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
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
