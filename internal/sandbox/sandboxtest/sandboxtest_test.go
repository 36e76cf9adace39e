package sandboxtest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/internal/sandbox"
)

func TestEachSandboxIsItsOwn(t *testing.T) {
	for range 2 {
		server, cfg := New(t, func(o *sandbox.Options) { o.Region = "eu-west-1" })
		_, err := secretsmanager.NewFromConfig(cfg).CreateSecret(t.Context(),
			&secretsmanager.CreateSecretInput{Name: aws.String("s")})
		if err != nil || server.Calls()["secretsmanager:CreateSecret"] != 1 {
			t.Errorf("%v, %v", err, server.Calls())
		}
		out, err := secretsmanager.NewFromConfig(Config(server, "us-west-2")).ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
		if err != nil || len(out.SecretList) != 0 {
			t.Errorf("%v, %v", out, err)
		}
	}
}
