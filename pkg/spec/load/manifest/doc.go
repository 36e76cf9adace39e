// Package manifest is the written form of the desired state: the Project and
// Task documents of deploy_config/reconciler.yaml and deploy_config/tasks.
//
// Whatever else a project is written in is turned into these documents too, so
// there is one model, one resolution and one way to print it. Decoding is
// strict: a key that is not here is an error with a suggestion.
package manifest
