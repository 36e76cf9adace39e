package sandbox

// lagging says why a listing may be late, for those that may be; "" for all
// other operations, which see what was written at once.
//
// What reads one thing by its name is fresh here. AWS promises that of hardly
// any service either, but its documentation tells which operations to turn to
// when a listing is behind, and it is these.
func lagging(service, operation string) string {
	const (
		secrets = "ListSecrets might not reflect changes of the last five minutes; DescribeSecret is the one " +
			"to ask (Secrets Manager API reference, ListSecrets)"
		roles = "what is made or changed may take time to show, as it is replicated around the world " +
			"(IAM User Guide, Changes that I make are not always immediately visible)"
		tasks = "the API follows an eventual consistency model: a command may not show at once to those " +
			"that follow (ECS API reference, RunTask)"
		rules   = "a change takes a short while to come into effect (EventBridge API reference, PutRule)"
		assumed = "AWS documents nothing of it; a client must not rely on a list that is up to date"
	)
	return map[string]string{
		"secretsmanager:ListSecrets":         secrets,
		"iam:GetAccountAuthorizationDetails": roles,
		"iam:ListAttachedRolePolicies":       roles,
		"iam:ListPolicies":                   roles,
		"iam:ListRolePolicies":               roles,
		"iam:ListRoleTags":                   roles,
		"iam:ListRoles":                      roles,
		"ecs:ListClusters":                   tasks,
		"ecs:ListServices":                   tasks,
		"ecs:ListTaskDefinitionFamilies":     tasks,
		"ecs:ListTaskDefinitions":            tasks,
		"tagging:GetResources":               assumed,
		"logs:DescribeLogGroups":             assumed,
		"ssm:DescribeParameters":             assumed,
		"scheduler:ListSchedules":            assumed,
		"events:ListRules":                   rules,
	}[service+":"+operation]
}
