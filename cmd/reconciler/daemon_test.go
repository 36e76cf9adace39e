package main

import (
	"context"
	"os/exec"
	"regexp"
	"strings"
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
