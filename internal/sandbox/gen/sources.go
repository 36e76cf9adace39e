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
		{"tagging", "resourcegroupstaggingapi", taggingOperations()},
		{"ssm", "ssm", ssmOperations()},
		{"logs", "logs", logsOperations()},
		{"scheduler", "scheduler", schedulerOperations()},
		{"events", "events", eventsOperations()},
		{"sqs", "sqs", sqsOperations()},
	}
}

func secretsmanagerOperations() []string {
	return []string{
		"BatchGetSecretValue", "CancelRotateSecret", "CreateSecret", "DeleteResourcePolicy", "DeleteSecret",
		"DescribeSecret", "GetRandomPassword", "GetResourcePolicy", "GetSecretValue", "ListSecretVersionIds",
		"ListSecrets", "PutResourcePolicy", "PutSecretValue", "RemoveRegionsFromReplication",
		"ReplicateSecretToRegions", "RestoreSecret", "RotateSecret", "StopReplicationToReplica", "TagResource",
		"UntagResource", "UpdateSecret", "UpdateSecretVersionStage", "ValidateResourcePolicy",
	}
}

func taggingOperations() []string {
	return []string{"GetResources", "GetTagKeys", "GetTagValues", "TagResources", "UntagResources"}
}

func iamOperations() []string {
	return []string{
		"AddRoleToInstanceProfile", "AttachRolePolicy", "AttachUserPolicy", "CreateAccessKey", "CreateInstanceProfile",
		"CreatePolicy", "CreatePolicyVersion", "CreateRole", "CreateServiceLinkedRole", "CreateUser", "DeleteAccessKey",
		"DeleteInstanceProfile", "DeletePolicy", "DeletePolicyVersion", "DeleteRole", "DeleteRolePermissionsBoundary",
		"DeleteRolePolicy", "DeleteServiceLinkedRole", "DeleteUser", "DeleteUserPermissionsBoundary", "DeleteUserPolicy",
		"DetachRolePolicy", "DetachUserPolicy", "GetAccountAuthorizationDetails", "GetInstanceProfile", "GetPolicy",
		"GetPolicyVersion", "GetRole", "GetRolePolicy", "GetServiceLinkedRoleDeletionStatus", "GetUser", "GetUserPolicy",
		"ListAccessKeys", "ListAttachedRolePolicies", "ListAttachedUserPolicies", "ListEntitiesForPolicy",
		"ListInstanceProfileTags", "ListInstanceProfiles", "ListInstanceProfilesForRole", "ListPolicies", "ListPolicyTags",
		"ListPolicyVersions", "ListRolePolicies", "ListRoleTags", "ListRoles", "ListUserPolicies", "ListUserTags",
		"ListUsers", "PutRolePermissionsBoundary", "PutRolePolicy", "PutUserPermissionsBoundary", "PutUserPolicy",
		"RemoveRoleFromInstanceProfile", "SetDefaultPolicyVersion", "SimulateCustomPolicy", "SimulatePrincipalPolicy",
		"TagInstanceProfile", "TagPolicy", "TagRole", "TagUser", "UntagInstanceProfile", "UntagPolicy", "UntagRole",
		"UntagUser", "UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription",
	}
}

func ecsOperations() []string {
	return []string{
		"CreateCluster", "CreateService", "DeleteCluster", "DeleteService", "DeleteTaskDefinitions",
		"DeregisterTaskDefinition", "DescribeCapacityProviders", "DescribeClusters", "DescribeServiceDeployments",
		"DescribeServiceRevisions", "DescribeServices", "DescribeTaskDefinition", "DescribeTasks", "ListClusters",
		"ListServiceDeployments", "ListServices", "ListTagsForResource", "ListTaskDefinitionFamilies",
		"ListTaskDefinitions", "ListTasks", "PutClusterCapacityProviders", "RegisterTaskDefinition", "RunTask", "StopTask",
		"TagResource", "UntagResource", "UpdateCluster", "UpdateClusterSettings", "UpdateService",
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

func sqsOperations() []string {
	return []string{
		"ChangeMessageVisibility", "CreateQueue", "DeleteMessage", "DeleteMessageBatch", "DeleteQueue", "GetQueueAttributes",
		"GetQueueUrl", "ListQueueTags", "ListQueues", "PurgeQueue", "ReceiveMessage", "SendMessage", "SetQueueAttributes",
		"TagQueue", "UntagQueue",
	}
}
