package sandbox

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// BenchmarkStart is how long it takes until the first request can be served.
func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		server, err := New(Options{Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		if err := server.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGetCallerIdentity is the least that a call costs, the SDK's part
// included.
func BenchmarkGetCallerIdentity(b *testing.B) {
	server, err := New(Options{Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	client := sts.NewFromConfig(testConfig(server.Transport()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.GetCallerIdentity(b.Context(), &sts.GetCallerIdentityInput{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPutSecretValue writes among few and many secrets, in memory and on
// disk.
func BenchmarkPutSecretValue(b *testing.B) {
	for _, secrets := range []int{1, 10_000} {
		for name, dir := range map[string]string{"memory": "", "disk": b.TempDir()} {
			b.Run(fmt.Sprintf("%s/%d", name, secrets), func(b *testing.B) {
				server, err := New(Options{Seed: 1, Dir: dir})
				if err != nil {
					b.Fatal(err)
				}
				client := secretsmanager.NewFromConfig(testConfig(server.Transport()))
				for i := range secrets {
					in := &secretsmanager.CreateSecretInput{Name: aws.String(fmt.Sprintf("s%d", i)), SecretString: aws.String("x")}
					if _, err := client.CreateSecret(b.Context(), in); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportAllocs()
				for b.Loop() {
					in := &secretsmanager.PutSecretValueInput{SecretId: aws.String("s0"), SecretString: aws.String("y")}
					if _, err := client.PutSecretValue(b.Context(), in); err != nil {
						b.Fatal(err)
					}
				}
				if err := server.Close(); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}
