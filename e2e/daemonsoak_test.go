package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

const (
	// keptTasks are so many that no object is changed by hand more often than a
	// daemon puts it back: three times in ten minutes.
	keptTasks    = 9
	tormentEvery = 1500 * time.Millisecond
	keptInterval = 2 * time.Second
	tormentor    = "tormentor" // the access key of changes by hand
)

var keptEnvironments = []string{"a", "b", "c", "d", "e", "f"}

// TestDaemonSoak kills, pauses and sends away five daemons that keep six
// environments, and stops their table for a while, for as long as -soak says,
// while somebody changes secrets, roles and task definitions by hand. By the
// log of the emulator that they all write to, no environment was worked by two,
// every drift was put right, and no write was made in vain.
func TestDaemonSoak(t *testing.T) {
	k := newKept(t)
	for range soakMembers {
		k.alive = append(k.alive, k.start(t))
	}
	k.settle(t, 2*time.Minute)
	ctx, stop := context.WithCancel(t.Context())
	var tormenting sync.WaitGroup
	tormenting.Go(func() { k.torment(ctx, t) })
	for began := time.Now(); time.Since(began) < *soak; time.Sleep(k.drawn(2 * time.Second)) {
		k.trouble(t)
	}
	stop()
	tormenting.Wait()
	k.goOnAll(t)
	k.settle(t, 2*time.Minute)
	time.Sleep(2 * keptInterval) // in which a write would be in vain
	k.end(t)
	v := k.findings(t)
	t.Logf("seed %d, %s: %v; %s", *soakSeed, *soak, k.counts, v)
	for what, lines := range map[string][]string{"an environment was worked by two": v.tally.doubled, "written in vain": v.vain, "a drift stands": v.standing()} {
		for _, line := range lines {
			t.Errorf("%s: %s", what, line)
		}
	}
	if v.moves == 0 || v.drifts == 0 {
		t.Errorf("%d moves, %d drifts: nothing happened", v.moves, v.drifts)
	}
	if t.Failed() {
		k.keepLogs(t)
	}
}

// kept is a fleet of real daemons, and the account that they keep.
type kept struct {
	soaking
	project  *project
	requests string // the file of the emulator's log
	objects  []keptObject
	secrets  *secretsmanager.Client
	roles    *iam.Client
	ecs      *ecs.Client
}

// keptObject is what somebody may change.
type keptObject struct{ kind, name, environment string }

func newKept(t *testing.T) *kept {
	t.Helper()
	c := &cloud{target: sandbox, account: shared.newAccount()}
	k := &kept{requests: filepath.Join(t.TempDir(), "requests")}
	c.sandbox = serveSandbox(t, c.account, "--log", k.requests)
	c.url = c.sandbox.url
	k.project = c.write(t, k.files())
	table := start(t, recipe(t, dynalite, freePort(t), t.TempDir()))
	t.Cleanup(table.stop)
	k.soaking = soaking{fleet: newFleet(t, table, 0), random: rand.New(rand.NewPCG(*soakSeed, 0)), counts: map[string]int{}}
	k.program = func(s memberSettings) *exec.Cmd {
		cmd := k.project.command(t, append([]string{"daemon", "--members", "dynamodb:" + s.Table, "--lease", s.Lease.String(), "--interval", keptInterval.String(), "--log-format", "json"}, keptEnvironments...)...)
		cmd.Env = append(slices.Clone(cmd.Env), "AWS_ENDPOINT_URL_DYNAMODB="+s.Endpoint, "AWS_ACCESS_KEY_ID="+s.Name, "AWS_REGION="+region)
		return cmd
	}
	by := aws.Config{Region: region, BaseEndpoint: &c.url, Credentials: credentials.NewStaticCredentialsProvider(tormentor, "anything", "")}
	k.secrets, k.roles, k.ecs = secretsmanager.NewFromConfig(by), iam.NewFromConfig(by), ecs.NewFromConfig(by)
	return k
}

// files are the project's, whose objects it notes.
func (k *kept) files() map[string]string {
	config := "apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {name: jobs}\nspec:\n  environments:\n"
	files := map[string]string{}
	for _, e := range keptEnvironments {
		config += fmt.Sprintf("    %s: {account_id: \"ACCOUNT_ID\", region: %s}\n", e, region)
	}
	files["deploy_config/reconciler.yaml"] = config
	for i := range keptTasks {
		name := fmt.Sprintf("job-%03d", i)
		files["deploy_config/env/"+name+".env"] = "TOKEN=" + name + "-token\n"
		files["deploy_config/tasks/"+name+".yaml"] = fmt.Sprintf(generatedTask, name)
		for _, e := range keptEnvironments {
			k.objects = append(k.objects, keptObject{"secret", "jobs/" + e + "/" + name + ".env", e}, keptObject{"role", name + "-" + e, e}, keptObject{"task definition", "jobs_" + name + "_" + e, e})
		}
	}
	return files
}

// settle waits until every environment is as the spec says.
func (k *kept) settle(t *testing.T, atMost time.Duration) {
	t.Helper()
	deadline := time.Now().Add(atMost)
	for _, e := range keptEnvironments {
		for {
			var p plan
			decode(t, k.project.ok(t, "plan", e, "-o", "json").stdout, &p)
			if len(p.Changes) == 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("after %s %s is not as it shall be: %+v", atMost, e, p.Changes)
			}
			time.Sleep(keptInterval / 4)
		}
	}
}

// torment changes one object after the other by hand.
func (k *kept) torment(ctx context.Context, t *testing.T) {
	random := rand.New(rand.NewPCG(*soakSeed, 1))
	objects := slices.Clone(k.objects)
	random.Shuffle(len(objects), func(i, j int) { objects[i], objects[j] = objects[j], objects[i] })
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(tormentEvery):
		}
		if err := k.meddle(t.Context(), objects[i%len(objects)], fmt.Sprint(i)); err != nil {
			t.Error(err)
			return
		}
	}
}

// meddle makes an object differ from its spec, each time in another way.
func (k *kept) meddle(ctx context.Context, o keptObject, text string) (err error) {
	switch o.kind {
	case "secret":
		_, err = k.secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &o.name, SecretString: aws.String("BY_HAND=" + text)})
	case "role":
		_, err = k.roles.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &o.name, PolicyDocument: aws.String(
			`{"Version":"2012-10-17","Statement":[{"Sid":"S` + text + `","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)})
	default:
		_, err = k.ecs.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{Family: &o.name, ContainerDefinitions: []types.ContainerDefinition{
			{Name: aws.String("main"), Image: aws.String("registry.example.com/by-hand:" + text), Memory: aws.Int32(64)}}})
	}
	if err != nil {
		err = fmt.Errorf("change %s %s by hand: %w", o.kind, o.name, err)
	}
	return err
}

// findings judges by the logs of all.
func (k *kept) findings(t *testing.T) *findings {
	t.Helper()
	text, err := os.ReadFile(k.requests)
	if err != nil {
		t.Fatal(err)
	}
	tenures := map[string][]tenure{}
	for i, m := range k.members {
		tenures[fmt.Sprint("m", i)] = tenuresIn(t, m.log.String())
	}
	return judgeDaemons(t, requestsIn(t, string(text)), k.objects, tenures)
}

// keepLogs leaves the logs of a run that failed where they can be read.
func (k *kept) keepLogs(t *testing.T) {
	t.Helper()
	dir, err := os.MkdirTemp("", "reconciler-soak-") //nolint:usetesting // it is to be read after the test
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(k.requests)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"requests": string(text)}
	for i, m := range k.members {
		files[fmt.Sprint("m", i)] = m.log.String()
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("the logs are in %s", dir)
}
