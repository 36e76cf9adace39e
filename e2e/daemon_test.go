package e2e

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"ecs-reconciler/pkg/daemon/page"
	"ecs-reconciler/pkg/daemon/status"
)

// daemon is a `reconciler daemon staging` that runs until the test ends, with a
// status page.
type daemon struct {
	testing.TB
	cmd   *exec.Cmd
	log   *lockedBuffer
	page  string // URL of the page
	token string // that the page asks for; "" where it asks for none
}

// patience is how long is waited for what should happen within moments.
const patience = 30 * time.Second

// daemon starts the daemon in the project's folder, and waits until its page is
// served.
func (p *project) daemon(t testing.TB, flags ...string) *daemon {
	t.Helper()
	d := &daemon{TB: t, log: &lockedBuffer{}}
	d.cmd = p.command(t, append([]string{"daemon", "staging", "--listen", "127.0.0.1:0", "--log-format", "json"}, flags...)...)
	d.cmd.Stdout, d.cmd.Stderr = d.log, d.log
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- d.cmd.Wait() }()
	t.Cleanup(func() { d.end(ended) })
	d.page = d.said(`the status page is on (\S+)`)
	return d
}

// embedded starts the daemon on an embedded AWS of its own, which the cloud
// then is.
func (c *cloud) embedded(t testing.TB, p *project, flags ...string) *daemon {
	t.Helper()
	d := p.daemon(t, append([]string{"--sandbox", "--sandbox-listen", "127.0.0.1:0"}, flags...)...)
	c.url = d.said(`serving AWS account ` + c.account + ` on (\S+)`)
	p.env = append(p.env, "AWS_ENDPOINT_URL="+c.url)
	return d
}

// newEmbedded is an account that a daemon is yet to serve.
func newEmbedded() *cloud {
	return &cloud{target: sandbox, account: shared.newAccount()}
}

// end asks the daemon to end, and wants it to end well.
func (d *daemon) end(ended chan error) {
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.Errorf("%v\n%s", err, d.log)
	}
	select {
	case err := <-ended:
		if err != nil {
			d.Errorf("the daemon ends badly: %v\n%s", err, d.log)
		}
	case <-time.After(patience):
		d.Errorf("the daemon does not end: %v\n%s", d.cmd.Process.Kill(), d.log)
		d.Logf("killed, it ends with %v", <-ended)
	}
	if d.Failed() {
		d.Logf("the daemon's log:\n%s", d.log)
	}
}

// said waits until the daemon says what matches, and returns the first group.
func (d *daemon) said(pattern string) string {
	d.Helper()
	var match []string
	d.until("it says "+pattern, func() bool {
		match = regexp.MustCompile(pattern).FindStringSubmatch(d.log.String())
		return match != nil
	})
	return match[1]
}

// until waits for something that happens within moments.
func (d *daemon) until(what string, happened func() bool) {
	d.Helper()
	for deadline := time.Now().Add(patience); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// ask gets a path of the page.
func (d *daemon) ask(path string) (code int, body string) {
	d.Helper()
	request, err := http.NewRequestWithContext(d.Context(), http.MethodGet, d.page+path, nil)
	if err != nil {
		d.Fatal(err)
	}
	if d.token != "" {
		request.Header.Set("Authorization", "Bearer "+d.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		d.Fatalf("%v\n%s", err, d.log)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		d.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// get is ask where the answer must be good.
func (d *daemon) get(path string) string {
	d.Helper()
	code, body := d.ask(path)
	if code != http.StatusOK {
		d.Fatalf("%s answers %d: %s", path, code, body)
	}
	return body
}

// now is how the environment stands, as the API tells it.
func (d *daemon) now() status.Environment {
	d.Helper()
	var answer page.Answer
	decode(d, d.get("/api/status"), &answer)
	if answer.FormatVersion != page.FormatVersion || len(answer.Environments) != 1 {
		return status.Environment{} // nothing is told yet
	}
	return answer.Environments[0]
}

// settled waits until every task is as the spec says.
func (d *daemon) settled(tasks int) status.Environment {
	d.Helper()
	var now status.Environment
	d.until("all is as the spec says", func() bool {
		now = d.now()
		ready := 0
		for _, t := range now.Tasks {
			if t.Conditions.Is(status.Ready) {
				ready++
			}
		}
		return len(now.Tasks) == tasks && ready == tasks
	})
	return now
}

// told are the records of a kind in the history, by "KIND NAME", newest last.
func told(e status.Environment, what status.What) map[string][]status.Record {
	out := map[string][]status.Record{}
	for _, r := range e.History {
		if r.What == what {
			key := fmt.Sprintf("%s %s", r.Kind, r.Name)
			out[key] = append([]status.Record{r}, out[key]...)
		}
	}
	return out
}

// condition is one of the environment's, or of a task's where one is named.
func (d *daemon) condition(task string, of status.ConditionType) status.Condition {
	d.Helper()
	now := d.now()
	conditions := now.Conditions
	if task != "" {
		conditions = now.Task(task).Conditions
	}
	c, _ := conditions.Get(of)
	return c
}

// metric is the sum of all series of a metric whose labels match.
func (d *daemon) metric(name, labels string) (sum float64) {
	d.Helper()
	line := regexp.MustCompile(`(?m)^` + name + `\{` + cmp.Or(labels, `[^}]*`) + `\} (\S+)$`)
	for _, match := range line.FindAllStringSubmatch(d.get("/metrics"), -1) {
		var value float64
		if _, err := fmt.Sscan(match[1], &value); err != nil {
			d.Fatal(err)
		}
		sum += value
	}
	return sum
}

// logged are the lines of the log with a message, as "KIND NAME".
func (d *daemon) logged(message string) map[string][]logLine {
	d.Helper()
	out := map[string][]logLine{}
	for line := range strings.Lines(d.log.String()) {
		if !strings.HasPrefix(line, "{") || !strings.HasSuffix(line, "\n") {
			continue
		}
		var l logLine
		decode(d, line, &l)
		if l.Msg == message {
			out[l.Kind+" "+l.Name] = append(out[l.Kind+" "+l.Name], l)
		}
	}
	return out
}

// logLine is a line of the log, as far as tests look at it.
type logLine struct {
	Msg, Environment, Kind, Name, Task, Who, Note, Message, Revision string
	Fields                                                           []string
}
