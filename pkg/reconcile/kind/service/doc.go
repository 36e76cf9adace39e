// Package service is the resource kind service, limited to deployments: it
// finds the services that run a deployment's tasks with older values of its
// secrets than the current ones, and has ECS deploy them anew. Beside them it
// tells of tasks that no service started, and of schedules and rules that name
// an older revision.
//
// It guarantees that nothing but a deployment is asked for: neither the desired
// count nor the task definition of a service is touched. It waits for the very
// deployment that it asked for, and fails when that one does not complete.
package service
