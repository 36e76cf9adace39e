package e2e

import (
	"regexp"
	"strings"
	"sync"
	"testing"
)

// absent stands for a value that one side does not have, anything for any.
const (
	absent   = "(absent)"
	anything = "(anything)"
)

// deviation is a difference from the deployer that is wanted.
type deviation struct {
	in        string // case, or case/task; "" for all
	path      string // regular expression for the leaf's path
	want, got string // the deployer's value and ours
	alike     func(want, got string) bool
	reason    string
}

func (d deviation) matches(name, task, path, want, got string) bool {
	if d.in != "" && d.in != name && d.in != name+"/"+task || !regexp.MustCompile(d.path).MatchString(path) {
		return false
	}
	if d.alike != nil {
		return d.alike(want, got)
	}
	return (d.want == anything && want != absent || d.want == want) && (d.got == anything && got != absent || d.got == got)
}

// parityDeviations lists the deployer's defects that are not copied.
func parityDeviations() []deviation {
	const env = `^/containerDefinitions/\d/environment/`
	return append(serviceDeviations(), []deviation{
		{path: `RoleArn$`, want: "", got: absent, reason: "no role is no field"},
		{path: `/awslogs-create-group$`, want: "True", got: "true", reason: "ECS documents lower case"},
		{path: `/awslogs-create-group$`, want: "False", got: "false", reason: "ECS documents lower case"},
		{path: env, want: "None", got: absent, reason: "null takes a variable away again"},
		{in: "v4-wrapper/trimmed", path: `^/tags/None`, want: "None", got: absent, reason: "null takes a tag away again"},
		{in: "v4-wrapper/trimmed", path: env, want: "__unset__", got: absent, reason: "__unset__ takes a variable away again"},
		{in: "v4-wrapper/trimmed", path: env + `PROC_WRAPPER_ENV_LOCATIONS$`, want: "", got: absent, reason: "no location is no variable"},
		{path: env + `PROC_WRAPPER_TASK_MAX_RETRIES$`, want: absent, got: anything, reason: "PROCESS_MAX_RETRIES is never read"},
		{path: env + `PROC_WRAPPER_PROCESS_CHECK_INTERVAL_SECONDS$`, want: absent, got: "10", reason: "PROCESS_CHECK_INTERVAL is never read"},
		{path: env + `PROC_WRAPPER_TERMINATE_PROCESS_GROUP$`, want: absent, got: "FALSE", reason: "PROCESS_GROUP_TERMINATION is never read"},
		{path: env + `PROC_WRAPPER_RESOLVABLE_ENV_VAR_NAME_PREFIX$`, want: absent, got: "R_", reason: "RESOLVABLE_ENV_VAR_PREFIX is never read"},
		{path: env + `PROC_WRAPPER_RESOLVABLE_ENV_VAR_NAME_SUFFIX$`, want: absent, got: "_SECRET", reason: "RESOLVABLE_ENV_VAR_SUFFIX is never read"},
		{path: env + `PROC_WRAPPER_API_TASK_CREATION_ERROR_TIMEOUT_SECONDS$`, want: absent, got: "61", reason: "API_TASK_EXECUTION_CREATION_ERROR_TIMEOUT_SECONDS is never read"},
		{in: "v4-text", path: env + `PROC_WRAPPER_ENV_LOCATIONS$`, reason: "a separator inside of a location is escaped", alike: func(want, got string) bool {
			return want == strings.NewReplacer(`\,`, ",", `\;`, ";").Replace(got) && strings.HasSuffix(got, `,with\,comma,with\;semicolon`)
		}},
		{in: "v4-jinja-typing/attribute", path: env + `PROC_WRAPPER_TASK_MAX_CONCURRENCY$`, want: "-1", got: "7", reason: "an expression's text counts as a number"},
		{in: "v4-jinja-typing/expression", path: env + `PROC_WRAPPER_TASK_MAX_CONCURRENCY$`, want: "-1", got: "2", reason: "an expression's text counts as a number"},
		{in: "v4-jinja-typing/quoted", path: env + `PROC_WRAPPER_TASK_MAX_CONCURRENCY$`, want: "-1", got: "4", reason: "text counts as a number"},
		{in: "v4-containers/proxied", path: `^/containerDefinitions/2/logConfiguration/logDriver$`, want: "awslogs", got: "splunk", reason: "a container's own log configuration is kept"},
		{in: "v4-containers/proxied", path: `^/containerDefinitions/2/logConfiguration/options/awslogs-`, want: anything, got: absent, reason: "a container's own log configuration is kept"},
	}...)
}

func serviceDeviations() []deviation {
	return []deviation{
		{path: `^/expression$`, reason: "a stray bracket at the end", alike: func(want, got string) bool { return want == got+")" }},
		{in: "v4-schedules", path: `^/roleArn$`, reason: "a rule's target needs the role's ARN", alike: func(want, got string) bool { return got == "arn:aws:iam::123456789012:role/"+want }},
		{path: `^/(loadBalancers|placementStrategy)$`, want: "[]", got: absent, reason: "Ansible's module writes empty lists"},
		{path: `^/role$`, want: "", got: absent, reason: "Ansible's module writes an empty role"},
		{in: "v3-services/web", path: `^/forceNewDeployment$`, want: absent, got: "true", reason: "the deployer gives it with each update of the service"},
		{in: "v3-services/web", path: `^/loadBalancers/1/`, want: absent, got: anything, reason: "all load balancers are kept"},
		{in: "v3-services", path: `^/deploymentConfiguration/minimumHealthyPercent$`, want: "0", got: "100", reason: "0 stops the service at each deployment"},
		{in: "v3-services", path: `^/deploymentConfiguration/maximumPercent$`, want: "100", got: "200", reason: "100 leaves no room for the new tasks"},
		{in: "v4-schedules/balanced", path: `^/$`, want: absent, got: "a service", reason: "the deployer's condition contradicts itself"},
		{in: "v4-merge-layers/pay", path: `^/deploymentConfiguration/maximumPercent$`, want: "400", got: "133", reason: "the limit is relative to the count: 4 of 3"},
	}
}

// sightings notes which deviations were met.
type sightings struct {
	mu  sync.Mutex
	met map[string]bool
}

func (s *sightings) accepts(name, task, path, want, got string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range parityDeviations() {
		if d.matches(name, task, path, want, got) {
			if s.met == nil {
				s.met = map[string]bool{}
			}
			s.met[d.in+" "+d.path+" "+d.want] = true
			return true
		}
	}
	return false
}

// checkAll reports deviations that are none any more.
func (s *sightings) checkAll(t *testing.T) {
	t.Helper()
	for _, d := range parityDeviations() {
		if !s.met[d.in+" "+d.path+" "+d.want] {
			t.Errorf("nothing deviates so: %s %s %s (%s)", d.in, d.path, d.want, d.reason)
		}
	}
}
