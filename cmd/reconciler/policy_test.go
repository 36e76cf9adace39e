package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestPolicyOfManyTasks: it fits into a managed policy, stdout is the policy
// alone, and stderr tells what was widened.
func TestPolicyOfManyTasks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := project()
	for i := range 300 {
		name := fmt.Sprintf("job-%03d", i)
		files["deploy_config/tasks/"+name+".yaml"] = strings.NewReplacer("name: web", "name: "+name, "web.env", name+".env", "shop-web", "shop-"+name).Replace(webTask)
	}
	writeFiles(t, dir, files)
	got := run(dir, nil, "iam-policy", "apply", "staging")
	var policy any
	if err := json.Unmarshal([]byte(got.stdout), &policy); err != nil || got.code != 0 {
		t.Fatalf("exit code %d, %v, stderr:\n%s", got.code, err, got.stderr)
	}
	var compact bytes.Buffer
	must(t, json.Compact(&compact, []byte(got.stdout)))
	if compact.Len() > 6144 {
		t.Errorf("the policy has %d characters", compact.Len())
	}
	for _, want := range []string{"301 task definition families are allowed as ", "301 secrets are allowed as ", "301 roles are allowed as "} {
		if strings.Count(got.stderr, "warning: "+want) != 1 {
			t.Errorf("%q is not told once:\n%s", want, got.stderr)
		}
	}
	for _, want := range []string{`task-definition/shop_*_staging:*"`, `secret:shop/staging/*.env-??????"`, `role/shop-*"`} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%s is not in the policy:\n%s", want, got.stdout)
		}
	}
}
