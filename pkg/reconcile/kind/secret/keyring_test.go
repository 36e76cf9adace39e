package secret_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Two first runs at once end with one key, which both used.
func TestKeyIsMadeOnce(t *testing.T) {
	_, cfg := watched(t)
	d := many(8)
	var group sync.WaitGroup
	for _, half := range [][]spec.ManagedSecret{d.Secrets[:4], d.Secrets[4:]} {
		part := *d
		part.Secrets = half
		group.Go(func() { converge(t.Context(), t, cfg, &part) })
	}
	group.Wait()
	for name, o := range observe(t.Context(), t, secret.New(cfg, instant()), d) {
		if len(o.changes) > 0 {
			t.Errorf("%s: %v", name, pathsOf(o.changes))
		}
	}
}

func TestKeyOfThisRunIsShared(t *testing.T) {
	w, cfg := watched(t)
	d := many(20)
	k := secret.New(cfg, instant())
	seen := observe(t.Context(), t, k, d)
	w.reset(nil)
	var group sync.WaitGroup
	for name, o := range seen {
		group.Go(func() {
			if _, err := k.Create(t.Context(), secret.KeyOf(name), o.desired); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	w.wants(t, map[string]int{"GetSecretValue": 1, "CreateSecret": 21})
}

// Without the key nothing is proven: values are read, and stay as they are.
func TestKeyLost(t *testing.T) {
	for _, forced := range []bool{true, false} {
		t.Run(fmt.Sprintf("forced %v", forced), func(t *testing.T) {
			w, cfg := watched(t)
			converge(t.Context(), t, cfg, deployment())
			in := &secretsmanager.DeleteSecretInput{SecretId: aws.String(keyName)}
			if forced {
				in.ForceDeleteWithoutRecovery = aws.Bool(true)
			}
			_, err := secretsmanager.NewFromConfig(cfg).DeleteSecret(t.Context(), in)
			must(t, err)
			w.reset(nil)
			for name, o := range observe(t.Context(), t, secret.New(cfg, instant()), deployment()) {
				if len(o.changes) > 0 {
					t.Errorf("%s: %v", name, pathsOf(o.changes))
				}
			}
			w.wants(t, map[string]int{"ListSecrets": 1, "GetSecretValue": 1, "BatchGetSecretValue": 1, "DescribeSecret": 2, "GetResourcePolicy": 1})
			d := deployment()
			first(d).Value = spec.NewSecret("X=new\n")
			converge(t.Context(), t, cfg, d)
			if o := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]; len(o.changes) > 0 {
				t.Errorf("after a write: %v", pathsOf(o.changes))
			}
		})
	}
}

func TestKeyIsNoKey(t *testing.T) {
	_, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	put(t, cfg, keyName, "not hex "+canary)
	k := secret.New(cfg, instant())
	nodes, err := k.Desired(deployment())
	must(t, err)
	_, err = k.Observe(t.Context(), []resource.Key{nodes[0].Key})
	if err == nil || !strings.Contains(err.Error(), "delete it") || strings.Contains(err.Error(), canary) {
		t.Errorf("got %v, want an error with the way out and without the text", err != nil)
	}
}

// A daemon's kind lives on while another makes a new key.
func TestKeyReplacedMeanwhile(t *testing.T) {
	_, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	k := secret.New(cfg, instant())
	observe(t.Context(), t, k, deployment())
	put(t, cfg, keyName, strings.Repeat("ab", 32))
	d := deployment()
	first(d).Value = spec.NewSecret("X=1\n")
	converge(t.Context(), t, cfg, d)
	if o := observe(t.Context(), t, k, d)[dbName]; len(o.changes) > 0 {
		t.Errorf("with the old key in hand: %v", pathsOf(o.changes))
	}
}
