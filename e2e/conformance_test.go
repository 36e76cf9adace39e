package e2e

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"slices"
	"testing"

	"ecs-reconciler/internal/testtool"
)

// fewestChecks keeps the suite from passing because it found nothing to do.
const fewestChecks = 70

// TestEmulatorsDoAsAWSDoes runs one suite of boto3 and the AWS CLI on every
// emulator. A check may fail only where divergences says so, and must fail
// there: what an emulator has mended is to be taken out of the table.
func TestEmulatorsDoAsAWSDoes(t *testing.T) {
	onEach(t, func(t *testing.T, c *cloud) {
		failures := c.conformance(t)
		if len(failures) < fewestChecks {
			t.Fatalf("only %d checks were made, not %d", len(failures), fewestChecks)
		}
		known := divergences()[c.target]
		for _, name := range slices.Sorted(maps.Keys(failures)) {
			reason, diverges := known[name]
			switch failure := failures[name]; {
			case failure != nil && !diverges:
				t.Errorf("%s: %s", name, *failure)
			case failure == nil && diverges:
				t.Errorf("%s: passes, so it no longer belongs among the divergences (%s)", name, reason)
			}
		}
		for name := range known {
			if _, made := failures[name]; !made {
				t.Errorf("%s is among the divergences and is no check", name)
			}
		}
	})
}

// conformance is the failure of each check, nil where there is none.
func (c *cloud) conformance(t testing.TB) map[string]*string {
	t.Helper()
	cmd := exec.Command(python(t), "conformance.py", c.url, c.account, testtool.Tool(t, "aws"))
	cmd.Env = append(os.Environ(), "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("conformance.py: %v\n%s", err, &stderr)
	}
	failures := map[string]*string{}
	if err := json.Unmarshal(stdout.Bytes(), &failures); err != nil {
		t.Fatalf("conformance.py: %v\n%s", err, &stdout)
	}
	return failures
}
