package e2e

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ecs-reconciler/internal/testtool"
)

// canaries are texts that must appear nowhere: two secrets' values, what
// somebody put in the place of one, a vaulted variable in a container's
// environment, and the vault's password.
type canaries struct{ dotenv, json, drifted, vaulted, password string }

func hatch() canaries {
	return canaries{rand.Text(), rand.Text(), rand.Text(), rand.Text(), rand.Text()}
}

func (k canaries) all() map[string]string {
	return map[string]string{"the dotenv secret": k.dotenv, "the JSON secret": k.json,
		"the value put by somebody else": k.drifted, "the vaulted variable": k.vaulted, "the vault's password": k.password}
}

// canaryProject has the secrets of testdata/reports with canaries in them; the
// env file and a variable are encrypted by ansible-vault.
func (c *cloud) canaryProject(t testing.TB, k canaries) *project {
	t.Helper()
	const task = "deploy_config/tasks/nightly.yaml"
	files := folder(t, "testdata/reports")
	files["deploy_config/env/.env.staging"] = encrypted(t, k.password, fmt.Sprintf("CANARY='%s \"quoted\" & <more>/é'\n", k.dotenv))
	files["deploy_config/env/service.json"] = fmt.Sprintf(`{"CANARY": "%s\n\"quoted\" & <more>/é", "LIST": ["%[1]s"]}`, k.json)
	files["deploy_config/reconciler.yaml"] += "  variables:\n    token: !vault |\n" + indented(encrypted(t, k.password, k.vaulted))
	files[task] = strings.Replace(files[task], `{name: AWS_PAGER, value: ""}`, `{name: TOKEN, value: "to {{ token }}"}`, 1)
	p := c.write(t, files)
	p.env = append(p.env, "ANSIBLE_VAULT_PASSWORD="+k.password, "GITHUB_STEP_SUMMARY="+filepath.Join(p.dir, "summary.md"), "TMPDIR="+p.dir)
	return p
}

func indented(text string) string {
	return "      " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n      ") + "\n"
}

// encrypted is text as ansible-vault writes it.
func encrypted(t testing.TB, password, text string) string {
	t.Helper()
	key := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(key, []byte(password), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python(t), testtool.Tool(t, "ansible-vault"), "encrypt", "--vault-password-file", key, "--output", "-", "-")
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ansible-vault: %v", err)
	}
	return string(out)
}

func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	c := newCloud(t, sandbox)
	k := hatch()
	p := c.canaryProject(t, k)
	s := newSearch(k.all())

	for _, format := range []string{"text", "json", "yaml"} {
		s.run(t, p, 0, "validate", "staging", "-o", format)
		s.run(t, p, 0, "render", "staging", "-o", format)
	}
	s.everyPlan(t, p)
	s.run(t, p, 0, "plan", "staging", "--out", "create.plan")
	s.run(t, p, 0, "apply", "staging", "--plan", "create.plan")
	s.add("the fingerprint key", c.fingerprintKey(t))

	c.putDrifted(t, k)
	s.everyPlan(t, p)
	s.run(t, p, 0, "plan", "staging", "--out", "drift.plan", "--show-noop")
	p.file(t, "deploy_config/env/service.json", `{"CANARY": "`+k.json+` anew"}`)
	s.run(t, p, 1, "apply", "staging", "--plan", "drift.plan")
	s.run(t, p, 0, "apply", "staging", "--yes", "-o", "github")
	s.run(t, p, 0, "plan", "staging", "--show-noop", "-o", "json")
	s.run(t, p, 0, "iam-policy", "apply", "staging")
	if _, err := os.Stat(filepath.Join(p.dir, "summary.md")); err != nil {
		t.Error(err)
	}

	s.files(t, p)
	s.text(t, "the sandbox's log", c.sandbox.log.String())
}

// A wrong spec is complained about without what stands in it.
func TestComplaintsAboutBadInputPrintNoSecret(t *testing.T) {
	t.Parallel()
	c := newCloud(t, sandbox)
	k := hatch()
	for name, bad := range map[string]struct{ file, text string }{
		"dotenv that is none":    {"deploy_config/env/.env.staging", "CANARY " + k.dotenv + "\n"},
		"dotenv cut off":         {"deploy_config/env/.env.staging", "CANARY='" + k.dotenv + "\n"},
		"JSON cut off":           {"deploy_config/env/service.json", `{"CANARY": "` + k.json + `"`},
		"JSON that is no object": {"deploy_config/env/service.json", `["` + k.json + `"]`},
		"a value beyond 64 KiB":  {"deploy_config/env/service.json", `{"CANARY": "` + strings.Repeat(k.json, 3000) + `"}`},
		"NUL in a value":         {"deploy_config/env/.env.staging", "CANARY=" + k.dotenv + "\x00\n"},
		"invalid UTF-8":          {"deploy_config/env/.env.staging", "CANARY=" + k.dotenv + "\xff\n"},
		"a corrupted vault":      {"deploy_config/env/.env.staging", "$ANSIBLE_VAULT;1.1;AES256\n" + k.dotenv + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			p := c.canaryProject(t, k)
			p.file(t, bad.file, bad.text)
			s := newSearch(k.all())
			var wrote []string
			for _, command := range []string{"validate", "plan"} {
				wrote = append(wrote, writesOf(c.during(func() { s.run(t, p, 64, command, "staging") }))...)
			}
			if len(wrote) > 0 {
				t.Errorf("bad input is met with %v", wrote)
			}
		})
	}
	t.Run("a wrong password", func(t *testing.T) {
		p := c.canaryProject(t, k)
		wrong := rand.Text()
		p.env = append(p.env, "ANSIBLE_VAULT_PASSWORD="+wrong)
		s := newSearch(k.all())
		s.add("the wrong password", wrong)
		s.run(t, p, 64, "validate", "staging")
	})
}

// fingerprintKey is the secret that proves the versions of the others.
func (c *cloud) fingerprintKey(t testing.TB) string {
	t.Helper()
	key := c.secret(t, "reports/staging/reconciler/fingerprint-key")
	if key == "" {
		t.Fatal("there is no fingerprint key")
	}
	return key
}

func (c *cloud) putDrifted(t testing.TB, k canaries) {
	t.Helper()
	c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": nightlyEnv, "SecretString": "CANARY=" + k.drifted + "\n"})
	c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": serviceJSON, "SecretString": `{"CANARY": "` + k.drifted + `"}`})
}

// everyPlan plans in every form there is.
func (s *search) everyPlan(t testing.TB, p *project) {
	t.Helper()
	for _, format := range []string{"text", "json", "yaml", "markdown", "github"} {
		s.run(t, p, 2, "plan", "staging", "--detailed-exitcode", "--show-noop", "-o", format)
	}
}

// run runs the program with all logs on, wants an exit code (any, when it is
// below zero) and searches what was printed.
func (s *search) run(t testing.TB, p *project, code int, args ...string) outcome {
	t.Helper()
	got := p.run(t, append(args, "--log-level", "debug")...)
	where := "reconciler " + strings.Join(args, " ")
	found := s.text(t, "stdout of "+where, got.stdout) + s.text(t, "stderr of "+where, got.stderr)
	switch {
	case code < 0 || got.code == code:
	case found > 0:
		t.Errorf("%s exits %d, want %d", where, got.code, code)
	default:
		t.Errorf("%s exits %d, want %d\n%s%s", where, got.code, code, got.stdout, got.stderr)
	}
	return got
}

// files searches all that was written into the project's folder, which is
// home and temporary folder too, but for the sources of the values.
func (s *search) files(t testing.TB, p *project) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(p.dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path == "deploy_config/env/service.json" {
			return err
		}
		data, err := os.ReadFile(filepath.Join(p.dir, path))
		s.text(t, "the file "+path, string(data))
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
