package sandbox

import (
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	iamapi "github.com/aws/aws-sdk-go-v2/service/iam"

	"ecs-reconciler/internal/sandbox/access"
	"ecs-reconciler/internal/sandbox/ecs"
	"ecs-reconciler/internal/sandbox/iam"
	"ecs-reconciler/internal/sandbox/secretsmanager"
	"ecs-reconciler/internal/sandbox/sts"
	"ecs-reconciler/internal/sandbox/tagging"
)

// fillGlobal makes the services that are one for all regions.
func (w *world) fillGlobal() {
	roles := iam.New(w.global.env)
	w.roles = roles
	w.sts = sts.New(w.global.env)
	w.sts.Caller = func() access.Principal { return w.caller }
	w.sts.Policy = roles.PolicyText
	w.sts.Role = func(arn string) (sts.Role, bool) { return roleFor(roles, arn) }
	w.global.backends["iam"] = backend{roleOperations(roles), roles.State()}
	w.global.backends["sts"] = backend{sessionOperations(w.sts), w.sts.State()}
}

// fillRegion makes a region's services and acquaints them with each other.
func (w *world) fillRegion(p *place) {
	secrets := secretsmanager.New(p.env)
	secrets.Peer = w.secretsOf
	secrets.KMSKeys = w.opts.KMSKeys
	secrets.MayRead = func(id string) error { return w.mayRead(p, id) }
	tasks := ecs.New(p.env)
	tags := tagging.New(p.env, secrets.Tagged, tasks.Tagged)
	p.secrets = secrets
	p.tagged = map[string]func() map[string]map[string]string{"ecs": tasks.Tagged}
	p.backends["secretsmanager"] = backend{secretsOperations(secrets), secrets.State()}
	p.backends["ecs"] = backend{taskOperations(tasks), tasks.State()}
	p.backends["tagging"] = backend{tagOperations(tags), tags.State()}
}

// secretsOf is the Secrets Manager of another region, for replicas; nil where
// there is no such region.
func (w *world) secretsOf(region string) *secretsmanager.Backend {
	if !regionName(region) {
		return nil
	}
	return w.region(region).secrets
}

// roleFor is a role as STS needs to know it.
func roleFor(roles *iam.Backend, arn string) (sts.Role, bool) {
	name := arn[strings.LastIndex(arn, "/")+1:]
	entity, found := roles.Named("role", name)
	if !found || entity.ARN != arn {
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
