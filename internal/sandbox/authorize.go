package sandbox

import (
	"errors"
	"net/http"
	"strings"

	"ecs-reconciler/internal/sandbox/access"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/demand"
	"ecs-reconciler/internal/sandbox/model"
)

// authorize refuses what the caller's policies do not allow.
func (s *Server) authorize(req *request, in any) error {
	if !s.opts.EnforceIAM {
		return nil
	}
	service := req.route.service.model.Name
	account := view{s.world, s.world.region(req.scope.region)}
	checks, err := demand.Of(account, service, req.route.operation, in)
	if err != nil {
		return err
	}
	for _, check := range checks {
		if err := access.Decide(s.world.caller, check); err != nil {
			return denied(req.route.protocol, err)
		}
	}
	return nil
}

// denied words a refusal as a protocol has it; another error stays. Services of
// awsJson answer 400, as public logs of AWS Secrets Manager show; the others 403.
func denied(protocol model.Protocol, err error) error {
	var denial *access.Denial
	switch {
	case !errors.As(err, &denial):
		return err
	case protocol == model.Query:
		return awserr.New("AccessDenied", "%s", denial).WithStatus(http.StatusForbidden)
	case protocol == model.JSON:
		return awserr.New("AccessDeniedException", "%s", denial)
	}
	return awserr.New("AccessDeniedException", "%s", denial).WithStatus(http.StatusForbidden)
}

// mayRead decides on one secret of a batch.
func (w *world) mayRead(p *place, id string) error {
	if !w.opts.EnforceIAM {
		return nil
	}
	return denied(model.JSON, access.Decide(w.caller, demand.Secret(view{w, p}, id)))
}

// view is what demand asks of an account, as seen from a region.
type view struct {
	*world
	place *place
}

// Find finds a resource by the id that a request has for it.
func (v view) Find(service, id string) (demand.Resource, bool) {
	switch service {
	case "secretsmanager":
		s, found := v.place.secrets.Guarded(id)
		return demand.Resource{ARN: s.ARN, Tags: s.Tags, Policy: s.Policy}, found
	case "sqs":
		policy, tags, found := v.place.queues.Guarded(id)
		return demand.Resource{ARN: id, Tags: tags, Policy: policy}, found
	case "iam":
		kind, name, _ := strings.Cut(id, "/")
		e, found := v.roles.Named(kind, name)
		return demand.Resource{ARN: e.ARN, Tags: e.Tags, Boundary: e.Boundary}, found
	}
	tagged, told := v.place.tagged[service]
	if !told {
		return demand.Resource{ARN: id}, true
	}
	for arn, tags := range tagged {
		if arn == id {
			return demand.Resource{ARN: id, Tags: tags()}, true
		}
	}
	return demand.Resource{ARN: id}, false
}

// ARN is that of a resource in the region; of IAM, in none.
func (v view) ARN(service, resource string) string {
	if service == "iam" {
		return v.place.env.GlobalARN(service, resource)
	}
	return v.place.env.ARN(service, resource)
}

// Caller is who is calling.
func (v view) Caller() string { return v.caller.ARN }
