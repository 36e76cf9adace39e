package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

const killedTasks = 20

// An apply that is killed at any moment leaves what the next one completes,
// without anything lost, made twice or given up to --adopt.
func TestKilledApplyIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("create, seed %d", seed), func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, sandbox)
			p := c.generated(t, killedTasks)
			c.completesKilled(t, p, rand.New(rand.NewPCG(seed, 1)), 1)
		})
		t.Run(fmt.Sprintf("update, seed %d", seed), func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, sandbox)
			p := c.generated(t, killedTasks)
			p.ok(t, "apply", "staging", "--yes")
			p.changeAll(t)
			c.completesKilled(t, p, rand.New(rand.NewPCG(seed, 2)), 2)
		})
	}
}

func (c *cloud) completesKilled(t *testing.T, p *project, random *rand.Rand, revisions int) {
	t.Helper()
	t.Log(c.killDuring(t, p, random))
	p.ok(t, "apply", "staging", "--yes")
	c.settled(t, p)
	c.holdsEachOnce(t, p, revisions)
}

// changeAll gives every task another value, image and policy.
func (p *project) changeAll(t testing.TB) {
	t.Helper()
	for name, text := range folder(t, p.dir) {
		switch {
		case strings.HasSuffix(name, ".env"):
			p.file(t, name, text+"MORE=yes\n")
		case strings.HasPrefix(name, "deploy_config/tasks/"):
			text = strings.Replace(text, "jobs:1.2.3", "jobs:1.2.4", 1)
			p.file(t, name, strings.Replace(text, "  task_definition:", "  role: {description: Another}\n  task_definition:", 1))
		}
	}
}

// killDuring ends an apply with SIGKILL at a random write: before AWS sees it,
// or after AWS did it and before the answer arrives. It returns which.
func (c *cloud) killDuring(t testing.TB, p *project, random *rand.Rand) string {
	t.Helper()
	cmd := p.command(t, "apply", "staging", "--yes")
	k := &killer{cmd: cmd, upstream: c.upstream, left: 1 + random.IntN(100), after: random.IntN(2) == 1}
	c.breakWith(k.strike)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the apply was not killed: %v", err)
	}
	c.breakWith(nil)
	return k.what
}

// killer counts writes and kills the program at one of them.
type killer struct {
	mu       sync.Mutex
	cmd      *exec.Cmd
	upstream http.Handler
	left     int
	after    bool
	what     string
}

func (k *killer) strike(w http.ResponseWriter, r *http.Request, c call) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.what != "" {
		panic(http.ErrAbortHandler) // nothing of a dead program gets through
	}
	if !c.writes() {
		return false
	}
	if k.left--; k.left > 0 {
		return false
	}
	k.what = "killed before " + c.operation
	if k.after {
		k.what = "killed after " + c.operation
		k.upstream.ServeHTTP(discard{}, r)
	}
	if err := k.cmd.Process.Kill(); err != nil {
		k.what = err.Error()
	}
	panic(http.ErrAbortHandler)
}

// discard is an answer that reaches nobody.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// holdsEachOnce checks with boto3 that every family has so many revisions,
// every secret one value under no label but AWS's and ours, and every role its
// policy.
func (c *cloud) holdsEachOnce(t testing.TB, p *project, revisions int) {
	t.Helper()
	secrets := c.boto3(t, "secretsmanager", "list_secrets", arguments{"MaxResults": 100, "IncludePlannedDeletion": true})["SecretList"].([]any)
	if len(secrets) != killedTasks+1 {
		t.Errorf("there are %d secrets, not %d and the fingerprint key", len(secrets), killedTasks)
	}
	for _, s := range secrets {
		for id, labels := range s.(map[string]any)["SecretVersionsToStages"].(map[string]any) {
			theirs := slices.DeleteFunc(slices.Clone(labels.([]any)), func(l any) bool { return l == "ECS_RECONCILER_NEWEST" })
			if len(theirs) != 1 || theirs[0] != "AWSCURRENT" && theirs[0] != "AWSPREVIOUS" {
				t.Errorf("version %s of %v is labelled %v", id, s.(map[string]any)["Name"], labels)
			}
		}
	}
	values := folder(t, p.dir)
	for i := range killedTasks {
		job := fmt.Sprintf("job-%03d", i)
		if c.secret(t, "jobs/staging/"+job+".env") != values["deploy_config/env/"+job+".env"] {
			t.Errorf("the secret of %s is not its file", job)
		}
		if last := c.definition(t, "reports_"+job+"_staging")["revision"]; last != float64(revisions) {
			t.Errorf("the last revision of %s is %v, not %d", job, last, revisions)
		}
		policies := c.boto3(t, "iam", "list_role_policies", arguments{"RoleName": job + "-staging"})["PolicyNames"].([]any)
		if len(policies) != 1 {
			t.Errorf("the role of %s has the policies %v", job, policies)
		}
	}
}
