package gosdk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"ecs-reconciler/e2e/conformance"
)

// Client reaches an endpoint. It makes each call once and never tries again.
type Client struct {
	Endpoint  string
	AccessKey string
	HTTP      *http.Client
}

// services make the SDK's clients, by boto3's names for them.
func services() map[string]func(aws.Config) any {
	return map[string]func(aws.Config) any{
		"events":                   func(cfg aws.Config) any { return eventbridge.NewFromConfig(cfg) },
		"logs":                     func(cfg aws.Config) any { return cloudwatchlogs.NewFromConfig(cfg) },
		"scheduler":                func(cfg aws.Config) any { return scheduler.NewFromConfig(cfg) },
		"sqs":                      func(cfg aws.Config) any { return sqs.NewFromConfig(cfg) },
		"ssm":                      func(cfg aws.Config) any { return ssm.NewFromConfig(cfg) },
		"ecs":                      func(cfg aws.Config) any { return ecs.NewFromConfig(cfg) },
		"iam":                      func(cfg aws.Config) any { return iam.NewFromConfig(cfg) },
		"resourcegroupstaggingapi": func(cfg aws.Config) any { return resourcegroupstaggingapi.NewFromConfig(cfg) },
		"secretsmanager":           func(cfg aws.Config) any { return secretsmanager.NewFromConfig(cfg) },
		"sts":                      func(cfg aws.Config) any { return sts.NewFromConfig(cfg) },
	}
}

// lowered are the structures whose members' names the API begins in lower case
// and the SDK with a capital: all of some services', some of others'.
func lowered(service, typeName string) bool {
	switch service {
	case "ecs", "logs":
		return true
	case "events", "scheduler":
		return slices.Contains([]string{"NetworkConfiguration", "CapacityProviderStrategyItem", "PlacementConstraint", "PlacementStrategy"}, typeName)
	default:
		return false
	}
}

// Do finds the client's method by the operation's name and calls it.
func (c Client) Do(ctx context.Context, call conformance.Call) (conformance.Answer, error) {
	connect, ok := services()[call.Service]
	if !ok {
		return conformance.Answer{}, fmt.Errorf("no client of the SDK is known for %q", call.Service)
	}
	client := connect(c.config(call.Region))
	method := reflect.ValueOf(client).MethodByName(call.Operation)
	if !method.IsValid() {
		return conformance.Answer{}, fmt.Errorf("the SDK's %T has no operation %s", client, call.Operation)
	}
	input := reflect.New(method.Type().In(1).Elem())
	if err := set(input.Elem(), call.Input, ""); err != nil {
		return conformance.Answer{}, fmt.Errorf("input of %s: %w", call.Operation, err)
	}
	results := method.Call([]reflect.Value{reflect.ValueOf(ctx), input})
	if err, failed := results[1].Interface().(error); failed {
		return refusal(err)
	}
	output, err := tree(call.Service, results[0])
	if err != nil {
		return conformance.Answer{}, fmt.Errorf("output of %s: %w", call.Operation, err)
	}
	object, _ := output.(map[string]any)
	return conformance.Answer{Output: object}, nil
}

func (c Client) config(region string) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: aws.String(c.Endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider(c.AccessKey, "anything", ""),
		HTTPClient:   c.HTTP,
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// refusal tells AWS's errors from those of the SDK.
func refusal(err error) (conformance.Answer, error) {
	var api smithy.APIError
	if errors.As(err, &api) && !strings.HasPrefix(api.ErrorCode(), "Unknown") {
		return conformance.Answer{Code: api.ErrorCode(), Message: api.ErrorMessage()}, nil
	}
	return conformance.Answer{}, err
}
