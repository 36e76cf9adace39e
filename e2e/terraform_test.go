package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ecs-reconciler/e2e/conformance"
	"ecs-reconciler/e2e/conformance/gosdk"
)

const terraformFiles = "testdata/terraform"

// TestTerraform makes, changes and destroys objects with Terraform and AWS's
// provider for it, on the sandbox. Every call that it makes must be one of
// TestTerraformsCalls, which runs where Terraform is not installed too.
func TestTerraform(t *testing.T) {
	t.Parallel()
	program, mirror := terraform()
	if mirror == "" {
		t.Logf("not run: terraform is %q, and none of %v has a copy of its AWS provider", program, providerFolders())
		return
	}
	c := newCloud(t, sandbox)
	tf := newTerraform(t, c, program, mirror, c.configuration(t)...)
	changed := []string{"-var=value=two", "-var=session=7200", "-var=image=busybox:2", "-var=retention=30"}
	seen := c.during(func() {
		tf.run(t, 0, "init")
		tf.run(t, 0, "apply", "-auto-approve")
		tf.run(t, 0, "plan", "-detailed-exitcode")
		tf.run(t, 2, append([]string{"plan", "-detailed-exitcode"}, changed...)...)
		tf.run(t, 0, append([]string{"apply", "-auto-approve"}, changed...)...)
		tf.run(t, 0, append([]string{"plan", "-detailed-exitcode"}, changed...)...)
		tf.run(t, 0, append([]string{"destroy", "-auto-approve"}, changed...)...)
	})
	known := operationsOf(terraformsCalls(t, c))
	for operation := range count(seen) {
		if !slices.Contains(known, operation) {
			t.Errorf("terraform calls %s, which is not among those of %s", operation, terraformFiles)
		}
	}
	if left := c.boto3(t, "secretsmanager", "list_secrets", nil)["SecretList"].([]any); len(left) > 0 {
		t.Errorf("terraform leaves secrets: %v", left)
	}
}

// TestTerraformsCalls makes the provider's calls with the SDK for Go.
func TestTerraformsCalls(t *testing.T) {
	t.Parallel()
	c := newCloud(t, sandbox)
	client := gosdk.Client{Endpoint: c.url, AccessKey: c.account, HTTP: &http.Client{}}
	for _, check := range terraformsCalls(t, c) {
		if err := conformance.Run(t.Context(), check, client, conformance.Place{Account: c.account, Region: region}); err != nil {
			t.Error(err)
		}
	}
}

// terraformsCalls are the provider's calls to the services that the sandbox has.
func terraformsCalls(t *testing.T, c *cloud) []conformance.Check {
	t.Helper()
	calls, err := conformance.Read(filepath.Join(terraformFiles, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	serves := c.serves(t)
	return slices.DeleteFunc(calls, func(check conformance.Check) bool {
		return check.File == "calls-logs.yaml" && !slices.Contains(serves, "logs")
	})
}

// operationsOf names calls as the proxy does.
func operationsOf(checks []conformance.Check) []string {
	var out []string
	for _, check := range checks {
		for _, step := range check.Steps {
			out = append(out, strings.Replace(step.Call, ".", ":", 1))
		}
	}
	return out
}

// terraform finds the program, and a folder that has AWS's provider in it.
func terraform() (program, mirror string) {
	program, err := exec.LookPath("terraform")
	if err != nil {
		return "", ""
	}
	for _, folder := range providerFolders() {
		if found, err := filepath.Glob(filepath.Join(folder, "registry.terraform.io", "hashicorp", "aws", "*", "*")); err == nil && len(found) > 0 {
			return program, folder
		}
	}
	return program, ""
}

// providerFolders are where copies of providers are kept: Terraform's own
// places, and where images that have it installed put them.
func providerFolders() []string {
	folders := []string{os.Getenv("TF_PLUGIN_CACHE_DIR"), "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/opt/tf-plugins"}
	if home, err := os.UserHomeDir(); err == nil {
		folders = append(folders, filepath.Join(home, ".terraform.d", "plugins"), filepath.Join(home, ".terraform.d", "plugin-cache"))
	}
	return slices.DeleteFunc(folders, func(folder string) bool { return folder == "" })
}

type terraformRun struct {
	program, dir string
	env          []string
}

// configuration is what Terraform is run on, as far as the sandbox serves it.
func (c *cloud) configuration(t *testing.T) []string {
	t.Helper()
	files := []string{filepath.Join(terraformFiles, "main.tf")}
	if slices.Contains(c.serves(t), "logs") {
		files = append(files, filepath.Join(terraformFiles, "logs.tf"))
	}
	return files
}

// newTerraform copies a configuration to a folder of its own, and keeps
// Terraform off the network.
func newTerraform(t *testing.T, c *cloud, program, mirror string, configuration ...string) terraformRun {
	t.Helper()
	tf := terraformRun{program: program, dir: t.TempDir()}
	for _, name := range configuration {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(tf.dir, filepath.Base(name)), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rc := filepath.Join(tf.dir, "terraform.rc")
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror)
	if err := os.WriteFile(rc, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	tf.env = append(c.environ(), "TF_CLI_CONFIG_FILE="+rc, "TF_IN_AUTOMATION=1", "AWS_REGION="+region)
	return tf
}

// run runs a command of Terraform's, which must end with a status, and returns
// what it says. A plan that has something to do ends with 2, by -detailed-exitcode.
func (tf terraformRun) run(t *testing.T, status int, args ...string) string {
	t.Helper()
	cmd := exec.Command(tf.program, append(args, "-input=false", "-no-color")...)
	cmd.Dir = tf.dir
	cmd.Env = append(cmd.Environ(), tf.env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != status {
		t.Fatalf("terraform %v ends with %d, not %d\n%s", args, got, status, out)
	}
	return string(out)
}

// serves are the services that the sandbox has.
func (c *cloud) serves(t testing.TB) []string {
	t.Helper()
	response, err := http.Get(c.sandbox.url + "/_sandbox/health")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
	}()
	var health struct{ Services []string }
	if err := json.NewDecoder(response.Body).Decode(&health); err != nil {
		t.Fatal(err)
	}
	return health.Services
}
