package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// TestFaultySandbox serves a sandbox with every flag of its faults, and sees
// them at work.
func TestFaultySandbox(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"rules.yaml": "- {kind: throttle, match: \"secretsmanager:*\", nth: 1}\n"})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "reconciler", "sandbox", "--listen", "127.0.0.1:0", "--faults", "@rules.yaml",
		"--faults", "kind=error match=secretsmanager:* nth=2; kind=reset-before match=secretsmanager:List* nth=3", "--seed", "7", "--log", "log.jsonl")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir, "RECONCILER_BUCKETS=aws")
	stderr, err := cmd.StderrPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadString('\n')
	must(t, err)
	url := regexp.MustCompile(`http://[0-9.:]+`).FindString(first)
	if second, err := lines.ReadString('\n'); err != nil || second != "calls fail by 3 rules, drawn by --seed 7\n" {
		t.Errorf("%q, %v", second, err)
	}

	client := secretsmanager.New(secretsmanager.Options{Region: region, BaseEndpoint: &url, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "example", "")})
	for _, want := range []string{"ThrottlingException: Rate exceeded", "InternalServiceError", "EOF", ""} {
		_, err := client.ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("seen: %v, want %q", err, want)
		}
	}
	resp, err := http.Get(url + "/_sandbox/faults")
	must(t, err)
	defer resp.Body.Close()
	told, err := io.ReadAll(resp.Body)
	if err != nil || !strings.HasPrefix(string(told), `{"seed":7,"rules":[{"rule":"kind=throttle match=secretsmanager:* nth=1","matched":4,"struck":1}`) {
		t.Errorf("%s, %v", told, err)
	}

	must(t, cmd.Process.Signal(os.Interrupt))
	rest, err := io.ReadAll(lines)
	must(t, err)
	if code := exitCode(t, cmd.Wait()); code != 0 {
		t.Errorf("exit code %d: %s", code, rest)
	}
	log, err := os.ReadFile(filepath.Join(dir, "log.jsonl"))
	if n := strings.Count(string(log), `"operation":"ListSecrets"`); err != nil || n != 4 || strings.Count(string(log), `"faults":["`) != 3 {
		t.Errorf("%v %s", err, log)
	}
}
