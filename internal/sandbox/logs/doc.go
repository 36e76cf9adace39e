// Package logs plays the log groups and log streams of Amazon CloudWatch Logs
// in one region. No events are kept.
//
// It guarantees that a group keeps the retention, the key and the tags that it
// was given, and that a retention which AWS does not offer is refused. The words
// of its refusals are AWS's.
package logs

import (
	"strings"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/kmskey"
)

// Backend is CloudWatch Logs in one account and region. It is not safe for
// concurrent use; the frame serves one call at a time.
type Backend struct {
	// KMSKeys are the customer managed keys that exist: ids, ARNs, aliases, or
	// "*" for any of good form.
	KMSKeys []string

	env   *awsenv.Env
	state State
}

// State is everything that the backend remembers.
type State struct {
	// Groups by name.
	Groups map[string]*Group
}

// Group is one log group.
type Group struct {
	Name, KMSKey, Class string
	// Created is in milliseconds since 1970, as AWS shows it.
	Created int64
	// Retention is in days; nil is for ever.
	Retention *int32
	// Protected groups cannot be deleted.
	Protected bool
	Tags      map[string]string
	// Streams by name: when each was made.
	Streams map[string]int64
}

// New makes a CloudWatch Logs without groups.
func New(env *awsenv.Env) *Backend {
	return &Backend{env: env, state: State{Groups: map[string]*Group{}}}
}

// State is the backend's whole memory, a *State that survives encoding/json.
func (b *Backend) State() any { return &b.state }

func invalid(format string, args ...any) *awserr.Error {
	return awserr.New("InvalidParameterException", format, args...)
}

func notFound(what string) *awserr.Error {
	return awserr.New("ResourceNotFoundException", "The specified %s does not exist.", what)
}

// group finds a group by its name.
func (b *Backend) group(name *string) (*Group, error) {
	if name != nil {
		if g, ok := b.state.Groups[*name]; ok {
			return g, nil
		}
	}
	return nil, notFound("log group")
}

// groupByARN finds a group by its ARN, with or without ":*" at the end.
func (b *Backend) groupByARN(arn *string) (*Group, error) {
	if arn == nil {
		return nil, notFound("log group")
	}
	name, ours := strings.CutPrefix(strings.TrimSuffix(*arn, ":*"), b.env.ARN("logs", "log-group:"))
	if !ours {
		return nil, notFound("log group")
	}
	return b.group(&name)
}

// identified finds a group by name or by ARN, of which exactly one is given.
func (b *Backend) identified(name, identifier *string) (*Group, error) {
	switch {
	case (name == nil) == (identifier == nil):
		return nil, awserr.New("ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters.")
	case identifier == nil:
		return b.group(name)
	case strings.HasPrefix(*identifier, "arn:"):
		return b.groupByARN(identifier)
	default:
		return b.group(identifier)
	}
}

// arn is a group's ARN as tags know it.
func (b *Backend) arn(g *Group) string { return b.env.ARN("logs", "log-group:"+g.Name) }

// checkKey refuses a key that does not exist; the service takes ARNs alone.
func (b *Backend) checkKey(key *string) error {
	if key == nil || strings.HasPrefix(*key, "arn:") && kmskey.Exists(b.env, b.KMSKeys, *key) {
		return nil
	}
	return invalid("The specified KMS Key Id could not be found.")
}
