package events

// Watched are the calls and the services' own doings that Parse reads, by
// CloudTrail's eventSource, in alphabetical order. A rule of EventBridge need
// let nothing else through from there.
func Watched() map[string][]string {
	return map[string][]string{
		"ecs.amazonaws.com": {
			"CreateService", "DeleteService", "DeleteTaskDefinitions", "DeregisterTaskDefinition", "RegisterTaskDefinition",
			"TagResource", "UntagResource", "UpdateService",
		},
		"iam.amazonaws.com": {
			"AttachRolePolicy", "CreateRole", "DeleteRole", "DeleteRolePermissionsBoundary", "DeleteRolePolicy", "DetachRolePolicy",
			"PutRolePermissionsBoundary", "PutRolePolicy", "TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole",
			"UpdateRoleDescription",
		},
		"secretsmanager.amazonaws.com": {
			"CancelRotateSecret", "CreateSecret", "DeleteResourcePolicy", "DeleteSecret", "EndSecretVersionDelete", "PutResourcePolicy",
			"PutSecretValue", "RemoveRegionsFromReplication", "ReplicateSecretToRegions", "RestoreSecret", "RotateSecret",
			"RotationSucceeded", "StopReplicationToReplica", "TagResource", "UntagResource", "UpdateSecret", "UpdateSecretVersionStage",
		},
		"ssm.amazonaws.com": {
			"AddTagsToResource", "DeleteParameter", "DeleteParameters", "LabelParameterVersion", "PutParameter", "RemoveTagsFromResource",
			"UnlabelParameterVersion",
		},
	}
}
