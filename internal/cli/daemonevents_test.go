package cli

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/daemon/events"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func printed(t *testing.T, format string) string {
	t.Helper()
	var out bytes.Buffer
	a := &app{Process: Process{Stdout: &out}}
	cmd := a.printEventsTemplateCommand()
	cmd.SetArgs([]string{"--format", format})
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestEventsTemplates compares what is printed with golden files, of which the
// tools themselves judge.
func TestEventsTemplates(t *testing.T) {
	for format, file := range map[string]string{"cloudformation": "events.cloudformation.yaml", "terraform": "events.tf"} {
		golden := filepath.Join("testdata", file)
		got := printed(t, format)
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s:\n%s", file, diff)
		}
	}
}

func TestEventsTemplateOfNoTool(t *testing.T) {
	a := &app{}
	cmd := a.printEventsTemplateCommand()
	cmd.SetArgs([]string{"--format", "pulumi"})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), "pulumi") {
		t.Error(err)
	}
}

// TestCloudFormationTakesTheTemplate asks AWS's own linter.
func TestCloudFormationTakesTheTemplate(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), testtool.Tool(t, "cfn-lint"), "--regions", "us-east-1,us-west-2", "--", filepath.Join("testdata", "events.cloudformation.yaml")).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestPatternsFitIn holds the patterns against EventBridge's limit (EventBridge
// User Guide, "Amazon EventBridge quotas": event pattern, 2,048 characters), and
// against what the daemon reads.
func TestPatternsFitIn(t *testing.T) {
	var template struct {
		Resources map[string]struct {
			Type       string `yaml:"Type"`
			Properties struct {
				EventPattern struct {
					Source     []string `yaml:"source" json:"source"`
					DetailType []string `yaml:"detail-type" json:"detail-type"`
					Detail     struct {
						EventName []string `yaml:"eventName" json:"eventName,omitempty"`
					} `yaml:"detail" json:"detail,omitzero"`
				} `yaml:"EventPattern"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal([]byte(printed(t, "cloudformation")), &template); err != nil {
		t.Fatal(err)
	}
	for name, r := range template.Resources {
		if r.Type != "" && r.Type != "AWS::Events::Rule" {
			continue
		}
		pattern, err := json.Marshal(r.Properties.EventPattern)
		if err != nil || len(pattern) > 2048 {
			t.Errorf("%s: %d characters, %v", name, len(pattern), err)
		}
	}
	for _, rule := range []string{"CallsHome", "CallsElsewhere"} {
		for source, names := range events.Watched() {
			pattern := template.Resources[rule].Properties.EventPattern
			if !slices.Contains(pattern.Source, "aws."+strings.TrimSuffix(source, ".amazonaws.com")) {
				t.Errorf("%s lets nothing of %s through", rule, source)
			}
			for _, name := range names {
				if !slices.Contains(pattern.Detail.EventName, name) {
					t.Errorf("%s does not let %s through", rule, name)
				}
			}
		}
	}
}
