package events

import "strings"

// tasks are the task definitions and services that a record of ECS is about.
func (t *trail) tasks() ([]object, error) {
	switch t.EventName {
	case "RegisterTaskDefinition":
		family, err := t.text("family")
		return objects(TaskDefinition, family), err
	case "DeregisterTaskDefinition":
		id, err := t.text("taskDefinition")
		return objects(TaskDefinition, familyOf(id)), err
	case "DeleteTaskDefinitions":
		return t.families()
	case "CreateService":
		return t.service("serviceName")
	case "DeleteService", "UpdateService":
		return t.service("service")
	case "TagResource", "UntagResource":
		arn, err := t.text("resourceArn")
		return taggedObject(arn), err
	default:
		return nil, nil
	}
}

// families are those of several revisions, each once.
func (t *trail) families() ([]object, error) {
	ids, err := t.texts("taskDefinitions")
	var out []object
	seen := map[string]bool{}
	for _, id := range ids {
		if family := familyOf(id); !seen[family] {
			seen[family] = true
			out = append(out, object{TaskDefinition, family})
		}
	}
	return out, err
}

// familyOf is the family in "family:3" or in a revision's ARN.
func familyOf(id string) string {
	id = id[strings.LastIndexByte(id, '/')+1:]
	family, _, _ := strings.Cut(id, ":")
	return family
}

// service is the one that the request names by a member, in a cluster that is
// called default where it names none.
func (t *trail) service(member string) ([]object, error) {
	id, err := t.text(member)
	if err != nil {
		return nil, err
	}
	cluster, err := t.text("cluster")
	if err != nil || id == "" {
		return nil, err
	}
	if cluster == "" {
		cluster = "default"
	}
	return objects(Service, serviceName(id, cluster)), nil
}

// serviceName is CLUSTER/SERVICE. Both may be ARNs; a service's long one holds
// its cluster: arn:aws:ecs:us-west-2:123456789012:service/cluster/service.
func serviceName(id, cluster string) string {
	if _, rest, ok := strings.Cut(id, ":service/"); ok && strings.Contains(rest, "/") {
		return rest
	}
	return lastPart(cluster) + "/" + lastPart(id)
}

func lastPart(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// taggedObject is what a resource's ARN means, if that is of ours.
func taggedObject(arn string) []object {
	if strings.Contains(arn, ":task-definition/") {
		return objects(TaskDefinition, familyOf(arn))
	}
	if _, rest, ok := strings.Cut(arn, ":service/"); ok && strings.Contains(rest, "/") {
		return objects(Service, rest)
	}
	return nil
}

// deployment reads what ECS itself tells of a service's deployment (ECS
// Developer Guide, "Amazon ECS service deployment state change events").
func (e envelope) deployment() ([]object, trail, error) {
	var detail struct {
		EventName string `json:"eventName"`
	}
	if err := decode(e.Detail, &detail); err != nil {
		return nil, trail{}, err
	}
	var out []object
	for _, arn := range e.Resources {
		out = append(out, taggedObject(arn)...)
	}
	return out, trail{EventName: detail.EventName, UserIdentity: identity{InvokedBy: "ecs.amazonaws.com"}}, nil
}
