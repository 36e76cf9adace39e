package iam

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"

	"ecs-reconciler/internal/sandbox/awserr"
)

// linkedService is a service that has a service-linked role.
type linkedService struct {
	name   string
	policy string
	// suffix tells whether there may be several, told apart by a suffix.
	suffix bool
}

// linkedServices are the services whose roles the sandbox can make, by
// principal. Source: IAM User Guide, "AWS services that work with IAM".
func linkedServices() map[string]linkedService {
	return map[string]linkedService{
		"ecs.amazonaws.com":                  {name: "AWSServiceRoleForECS", policy: "AmazonECSServiceRolePolicy"},
		"elasticloadbalancing.amazonaws.com": {name: "AWSServiceRoleForElasticLoadBalancing"},
		"autoscaling.amazonaws.com":          {name: "AWSServiceRoleForAutoScaling", suffix: true},
		"spot.amazonaws.com":                 {name: "AWSServiceRoleForEC2Spot"},
		"spotfleet.amazonaws.com":            {name: "AWSServiceRoleForEC2SpotFleet"},
		"rds.amazonaws.com":                  {name: "AWSServiceRoleForRDS"},
		"events.amazonaws.com":               {name: "AWSServiceRoleForCloudWatchEvents"},
		"ecs.application-autoscaling.amazonaws.com": {
			name: "AWSServiceRoleForApplicationAutoScaling_ECSService",
		},
	}
}

// CreateServiceLinkedRole makes the role that a service acts with.
func (b *Backend) CreateServiceLinkedRole(
	in *sdk.CreateServiceLinkedRoleInput,
) (*sdk.CreateServiceLinkedRoleOutput, error) {
	principal := aws.ToString(in.AWSServiceName)
	service, known := linkedServices()[principal]
	if !known {
		return nil, invalidInput("Service %s has no service-linked role that the sandbox can make.", principal)
	}
	if in.CustomSuffix != nil && !service.suffix {
		return nil, invalidInput("Custom suffix is not allowed for %s", principal)
	}
	name := service.name
	if in.CustomSuffix != nil {
		name += "_" + *in.CustomSuffix
	}
	if _, taken := b.state.Roles[roleKey(name)]; taken {
		return nil, invalidInput("Service role name %s has been taken in this account, please try a different suffix.", name)
	}
	role := b.linkedRole(name, principal, service)
	role.Description = in.Description
	b.state.Roles[roleKey(name)] = role
	out := b.briefRole(role)
	return &sdk.CreateServiceLinkedRoleOutput{Role: &out}, nil
}

func (b *Backend) linkedRole(name, principal string, service linkedService) *Role {
	role := &Role{
		Name: name, Path: serviceRolePath + principal + "/", ID: b.uniqueID("AROA"), Created: b.now(),
		MaxSession: defaultSession, Service: principal, Inline: map[string]string{},
		Trust: fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":%q},`+
			`"Action":"sts:AssumeRole"}]}`, principal),
	}
	if service.policy != "" {
		role.Attached = []string{b.awsPolicyARN(serviceRolePath, service.policy)}
	}
	return role
}

// DeleteServiceLinkedRole removes a service-linked role at once; AWS takes its
// time and asks the service first.
func (b *Backend) DeleteServiceLinkedRole(
	in *sdk.DeleteServiceLinkedRoleInput,
) (*sdk.DeleteServiceLinkedRoleOutput, error) {
	role, err := b.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	if role.Service == "" {
		return nil, awserr.New("ValidationError", "%s is not a service-linked role.", role.Name)
	}
	delete(b.state.Roles, roleKey(role.Name))
	task := "task" + role.Path + role.Name + "/" + b.env.UUID()
	b.state.Deletions = append(b.state.Deletions, task)
	return &sdk.DeleteServiceLinkedRoleOutput{DeletionTaskId: aws.String(task)}, nil
}
