package tagging_test

import (
	"strings"
	"testing"

	"ecs-reconciler/internal/sandbox/sandboxtest"
)

func TestNoMemberIsIgnored(t *testing.T) {
	prepare := []sandboxtest.Request{
		{Service: "ecs", Operation: "CreateCluster", Body: `{"clusterName":"main","tags":[{"key":"team","value":"data"}]}`},
		{Service: "secretsmanager", Operation: "CreateSecret", Body: `{"Name":"s","Tags":[{"Key":"team","Value":"web"},{"Key":"only","Value":"x"}]}`},
	}
	probes := []sandboxtest.Request{{Service: "tagging", Operation: "GetResources", Body: `{}`}}
	// An ARN without its last seven characters names the secret too.
	fill := strings.NewReplacer("$secret", "arn:aws:secretsmanager:us-west-2:012345678901:secret:s",
		"$cluster", "arn:aws:ecs:us-west-2:012345678901:cluster/main")
	rows := sandboxtest.ReadHeard(t, "testdata/heard.txt", fill.Replace)
	sandboxtest.CheckHeard(t, "tagging", rows, prepare, probes)
}
