// Package ecs plays Amazon ECS: task definitions, clusters, services, tasks and
// their tags, for one account in one region.
//
// It guarantees that a registration is refused wherever AWS's documentation
// refuses it, that a definition comes back as AWS returns it (defaults filled
// in, sizes as numbers, the order of environment and secrets not kept), that a
// revision's content never changes and its number is never used twice, and that
// what it is given or returns shares no memory with its state.
//
// No container ever runs here. Deployments of services complete at once, and
// tasks start within seconds of the clock, unless an image is BrokenImage: then
// tasks stop before they start, and a circuit breaker does what it is set to.
package ecs
