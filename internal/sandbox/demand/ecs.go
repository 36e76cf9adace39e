package demand

import (
	"strings"

	"ecs-reconciler/internal/sandbox/access"
)

// ecs are the rows of Amazon ECS.
func ecs() rows {
	service := map[string]string{
		"enable-execute-command": "EnableExecuteCommand", "enable-ecs-managed-tags": "EnableECSManagedTags",
		"propagate-tags": "PropagateTags", "capacity-provider": "CapacityProviderStrategy.CapacityProvider",
		"subnet": "NetworkConfiguration.AwsvpcConfiguration.Subnets",
	}
	return rows{
		"CreateCluster": {on: clusterNamed, keys: map[string]string{"capacity-provider": "CapacityProviders"},
			also: ecsTags("CreateCluster", clusterNamed)},
		"CreateService": {on: newService, keys: service, also: both(ecsTags("CreateService", newService), serviceRoles)},
		"DeleteCluster": {on: clusterOf},
		"DeleteService": {on: serviceOf},
		"DeleteTaskDefinitions": {on: func(req *request) []target {
			return req.definitions(req.list("TaskDefinitions"))
		}},
		"DeregisterTaskDefinition":    {},
		"DescribeCapacityProviders":   {on: named("CapacityProviders", "capacity-provider/")},
		"DescribeClusters":            {on: describedClusters},
		"DescribeServiceDeployments":  {on: named("ServiceDeploymentArns", "service-deployment/")},
		"DescribeServiceRevisions":    {on: named("ServiceRevisionArns", "service-revision/")},
		"DescribeTasks":               {on: tasksOf("Tasks")},
		"ListServiceDeployments":      {on: serviceOf},
		"ListTasks":                   {on: listedServices},
		"DescribeServices":            {on: describedServices},
		"DescribeTaskDefinition":      {},
		"ListClusters":                {},
		"ListServices":                {on: listedServices},
		"ListTagsForResource":         {on: tagged},
		"ListTaskDefinitionFamilies":  {},
		"ListTaskDefinitions":         {},
		"PutClusterCapacityProviders": {on: clusterOf, keys: map[string]string{"capacity-provider": "CapacityProviders"}},
		"RegisterTaskDefinition": {on: newDefinition, keys: map[string]string{
			"compute-compatibility": "RequiresCompatibilities", "task-cpu": "Cpu", "task-memory": "Memory",
		}, also: both(ecsTags("RegisterTaskDefinition", newDefinition), taskRoles)},
		"RunTask": {on: runDefinition, keys: map[string]string{
			"enable-execute-command": "EnableExecuteCommand", "enable-ecs-managed-tags": "EnableECSManagedTags",
			"propagate-tags": "PropagateTags", "capacity-provider": "CapacityProviderStrategy.CapacityProvider",
			"subnet": "NetworkConfiguration.AwsvpcConfiguration.Subnets",
		}, also: both(ecsTags("RunTask", newTask), overridingRoles)},
		"StopTask":              {on: tasksOf("Task")},
		"TagResource":           {on: taggedNow},
		"UntagResource":         {on: tagged},
		"UpdateCluster":         {on: clusterOf},
		"UpdateClusterSettings": {on: clusterOf},
		"UpdateService":         {on: updatedService, keys: service, also: volumeRoles},
	}
}

// ecsTags asks for the permission to tag what is created. The key
// ecs:CreateAction tells it from tagging what is there.
func ecsTags(operation string, on func(*request) []target) func(*request) []access.Check {
	return tagOnCreate("ecs:TagResource", on, map[string][]string{"ecs:createaction": {operation}})
}

// taskRoles are the roles that tasks get (Amazon ECS Developer Guide, "Grant
// permission to pass roles").
func taskRoles(req *request) []access.Check {
	return req.pass("ecs-tasks.amazonaws.com", req.text("TaskRoleArn"), req.text("ExecutionRoleArn"))
}

// overridingRoles are the roles that a task gets instead of its definition's.
func overridingRoles(req *request) []access.Check {
	return req.pass("ecs-tasks.amazonaws.com", req.text("Overrides.TaskRoleArn"), req.text("Overrides.ExecutionRoleArn"))
}

// serviceRoles are those with which ECS itself acts for a service.
func serviceRoles(req *request) []access.Check {
	return append(volumeRoles(req), req.pass("ecs.amazonaws.com", req.text("Role"))...)
}

func volumeRoles(req *request) []access.Check {
	return req.pass("ecs.amazonaws.com", req.list("VolumeConfigurations.ManagedEBSVolume.RoleArn")...)
}

// clusterNamed is a cluster to be made. What the tags of such a resource are is
// nowhere said, here and below.
func clusterNamed(req *request) []target {
	t := req.cluster(req.text("ClusterName"))
	t.tags = nil
	return []target{t}
}

func clusterOf(req *request) []target { return []target{req.cluster(req.text("Cluster"))} }

func describedClusters(req *request) []target {
	names := req.list("Clusters")
	if len(names) == 0 {
		names = []string{""}
	}
	var out []target
	for _, name := range names {
		out = append(out, req.cluster(name))
	}
	return out
}

// cluster is the one of a name or an ARN, or the default one.
func (req *request) cluster(name string) target {
	if name == "" {
		name = "default"
	}
	arn := name
	if !strings.HasPrefix(name, "arn:") {
		arn = req.account.ARN("ecs", "cluster/"+name)
	}
	return req.existing("ecs", arn, arn)
}

func newService(req *request) []target {
	t := req.ecsService(req.text("ServiceName"))
	t.tags = nil
	t.keys["ecs:task-definition"] = req.definition(req.text("TaskDefinition"))
	return []target{t}
}

func serviceOf(req *request) []target { return []target{req.ecsService(req.text("Service"))} }

func updatedService(req *request) []target {
	t := req.ecsService(req.text("Service"))
	t.keys["ecs:task-definition"] = req.definition(req.text("TaskDefinition"))
	return []target{t}
}

func describedServices(req *request) []target {
	var out []target
	for _, name := range req.list("Services") {
		out = append(out, req.ecsService(name))
	}
	return out
}

func listedServices(req *request) []target {
	return []target{{arn: "*", tags: map[string]string{}, keys: map[string][]string{
		"ecs:cluster": {req.cluster(req.text("Cluster")).arn},
	}}}
}

// ecsService is a service of the request's cluster, by name or ARN.
func (req *request) ecsService(name string) target {
	cluster := req.cluster(req.text("Cluster"))
	arn := name
	if !strings.HasPrefix(name, "arn:") {
		arn = req.account.ARN("ecs", "service/"+cluster.arn[strings.LastIndex(cluster.arn, "/")+1:]+"/"+name)
	}
	t := req.existing("ecs", arn, arn)
	t.keys = map[string][]string{"ecs:cluster": {cluster.arn}}
	return t
}

// runDefinition is the definition of tasks that are to run in a cluster.
func runDefinition(req *request) []target {
	out := req.definitions([]string{req.text("TaskDefinition")})
	for i := range out {
		out[i].keys = map[string][]string{"ecs:cluster": {req.cluster(req.text("Cluster")).arn}}
	}
	return out
}

// newTask is a task to be run, whose id nobody can name.
func newTask(req *request) []target {
	cluster := req.cluster(req.text("Cluster")).arn
	return []target{{arn: req.account.ARN("ecs", "task/"+cluster[strings.LastIndex(cluster, "/")+1:]+"/*")}}
}

// tasksOf are the tasks that a member names, by id or ARN.
func tasksOf(member string) func(*request) []target {
	return func(req *request) []target {
		cluster := req.cluster(req.text("Cluster")).arn
		var out []target
		for _, t := range req.named(member, "task/"+cluster[strings.LastIndex(cluster, "/")+1:]+"/") {
			t.keys = map[string][]string{"ecs:cluster": {cluster}}
			out = append(out, t)
		}
		return out
	}
}

// named are the resources that a member names, by ARN or by what follows prefix
// in one; every resource where it names none.
func named(member, prefix string) func(*request) []target {
	return func(req *request) []target {
		if found := req.named(member, prefix); len(found) > 0 {
			return found
		}
		return []target{{arn: "*", tags: map[string]string{}}}
	}
}

func (req *request) named(member, prefix string) []target {
	var out []target
	for _, name := range req.list(member) {
		arn := name
		if !strings.HasPrefix(name, "arn:") {
			arn = req.account.ARN("ecs", prefix+name)
		}
		out = append(out, req.existing("ecs", arn, arn))
	}
	return out
}

// newDefinition is the next revision of a family, whose number nobody can name.
func newDefinition(req *request) []target {
	arn := req.account.ARN("ecs", "task-definition/"+req.text("Family")+":*")
	return []target{{arn: arn}}
}

// definition is the ARN of a task definition that is named by family and
// revision, or by ARN; none where it is not named.
func (req *request) definition(name string) []string {
	switch {
	case name == "":
		return nil
	case strings.HasPrefix(name, "arn:"):
		return []string{name}
	}
	return []string{req.account.ARN("ecs", "task-definition/"+name)}
}

func (req *request) definitions(names []string) []target {
	var out []target
	for _, name := range names {
		for _, arn := range req.definition(name) {
			out = append(out, req.existing("ecs", arn, arn))
		}
	}
	return out
}

// tagged is the resource whose tags are read or changed.
func tagged(req *request) []target {
	arn := req.text("ResourceArn")
	return []target{req.existing(req.service, arn, arn)}
}

// taggedNow is tagged for what is there already: no creation is under way.
func taggedNow(req *request) []target {
	t := tagged(req)[0]
	t.keys = map[string][]string{"ecs:createaction": nil}
	return []target{t}
}
