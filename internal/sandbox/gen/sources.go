package main

// source is a service to generate: the name it is signed for, its folder in
// botocore's data, and the operations that the sandbox plays.
type source struct {
	name, folder string
	operations   []string
}

func sources() []source {
	return []source{
		{"secretsmanager", "secretsmanager", secretsmanagerOperations()},
		{"sts", "sts", []string{"AssumeRole", "GetCallerIdentity"}},
		{"iam", "iam", iamOperations()},
		{"ecs", "ecs", ecsOperations()},
		{"tagging", "resourcegroupstaggingapi", []string{"GetResources"}},
		{"ssm", "ssm", ssmOperations()},
		{"logs", "logs", logsOperations()},
		{"scheduler", "scheduler", schedulerOperations()},
		{"events", "events", eventsOperations()},
	}
}

func secretsmanagerOperations() []string {
	return []string{
		"BatchGetSecretValue", "CancelRotateSecret", "CreateSecret", "DeleteResourcePolicy", "DeleteSecret",
		"DescribeSecret", "GetResourcePolicy", "GetSecretValue", "ListSecretVersionIds", "ListSecrets",
		"PutResourcePolicy", "PutSecretValue", "RemoveRegionsFromReplication", "ReplicateSecretToRegions",
		"RestoreSecret", "RotateSecret", "StopReplicationToReplica", "TagResource", "UntagResource",
		"UpdateSecret", "UpdateSecretVersionStage", "ValidateResourcePolicy",
	}
}

func iamOperations() []string {
	return []string{
		"AddRoleToInstanceProfile", "AttachRolePolicy", "CreateInstanceProfile", "CreatePolicy",
		"CreatePolicyVersion", "CreateRole", "CreateServiceLinkedRole", "DeleteInstanceProfile", "DeletePolicy",
		"DeletePolicyVersion", "DeleteRole", "DeleteRolePermissionsBoundary", "DeleteRolePolicy",
		"DeleteServiceLinkedRole", "DetachRolePolicy", "GetAccountAuthorizationDetails", "GetInstanceProfile",
		"GetPolicy", "GetPolicyVersion", "GetRole", "GetRolePolicy", "ListAttachedRolePolicies",
		"ListInstanceProfilesForRole", "ListPolicies", "ListPolicyVersions", "ListRolePolicies", "ListRoleTags",
		"ListRoles", "PutRolePermissionsBoundary", "PutRolePolicy", "RemoveRoleFromInstanceProfile",
		"SetDefaultPolicyVersion", "SimulatePrincipalPolicy", "TagRole", "UntagRole", "UpdateAssumeRolePolicy",
		"UpdateRole", "UpdateRoleDescription",
	}
}

func ecsOperations() []string {
	return []string{
		"CreateCluster", "CreateService", "DeleteCluster", "DeleteService", "DeleteTaskDefinitions",
		"DeregisterTaskDefinition", "DescribeCapacityProviders", "DescribeClusters", "DescribeServiceDeployments",
		"DescribeServiceRevisions", "DescribeServices", "DescribeTaskDefinition", "DescribeTasks", "ListClusters",
		"ListServiceDeployments", "ListServices", "ListTagsForResource", "ListTaskDefinitionFamilies",
		"ListTaskDefinitions", "ListTasks", "PutClusterCapacityProviders", "RegisterTaskDefinition", "RunTask",
		"StopTask", "TagResource", "UntagResource", "UpdateService",
	}
}

func ssmOperations() []string {
	return []string{
		"AddTagsToResource", "DeleteParameter", "DeleteParameters", "DescribeParameters", "GetParameter",
		"GetParameterHistory", "GetParameters", "GetParametersByPath", "LabelParameterVersion", "ListTagsForResource",
		"PutParameter", "RemoveTagsFromResource", "UnlabelParameterVersion",
	}
}

func logsOperations() []string {
	return []string{
		"AssociateKmsKey", "CreateLogGroup", "CreateLogStream", "DeleteLogGroup", "DeleteLogStream", "DeleteRetentionPolicy",
		"DescribeLogGroups", "DescribeLogStreams", "DisassociateKmsKey", "ListTagsForResource", "ListTagsLogGroup",
		"PutRetentionPolicy", "TagLogGroup", "TagResource", "UntagLogGroup", "UntagResource",
	}
}

func schedulerOperations() []string {
	return []string{
		"CreateSchedule", "CreateScheduleGroup", "DeleteSchedule", "DeleteScheduleGroup", "GetSchedule", "GetScheduleGroup",
		"ListScheduleGroups", "ListSchedules", "ListTagsForResource", "TagResource", "UntagResource", "UpdateSchedule",
	}
}

func eventsOperations() []string {
	return []string{
		"DeleteRule", "DescribeEventBus", "DescribeRule", "DisableRule", "EnableRule", "ListRuleNamesByTarget", "ListRules",
		"ListTagsForResource", "ListTargetsByRule", "PutRule", "PutTargets", "RemoveTargets", "TagResource", "UntagResource",
	}
}
