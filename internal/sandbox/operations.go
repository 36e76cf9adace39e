package sandbox

import (
	"fmt"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/ecs"
	"ecs-reconciler/internal/sandbox/events"
	"ecs-reconciler/internal/sandbox/iam"
	"ecs-reconciler/internal/sandbox/logs"
	"ecs-reconciler/internal/sandbox/scheduler"
	"ecs-reconciler/internal/sandbox/secretsmanager"
	"ecs-reconciler/internal/sandbox/sqs"
	"ecs-reconciler/internal/sandbox/ssm"
	"ecs-reconciler/internal/sandbox/sts"
	"ecs-reconciler/internal/sandbox/tagging"
)

// operation is one operation of a backend, whatever its types.
type operation struct {
	// input makes an empty input, a pointer to the SDK's type.
	input func() any
	// perform takes such an input and gives a pointer to the SDK's output.
	perform func(any) (any, error)
}

// operations are a backend's, by name. They are listed rather than found by
// reflection: looking methods up by name would make the linker keep every
// method of every SDK client in the program.
type operations map[string]operation

// by adapts a backend's method.
func by[I, O any](method func(*I) (*O, error)) operation {
	return operation{
		input: func() any { return new(I) },
		perform: func(in any) (any, error) {
			typed, ok := in.(*I)
			if !ok {
				return nil, awserr.From(fmt.Errorf("%T is not the operation's input", in))
			}
			out, err := method(typed)
			if err == nil && out == nil {
				err = fmt.Errorf("the operation gave neither output nor error")
			}
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}
}

func secretsOperations(b *secretsmanager.Backend) operations {
	return operations{
		"BatchGetSecretValue":          by(b.BatchGetSecretValue),
		"CancelRotateSecret":           by(b.CancelRotateSecret),
		"CreateSecret":                 by(b.CreateSecret),
		"DeleteResourcePolicy":         by(b.DeleteResourcePolicy),
		"DeleteSecret":                 by(b.DeleteSecret),
		"DescribeSecret":               by(b.DescribeSecret),
		"GetRandomPassword":            by(b.GetRandomPassword),
		"GetResourcePolicy":            by(b.GetResourcePolicy),
		"GetSecretValue":               by(b.GetSecretValue),
		"ListSecretVersionIds":         by(b.ListSecretVersionIds),
		"ListSecrets":                  by(b.ListSecrets),
		"PutResourcePolicy":            by(b.PutResourcePolicy),
		"PutSecretValue":               by(b.PutSecretValue),
		"RemoveRegionsFromReplication": by(b.RemoveRegionsFromReplication),
		"ReplicateSecretToRegions":     by(b.ReplicateSecretToRegions),
		"RestoreSecret":                by(b.RestoreSecret),
		"RotateSecret":                 by(b.RotateSecret),
		"StopReplicationToReplica":     by(b.StopReplicationToReplica),
		"TagResource":                  by(b.TagResource),
		"UntagResource":                by(b.UntagResource),
		"UpdateSecret":                 by(b.UpdateSecret),
		"UpdateSecretVersionStage":     by(b.UpdateSecretVersionStage),
		"ValidateResourcePolicy":       by(b.ValidateResourcePolicy),
	}
}

func sessionOperations(b *sts.Backend) operations {
	return operations{
		"AssumeRole":        by(b.AssumeRole),
		"GetCallerIdentity": by(b.GetCallerIdentity),
	}
}

func roleOperations(b *iam.Backend) operations {
	return operations{
		"AddRoleToInstanceProfile":       by(b.AddRoleToInstanceProfile),
		"AttachRolePolicy":               by(b.AttachRolePolicy),
		"AttachUserPolicy":               by(b.AttachUserPolicy),
		"CreateAccessKey":                by(b.CreateAccessKey),
		"CreateInstanceProfile":          by(b.CreateInstanceProfile),
		"CreatePolicy":                   by(b.CreatePolicy),
		"CreatePolicyVersion":            by(b.CreatePolicyVersion),
		"CreateRole":                     by(b.CreateRole),
		"CreateServiceLinkedRole":        by(b.CreateServiceLinkedRole),
		"CreateUser":                     by(b.CreateUser),
		"DeleteAccessKey":                by(b.DeleteAccessKey),
		"DeleteInstanceProfile":          by(b.DeleteInstanceProfile),
		"DeletePolicy":                   by(b.DeletePolicy),
		"DeletePolicyVersion":            by(b.DeletePolicyVersion),
		"DeleteRole":                     by(b.DeleteRole),
		"DeleteRolePermissionsBoundary":  by(b.DeleteRolePermissionsBoundary),
		"DeleteRolePolicy":               by(b.DeleteRolePolicy),
		"DeleteServiceLinkedRole":        by(b.DeleteServiceLinkedRole),
		"DeleteUser":                     by(b.DeleteUser),
		"DeleteUserPermissionsBoundary":  by(b.DeleteUserPermissionsBoundary),
		"DeleteUserPolicy":               by(b.DeleteUserPolicy),
		"DetachRolePolicy":               by(b.DetachRolePolicy),
		"DetachUserPolicy":               by(b.DetachUserPolicy),
		"GetAccountAuthorizationDetails": by(b.GetAccountAuthorizationDetails),
		"GetInstanceProfile":             by(b.GetInstanceProfile),
		"GetPolicy":                      by(b.GetPolicy),
		"GetPolicyVersion":               by(b.GetPolicyVersion),
		"GetRole":                        by(b.GetRole),
		"GetRolePolicy":                  by(b.GetRolePolicy),
		"GetUser":                        by(b.GetUser),
		"GetUserPolicy":                  by(b.GetUserPolicy),
		"ListAccessKeys":                 by(b.ListAccessKeys),
		"ListAttachedRolePolicies":       by(b.ListAttachedRolePolicies),
		"ListAttachedUserPolicies":       by(b.ListAttachedUserPolicies),
		"ListInstanceProfilesForRole":    by(b.ListInstanceProfilesForRole),
		"ListPolicies":                   by(b.ListPolicies),
		"ListPolicyVersions":             by(b.ListPolicyVersions),
		"ListRolePolicies":               by(b.ListRolePolicies),
		"ListRoleTags":                   by(b.ListRoleTags),
		"ListRoles":                      by(b.ListRoles),
		"ListUserPolicies":               by(b.ListUserPolicies),
		"ListUserTags":                   by(b.ListUserTags),
		"ListUsers":                      by(b.ListUsers),
		"PutRolePermissionsBoundary":     by(b.PutRolePermissionsBoundary),
		"PutRolePolicy":                  by(b.PutRolePolicy),
		"PutUserPermissionsBoundary":     by(b.PutUserPermissionsBoundary),
		"PutUserPolicy":                  by(b.PutUserPolicy),
		"RemoveRoleFromInstanceProfile":  by(b.RemoveRoleFromInstanceProfile),
		"SetDefaultPolicyVersion":        by(b.SetDefaultPolicyVersion),
		"SimulatePrincipalPolicy":        by(b.SimulatePrincipalPolicy),
		"TagRole":                        by(b.TagRole),
		"TagUser":                        by(b.TagUser),
		"UntagRole":                      by(b.UntagRole),
		"UntagUser":                      by(b.UntagUser),
		"UpdateAssumeRolePolicy":         by(b.UpdateAssumeRolePolicy),
		"UpdateRole":                     by(b.UpdateRole),
		"UpdateRoleDescription":          by(b.UpdateRoleDescription),

		"GetServiceLinkedRoleDeletionStatus": by(b.GetServiceLinkedRoleDeletionStatus),
		"ListEntitiesForPolicy":              by(b.ListEntitiesForPolicy),
		"ListInstanceProfileTags":            by(b.ListInstanceProfileTags),
		"ListInstanceProfiles":               by(b.ListInstanceProfiles),
		"ListPolicyTags":                     by(b.ListPolicyTags),
		"SimulateCustomPolicy":               by(b.SimulateCustomPolicy),
		"TagInstanceProfile":                 by(b.TagInstanceProfile),
		"TagPolicy":                          by(b.TagPolicy),
		"UntagInstanceProfile":               by(b.UntagInstanceProfile),
		"UntagPolicy":                        by(b.UntagPolicy),
	}
}

func taskOperations(b *ecs.Backend) operations {
	return operations{
		"CreateCluster":               by(b.CreateCluster),
		"CreateService":               by(b.CreateService),
		"DeleteCluster":               by(b.DeleteCluster),
		"DeleteService":               by(b.DeleteService),
		"DeleteTaskDefinitions":       by(b.DeleteTaskDefinitions),
		"DeregisterTaskDefinition":    by(b.DeregisterTaskDefinition),
		"DescribeCapacityProviders":   by(b.DescribeCapacityProviders),
		"DescribeClusters":            by(b.DescribeClusters),
		"DescribeServiceDeployments":  by(b.DescribeServiceDeployments),
		"DescribeServiceRevisions":    by(b.DescribeServiceRevisions),
		"DescribeServices":            by(b.DescribeServices),
		"DescribeTaskDefinition":      by(b.DescribeTaskDefinition),
		"DescribeTasks":               by(b.DescribeTasks),
		"ListClusters":                by(b.ListClusters),
		"ListServiceDeployments":      by(b.ListServiceDeployments),
		"ListServices":                by(b.ListServices),
		"ListTagsForResource":         by(b.ListTagsForResource),
		"ListTaskDefinitionFamilies":  by(b.ListTaskDefinitionFamilies),
		"ListTaskDefinitions":         by(b.ListTaskDefinitions),
		"ListTasks":                   by(b.ListTasks),
		"PutClusterCapacityProviders": by(b.PutClusterCapacityProviders),
		"RegisterTaskDefinition":      by(b.RegisterTaskDefinition),
		"RunTask":                     by(b.RunTask),
		"StopTask":                    by(b.StopTask),
		"TagResource":                 by(b.TagResource),
		"UntagResource":               by(b.UntagResource),
		"UpdateService":               by(b.UpdateService),
		"UpdateCluster":               by(b.UpdateCluster),
		"UpdateClusterSettings":       by(b.UpdateClusterSettings),
	}
}

func tagOperations(b *tagging.Backend) operations {
	return operations{
		"GetResources":   by(b.GetResources),
		"GetTagKeys":     by(b.GetTagKeys),
		"GetTagValues":   by(b.GetTagValues),
		"TagResources":   by(b.TagResources),
		"UntagResources": by(b.UntagResources),
	}
}

func parameterOperations(b *ssm.Backend) operations {
	return operations{
		"AddTagsToResource":       by(b.AddTagsToResource),
		"DeleteParameter":         by(b.DeleteParameter),
		"DeleteParameters":        by(b.DeleteParameters),
		"DescribeParameters":      by(b.DescribeParameters),
		"GetParameter":            by(b.GetParameter),
		"GetParameterHistory":     by(b.GetParameterHistory),
		"GetParameters":           by(b.GetParameters),
		"GetParametersByPath":     by(b.GetParametersByPath),
		"LabelParameterVersion":   by(b.LabelParameterVersion),
		"ListTagsForResource":     by(b.ListTagsForResource),
		"PutParameter":            by(b.PutParameter),
		"RemoveTagsFromResource":  by(b.RemoveTagsFromResource),
		"UnlabelParameterVersion": by(b.UnlabelParameterVersion),
	}
}

func logOperations(b *logs.Backend) operations {
	return operations{
		"AssociateKmsKey":       by(b.AssociateKmsKey),
		"CreateLogGroup":        by(b.CreateLogGroup),
		"CreateLogStream":       by(b.CreateLogStream),
		"DeleteLogGroup":        by(b.DeleteLogGroup),
		"DeleteLogStream":       by(b.DeleteLogStream),
		"DeleteRetentionPolicy": by(b.DeleteRetentionPolicy),
		"DescribeLogGroups":     by(b.DescribeLogGroups),
		"DescribeLogStreams":    by(b.DescribeLogStreams),
		"DisassociateKmsKey":    by(b.DisassociateKmsKey),
		"ListTagsForResource":   by(b.ListTagsForResource),
		"ListTagsLogGroup":      by(b.ListTagsLogGroup),
		"PutRetentionPolicy":    by(b.PutRetentionPolicy),
		"TagLogGroup":           by(b.TagLogGroup),
		"TagResource":           by(b.TagResource),
		"UntagLogGroup":         by(b.UntagLogGroup),
		"UntagResource":         by(b.UntagResource),
	}
}

func scheduleOperations(b *scheduler.Backend) operations {
	return operations{
		"CreateSchedule":      by(b.CreateSchedule),
		"CreateScheduleGroup": by(b.CreateScheduleGroup),
		"DeleteSchedule":      by(b.DeleteSchedule),
		"DeleteScheduleGroup": by(b.DeleteScheduleGroup),
		"GetSchedule":         by(b.GetSchedule),
		"GetScheduleGroup":    by(b.GetScheduleGroup),
		"ListScheduleGroups":  by(b.ListScheduleGroups),
		"ListSchedules":       by(b.ListSchedules),
		"ListTagsForResource": by(b.ListTagsForResource),
		"TagResource":         by(b.TagResource),
		"UntagResource":       by(b.UntagResource),
		"UpdateSchedule":      by(b.UpdateSchedule),
	}
}

func ruleOperations(b *events.Backend) operations {
	return operations{
		"DeleteRule":            by(b.DeleteRule),
		"DescribeEventBus":      by(b.DescribeEventBus),
		"DescribeRule":          by(b.DescribeRule),
		"DisableRule":           by(b.DisableRule),
		"EnableRule":            by(b.EnableRule),
		"ListRuleNamesByTarget": by(b.ListRuleNamesByTarget),
		"ListRules":             by(b.ListRules),
		"ListTagsForResource":   by(b.ListTagsForResource),
		"ListTargetsByRule":     by(b.ListTargetsByRule),
		"PutRule":               by(b.PutRule),
		"PutTargets":            by(b.PutTargets),
		"RemoveTargets":         by(b.RemoveTargets),
		"TagResource":           by(b.TagResource),
		"UntagResource":         by(b.UntagResource),
	}
}

func queueOperations(b *sqs.Backend) operations {
	return operations{
		"ChangeMessageVisibility": by(b.ChangeMessageVisibility),
		"CreateQueue":             by(b.CreateQueue),
		"DeleteMessage":           by(b.DeleteMessage),
		"DeleteMessageBatch":      by(b.DeleteMessageBatch),
		"DeleteQueue":             by(b.DeleteQueue),
		"GetQueueAttributes":      by(b.GetQueueAttributes),
		"GetQueueUrl":             by(b.GetQueueUrl),
		"ListQueueTags":           by(b.ListQueueTags),
		"ListQueues":              by(b.ListQueues),
		"PurgeQueue":              by(b.PurgeQueue),
		"ReceiveMessage":          by(b.ReceiveMessage),
		"SendMessage":             by(b.SendMessage),
		"SetQueueAttributes":      by(b.SetQueueAttributes),
		"TagQueue":                by(b.TagQueue),
		"UntagQueue":              by(b.UntagQueue),
	}
}
