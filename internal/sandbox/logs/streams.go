package logs

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/paging"
)

// CreateLogStream makes an empty stream in a group.
func (b *Backend) CreateLogStream(in *sdk.CreateLogStreamInput) (*sdk.CreateLogStreamOutput, error) {
	g, err := b.group(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	name := aws.ToString(in.LogStreamName)
	if _, taken := g.Streams[name]; taken {
		return nil, awserr.New("ResourceAlreadyExistsException", "The specified log stream already exists")
	}
	g.Streams[name] = b.env.Now().UnixMilli()
	return &sdk.CreateLogStreamOutput{}, nil
}

// DeleteLogStream forgets a stream.
func (b *Backend) DeleteLogStream(in *sdk.DeleteLogStreamInput) (*sdk.DeleteLogStreamOutput, error) {
	g, err := b.group(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	name := aws.ToString(in.LogStreamName)
	if _, ok := g.Streams[name]; !ok {
		return nil, notFound("log stream")
	}
	delete(g.Streams, name)
	return &sdk.DeleteLogStreamOutput{}, nil
}

// DescribeLogStreams lists a group's streams by name. All are empty, so by the
// time of their last event too.
func (b *Backend) DescribeLogStreams(in *sdk.DescribeLogStreamsInput) (*sdk.DescribeLogStreamsOutput, error) {
	g, err := b.identified(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	if in.OrderBy == types.OrderByLastEventTime && in.LogStreamNamePrefix != nil {
		return nil, invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
	}
	if aws.ToBool(in.Descending) {
		return nil, invalid("The sandbox lists log streams in ascending order alone.")
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(g.Streams)) {
		if strings.HasPrefix(name, aws.ToString(in.LogStreamNamePrefix)) {
			names = append(names, name)
		}
	}
	page, next, err := paging.Cut(names, func(name string) string { return name }, in.NextToken, sizeOr(in.Limit))
	if err != nil {
		return nil, invalid("The specified nextToken is invalid.")
	}
	out := &sdk.DescribeLogStreamsOutput{LogStreams: []types.LogStream{}, NextToken: next}
	for _, name := range page {
		out.LogStreams = append(out.LogStreams, types.LogStream{
			Arn: new(b.arn(g) + ":log-stream:" + name), LogStreamName: new(name), CreationTime: new(g.Streams[name]),
			StoredBytes: new(int64(0)), //nolint:staticcheck // AWS still shows the zero
		})
	}
	return out, nil
}
