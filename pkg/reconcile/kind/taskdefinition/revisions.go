package taskdefinition

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/spec"
)

// revision is one revision of a family.
type revision struct {
	family string
	number int32
	arn    string
}

// parseRevision reads arn:…:task-definition/FAMILY:NUMBER.
func parseRevision(arn string) (revision, error) {
	parsed, err := spec.ParseARN(arn)
	if err != nil {
		return revision{}, err
	}
	name, ok := strings.CutPrefix(parsed.Resource, "task-definition/")
	family, digits, both := strings.Cut(name, ":")
	number, err := strconv.ParseInt(digits, 10, 32)
	if !ok || !both || family == "" || err != nil || number < 1 {
		return revision{}, fmt.Errorf("%q is not a task definition's ARN: want …:task-definition/FAMILY:REVISION", arn)
	}
	return revision{family, int32(number), arn}, nil
}

// active lists the ACTIVE revisions of a family, newest first. ECS takes
// familyPrefix for the full name and sorts; some emulators do neither.
func (k *Kind) active(ctx context.Context, family string) ([]revision, error) {
	var found []revision
	pages := ecs.NewListTaskDefinitionsPaginator(k.ecs, &ecs.ListTaskDefinitionsInput{
		FamilyPrefix: aws.String(family),
		Sort:         types.SortOrderDesc,
		Status:       types.TaskDefinitionStatusActive,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the revisions of task definition %s: %w", family, awsapi.Classify(err))
		}
		for _, arn := range page.TaskDefinitionArns {
			r, err := parseRevision(arn)
			if err != nil {
				return nil, fmt.Errorf("list the revisions of task definition %s: %w", family, err)
			}
			if r.family == family {
				found = append(found, r)
			}
		}
	}
	slices.SortFunc(found, func(a, b revision) int { return int(b.number) - int(a.number) })
	return found, nil
}
