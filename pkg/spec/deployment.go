package spec

import "slices"

// Deployment is the desired state of one environment, fully resolved: every
// expression is evaluated and every secret's value is at hand.
type Deployment struct {
	Project       string
	Environment   string
	AccountID     string             // twelve digits; "" when the spec does not tell
	Partition     string             // aws, aws-cn, aws-us-gov or aws-eusc
	Region        string             // "" when the spec does not tell
	AssumeRoleARN string             // assumed before anything is read; may be empty
	AssumeRole    AssumeRole         // how a role is assumed, whatever names it
	Tags          map[string]string  // put on everything that is managed
	Tasks         []Task             // by name
	Secrets       []ManagedSecret    // by name; one for each name, whichever tasks read it
	Parameters    []ManagedParameter // by name, as Secrets are
	Roles         []ManagedRole      // by ARN; one for each ARN, whichever tasks use it
	Undeployed    []string           // tasks the spec names but does not deploy here
	Selected      []string           // the tasks that TASK_NAMES names; nil for all
	Refusals      Errors             // what is well formed and AWS would refuse; nothing may be planned with them
	Warnings      []Warning
}

// AssumeRole is what a role's trust policy may want of who assumes it.
type AssumeRole struct {
	ExternalID  string            // may be empty
	SessionTags map[string]string // may be nil
}

// Owner is the value of the owner tag on everything this deployment manages.
func (d *Deployment) Owner() string { return d.Project + "/" + d.Environment }

// Secret finds a managed secret by name.
func (d *Deployment) Secret(name string) (ManagedSecret, bool) {
	for _, s := range d.Secrets {
		if s.Name == name {
			return s, true
		}
	}
	return ManagedSecret{}, false
}

// Role finds a managed role by ARN.
func (d *Deployment) Role(arn string) (ManagedRole, bool) {
	for _, r := range d.Roles {
		if r.ARN == arn {
			return r, true
		}
	}
	return ManagedRole{}, false
}

// Document is a block in AWS's own camelCase form, as encoding/json decodes it.
// It holds nothing that
// must not be shown except at the places a Task lists as Vaulted.
type Document = map[string]any

// Task is one program that ECS runs.
type Task struct {
	Name            string
	Labels          map[string]string
	EnvLocations    []EnvLocation // in the order the process reads them
	RoleARN         string        // the task role; "" leaves it out
	Inject          Inject
	TaskDefinition  Document // what is registered, camelCase; nil when the task brings its own
	SecretRefs      []SecretRef
	Service         Document
	Schedule        Document
	Drift           Drift
	OnSecretChange  OnSecretChange
	Ignore          []string // JSON pointers under /task_definition or /role
	Vaulted         []string // JSON pointers into TaskDefinition of values that came out of a vault
	VaultedService  []string // the same into Service
	VaultedSchedule []string // the same into Schedule
	At              Position
}

// Inject says how env_locations reach the process.
type Inject string

// The ways of injection. InjectWrapper is the default.
const (
	InjectWrapper    Inject = "proc_wrapper"
	InjectECSSecrets Inject = "ecs_secrets"
	InjectNone       Inject = "none"
)

// Drift says what to do when AWS is no longer what our last apply left.
type Drift string

// The drift policies. DriftCorrect is the default.
const (
	DriftCorrect Drift = "correct"
	DriftReport  Drift = "report"
	DriftIgnore  Drift = "ignore"
)

// OnSecretChange says what becomes of a service that runs with an older value of
// a secret than the current one. A container gets secrets at its start alone.
type OnSecretChange string

// The ways to treat it. Where none is given, it is reported in the run that
// changes the value, and not looked for in any other.
const (
	SecretChangeReport   OnSecretChange = "report"
	SecretChangeRedeploy OnSecretChange = "redeploy"
)

// ManagedSecrets are the names of the managed secrets that the task reads, each
// once, in order.
func (t Task) ManagedSecrets() []string {
	return t.managed(func(l EnvLocation) string { return l.Secret }, func(r SecretRef) string { return r.Secret })
}

// ManagedParameters are the names of the managed parameters that the task
// reads, each once, in order.
func (t Task) ManagedParameters() []string {
	return t.managed(func(l EnvLocation) string { return l.Parameter }, func(r SecretRef) string { return r.Parameter })
}

func (t Task) managed(located func(EnvLocation) string, referred func(SecretRef) string) []string {
	var names []string
	for _, l := range t.EnvLocations {
		names = append(names, located(l))
	}
	for _, r := range t.SecretRefs {
		names = append(names, referred(r))
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	slices.Sort(names)
	return slices.Compact(names)
}

// orDefault spells the default out.
func (d Drift) orDefault() Drift {
	if d == "" {
		return DriftCorrect
	}
	return d
}

// EnvLocation is one place the process's environment is read from.
type EnvLocation struct {
	Location string // as proc_wrapper reads it: ARN or other form, with !format where needed
	Secret   string // name of the managed secret behind it; "" when only referenced
	// Parameter is the name of the managed parameter behind it; "" without.
	Parameter string
	// Variable is what a parameter's value becomes where ECS injects it; ""
	// for the last part of its name.
	Variable string
	At       Position
}

// SecretRef is one container secret that ECS itself injects: of a managed
// secret, whose full ARN is known once it exists, or of a managed parameter.
type SecretRef struct {
	Container string
	Name      string // of the environment variable
	Secret    string // name of a managed secret; "" for a parameter
	JSONKey   string // "" for the whole value, as always for a parameter
	Parameter string // name of a managed parameter; "" for a secret
}

// ManagedSecret is a Secrets Manager secret that is converged to a value.
// A nil pointer or map means: unmanaged, leave as it is.
type ManagedSecret struct {
	Name               string
	From               Source
	Output             string // format the value was converted to; "" when stored byte for byte
	Value              Secret
	Unread             bool     // its source was not asked, so that Value and Keys are not known
	Keys               []string // the variables in it, in order; names only
	Description        *string
	KMSKeyID           *string
	Replicas           []Replica // by region; empty but not nil removes all
	ResourcePolicy     *Document // pointing to a nil Document, it removes the policy
	Tags               map[string]string
	RecoveryWindowDays int  // 7 to 30; 0 is AWS's default of 30
	CreateOnly         bool // the value is written once and then left alone
	Drift              Drift
	Tasks              []string // by name; may be empty
	At                 Position
}

// ManagedRole is an IAM role that is converged. A nil pointer, map or slice
// means: unmanaged, leave as it is.
type ManagedRole struct {
	ARN                 string
	Path                string // /, or /team/app/
	Name                string
	TrustPolicy         Document // nil: the default trust, ecs-tasks.amazonaws.com in this account and region
	TrustOnCreate       bool     // an existing role keeps its trust; only a new one gets it
	GrantLocations      []Location
	GrantKMSKeys        []string            // key ARNs or ids that the granted secrets are encrypted with
	GrantParameterKeys  []string            // the same of the granted parameters
	Grant               bool                // converge the derived inline policy `ecs-reconciler`
	InlinePolicies      map[string]Document // a nil Document removes that policy
	ManagedPolicies     []string            // ARNs; empty but not nil detaches all
	PermissionsBoundary *string             // "" removes it
	Description         *string
	MaxSessionDuration  *int32 // seconds
	Tags                map[string]string
	Drift               Drift
	Ignore              []string // JSON pointers under /role
	Tasks               []string // by name
	At                  Position
}
