package secretsmanager_test

import (
	"strings"
	"testing"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"
)

// tokens fills in tokens that are long enough for $1 to $4.
func tokens(body string) string {
	for _, n := range []string{"1", "2", "3", "4"} {
		body = strings.ReplaceAll(body, "$"+n, strings.Repeat(n, 32))
	}
	return strings.NewReplacer("$key", "1234abcd-12ab-34cd-56ef-1234567890ab",
		"$function", "arn:aws:lambda:us-west-2:012345678901:function:f",
		"$policy", `{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"secretsmanager:*\",\"Resource\":\"*\"}}`,
	).Replace(body)
}

func requests(lines ...string) []sandboxtest.Request {
	var out []sandboxtest.Request
	for _, line := range lines {
		op, body, _ := strings.Cut(line, " ")
		region, body, elsewhere := strings.Cut(body, "@")
		if !elsewhere {
			region, body = "", region
		}
		out = append(out, sandboxtest.Request{Service: "secretsmanager", Operation: op, Body: tokens(body), Region: region})
	}
	return out
}

// prepared has a secret of three versions, one with a policy, one with a
// replica, and one scheduled for deletion.
func prepared() []sandboxtest.Request {
	return requests(
		`CreateSecret {"Name":"s","SecretString":"one","ClientRequestToken":"$1","Description":"d","Tags":[{"Key":"team","Value":"data"}]}`,
		`PutSecretValue {"SecretId":"s","SecretString":"two","ClientRequestToken":"$2"}`,
		`PutSecretValue {"SecretId":"s","SecretString":"three","ClientRequestToken":"$3","VersionStages":["mine"]}`,
		`PutResourcePolicy {"SecretId":"s","ResourcePolicy":"$policy"}`,
		`CreateSecret {"Name":"t","SecretString":"other","ClientRequestToken":"$1"}`,
		`RotateSecret {"SecretId":"t","ClientRequestToken":"$2","RotationLambdaARN":"$function","RotateImmediately":false}`,
		`CreateSecret {"Name":"r","SecretString":"copied","ClientRequestToken":"$1","AddReplicaRegions":[{"Region":"eu-west-1"},{"Region":"eu-west-2"}]}`,
		`CreateSecret eu-west-1@{"Name":"n","SecretString":"in the way","ClientRequestToken":"$1"}`,
		`CreateSecret eu-west-1@{"Name":"s","SecretString":"in the way","ClientRequestToken":"$1"}`,
		`CreateSecret {"Name":"u","SecretString":"1","ClientRequestToken":"$1"}`,
		`PutSecretValue {"SecretId":"u","SecretString":"2","ClientRequestToken":"$2"}`,
		`PutSecretValue {"SecretId":"u","SecretString":"3","ClientRequestToken":"$3"}`,
		`CreateSecret {"Name":"gone","SecretString":"x","ClientRequestToken":"$1"}`,
		`DeleteSecret {"SecretId":"gone"}`,
	)
}

func probes() []sandboxtest.Request {
	return requests(
		`ListSecrets {"IncludePlannedDeletion":true}`, `ListSecrets eu-west-1@{}`,
		`DescribeSecret {"SecretId":"n"}`, `DescribeSecret {"SecretId":"s"}`, `DescribeSecret {"SecretId":"r"}`,
		`ListSecretVersionIds {"SecretId":"n"}`, `ListSecretVersionIds {"SecretId":"s","IncludeDeprecated":true}`,
		`GetSecretValue {"SecretId":"n"}`, `GetSecretValue {"SecretId":"s"}`, `GetResourcePolicy {"SecretId":"s"}`,
	)
}

func TestNoMemberIsIgnored(t *testing.T) {
	rows := sandboxtest.ReadHeard(t, "testdata/heard.txt", tokens)
	sandboxtest.CheckHeard(t, "secretsmanager", rows, prepared(), probes(),
		func(o *sandbox.Options) { o.KMSKeys = []string{"*"} })
}
