package sandbox

import (
	"fmt"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/ecs"
	"ecs-reconciler/internal/sandbox/iam"
	"ecs-reconciler/internal/sandbox/secretsmanager"
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
		"CreateCluster":              by(b.CreateCluster),
		"CreateService":              by(b.CreateService),
		"DeleteCluster":              by(b.DeleteCluster),
		"DeleteService":              by(b.DeleteService),
		"DeleteTaskDefinitions":      by(b.DeleteTaskDefinitions),
		"DeregisterTaskDefinition":   by(b.DeregisterTaskDefinition),
		"DescribeClusters":           by(b.DescribeClusters),
		"DescribeServices":           by(b.DescribeServices),
		"DescribeTaskDefinition":     by(b.DescribeTaskDefinition),
		"ListClusters":               by(b.ListClusters),
		"ListServices":               by(b.ListServices),
		"ListTagsForResource":        by(b.ListTagsForResource),
		"ListTaskDefinitionFamilies": by(b.ListTaskDefinitionFamilies),
		"ListTaskDefinitions":        by(b.ListTaskDefinitions),
		"RegisterTaskDefinition":     by(b.RegisterTaskDefinition),
		"TagResource":                by(b.TagResource),
		"UntagResource":              by(b.UntagResource),
		"UpdateService":              by(b.UpdateService),

		"PutClusterCapacityProviders": by(b.PutClusterCapacityProviders),
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
