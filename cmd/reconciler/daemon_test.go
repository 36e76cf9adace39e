package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// eventually waits until a text holds what it should.
func eventually(t *testing.T, text func() string, want string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(text(), want); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %q in:\n%s", want, text())
		}
	}
}

// TestDaemonPutsBack: what another client changes at the daemon's sandbox is put
// back, a change of the spec is made, and SIGTERM ends it well.
func TestDaemonPutsBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, project())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	log := &watch{seen: make(chan struct{})}
	cmd := exec.CommandContext(ctx, "reconciler", "daemon", "staging", "--sandbox", "--sandbox-listen", "127.0.0.1:0", "--interval", "1s", "--log-format", "json")
	cmd.Dir, cmd.Stderr, cmd.Env = dir, log, []string{"HOME=" + dir}
	must(t, cmd.Start())
	eventually(t, log.text, `"msg":"applied","environment":"staging","kind":"task_definition"`)

	url := regexp.MustCompile(`on (http://\S+)`).FindStringSubmatch(log.text())[1]
	secrets := secretsmanager.NewFromConfig(aws.Config{Region: region, BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")})
	name := aws.String("shop/staging/web.env")
	_, err := secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: name, SecretString: aws.String("PASSWORD=stolen-by-hand")})
	must(t, err)
	eventually(t, log.text, `"msg":"corrected","environment":"staging","kind":"secret"`)
	out, err := secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: name})
	must(t, err)
	if got := aws.ToString(out.SecretString); got != project()["deploy_config/env/.env.staging"] {
		t.Errorf("the secret is %q", got)
	}

	must(t, cmd.Process.Signal(syscall.SIGTERM))
	if code := exitCode(t, cmd.Wait()); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, value := range []string{canary, "stolen-by-hand"} {
		if strings.Contains(log.text(), value) {
			t.Errorf("the log tells %q:\n%s", value, log.text())
		}
	}
}

// TestDaemonFinishesTheWriteInHand: SIGTERM lets the call in hand end, and no
// other begin.
func TestDaemonFinishesTheWriteInHand(t *testing.T) {
	t.Parallel()
	aws := newSlowAWS(t, "secretsmanager:CreateSecret")
	cmd, _, stderr := aws.start(t, "daemon", "staging", "--limits", "off", "--parallelism", "1")
	<-aws.reached
	must(t, cmd.Process.Signal(syscall.SIGTERM))
	<-stderr.seen
	close(aws.release)
	if code := exitCode(t, cmd.Wait()); code != 0 {
		t.Errorf("exit code %d, stderr:\n%s", code, stderr.text())
	}
	if text := stderr.text(); !strings.Contains(text, "interrupted before it was started") && strings.Contains(text, `"kind": "task_definition"`) {
		t.Errorf("more was begun:\n%s", text)
	}
}

// TestDaemonAbandonsAWriteThatHangs: a call that does not end within the grace
// does not keep the daemon.
func TestDaemonAbandonsAWriteThatHangs(t *testing.T) {
	t.Parallel()
	aws := newSlowAWS(t, "secretsmanager:CreateSecret")
	defer close(aws.release)
	cmd, _, stderr := aws.start(t, "daemon", "staging", "--limits", "off", "--parallelism", "1")
	<-aws.reached
	start := time.Now()
	must(t, cmd.Process.Signal(syscall.SIGTERM))
	if code := exitCode(t, cmd.Wait()); code != 0 {
		t.Errorf("exit code %d, stderr:\n%s", code, stderr.text())
	}
	if took := time.Since(start); took > 22*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestDaemonFlagsAreHeard: flags that hold writes back, and the one that sends
// traces, reach the loop.
func TestDaemonFlagsAreHeard(t *testing.T) {
	t.Parallel()
	var spans atomic.Int64
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/traces" {
			spans.Add(r.ContentLength)
		}
	}))
	defer collector.Close()
	closed := time.Now().UTC().AddDate(0, 0, 3).Weekday().String()[:3] + " 00:00-00:01"
	for flag, c := range map[string]struct{ value, want string }{
		"--window":               {closed, `"why":"outside of the change window ` + closed},
		"--max-writes-per-cycle": {"1", `"msg":"stopped"`},
		"--traces":               {collector.URL + "/v1/traces", `"msg":"applied","environment":"staging","kind":"task_definition"`},
	} {
		t.Run(flag, func(t *testing.T) {
			dir := t.TempDir()
			writeFiles(t, dir, project())
			log := &watch{seen: make(chan struct{})}
			cmd := exec.Command("reconciler", "daemon", "staging", "--sandbox", "--sandbox-listen", "127.0.0.1:0", "--interval", "1s", "--log-format", "json", flag, c.value)
			cmd.Dir, cmd.Stderr, cmd.Env = dir, log, []string{"HOME=" + dir}
			must(t, cmd.Start())
			eventually(t, log.text, c.want)
			must(t, cmd.Process.Signal(syscall.SIGTERM))
			if code := exitCode(t, cmd.Wait()); code != 0 {
				t.Errorf("exit code %d:\n%s", code, log.text())
			}
			if applied := strings.Contains(log.text(), `"msg":"applied"`); applied != (flag == "--traces") {
				t.Errorf("something was written: %v\n%s", applied, log.text())
			}
		})
	}
	if spans.Load() == 0 {
		t.Error("the collector got no spans")
	}
}

// TestStatusWatches: it is told again once something is otherwise.
func TestStatusWatches(t *testing.T) {
	t.Parallel()
	aws := newSlowAWS(t, "none:None")
	watching, _, _ := aws.start(t, "version")
	must(t, watching.Wait())
	told := &watch{seen: make(chan struct{})}
	status := exec.Command("reconciler", "status", "staging", "--watch", "--every", "1s", "--limits", "off")
	status.Dir, status.Env, status.Stdout = watching.Dir, watching.Env, told
	must(t, status.Start())
	eventually(t, told.text, "0 of 1 tasks are as the spec says")
	apply := exec.Command("reconciler", "apply", "staging", "--yes", "--limits", "off")
	apply.Dir, apply.Env = watching.Dir, watching.Env
	must(t, apply.Run())
	eventually(t, told.text, "1 of 1 tasks are as the spec says")
	must(t, status.Process.Signal(syscall.SIGTERM))
	if code := exitCode(t, status.Wait()); code != 130 {
		t.Errorf("exit code %d", code)
	}
}
