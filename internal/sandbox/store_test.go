package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const trustRoot = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
	"Principal":{"AWS":"arn:aws:iam::012345678901:root"},"Action":"sts:AssumeRole"}]}`

// session opens a server, uses it, and closes it again.
func session(t *testing.T, opts Options, use func(*Server)) {
	t.Helper()
	server, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	use(server)
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestStateSurvivesAProcess makes one thing of each service and looks for it
// afterwards, with a session of the first process still valid.
func TestStateSurvivesAProcess(t *testing.T) {
	opts := Options{Dir: filepath.Join(t.TempDir(), "deep", "state"), Seed: 3}
	var first, second string
	assumed := aws.Config{}
	session(t, opts, func(s *Server) {
		cfg := testConfig(s.Transport())
		first = *create(t, secretsmanager.NewFromConfig(cfg), "s", "x").ARN
		role, err := iam.NewFromConfig(cfg).CreateRole(t.Context(), &iam.CreateRoleInput{
			RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String(trustRoot),
		})
		if err != nil {
			t.Fatal(err)
		}
		assumed = assume(t, s, *role.Role.Arn)
	})
	session(t, opts, func(s *Server) {
		assumed.HTTPClient = testConfig(s.Transport()).HTTPClient
		me, err := sts.NewFromConfig(assumed).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		if err != nil || *me.Arn != "arn:aws:sts::012345678901:assumed-role/r/run" {
			t.Errorf("%v, %v", me, err)
		}
		client := secretsClient(s, "us-west-2")
		got, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &first})
		if err != nil || *got.SecretString != "x" {
			t.Errorf("%v", err)
		}
		second = *create(t, client, "s2", "x").ARN
		if _, err := ecs.NewFromConfig(testConfig(s.Transport())).ListClusters(t.Context(), &ecs.ListClustersInput{}); err != nil {
			t.Error(err)
		}
	})
	if first[len(first)-6:] == second[len(second)-6:] {
		t.Error("the second process drew the first one's identifiers again")
	}
}

// assume begins a session named "run".
func assume(t *testing.T, s *Server, role string) aws.Config {
	t.Helper()
	cfg := testConfig(s.Transport())
	out, err := sts.NewFromConfig(cfg).AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: &role, RoleSessionName: aws.String("run"),
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{
			AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretAccessKey,
			SessionToken: *out.Credentials.SessionToken,
		}, nil
	})
	return cfg
}

func TestTheStateFileIsTheOwnersAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	session(t, Options{Dir: dir}, func(s *Server) { create(t, secretsClient(s, "us-west-2"), "s", "x") })
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "state.json"): 0o600, filepath.Join(dir, "lock"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestWhatWasAnsweredIsOnDisk copies the file behind the server's back, as a
// crash right after the answer would leave it.
func TestWhatWasAnsweredIsOnDisk(t *testing.T) {
	dir, copied := t.TempDir(), t.TempDir()
	session(t, Options{Dir: dir}, func(s *Server) {
		create(t, secretsClient(s, "eu-west-1"), "s", "x")
		raw, err := os.ReadFile(filepath.Join(dir, "state.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copied, "state.json"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	})
	session(t, Options{Dir: copied}, func(s *Server) {
		out, err := secretsClient(s, "eu-west-1").ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
		if err != nil || len(out.SecretList) != 1 {
			t.Errorf("%v, %v", out, err)
		}
	})
}

// TestReadingWritesNothing but the day of the first access, which AWS keeps too.
func TestReadingWritesNothing(t *testing.T) {
	dir := t.TempDir()
	session(t, Options{Dir: dir}, func(s *Server) {
		client := secretsClient(s, "us-west-2")
		create(t, client, "s", "x")
		read := func() {
			t.Helper()
			if _, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")}); err != nil {
				t.Fatal(err)
			}
			if _, err := client.ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{}); err != nil {
				t.Fatal(err)
			}
		}
		read()
		before := len(stateOf(t, dir))
		read()
		if after := len(stateOf(t, dir)); after != before {
			t.Errorf("reading grew the state from %d to %d bytes", before, after)
		}
	})
}

// stateOf is the text of a state file.
func stateOf(t *testing.T, dir string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "state.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestAFailedSaveIsAFailedCall takes the folder away.
func TestAFailedSaveIsAFailedCall(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	session(t, Options{Dir: dir}, func(s *Server) {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		_, err := secretsClient(s, "us-west-2").CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: aws.String("s")})
		if err == nil || !strings.Contains(err.Error(), "the state could not be saved") {
			t.Errorf("%v", err)
		}
	})
}

func TestStateFilesThatCannotBeRead(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"cut short":       {`{"format":1,"account":"012345678901","services":{"us-west-2/sec`, "is not whole JSON"},
		"empty":           {``, "is not whole JSON"},
		"another format":  {`{"format":99,"account":"012345678901"}`, "has format 99, not 2"},
		"another account": {`{"format":1,"account":"999999999999"}`, "is of account 999999999999"},
		"unknown service": {`{"format":1,"account":"012345678901","services":{"us-west-2/sns":{}}}`, `"us-west-2/sns"`},
		"odd part":        {`{"format":1,"account":"012345678901","services":{"us-west-2/secretsmanager":{"Secrets":"hidden"}}}`, "cannot be read"},
		"odd region":      {`{"format":1,"account":"012345678901","services":{"../x/secretsmanager":{}}}`, `"../x/secretsmanager"`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "state.json")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := New(Options{Dir: dir})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) ||
				!strings.Contains(err.Error(), "delete it to start with an empty sandbox") {
				t.Fatalf("%v", err)
			}
			if strings.Contains(err.Error(), "hidden") {
				t.Error("the error repeats the file")
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			session(t, Options{Dir: dir}, func(*Server) {})
		})
	}
}

func TestOneProcessAtATime(t *testing.T) {
	dir := t.TempDir()
	session(t, Options{Dir: dir}, func(*Server) {
		_, err := New(Options{Dir: dir, LockWait: 30 * time.Millisecond})
		if err == nil || !strings.Contains(err.Error(), "is in use by process ") {
			t.Errorf("%v", err)
		}
	})
	session(t, Options{Dir: dir}, func(*Server) {})
}

func TestWaitingForTheOther(t *testing.T) {
	dir := t.TempDir()
	first, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	released := make(chan error, 1)
	time.AfterFunc(50*time.Millisecond, func() { released <- first.Close() })
	session(t, Options{Dir: dir, LockWait: 10 * time.Second}, func(*Server) {})
	if err := <-released; err != nil {
		t.Error(err)
	}
}

func TestResetEmptiesTheFile(t *testing.T) {
	opts := Options{Dir: t.TempDir()}
	session(t, opts, func(s *Server) {
		create(t, secretsClient(s, "us-west-2"), "s", "x")
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
	})
	session(t, opts, func(s *Server) {
		out, err := secretsClient(s, "us-west-2").ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
		if err != nil || len(out.SecretList) != 0 {
			t.Errorf("%v, %v", out, err)
		}
	})
}

// TestManyWritersShareTheDisk is for the race detector, and for an answer given
// before its state was on disk.
func TestManyWritersShareTheDisk(t *testing.T) {
	opts := Options{Dir: t.TempDir()}
	session(t, opts, func(s *Server) {
		var group sync.WaitGroup
		for i := range 20 {
			group.Go(func() {
				_, err := secretsClient(s, "us-west-2").CreateSecret(context.Background(),
					&secretsmanager.CreateSecretInput{Name: aws.String(fmt.Sprintf("s%d", i))})
				raw, readErr := os.ReadFile(filepath.Join(opts.Dir, "state.json"))
				if err := errors.Join(err, readErr); err != nil {
					t.Error(err)
				}
				if !strings.Contains(string(raw), fmt.Sprintf(`"s%d"`, i)) {
					t.Errorf("s%d was answered before it was on disk", i)
				}
			})
		}
		group.Wait()
	})
	session(t, opts, func(s *Server) {
		out, err := secretsClient(s, "us-west-2").ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
		if err != nil || len(out.SecretList) != 20 {
			t.Errorf("%d secrets, %v", len(out.SecretList), err)
		}
	})
}

// TestVictim is no test by itself: it is what TestKillLosesNothing kills. It
// makes secrets for ever and prints each name once AWS has answered.
func TestVictim(t *testing.T) {
	dir, round := os.Getenv("SANDBOX_VICTIM_DIR"), os.Getenv("SANDBOX_VICTIM_ROUND")
	if dir == "" {
		return
	}
	server := newTestServer(t, Options{Dir: dir})
	for i := 0; ; i++ {
		name := fmt.Sprintf("s%s-%d", round, i)
		create(t, secretsClient(server, "us-west-2"), name, "x")
		fmt.Println("made", name)
	}
}

// TestKillLosesNothing kills a process while it writes, again and again on one
// folder, and looks for all that was ever answered.
func TestKillLosesNothing(t *testing.T) {
	dir := t.TempDir()
	var made []string
	for round := range 10 {
		made = append(made, killed(t, dir, round)...)
		if err := os.WriteFile(filepath.Join(dir, ".state-unfinished"), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		session(t, Options{Dir: dir}, func(s *Server) {
			if left, err := filepath.Glob(filepath.Join(dir, ".state-*")); err != nil || len(left) != 0 {
				t.Errorf("unfinished files are left: %v, %v", left, err)
			}
			for _, name := range made {
				_, err := secretsClient(s, "us-west-2").DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: &name})
				if err != nil {
					t.Errorf("%s was answered and is lost: %v", name, err)
				}
			}
		})
	}
	t.Logf("%d answers before 10 kills", len(made))
}

// killed runs the victim, kills it in the midst of its work, and returns all
// that it said it had made.
func killed(t *testing.T, dir string, round int) []string {
	t.Helper()
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$")
	victim.Env = append(os.Environ(), "SANDBOX_VICTIM_DIR="+dir, fmt.Sprintf("SANDBOX_VICTIM_ROUND=%d", round))
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	var made []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "made "); ok {
			made = append(made, name)
		}
		if len(made) == 5+7*round {
			if err := victim.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := victim.Wait(); err == nil || len(made) < 5 {
		t.Fatalf("the victim made %v and ended with %v", made, err)
	}
	return made
}
