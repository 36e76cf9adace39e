package demand

import (
	"fmt"
	"maps"
	"strings"

	"ecs-reconciler/internal/sandbox/access"
)

// Resource is something that exists and that policies may be about.
type Resource struct {
	ARN string
	// Tags are nil where they cannot be known.
	Tags map[string]string
	// Policy is its own policy, or empty.
	Policy string
	// Boundary is the ARN of a role's or user's permissions boundary, or empty.
	Boundary string
}

// Account is what rows need to know of the account in which they are asked.
type Account interface {
	// Find is the resource of a service that a request means by an id: a secret's
	// name or ARN, "role/NAME" of iam, an ARN of any other service.
	Find(service, id string) (Resource, bool)
	// ARN is that of a resource in the request's region; of iam, in none.
	ARN(service, resource string) string
	// Caller is the ARN of who is calling.
	Caller() string
}

// row is what one operation asks for.
type row struct {
	// on are the resources; unset, the action knows none: *.
	on func(*request) []target
	// keys are condition keys of the service, by the member that has their value.
	keys map[string]string
	// also are checks of other actions.
	also func(*request) []access.Check
	// free says that everybody may.
	free bool
}

// target is one resource of a check.
type target struct {
	arn, shown, policy, boundary string
	// tags are nil where they cannot be known.
	tags map[string]string
	keys map[string][]string
}

type rows map[string]row

// rowsOf are the rows of a service, by the name it is signed for.
func rowsOf(service string) rows {
	of := map[string]func() rows{
		"ecs": ecs, "events": events, "iam": iam, "logs": logs, "scheduler": scheduler,
		"secretsmanager": secretsmanager, "sqs": sqs, "ssm": ssm, "sts": sts, "tagging": tagging,
	}[service]
	if of == nil {
		return nil
	}
	return of()
}

// Has tells whether an operation has a row.
func Has(service, operation string) bool {
	_, ok := rowsOf(service)[operation]
	return ok
}

// Of are the checks that an operation's input asks for, in the order in which
// they are made. input is a pointer to the SDK's type.
func Of(account Account, service, operation string, input any) ([]access.Check, error) {
	r, ok := rowsOf(service)[operation]
	if !ok {
		return nil, fmt.Errorf("no row says what permission %s:%s takes", service, operation)
	}
	req := &request{account: account, service: service, operation: operation, input: input}
	checks := r.checks(req)
	return checks, req.err
}

func (r row) checks(req *request) []access.Check {
	var out []access.Check
	if !r.free {
		targets := []target{{arn: "*", tags: map[string]string{}}}
		if r.on != nil {
			targets = r.on(req)
		}
		for _, t := range targets {
			out = append(out, r.check(req, t))
		}
	}
	if r.also != nil {
		out = append(out, r.also(req)...)
	}
	return out
}

func (r row) check(req *request, t target) access.Check {
	c := req.about(prefixOf(req.service)+":"+req.operation, t)
	service := prefixOf(req.service) + ":"
	for key, member := range r.keys {
		c.Context[service+strings.ToLower(key)] = req.list(member)
	}
	return c
}

// about is a check of an action on a target, with the tags that the request
// would put on it or take off it.
func (req *request) about(action string, t target) access.Check {
	service, _, _ := strings.Cut(action, ":")
	c := access.Check{
		Action: action, Resource: t.arn, Shown: t.shown, Policy: t.policy, Tags: t.tags, Context: req.asked(),
	}
	maps.Copy(c.Context, access.Tagged(t.tags, "aws:resourcetag/", service+":resourcetag/"))
	maps.Copy(c.Context, t.keys)
	return c
}

// prefixOf is how a service's actions begin.
func prefixOf(service string) string {
	if service == "tagging" {
		return "tag"
	}
	return service
}

// existing is the target of a resource that may be there: its own ARN and tags,
// or the ARN it would have and none.
func (req *request) existing(service, id, arn string) target {
	if found, ok := req.account.Find(service, id); ok {
		return target{arn: found.ARN, tags: found.Tags, policy: found.Policy, boundary: found.Boundary}
	}
	return target{arn: arn, tags: map[string]string{}}
}

// tagOnCreate is the further check of a request that creates something with
// tags.
func tagOnCreate(action string, on func(*request) []target, more map[string][]string) func(*request) []access.Check {
	return func(req *request) []access.Check {
		if len(req.tags()) == 0 {
			return nil
		}
		var out []access.Check
		for _, t := range on(req) {
			c := req.about(action, t)
			maps.Copy(c.Context, more)
			out = append(out, c)
		}
		return out
	}
}

// pass are the checks of giving roles to a service (IAM User Guide, "Grant a
// user permissions to pass a role to an AWS service").
func (req *request) pass(service string, roles ...string) []access.Check {
	var out []access.Check
	for _, role := range roles {
		if role == "" {
			continue
		}
		arn := role
		if !strings.HasPrefix(role, "arn:") {
			arn = req.role(role).arn
		}
		c := req.about("iam:PassRole", target{arn: arn, tags: map[string]string{}})
		c.Context = map[string][]string{"iam:passedtoservice": {service}, "aws:tagkeys": nil}
		if found, ok := req.account.Find("iam", "role/"+arn[strings.LastIndex(arn, "/")+1:]); ok {
			c.Tags = found.Tags
			maps.Copy(c.Context, access.Tagged(c.Tags, "aws:resourcetag/", "iam:resourcetag/"))
		}
		out = append(out, c)
	}
	return out
}

// both are the checks of two functions.
func both(one, two func(*request) []access.Check) func(*request) []access.Check {
	return func(req *request) []access.Check { return append(one(req), two(req)...) }
}
