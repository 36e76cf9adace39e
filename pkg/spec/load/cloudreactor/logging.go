package cloudreactor

import (
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// logs are the settings of the awslogs driver.
type logs struct {
	options      *yaml11.Node // region, stream_prefix, create_group; nil without
	group        *yaml11.Node // of the main container; nil for the default
	prefix       string       // of streams, unless the options say otherwise
	defaultGroup string
}

// logging is the log configuration of the main container.
func (b *builder) logging(container string) *yaml11.Node {
	if b.logConfiguration != nil {
		return b.logConfiguration
	}
	return b.awslogs(container)
}

func (b *builder) awslogs(container string) *yaml11.Node {
	group, at := textOf(b.logs.group, b.logs.defaultGroup), placeOf(b.logs.group, b.at)
	prefix := given(b.logs.options, "stream_prefix")
	if container != b.main {
		group = "/aws/fargate/" + textOf(prefix, b.logs.prefix) + "-" + b.name + "-" + container
	}
	var options, out object
	options.setText("awslogs-create-group", createGroup(given(b.logs.options, "create_group")), at)
	options.setMade("awslogs-group", group, at, b.logs.group, prefix)
	region := given(b.logs.options, "region")
	options.setMade("awslogs-region", textOf(region, b.region), placeOf(region, b.at), region)
	options.setMade("awslogs-stream-prefix", textOf(prefix, b.logs.prefix), placeOf(prefix, b.at), prefix)
	out.setText("logDriver", "awslogs", b.at)
	out.set("options", options.node(placeOf(b.logs.options, b.at)))
	return out.node(placeOf(b.logs.options, b.at))
}

// createGroup is a boolean in the lower case that ECS documents.
func createGroup(n *yaml11.Node) string {
	text := textOf(n, "true")
	if lower := strings.ToLower(text); lower == "true" || lower == "false" {
		return lower
	}
	return text
}

func decimal(i int64) string { return strconv.FormatInt(i, 10) }
