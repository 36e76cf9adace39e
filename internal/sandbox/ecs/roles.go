package ecs

import (
	"strings"

	"ecs-reconciler/internal/sandbox/awsenv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const maxRoleNameLength = 64

// checkRoles checks the form of both roles, then asks CheckRole.
func (b *Backend) checkRoles(def *types.TaskDefinition) error {
	for _, role := range []*string{def.TaskRoleArn, def.ExecutionRoleArn} {
		if role == nil {
			continue
		}
		if !isRole(*role) {
			return clientError("Role is not valid")
		}
		if err := b.mayPass(role); err != nil {
			return err
		}
	}
	return nil
}

// mayPass asks CheckRole about a role, if one is named.
func (b *Backend) mayPass(role *string) error {
	if b.CheckRole == nil || value(role) == "" {
		return nil
	}
	return b.CheckRole(*role)
}

// isRole says whether s is a role's ARN, with its path, or a bare role name,
// which ECS takes too.
func isRole(s string) bool {
	if !strings.HasPrefix(s, "arn:") {
		return isRoleName(s)
	}
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[2] != "iam" || parts[3] != "" || !isAccount(parts[4]) || !isPartition(parts[1]) {
		return false
	}
	path, ok := strings.CutPrefix(parts[5], "role/")
	return ok && isRoleName(path[strings.LastIndex(path, "/")+1:])
}

func isRoleName(s string) bool {
	return s != "" && len(s) <= maxRoleNameLength && madeOf(s, awsenv.AlphaNumeric+"_+=,.@-")
}

func isAccount(s string) bool { return len(s) == 12 && madeOf(s, awsenv.Digits) }

func isPartition(s string) bool {
	return s == "aws" || strings.HasPrefix(s, "aws-") && madeOf(s, awsenv.Lower+"-")
}
