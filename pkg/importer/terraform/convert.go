package terraform

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
)

// Convert makes a task of every task definition in the state, with the roles
// that it wears and the secrets that it reads.
func Convert(s State, o Options) (Result, error) {
	c := &conversion{options: o, resources: s.resources, used: map[string]bool{}, secret: secretTexts(s.resources)}
	c.remarks = slices.Clone(s.remarks)
	definitions := c.newest()
	if len(definitions) == 0 {
		return Result{}, &spec.Error{Message: "the state holds no aws_ecs_task_definition", Hint: "a task is what manifests declare, with its roles and secrets"}
	}
	c.locate(definitions)
	for _, r := range definitions {
		c.task(r)
	}
	c.leftovers()
	slices.SortFunc(c.tasks, func(a, b manifest.Task) int { return cmp.Compare(a.Metadata.Name, b.Metadata.Name) })
	return Result{Project: c.project(), Tasks: c.tasks, Values: c.values, Remarks: c.remarks}, nil
}

// conversion is one run of Convert.
type conversion struct {
	options   Options
	resources []resource
	secret    secrets
	place     spec.ARN // whose account and region everything is in
	used      map[string]bool
	tasks     []manifest.Task
	values    []Value
	remarks   []Remark
}

func (c *conversion) remark(r resource, format string, args ...any) {
	c.remarks = append(c.remarks, Remark{r.address, fmt.Sprintf(format, args...)})
}

// of are the managed resources of a type, in the state's order.
func (c *conversion) of(kind string) []resource {
	var out []resource
	for _, r := range c.resources {
		if r.managed && r.kind == kind {
			out = append(out, r)
		}
	}
	return out
}

// newest are the task definitions, of each family the latest revision.
func (c *conversion) newest() []resource {
	latest := map[string]resource{}
	for _, r := range c.of("aws_ecs_task_definition") {
		c.used[r.address] = true
		other, twice := latest[r.text("family")]
		if !twice {
			latest[r.text("family")] = r
			continue
		}
		if revision(r) > revision(other) {
			r, other = other, r
		}
		latest[r.text("family")] = other
		c.remark(r, "is an earlier revision of the family that %s is of, and is not taken over", other.address)
	}
	out := make([]resource, 0, len(latest))
	for _, family := range slices.Sorted(maps.Keys(latest)) {
		out = append(out, latest[family])
	}
	return out
}

func revision(r resource) int64 {
	n, _ := r.number("revision")
	return n
}

// locate takes the account and region that the first task definition is in,
// as one environment has one of each.
func (c *conversion) locate(definitions []resource) {
	for _, r := range definitions {
		if arn, err := spec.ParseARN(r.text("arn")); err == nil {
			c.place = arn
			return
		}
	}
}

// elsewhere tells whether an object is of another account or region, and
// remarks on it. IAM's ARNs have no region.
func (c *conversion) elsewhere(r resource) bool {
	arn, err := spec.ParseARN(r.text("arn"))
	if err != nil || arn.AccountID == c.place.AccountID && (arn.Region == "" || arn.Region == c.place.Region) {
		return false
	}
	if c.used[r.address] && r.kind != "aws_ecs_task_definition" {
		return true // said already
	}
	c.used[r.address] = true
	c.remark(r, "is in account %s %s, and the environment is %s in %s: give what is there an environment of its own", arn.AccountID, arn.Region, c.options.Environment, c.place.AccountID+" "+c.place.Region)
	return true
}

func (c *conversion) project() manifest.Project {
	return manifest.Project{APIVersion: manifest.APIVersion, Kind: manifest.KindProject, Metadata: manifest.Metadata{Name: c.options.Project},
		Spec: manifest.ProjectSpec{Environments: map[string]manifest.Environment{
			c.options.Environment: {AccountID: c.place.AccountID, Region: c.place.Region}}}}
}

// leftovers remarks on every managed resource that was not used.
func (c *conversion) leftovers() {
	reasons := map[string]string{
		"aws_iam_role":                      "no task of the state wears it; it stays with Terraform",
		"aws_secretsmanager_secret":         "no task of the state reads it; it stays with Terraform",
		"aws_iam_role_policy":               "it is of no role that is taken over; it stays with Terraform",
		"aws_iam_role_policy_attachment":    "it is of no role that is taken over; it stays with Terraform",
		"aws_secretsmanager_secret_version": "it is of no secret that is taken over; it stays with Terraform",
		"aws_secretsmanager_secret_policy":  "it is of no secret that is taken over; it stays with Terraform",
	}
	others := map[string][]string{}
	for _, r := range c.resources {
		switch reason := reasons[r.kind]; {
		case !r.managed, c.used[r.address]:
		case reason != "":
			c.remark(r, "%s", reason)
		default:
			others[r.kind] = append(others[r.kind], r.address)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(others)) {
		c.remarks = append(c.remarks, Remark{strings.Join(others[kind], ", "), kind + " is no kind of object that is converged here; it stays with Terraform"})
	}
}
