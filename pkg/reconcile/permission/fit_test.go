package permission_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/permission"
	"ecs-reconciler/pkg/spec"
)

// large is a deployment of n tasks, named by three formats: a secret's, a
// role's and a family's.
func large(n int, secret, role, family string) *spec.Deployment {
	d := &spec.Deployment{Project: "shop", Environment: "staging", AccountID: "012345678901", Partition: "aws", Region: "us-west-2"}
	for i := range n {
		arn := "arn:aws:iam::012345678901:role/" + fmt.Sprintf(role, i)
		d.Secrets = append(d.Secrets, spec.ManagedSecret{Name: fmt.Sprintf(secret, i)})
		d.Roles = append(d.Roles, spec.ManagedRole{ARN: arn})
		d.Tasks = append(d.Tasks, spec.Task{Name: fmt.Sprint(i), RoleARN: arn, TaskDefinition: spec.Document{
			"family": fmt.Sprintf(family, i), "executionRoleArn": "arn:aws:iam::999999999999:role/executor"}})
	}
	return d
}

func TestASmallPolicyIsExact(t *testing.T) {
	for _, use := range []permission.Use{permission.Plan, permission.Apply} {
		small := large(3, "shop/staging/task-%d.env", "shop-%d-staging", "shop_%d_staging")
		got, warnings := permission.Fit(small, use)
		if diff := cmp.Diff(permission.For(small, use), got); diff != "" || warnings != nil {
			t.Errorf("%v, %s", warnings, diff)
		}
	}
}

func TestALargePolicyFits(t *testing.T) {
	for name, c := range map[string]struct {
		d    *spec.Deployment
		want []string // resources, without their prefixes
	}{
		"one folder":      {large(300, "shop/staging/task-%d.env", "shop-%d-staging", "shop_%d_staging"), []string{"secret:shop/staging/task-*.env-??????", "role/shop-*-staging", "task-definition/shop_*_staging:*"}},
		"a folder a task": {large(300, "shop/%d/staging/db.env", "shop/%d/web", "shop_%d_staging"), []string{"secret:shop/*/staging/db.env-??????", "role/shop/*/web", "task-definition/shop_*_staging:*"}},
	} {
		for _, use := range []permission.Use{permission.Plan, permission.Apply} {
			want := c.want
			if use == permission.Plan {
				want = want[:1]
			}
			got, warnings := permission.Fit(c.d, use)
			if size := got.Size(); size > permission.MaxPolicy {
				t.Errorf("%s, %s: %d characters", name, use, size)
			}
			covers(t, permission.For(c.d, use), got)
			for _, pattern := range want {
				if !slices.ContainsFunc(resources(got), func(r string) bool { return strings.HasSuffix(r, ":"+pattern) }) {
					t.Errorf("%s, %s: %s is not in %q", name, use, pattern, resources(got))
				}
			}
			if len(warnings) != len(want) || !strings.Contains(fmt.Sprint(warnings), "300 secrets are allowed as arn:aws:secretsmanager:us-west-2:012345678901:secret:") {
				t.Errorf("%s, %s: %v", name, use, warnings)
			}
		}
	}
}

// What has no beginning in common stays as it is, and it is said that IAM will not
// take it.
func TestNothingBecomesEverything(t *testing.T) {
	d := large(0, "", "", "")
	for i := range 300 {
		d.Secrets = append(d.Secrets, spec.ManagedSecret{Name: fmt.Sprintf("%d-of-others/db.env", i)})
	}
	got, warnings := permission.Fit(d, permission.Apply)
	if diff := cmp.Diff(permission.For(d, permission.Apply).Statement[2].Resource[0], got.Statement[2].Resource[0]); diff != "" {
		t.Error(diff)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0].String(), "IAM takes 6144 in a managed policy (spread its statements") {
		t.Error(warnings)
	}
}

// Families alone are widened where that is enough, and the deepest folders
// before the others.
func TestWideningEndsWhereItFits(t *testing.T) {
	d := large(12, "s/%d", "r-%d", strings.Repeat("f", 80)+"_%d")
	got, warnings := permission.Fit(d, permission.Apply)
	if len(warnings) != 1 || !strings.Contains(warnings[0].Message, "12 task definition families") || got.Size() > permission.MaxPolicy {
		t.Errorf("%d characters, %v", got.Size(), warnings)
	}
	d = large(8, "a/b/%d", "r", "f")
	for i := range 200 {
		d.Secrets = append(d.Secrets, spec.ManagedSecret{Name: fmt.Sprintf("a/c/%d", i)})
	}
	got, _ = permission.Fit(d, permission.Plan)
	if all := resources(got); !slices.Contains(all, "arn:aws:secretsmanager:us-west-2:012345678901:secret:a/c/*-??????") ||
		!slices.Contains(all, "arn:aws:secretsmanager:us-west-2:012345678901:secret:a/b/*-??????") {
		t.Errorf("%q", all)
	}
}

// Names of different depths share the folders that all have.
func TestFoldersOfDifferentDepth(t *testing.T) {
	d := large(0, "", "", "")
	for i := range 120 {
		d.Secrets = append(d.Secrets, spec.ManagedSecret{Name: "shop/" + strings.Repeat("x/", i) + "y"})
	}
	got, warnings := permission.Fit(d, permission.Plan)
	if got.Size() > permission.MaxPolicy || len(warnings) != 1 {
		t.Errorf("%d characters, %v", got.Size(), warnings)
	}
	covers(t, permission.For(d, permission.Plan), got)
}

// covers checks that whatever exact allows got allows, statement by statement,
// and that no pattern stands for everything that was named.
func covers(t *testing.T, exact, got permission.Policy) {
	t.Helper()
	for i, s := range exact.Statement {
		g := got.Statement[i]
		if diff := cmp.Diff(s.Action, g.Action) + cmp.Diff(s.Condition, g.Condition); diff != "" {
			t.Error(diff)
		}
		for _, r := range s.Resource {
			if !slices.ContainsFunc(g.Resource, func(p string) bool { return matches(p, r) }) {
				t.Errorf("%s: %s is lost in %q", s.Sid, r, g.Resource)
			}
		}
		for _, r := range g.Resource {
			named := regexp.MustCompile(`^(.*:secret:|.*:role/|.*:task-definition/)`).ReplaceAllString(r, "")
			if !slices.Contains(s.Resource, r) && !regexp.MustCompile(`^[^*]*[A-Za-z0-9]`).MatchString(named) {
				t.Errorf("%s: %s stands for everything", s.Sid, r)
			}
		}
	}
}

func matches(pattern, text string) bool {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(quoted)
	return regexp.MustCompile("^" + quoted + "$").MatchString(text)
}

func resources(p permission.Policy) []string {
	var out []string
	for _, s := range p.Statement {
		out = append(out, s.Resource...)
	}
	return out
}

func FuzzFitCovers(f *testing.F) {
	f.Add("shop/staging/db.env", "shop/staging/web.env", "shop/other/x", uint8(200))
	f.Add("a-b", "a-c-b", "a--b", uint8(200))
	f.Add("a_a", "a", "a_a_a", uint8(255))
	f.Fuzz(func(t *testing.T, a, b, c string, n uint8) {
		name := regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,60}$`)
		if !name.MatchString(a) || !name.MatchString(b) || !name.MatchString(c) {
			return
		}
		d := large(int(n), "shop/"+strings.Repeat("long/", 8)+"%d", "r", "f")
		d.Secrets = append(d.Secrets, spec.ManagedSecret{Name: a}, spec.ManagedSecret{Name: b}, spec.ManagedSecret{Name: c})
		got, _ := permission.Fit(d, permission.Plan)
		covers(t, permission.For(d, permission.Plan), got)
	})
}
