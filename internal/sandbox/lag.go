package sandbox

// lagging says why a listing may be late, for those that may be; "" for all
// other operations, which see what was written at once.
//
// What reads one thing by its name is fresh here. AWS promises that of hardly
// any service either, but its documentation tells which operations to turn to
// when a listing is behind, and it is these.
func lagging(service, operation string) string {
	const (
		secrets = "Secrets Manager: ListSecrets may not show changes of the last five minutes; " +
			"DescribeSecret and GetSecretValue are the ones to ask instead (API reference of ListSecrets)"
		roles = "IAM: changes are replicated around the world, and what is made may not be there at once " +
			"(User Guide, Troubleshooting IAM: changes that I make are not always immediately visible)"
		tasks = "ECS: the API follows an eventual consistency model; a list may not have what a command " +
			"just made (API reference, Making API requests)"
		tags      = "Tagging: GetResources reads an index that services fill by and by"
		logs      = "CloudWatch Logs: DescribeLogGroups reads a list that a new group reaches late"
		parameter = "SSM: DescribeParameters reads an index; GetParameter is fresh"
		schedules = "EventBridge Scheduler: eventually consistent (API reference of ListSchedules)"
		rules     = "EventBridge: a change takes a moment to show (API reference of PutRule)"
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
		"tagging:GetResources":               tags,
		"logs:DescribeLogGroups":             logs,
		"ssm:DescribeParameters":             parameter,
		"scheduler:ListSchedules":            schedules,
		"events:ListRules":                   rules,
	}[service+":"+operation]
}
