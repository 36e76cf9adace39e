package sandbox

import (
	"maps"
	"slices"

	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	iamapi "github.com/aws/aws-sdk-go-v2/service/iam"

	"ecs-reconciler/internal/sandbox/access"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/ecs"
	"ecs-reconciler/internal/sandbox/events"
	"ecs-reconciler/internal/sandbox/iam"
	"ecs-reconciler/internal/sandbox/logs"
	"ecs-reconciler/internal/sandbox/scheduler"
	"ecs-reconciler/internal/sandbox/secretsmanager"
	"ecs-reconciler/internal/sandbox/sqs"
	"ecs-reconciler/internal/sandbox/ssm"
	"ecs-reconciler/internal/sandbox/sts"
	"ecs-reconciler/internal/sandbox/tagging"
)

// fillGlobal makes the services that are one for all regions.
func (w *world) fillGlobal() {
	roles := iam.New(w.global.env)
	roles.RoleDelay = w.opts.RoleDelay
	w.sts = sts.New(w.global.env)
	w.sts.Caller = func() access.Principal { return w.caller }
	w.sts.Policy = roles.PolicyText
	w.sts.Role = func(arn string) (sts.Role, bool) { return roleFor(roles, arn) }
	w.roles = roles
	w.global.backends["iam"] = backend{w.told(w.global, "iam", roleOperations(roles)), roles.State()}
	w.global.backends["sts"] = backend{sessionOperations(w.sts), w.sts.State()}
}

// fillRegion makes a region's services and acquaints them with each other.
func (w *world) fillRegion(p *place) {
	secrets := secretsmanager.New(p.env)
	secrets.Peer = w.secretsOf
	secrets.KMSKeys = w.opts.KMSKeys
	secrets.MayRead = func(id string) error { return w.mayRead(p, id) }
	tasks := ecs.New(p.env)
	tasks.CheckRole = w.settled(p)
	parameters, groups := ssm.New(p.env), logs.New(p.env)
	parameters.KMSKeys, groups.KMSKeys = w.opts.KMSKeys, w.opts.KMSKeys
	schedules := scheduler.New(p.env)
	schedules.KMSKeys, schedules.Assumable = w.opts.KMSKeys, w.assumable("scheduler.amazonaws.com")
	rules, queues := events.New(p.env), sqs.New(p.env)
	p.tagged = map[string]tagging.Source{
		"ecs": tasks.Tagged, "ssm": tagging.Few(parameters.Tagged), "logs": tagging.Few(groups.Tagged),
		"scheduler": tagging.Few(schedules.Tagged), "events": tagging.Few(rules.Tagged),
	}
	tags := tagging.New(p.env, append(slices.Collect(maps.Values(p.tagged)), secrets.Tagged, tagging.Few(queues.Tagged))...)
	tags.Owners = []tagging.Owner{tagging.Secrets(secrets), tagging.Tasks(tasks)}
	p.secrets, p.rules, p.queues = secrets, rules, queues
	p.backends["secretsmanager"] = backend{w.told(p, "secretsmanager", secretsOperations(secrets)), secrets.State()}
	p.backends["ecs"] = backend{w.told(p, "ecs", taskOperations(tasks)), tasks.State()}
	p.backends["ssm"] = backend{w.told(p, "ssm", parameterOperations(parameters)), parameters.State()}
	p.backends["logs"] = backend{logOperations(groups), groups.State()}
	p.backends["scheduler"] = backend{scheduleOperations(schedules), schedules.State()}
	p.backends["events"] = backend{ruleOperations(rules), rules.State()}
	p.backends["sqs"] = backend{queueOperations(queues), queues.State()}
	p.backends["tagging"] = backend{tagOperations(tags), tags.State()}
}

// assumable says of a role whether a service may assume it for the resource
// with an ARN.
func (w *world) assumable(service string) func(role, forARN string) bool {
	return func(role, forARN string) bool {
		r, ok := w.sts.Role(role)
		return ok && sts.TrustsService(r.Trust, sts.ServiceCall{Service: service, Account: w.opts.Account, ARN: forARN})
	}
}

// secretsOf is the Secrets Manager of another region, for replicas; nil where
// there is no such region.
func (w *world) secretsOf(region string) *secretsmanager.Backend {
	if !regionName(region) {
		return nil
	}
	return w.region(region).secrets
}

// settled refuses a role that ECS cannot use yet. AWS's public refusals are of
// these two kinds; a role that is nowhere is accepted, as far as is known.
func (w *world) settled(p *place) func(string) error {
	return func(role string) error {
		unknown, formerTrust := w.roles.Unsettled(role)
		switch {
		case unknown:
			return awserr.New("AccessDeniedException", "User: %s is not authorized to perform: iam:PassRole on resource: %s "+
				"because no identity-based policy allows the iam:PassRole action", p.env.CallerARN, role)
		case formerTrust:
			return awserr.New("ClientException", "ECS was unable to assume the role '%s' that was provided for this task. "+
				"Please verify that the role being passed has the proper trust relationship and permissions and "+
				"that your IAM user has permissions to pass this role.", role)
		}
		return nil
	}
}

// roleFor is a role as STS needs to know it.
func roleFor(roles *iam.Backend, arn string) (sts.Role, bool) {
	name := arn[strings.LastIndex(arn, "/")+1:]
	entity, found := roles.Named("role", name)
	unknown, formerTrust := roles.Unsettled(arn)
	if !found || entity.ARN != arn || unknown || formerTrust {
		return sts.Role{}, false
	}
	out, err := roles.GetRole(&iamapi.GetRoleInput{RoleName: &name})
	if err != nil {
		return sts.Role{}, false
	}
	trust, err := url.PathUnescape(aws.ToString(out.Role.AssumeRolePolicyDocument))
	if err != nil {
		return sts.Role{}, false
	}
	return sts.Role{
		ID: entity.ID, ARN: arn, Name: name, Trust: trust,
		MaxSession: aws.ToInt32(out.Role.MaxSessionDuration), Tags: entity.Tags,
	}, true
}
