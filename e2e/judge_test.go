package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
)

// judge is one Python process that makes boto3 calls, one after the other.
type judge struct {
	mu     sync.Mutex
	stdin  io.WriteCloser
	stdout *bufio.Reader
	cmd    *exec.Cmd
}

// arguments are boto3's.
type arguments map[string]any

// verdict is what boto3 made of the answer: a result, or AWS's refusal, or a
// failure of boto3 itself.
type verdict struct {
	Result  map[string]any
	Code    string
	Message string
	Failure string
}

func (s *suite) judge(t testing.TB) *judge {
	t.Helper()
	interpreter := python(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.oracle == nil {
		s.oracle = startJudge(t, interpreter)
	}
	return s.oracle
}

func startJudge(t testing.TB, interpreter string) *judge {
	t.Helper()
	j := &judge{cmd: exec.Command(interpreter, "judge.py")}
	j.cmd.Stderr = os.Stderr
	stdout, err := j.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	j.stdout = bufio.NewReader(stdout)
	if j.stdin, err = j.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := j.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return j
}

func (j *judge) stop() {
	if err := j.stdin.Close(); err == nil {
		_, err = j.cmd.Process.Wait()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

func (j *judge) ask(question any) (verdict, error) {
	line, err := json.Marshal(question)
	if err != nil {
		return verdict{}, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.stdin.Write(append(line, '\n')); err != nil {
		return verdict{}, err
	}
	answer, err := j.stdout.ReadBytes('\n')
	if err != nil {
		return verdict{}, err
	}
	var v verdict
	return v, json.Unmarshal(answer, &v)
}

// try makes a boto3 call, such as "secretsmanager", "put_secret_value".
func (c *cloud) try(t testing.TB, service, operation string, args arguments) verdict {
	t.Helper()
	return c.tryIn(t, region, service, operation, args)
}

// tryIn is try in another region.
func (c *cloud) tryIn(t testing.TB, region, service, operation string, args arguments) verdict {
	t.Helper()
	if args == nil {
		args = arguments{}
	}
	v, err := shared.judge(t).ask(map[string]any{"endpoint": c.url, "key": c.keys().id, "secret": c.keys().secret,
		"region": region, "service": service, "operation": operation, "arguments": args})
	if err != nil || v.Failure != "" {
		t.Fatalf("boto3 %s.%s: %v %s", service, operation, err, v.Failure)
	}
	return v
}

// boto3 makes a call that must succeed.
func (c *cloud) boto3(t testing.TB, service, operation string, args arguments) map[string]any {
	t.Helper()
	return c.boto3In(t, region, service, operation, args)
}

// boto3In is boto3 in another region.
func (c *cloud) boto3In(t testing.TB, region, service, operation string, args arguments) map[string]any {
	t.Helper()
	v := c.tryIn(t, region, service, operation, args)
	if v.Code != "" {
		t.Fatalf("boto3 %s.%s: %s: %s", service, operation, v.Code, v.Message)
	}
	return v.Result
}

// text is a result as JSON, to be searched.
func text(result any) string {
	out, err := json.Marshal(result)
	if err != nil {
		return err.Error()
	}
	return string(out)
}
