package events

import "time"

// The kinds of objects, as plans name them.
const (
	Secret         = "secret"
	Role           = "role"
	TaskDefinition = "task_definition"
	Service        = "service"
	Parameter      = "parameter"
)

// Change says that something happened to one object.
type Change struct {
	Kind string // one of the above
	// Name is the object's name in plans: a secret's, a role's or a parameter's
	// name, a task definition's family, CLUSTER/SERVICE.
	Name    string
	Account string // where the object is; twelve digits
	// Region is the object's; empty for roles, which have none.
	Region string
	// Event is what happened, in AWS's words: PutSecretValue, RotationSucceeded,
	// SERVICE_DEPLOYMENT_FAILED.
	Event string
	// Token is the ClientRequestToken of a put secret value, which is the new
	// version's id; empty for all else.
	Token string
	// Actor is who did it, in words that may be shown to anybody.
	Actor string
	// ActorARN is the ARN of who did it, a session's for a role; empty where AWS
	// names none, as for its own services.
	ActorARN string
	// Failed says that AWS refused it, so that nothing changed.
	Failed bool
	At     time.Time // when it happened, by AWS's clock
	// ID is the event's. The changes of one event share it.
	ID string
}
