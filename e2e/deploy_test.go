package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ecs-reconciler/internal/testtool"
)

// deployFile reads a file of the deploy folder.
func deployFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testtool.Root(t), "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ecsContainer is what tests look at in the task definition.
type ecsContainer struct {
	Command     []string
	HealthCheck struct{ Command []string }
	Environment []struct{ Name string }
	Secrets     []struct{ Name string }
}

// TestECSTaskDefinition: ECS takes the daemon's task definition as it stands.
func TestECSTaskDefinition(t *testing.T) {
	t.Parallel()
	var want map[string]any
	decode(t, deployFile(t, "ecs-task-definition.json"), &want)
	for _, target := range []string{sandbox, moto} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, target)
			c.boto3(t, "ecs", "register_task_definition", want)
			got := c.boto3(t, "ecs", "describe_task_definition", arguments{"taskDefinition": "reconciler"})["taskDefinition"].(map[string]any)
			for _, key := range []string{"taskRoleArn", "executionRoleArn", "networkMode", "requiresCompatibilities", "cpu", "memory"} {
				if diff := cmp.Diff(want[key], got[key]); diff != "" {
					t.Errorf("%s:\n%s", key, diff)
				}
			}
			wanted, is := want["containerDefinitions"].([]any)[0].(map[string]any), got["containerDefinitions"].([]any)[0].(map[string]any)
			// ECS gives secrets back in an order of its own.
			inAnyOrder := cmpopts.SortSlices(func(a, b any) bool { return text(a) < text(b) })
			for key := range wanted {
				var options []cmp.Option
				if key == "secrets" {
					options = append(options, inAnyOrder)
				}
				if diff := cmp.Diff(wanted[key], is[key], options...); diff != "" {
					t.Errorf("%s:\n%s", key, diff)
				}
			}
		})
	}
}

// understood runs the program with arguments that a file gives it, and --help:
// it refuses a flag or a value that it does not know.
func understood(t *testing.T, args ...string) {
	t.Helper()
	p := &project{dir: t.TempDir(), env: []string{"HOME=" + t.TempDir()}}
	if got := p.run(t, append(slices.Clone(args), "--help")...); got.code != 0 || !strings.Contains(got.stdout, "Usage:") {
		t.Errorf("reconciler %s: exit %d\n%s", strings.Join(args, " "), got.code, got.stderr)
	}
}

// TestDeployedCommands: whatever the files have the program do, it understands.
func TestDeployedCommands(t *testing.T) {
	t.Parallel()
	var ecs struct{ ContainerDefinitions []ecsContainer }
	decode(t, deployFile(t, "ecs-task-definition.json"), &ecs)
	for _, c := range ecs.ContainerDefinitions {
		understood(t, c.Command...)
		understood(t, c.HealthCheck.Command[2:]...)
	}
	for _, c := range manifests(t).Deployment.Spec.Template.Spec.Containers {
		understood(t, c.Args...)
	}
	start := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/reconciler (.*)$`).FindStringSubmatch(deployFile(t, "reconciler.service"))
	understood(t, strings.Fields(start[1])...)
	cmd := regexp.MustCompile(`(?m)^CMD (\[.*\])$`).FindStringSubmatch(deployFile(t, "Dockerfile"))
	var words []string
	decode(t, cmd[1], &words)
	understood(t, words...)
	for _, text := range []string{deployFile(t, "README.md"), deployFile(t, "../docs/daemon.md"), deployFile(t, "../docs/members.md")} {
		for _, line := range regexp.MustCompile(`(?m)^reconciler ([^>\n]*)`).FindAllStringSubmatch(strings.ReplaceAll(text, "\\\n", ""), -1) {
			understood(t, strings.Fields(strings.ReplaceAll(line[1], `"`, ""))...)
		}
	}
}

// TestDeployedSettings: every flag and RECONCILER_ variable that a file in
// deploy or docs/daemon.md names is one of the daemon's.
func TestDeployedSettings(t *testing.T) {
	t.Parallel()
	p := &project{dir: t.TempDir(), env: []string{"HOME=" + t.TempDir()}}
	help := p.ok(t, "daemon", "--help").stdout
	files := folder(t, filepath.Join(testtool.Root(t), "deploy"))
	files["daemon.md"] = deployFile(t, "../docs/daemon.md")
	for name, text := range files {
		for _, variable := range regexp.MustCompile(`RECONCILER_[A-Z][A-Z_]*`).FindAllString(text, -1) {
			flag := "--" + strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(variable, "RECONCILER_")), "_", "-")
			if !strings.Contains(help, " "+flag+" ") {
				t.Errorf("%s names %s, and the daemon has no %s", name, variable, flag)
			}
		}
		for _, match := range regexp.MustCompile("`(--[a-z][a-z-]+)").FindAllStringSubmatch(text, -1) {
			if !strings.Contains(help, " "+match[1]+" ") && !slices.Contains(foreign(), match[1]) {
				t.Errorf("%s names %s, which the daemon has not", name, match[1])
			}
		}
	}
}

// foreign are flags of other commands that stand in prose.
func foreign() []string { return []string{"--desired-count", "--reason", "--for", "--format"} }

// TestUnit: systemd, where it is, finds nothing wrong with the unit.
func TestUnit(t *testing.T) {
	t.Parallel()
	unit := deployFile(t, "reconciler.service")
	for _, section := range []string{"[Unit]", "[Service]", "[Install]"} {
		if !strings.Contains(unit, "\n"+section+"\n") {
			t.Errorf("there is no %s", section)
		}
	}
	for number, line := range strings.Split(unit, "\n") {
		if !regexp.MustCompile(`^($|#|\[[A-Z][a-z]+\]$|[A-Z][A-Za-z]+=)`).MatchString(line) {
			t.Errorf("line %d is no setting: %s", number+1, line)
		}
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Logf("only parsed, since there is no systemd here: %v", err)
		return
	}
	path := filepath.Join(t.TempDir(), "reconciler.service")
	unit = strings.ReplaceAll(unit, "/usr/local/bin/reconciler", reconciler(t))
	if err := os.WriteFile(path, []byte(unit), 0o644); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	verify := exec.Command(analyze, "verify", "--man=no", path)
	verify.Stdout, verify.Stderr = &said, &said
	if err := verify.Run(); err != nil || strings.Contains(said.String(), "reconciler.service") {
		t.Errorf("%v\n%s", err, said.String())
	}
}

// TestImageIsBuiltWithOurGo: the image's Go is the one of go.mod.
func TestImageIsBuiltWithOurGo(t *testing.T) {
	t.Parallel()
	module, err := os.ReadFile(filepath.Join(testtool.Root(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	ours := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(string(module))
	images := regexp.MustCompile(`(?m)^FROM .*golang:(\d+\.\d+)`).FindStringSubmatch(deployFile(t, "Dockerfile"))
	if len(ours) != 2 || len(images) != 2 || ours[1] != images[1] {
		t.Errorf("go.mod says %v, and the Dockerfile %v", ours, images)
	}
}
