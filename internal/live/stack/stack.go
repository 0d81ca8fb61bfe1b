// Package stack starts a program that is to be attacked, and what it needs, from a small
// file, and stops all of it.
//
//	scenario: burst
//	processes:
//	  redis: {run: redis-server --port $PORT --save ''}
//	  app:
//	    run: gunicorn --bind 127.0.0.1:$PORT shop:app
//	    env: {CACHE: 'redis://127.0.0.1:$REDIS_PORT', BACKEND: $ORIGIN}
//	    ready: /health
//	target: http://127.0.0.1:$APP_PORT/top?author={key}
//
// A line to run is the shell's. Every process has a free port of the loopback interface in
// $PORT, the others know it as $NAME_PORT, and $ORIGIN is the address of a counting origin.
package stack

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
)

// File is a stack as it is written.
type File struct {
	Scenario  string    `yaml:"scenario" doc:"the traffic: a name of the catalogue, or a file beside this one"`
	Set       Paths     `yaml:"set" doc:"settings of the scenario to change, such as {fleet.origin.latency: 500ms}"`
	Origin    Origin    `yaml:"origin" doc:"what the counting origin says besides the values"`
	Processes Processes `yaml:"processes" required:"true" doc:"the programs, in the order in which they start: a mapping from name to process"`
	Target    string    `yaml:"target" required:"true" doc:"URL of a key, as --target has it"`
	Bystander string    `yaml:"bystander" doc:"URL for the classes without keys"`
	Before    string    `yaml:"before" doc:"a line that the shell runs before every run"`
	At        []Timed   `yaml:"at" doc:"lines that the shell runs while the traffic lasts"`
	After     string    `yaml:"after" doc:"a line that the shell runs after every run"`

	dir string // of the file
}

// Origin is what the counting origin does besides what the scenario says of it.
type Origin struct {
	Header []string `yaml:"header" doc:"headers of every value, such as ['Cache-Control: max-age=5']"`
	ETag   bool     `yaml:"etag" default:"false" doc:"gives every value an ETag, and answers 304 to who has it"`
	Bytes  int      `yaml:"bytes" default:"2048" min:"1" doc:"size of a value"`
}

// Timed is a line of the shell at an instant of the traffic.
type Timed struct {
	At  time.Duration `yaml:"at" required:"true" min:"0s" doc:"when, from the start of the traffic"`
	Run string        `yaml:"run" required:"true" doc:"the line"`
}

// Process is a program of the stack.
type Process struct {
	Name   string
	Run    string        `yaml:"run" required:"true" doc:"the line that the shell runs; it stays in the foreground and listens on $PORT"`
	Count  int           `yaml:"count" default:"1" min:"1" max:"64" doc:"how many of them; connections to $NAME_PORT go to each in its turn, and the first itself has $NAME_1_PORT"`
	Env    Variables     `yaml:"env" doc:"its environment, besides that of this command"`
	Dir    string        `yaml:"dir" doc:"where it runs, by default where this file is"`
	Ready  string        `yaml:"ready" default:"port" doc:"when it is ready: port, as soon as it listens; a path, as soon as that is answered with a status below 500; none, at once"`
	Within time.Duration `yaml:"within" default:"30s" min:"1ms" doc:"how long that may take"`
}

// Variables are those of an environment, in the order of the file.
type Variables []Variable

// Variable is one of them.
type Variable struct {
	Name, Value string
	at          settings.Place
}

var _ settings.Value = (*Variables)(nil)

// DecodeSetting reads name -> value.
func (v *Variables) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	for _, f := range fieldsOf(d, n, "env", "CACHE: redis://127.0.0.1:$REDIS_PORT") {
		if f.Value.Kind != settings.Scalar || !variableName.MatchString(f.Key) {
			d.Errs.Addf(f.At, "%q is no variable with a value: write NAME: value", f.Key)
			continue
		}
		*v = append(*v, Variable{f.Key, f.Value.Text, f.Value.At})
	}
}

// SettingSchema is that of any mapping of texts.
func (v *Variables) SettingSchema() settings.Object { return settings.Object{"type": "object"} }

// Paths are settings of a scenario as --set takes them.
type Paths []string

var _ settings.Value = (*Paths)(nil)

// DecodeSetting reads path -> value. Whether there is such a path is for the scenario to say.
func (p *Paths) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	for _, f := range fieldsOf(d, n, "set", "fleet.origin.latency: 500ms") {
		*p = append(*p, f.Key+"="+f.Value.String())
	}
}

// SettingSchema is that of any mapping: paths have no schema of their own.
func (p *Paths) SettingSchema() settings.Object { return settings.Object{"type": "object"} }

// Processes are those of a stack, in the order of the file.
type Processes []Process

var _ settings.Value = (*Processes)(nil)

var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	processName  = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

// DecodeSetting reads name -> process.
func (p *Processes) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	for _, f := range fieldsOf(d, n, "processes", "app: {run: ./app --port $PORT}") {
		if !processName.MatchString(f.Key) {
			d.Errs.Addf(f.At, "process %q: a name is of small letters, digits and -, since others know its port as $NAME_PORT", f.Key)
			continue
		}
		one := Process{Name: f.Key}
		d.Struct(f.Value, &one, fmt.Sprintf("process %q", f.Key))
		*p = append(*p, one)
	}
}

// SettingSchema is a mapping of processes.
func (p *Processes) SettingSchema() settings.Object { return settings.Object{"type": "object"} }

// fieldsOf are the fields of a mapping.
func fieldsOf(d *settings.Decoder, n *settings.Node, what, example string) []*settings.Field {
	if n.Kind != settings.Mapping {
		d.Errs.Addf(n.At, "%s is %s here: write a mapping such as {%s}", what, n.Kind, example)
		return nil
	}
	return n.Fields
}

// Read reads the file at a path. Mistakes are [settings.Errors], with their places.
func Read(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	language := settings.Language{Document: "stack", Example: "target=http://127.0.0.1:$APP_PORT/"}
	var errs settings.Problems
	f := &File{dir: filepath.Dir(path)}
	if root := language.Parse(path, string(text), &errs); root != nil {
		(&settings.Decoder{Errs: &errs}).Struct(root, f, "a stack")
		if len(errs.List) == 0 {
			f.check(root, &errs)
		}
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	if beside := filepath.Join(f.dir, f.Scenario); strings.HasSuffix(f.Scenario, ".yaml") && !filepath.IsAbs(f.Scenario) {
		f.Scenario = beside
	}
	return f, nil
}

// check finds variables that will not be there.
func (f *File) check(root *settings.Node, errs *settings.Problems) {
	known := f.names()
	look := func(text string, at settings.Place) {
		os.Expand(text, func(name string) string {
			if _, set := os.LookupEnv(name); !set && !slices.Contains(known, name) {
				err := errs.Addf(at, "there is no variable $%s", name)
				if err.Hint = spelling.Suggest(name, known); err.Hint == "" {
					err.Msg += "; there are " + spelling.And(known)
				}
			}
			return ""
		})
	}
	look(f.Target, root.Place("target"))
	look(f.Bystander, root.Place("bystander"))
	known = append(known, "PORT")
	for _, p := range f.Processes {
		for _, v := range p.Env {
			look(v.Value, v.at)
		}
		if p.Ready != "port" && p.Ready != "none" && !strings.HasPrefix(p.Ready, "/") {
			errs.Addf(root.Place("processes."+p.Name+".ready"), "ready is port, none or a path such as /health, not %q", p.Ready).Hint =
				spelling.Suggest(p.Ready, []string{"port", "none"})
		}
	}
}

// names are the variables that the stack gives.
func (f *File) names() []string {
	list := []string{"ORIGIN"}
	for _, p := range f.Processes {
		list = append(list, p.variable("_PORT"))
		for i := range p.Count {
			if p.Count > 1 {
				list = append(list, p.variable(fmt.Sprintf("_%d_PORT", i+1)))
			}
		}
	}
	return list
}

// variable is what a variable about the process is called.
func (p *Process) variable(suffix string) string {
	return strings.ToUpper(strings.ReplaceAll(p.Name, "-", "_")) + suffix
}
