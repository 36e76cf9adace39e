// Package all is the one list of kinds. Its order is the order of plans: what
// others depend on comes first.
package all

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"ecs-reconciler/pkg/reconcile/kind/parameter"
	"ecs-reconciler/pkg/reconcile/kind/role"
	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/reconcile/kind/service"
	"ecs-reconciler/pkg/reconcile/kind/taskdefinition"
	"ecs-reconciler/pkg/reconcile/resource"
)

// Options are what the kinds share.
type Options struct {
	Parallelism int
	// Wait is told what a kind waits for, such as a new role to become usable.
	Wait  func(message string)
	Sleep func(context.Context, time.Duration) error
	// Force corrects also a secret that another writer keeps changing.
	Force bool
	// NoWait leaves deployments of services to go on by themselves.
	NoWait bool
	// Pause is for the moments that NoWait does not save.
	Pause func(context.Context, time.Duration) error
}

// Kinds makes every kind, each with a client of its own on cfg.
func Kinds(cfg aws.Config, o Options) []resource.Any {
	secrets := secret.New(cfg, secret.Options{Now: time.Now, Rand: rand.Reader, Parallelism: o.Parallelism, Wait: o.Wait, Sleep: o.Sleep, Force: o.Force})
	return []resource.Any{
		resource.Erase(secrets),
		resource.Erase(parameter.New(cfg, parameter.Options{Now: time.Now, Rand: rand.Reader, Parallelism: o.Parallelism, Wait: o.Wait, Sleep: o.Pause, Seal: secrets.Seal})),
		resource.Erase(role.New(cfg, role.Options{Parallelism: o.Parallelism, Wait: o.Wait, Sleep: o.Sleep})),
		resource.Erase(taskdefinition.New(cfg, taskdefinition.Options{Parallelism: o.Parallelism, Wait: o.Wait, Sleep: o.Sleep})),
		resource.Erase(service.New(cfg, service.Options{Parallelism: o.Parallelism, NoWait: o.NoWait, Wait: o.Wait, Sleep: o.Pause})),
	}
}
