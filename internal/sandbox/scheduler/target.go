package scheduler

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// checkTarget refuses what AWS's reference says of targets: parameters belong to
// the service that the target's ARN names.
func checkTarget(in *scheduler.CreateScheduleInput) error {
	t := in.Target
	service, resource, ok := partsOf(aws.ToString(t.Arn))
	if !ok {
		return invalid("Provided Arn is not in correct format.")
	}
	if err := checkParameters(t, service); err != nil {
		return err
	}
	if service == "ecs" {
		if !strings.HasPrefix(resource, "cluster/") {
			return invalid("Provided Arn is not in correct format.")
		}
		return checkTask(t)
	}
	return nil
}

// partsOf is the service and the resource of an ARN.
func partsOf(arn string) (service, resource string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || !strings.HasPrefix(parts[1], "aws") || parts[2] == "" || parts[5] == "" {
		return "", "", false
	}
	return parts[2], parts[5], true
}

// checkParameters refuses parameters of another service than the target's, and
// a target without those that it needs.
func checkParameters(t *types.Target, service string) error {
	for _, p := range []struct {
		name, service string
		given, needed bool
	}{
		{"EcsParameters", "ecs", t.EcsParameters != nil, true},
		{"EventBridgeParameters", "events", t.EventBridgeParameters != nil, true},
		{"KinesisParameters", "kinesis", t.KinesisParameters != nil, true},
		{"SageMakerPipelineParameters", "sagemaker", t.SageMakerPipelineParameters != nil, false},
		{"SqsParameters", "sqs", t.SqsParameters != nil, false},
	} {
		if p.given && p.service != service {
			return invalid("%s cannot be used with the target %s.", p.name, aws.ToString(t.Arn))
		}
		if !p.given && p.needed && p.service == service {
			return invalid("%s must be provided for the target %s.", p.name, aws.ToString(t.Arn))
		}
	}
	return nil
}

// checkTask holds the parameters of an ECS target against one another.
func checkTask(t *types.Target) error {
	p := t.EcsParameters
	service, resource, ok := partsOf(aws.ToString(p.TaskDefinitionArn))
	switch {
	case !ok || service != "ecs" || !strings.HasPrefix(resource, "task-definition/"):
		return invalid("Provided TaskDefinitionArn is not in correct format.")
	case p.LaunchType != "" && len(p.CapacityProviderStrategy) > 0:
		return invalid("LaunchType and CapacityProviderStrategy cannot be used together.")
	case onFargate(p) && (p.NetworkConfiguration == nil || p.NetworkConfiguration.AwsvpcConfiguration == nil):
		return invalid("NetworkConfiguration must be provided for the FARGATE launch type.")
	case p.PlatformVersion != nil && p.LaunchType != types.LaunchTypeFargate && len(p.CapacityProviderStrategy) == 0:
		return invalid("PlatformVersion can be used with the FARGATE launch type only.")
	case t.Input != nil && !json.Valid([]byte(*t.Input)):
		return invalid("Input must be JSON for an ECS target.")
	}
	return nil
}

func onFargate(p *types.EcsParameters) bool {
	return p.LaunchType == types.LaunchTypeFargate ||
		slices.ContainsFunc(p.CapacityProviderStrategy, func(item types.CapacityProviderStrategyItem) bool {
			return strings.HasPrefix(aws.ToString(item.CapacityProvider), "FARGATE")
		})
}
