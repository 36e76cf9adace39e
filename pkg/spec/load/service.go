package load

import (
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/shape"
)

// service is the document of a service, its scalars in the form that AWS
// wants. It is checked as CreateService's, with the one key that only
// UpdateService has.
func (r *resolver) service(from source.Task) spec.Document {
	doc := fit[ecs.CreateServiceInput](from.Doc.Spec.Service)
	only := maps.Clone(doc)
	delete(only, "forceNewDeployment")
	r.misfits(from, "/spec/service", shape.Decode(only, &ecs.CreateServiceInput{}))
	return doc
}

// when is what a schedule may say.
type when struct {
	Name                 *string // default: after project, task and environment
	Expression           *string // cron(…), rate(…) or at(…)
	Timezone             *string
	Cluster              *string // name or ARN
	TaskDefinition       *string
	Count                *int32
	LaunchType           types.LaunchType
	PlatformVersion      *string
	NetworkConfiguration *types.NetworkConfiguration
	RoleArn              *string // worn by whatever starts the task
}

// schedule is the document of a schedule, checked as service does.
func (r *resolver) schedule(from source.Task) spec.Document {
	doc := fit[when](from.Doc.Spec.Schedule)
	r.misfits(from, "/spec/schedule", shape.Decode(maps.Clone(doc), &when{}))
	return doc
}

// misfits are complaints about what stands in a block of AWS's.
func (r *resolver) misfits(from source.Task, pointer string, problems []shape.Problem) {
	for _, p := range problems {
		r.complain(from.Place(pointer+p.Path), dotted(pointer+p.Path), p.Hint, p.Message)
	}
}
