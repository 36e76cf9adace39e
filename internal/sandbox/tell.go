package sandbox

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"ecs-reconciler/internal/sandbox/access"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/events"
	"ecs-reconciler/internal/sandbox/model"
	"ecs-reconciler/internal/sandbox/sqs"
	"ecs-reconciler/internal/sandbox/trail"
	"ecs-reconciler/internal/sandbox/wire"
)

// told makes a service's writes known, as a trail of CloudTrail does that logs
// management events. It is part of performing an operation, so that performing
// it again puts the same events into the same queues; they lie there unseen
// until they arrive. Reads make no events, and neither does what is refused
// before it reaches the service.
func (w *world) told(p *place, service string, all operations) operations {
	for name, op := range all {
		if readOnly(name) {
			continue
		}
		perform := op.perform
		op.perform = func(in any) (any, error) {
			out, failure := perform(in)
			if err := w.tell(p, service, name, in, out, failure); err != nil {
				return nil, err
			}
			return out, failure
		}
		all[name] = op
	}
	return all
}

// tell brings a call's event to where the rules of its region send it.
func (w *world) tell(p *place, service, name string, in, out any, failure error) error {
	region := p.env.Region
	if p == w.global {
		region = homeOf(region)
	}
	here, open := w.regions[region]
	if !open || !here.rules.Listens() {
		return nil
	}
	input, err := wire.WriteInput(w.model(service), name, in)
	if err != nil {
		return err
	}
	call := trail.Call{
		Service: w.model(service), Operation: name, Region: region, Account: w.opts.Account, At: w.at, Input: input,
		ARN: answeredARN(service, out), CallerARN: w.caller.ARN, CallerID: w.caller.ID, Role: w.caller.Role,
	}
	if failure != nil {
		refused := awserr.From(failure)
		call.Code, call.Message = refused.Code, refused.Message
	}
	event, err := trail.Event(call, p.env.UUID(), p.env.UUID())
	if err != nil {
		return err
	}
	return w.publish(here, event, true)
}

// answeredARN is the ARN in an answer of Secrets Manager.
func answeredARN(service string, out any) string {
	v := reflect.ValueOf(out)
	if service != "secretsmanager" || v.Kind() != reflect.Pointer || v.IsNil() {
		return ""
	}
	field := v.Elem().FieldByName("ARN")
	if !field.IsValid() {
		return ""
	}
	arn, ok := field.Interface().(*string)
	if !ok {
		return ""
	}
	return aws.ToString(arn)
}

// model is the model of a service.
func (w *world) model(service string) *model.Service {
	if w.models == nil {
		w.models = model.Services()
	}
	return w.models[service]
}

// publish brings an event to the targets of a region's rules: queues there, and
// another region's bus, which hands on no event that it was handed (EventBridge
// User Guide, "Sending and receiving events between AWS Regions").
func (w *world) publish(here *place, event []byte, mayForward bool) error {
	var tree map[string]any
	if err := json.Unmarshal(event, &tree); err != nil {
		return err
	}
	for _, match := range here.rules.Matching(tree) {
		body, ok := events.Shown(match.Target, event)
		arn := aws.ToString(match.Target.Arn)
		switch service, region := placeOf(arn); {
		case !ok:
		case service == "sqs" && region == here.env.Region:
			here.queues.Deliver(arn, sqs.Event{Body: body, Rule: match.Rule, At: w.at.Add(w.opts.EventDelay)})
		case service == "events" && mayForward && w.mayForward(match):
			if there, open := w.regions[region]; open && there != here && arn == there.env.ARN("events", "event-bus/default") {
				if err := w.publish(there, []byte(body), false); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// mayForward says whether a target's role trusts EventBridge and may put events
// on the target's bus.
func (w *world) mayForward(match events.Match) bool {
	role := aws.ToString(match.Target.RoleArn)
	entity, found := w.roles.Named("role", role[strings.LastIndexByte(role, '/')+1:])
	if !found || entity.ARN != role || !w.assumable("events.amazonaws.com")(role, match.Rule) {
		return false
	}
	return access.Decide(w.entity(entity), access.Check{Action: "events:PutEvents", Resource: aws.ToString(match.Target.Arn), Tags: map[string]string{}}) == nil
}

// placeOf is the service and the region of an ARN.
func placeOf(arn string) (service, region string) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return "", ""
	}
	return parts[2], parts[3]
}
