package fault

import "slices"

// Bucket is a token bucket of AWS's, which operations share. An account has one
// in each region.
type Bucket struct {
	// Name is AWS's, where it gives one.
	Name    string
	Service string
	// Burst is how many calls may come at once, and Sustained how many a second
	// the bucket is filled up by.
	Burst, Sustained int
	Operations       []string
}

// AWSBuckets are the buckets that AWS documents for the services that tasks are
// run with. IAM, STS and the tagging API are limited too, at rates that AWS does
// not publish, so they have none here.
func AWSBuckets() []Bucket { return slices.Concat(ecsBuckets(), secretsBuckets(), otherBuckets()) }

// ecsBuckets are the table under "API throttling quotas" of
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html,
// without those for container instances and account settings. DescribeCapacityProviders
// is in none of them, and counted with clusters here.
func ecsBuckets() []Bucket {
	const s = "ecs"
	return []Bucket{
		{"Cluster modify actions", s, 20, 1, []string{"CreateCluster", "DeleteCluster", "PutClusterCapacityProviders", "UpdateCluster", "UpdateClusterSettings"}},
		{"Cluster read actions", s, 50, 20, []string{"DescribeCapacityProviders", "DescribeClusters", "ListClusters"}},
		{"Task definition modify actions", s, 20, 1, []string{"DeregisterTaskDefinition", "RegisterTaskDefinition"}},
		{"Task definition read actions", s, 50, 20, []string{"DescribeTaskDefinition", "ListTaskDefinitions", "ListTaskDefinitionFamilies"}},
		{"Task definition deletion actions", s, 5, 1, []string{"DeleteTaskDefinitions"}},
		{"Tag modify actions", s, 20, 10, []string{"TagResource", "UntagResource"}},
		{"Tag read actions", s, 50, 20, []string{"ListTagsForResource"}},
		{"Cluster resource modify actions", s, 100, 40, []string{"ExecuteCommand", "RunTask", "StartTask", "StopTask"}},
		{"Cluster resource read actions", s, 100, 20, []string{"DescribeTasks", "ListTasks"}},
		{"Service modify actions", s, 50, 5, []string{"CreateService", "DeleteService", "UpdateService"}},
		{"Service read actions", s, 100, 20, []string{"DescribeServices", "ListServices"}},
		{"Service deployment actions", s, 50, 20, []string{"DescribeServiceDeployments", "ListServiceDeployments"}},
		{"Service revision actions", s, 50, 20, []string{"DescribeServiceRevisions"}},
		{"Cluster service resource read actions", s, 10, 1, []string{"ListServicesByNamespace"}},
	}
}

// secretsBuckets are the rates of
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html,
// which gives calls a second and no bursts. Those of CreateSecret, DeleteSecret
// and ListSecretVersionIds are of its edition of 2021.
func secretsBuckets() []Bucket {
	each := func(perSecond int, operations ...string) Bucket {
		return Bucket{"Rate of " + operations[0], "secretsmanager", perSecond, perSecond, operations}
	}
	return []Bucket{
		each(40000, "DescribeSecret"),
		each(10000, "GetSecretValue"),
		each(100, "ListSecrets"),
		each(100, "BatchGetSecretValue"),
		each(50, "PutSecretValue", "RemoveRegionsFromReplication", "ReplicateSecretToRegions", "StopReplicationToReplica", "UpdateSecret", "UpdateSecretVersionStage"),
		each(50, "DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy", "ValidateResourcePolicy"),
		each(50, "RotateSecret", "CancelRotateSecret"),
		each(50, "TagResource", "UntagResource"),
		each(50, "RestoreSecret"),
		each(50, "CreateSecret"),
		each(50, "GetRandomPassword"),
		each(50, "DeleteSecret"),
		each(50, "ListSecretVersionIds"),
	}
}

// otherBuckets are single rates of other services, without bursts: of Systems
// Manager the default throughput of Parameter Store under
// https://docs.aws.amazon.com/general/latest/gr/ssm.html, of EventBridge Scheduler
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html for
// the smaller regions, and of CloudTrail the API reference of LookupEvents.
func otherBuckets() []Bucket {
	return []Bucket{
		{"Parameter Store default throughput", "ssm", 40, 40, []string{"GetParameter", "GetParameters", "GetParametersByPath"}},
		{"CreateSchedule request rate", "scheduler", 250, 250, []string{"CreateSchedule"}},
		{"LookupEvents", "cloudtrail", 2, 2, []string{"LookupEvents"}},
	}
}
