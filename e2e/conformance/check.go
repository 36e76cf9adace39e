package conformance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Check is one thing that AWS does, and the calls that show it.
type Check struct {
	// Name is unique and begins with its service, such as sm_put_….
	Name string `yaml:"check"`
	// Says is what AWS does, in one sentence.
	Says string `yaml:"says"`
	// Source is where AWS says so, or where it was recorded.
	Source string `yaml:"source"`
	// Diverges says, by endpoint, what one does that AWS does not.
	Diverges map[string]string `yaml:"diverges"`
	// Steps are made one after the other; the first that fails ends the check.
	Steps []Step `yaml:"steps"`

	// File and Line are where the check is written.
	File string `yaml:"-"`
	Line int    `yaml:"-"`
}

// Step is a call and what AWS answers.
type Step struct {
	// Call is boto3's name of a service and an operation: ecs.CreateCluster.
	Call string `yaml:"call"`
	// With is the operation's input.
	With value `yaml:"with"`
	// Region is another one than the suite's.
	Region string `yaml:"region"`
	// Times is how often the call is made: once unless given.
	Times int `yaml:"times"`
	// Gives is what the answer must match.
	Gives value `yaml:"gives"`
	// Keep names what later steps need of the answer: variable to path.
	Keep map[string]string `yaml:"keep"`
	// Refused are the codes of which AWS answers one; none where it accepts.
	Refused texts `yaml:"refused"`
	// Message is a regular expression, found in the refusal's message.
	Message string `yaml:"message"`

	line int
}

// Service is the part of the docs' table that a check belongs to, by the
// prefix of its name.
func (c Check) Service() string {
	prefix, _, _ := strings.Cut(c.Name, "_")
	return Services()[prefix]
}

// Services are the services by the prefix of their checks' names.
func Services() map[string]string {
	return map[string]string{
		"sts": "STS", "iam": "IAM", "sm": "Secrets Manager", "ecs": "ECS", "tag": "Resource Groups Tagging",
		"logs": "CloudWatch Logs", "ssm": "Parameter Store", "scheduler": "EventBridge Scheduler", "events": "EventBridge", "sqs": "SQS",
	}
}

// at is the place of a step.
func (c Check) at(s Step) string { return fmt.Sprintf("%s:%d", c.File, cmp.Or(s.line, c.Line)) }

// sorted puts checks into the order of their names.
func sorted(checks []Check) []Check {
	slices.SortFunc(checks, func(a, b Check) int { return cmp.Compare(a.Name, b.Name) })
	return checks
}
