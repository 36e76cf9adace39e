package manifest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// Render writes every task of a deployment as a manifest with everything
// resolved. Secrets name their source, never a value; what came out of a vault
// is shown as spec.Masked.
func Render(d *spec.Deployment) ([]Task, error) {
	tasks := []Task{}
	for _, t := range d.Tasks {
		doc, err := render(d, t)
		if err != nil {
			return nil, fmt.Errorf("cannot render task %s: %w", t.Name, err)
		}
		tasks = append(tasks, doc)
	}
	return tasks, nil
}

// Undeclared warns of the managed secrets that no rendered manifest declares.
func Undeclared(d *spec.Deployment) []spec.Warning {
	var out []spec.Warning
	for _, s := range d.Secrets {
		why := "no task's env_locations name it"
		switch {
		case !s.From.IsNamed():
			why = "it is made of no file"
		case len(s.Tasks) == 0:
			why = "no task reads it"
		case slices.ContainsFunc(d.Tasks, func(t spec.Task) bool { return reads(t, s.Name) }):
			continue
		}
		out = append(out, spec.Warning{At: s.At, Message: fmt.Sprintf("the secret %s is stored and %s, so no manifest declares it", s.Name, why)})
	}
	for _, p := range d.Parameters {
		if !p.From.IsNamed() {
			out = append(out, spec.Warning{At: p.At, Message: fmt.Sprintf("the parameter %s is stored and it is made of no file, so no manifest declares it", p.Name)})
		}
	}
	return out
}

func reads(t spec.Task, secret string) bool {
	return slices.ContainsFunc(t.EnvLocations, func(l spec.EnvLocation) bool { return l.Secret == secret })
}

func render(d *spec.Deployment, t spec.Task) (Task, error) {
	definition, err := Definition(d, t)
	if err != nil {
		return Task{}, err
	}
	if err := mask(definition, t.Vaulted); err != nil {
		return Task{}, err
	}
	service, err := masked(t.Service, t.VaultedService)
	if err != nil {
		return Task{}, err
	}
	schedule, err := masked(t.Schedule, t.VaultedSchedule)
	if err != nil {
		return Task{}, err
	}
	out := Task{APIVersion: APIVersion, Kind: KindTask, Metadata: Metadata{Name: t.Name, Labels: t.Labels}}
	out.Spec = TaskSpec{Environments: []string{d.Environment}, RoleARN: t.RoleARN, Inject: t.Inject, TaskDefinition: definition,
		Service: service, Schedule: schedule, Drift: t.Drift, OnSecretChange: t.OnSecretChange, Ignore: t.Ignore}
	for _, l := range t.EnvLocations {
		out.Spec.EnvLocations = append(out.Spec.EnvLocations, location(d, l))
	}
	if out.Spec.RoleARN == "" {
		out.Spec.RoleARN, _ = definition["taskRoleArn"].(string)
	}
	out.Spec.Role = settings(d, t, out.Spec.RoleARN)
	out.Spec.ExecutionRole = executionSettings(d, t, definition)
	return out, nil
}

// executionSettings are those of the execution role, which is managed by
// default only where it must let ECS read secrets.
func executionSettings(d *spec.Deployment, t spec.Task, definition spec.Document) *Role {
	arn, _ := definition["executionRoleArn"].(string)
	injects := len(t.SecretRefs) > 0
	_, managed := roleOf(d, t, arn)
	if arn == "" || !managed && !injects {
		return nil
	}
	r := settings(d, t, arn)
	if r == nil && !injects {
		yes := true
		r = &Role{Manage: &yes}
	}
	return r
}

// roleOf is a role that t has managed.
func roleOf(d *spec.Deployment, t spec.Task, arn string) (spec.ManagedRole, bool) {
	r, ok := d.Role(arn)
	return r, ok && slices.Contains(r.Tasks, t.Name)
}

// Definition is a copy of what is registered for t, without tags of ours and
// with secrets' ARNs as far as they are known without asking AWS.
func Definition(d *spec.Deployment, t spec.Task) (spec.Document, error) {
	if t.TaskDefinition == nil {
		return nil, nil
	}
	definition, err := deepCopy(t.TaskDefinition)
	if err != nil {
		return nil, err
	}
	list, _ := definition["containerDefinitions"].([]any)
	for _, ref := range t.SecretRefs {
		for _, item := range list {
			if c, ok := item.(map[string]any); ok && c["name"] == ref.Container {
				secrets, _ := c["secrets"].([]any)
				c["secrets"] = append(secrets, map[string]any{"name": ref.Name, "valueFrom": ReferenceARN(d, ref)})
			}
		}
	}
	return definition, nil
}

// ReferenceARN is what a container's secret refers to, as far as that is known
// without asking AWS.
func ReferenceARN(d *spec.Deployment, ref spec.SecretRef) string {
	if ref.Parameter != "" {
		return d.ParameterARN(ref.Parameter)
	}
	arn := spec.ARN{Partition: d.Partition, Service: "secretsmanager", Region: d.Region, AccountID: d.AccountID, Resource: "secret:" + ref.Secret}.String()
	if ref.JSONKey == "" {
		return arn
	}
	return arn + ":" + ref.JSONKey + "::"
}

func deepCopy(doc spec.Document) (spec.Document, error) {
	data, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	var out spec.Document
	return out, decoder.Decode(&out)
}

// location writes a managed secret or parameter with its source. One whose
// source has no name can only be referred to.
func location(d *spec.Deployment, l spec.EnvLocation) EnvLocation {
	if p, ok := d.Parameter(l.Parameter); ok && p.From.IsNamed() {
		return EnvLocation{Parameter: parameter(p, l.Variable)}
	}
	s, ok := d.Secret(l.Secret)
	if !ok || !s.From.IsNamed() {
		return EnvLocation{Location: shown(l.Location)}
	}
	return EnvLocation{Secret: &Secret{Secret: s.Name, From: SourceOf(s.From),
		Output: s.Output, Description: s.Description, KMSKeyID: s.KMSKeyID, Tags: s.Tags,
		Replicas: replicas(s.Replicas), ResourcePolicy: removable(s.ResourcePolicy),
		RecoveryWindowDays: unlessZero(s.RecoveryWindowDays), CreateOnly: s.CreateOnly, Drift: s.Drift}}
}

func parameter(p spec.ManagedParameter, variable string) *Parameter {
	out := Parameter{Parameter: p.Name, From: SourceOf(p.From), Output: p.Output, Type: p.Type, Tier: p.Tier, DataType: p.DataType,
		AllowedPattern: p.AllowedPattern, Description: p.Description, KMSKeyID: p.KMSKeyID, Tags: p.Tags, CreateOnly: p.CreateOnly, Drift: p.Drift, Variable: variable}
	if p.Shown {
		out.Sensitive = new(bool)
	}
	return &out
}

func unlessZero(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// shown is a location as it may be seen: PLAIN: holds values themselves.
func shown(text string) string {
	if loc, err := spec.ParseLocation(text); err == nil && loc.Provider == spec.ProviderPlain {
		return "PLAIN:" + spec.Masked
	}
	return text
}

// settings are those of a managed role; nil when they are all defaults.
func settings(d *spec.Deployment, t spec.Task, arn string) *Role {
	m, ok := roleOf(d, t, arn)
	if !ok {
		if arn == "" {
			return nil
		}
		unmanaged := false
		return &Role{Manage: &unmanaged}
	}
	r := Role{TrustPolicy: m.TrustPolicy, InlinePolicies: m.InlinePolicies, PermissionsBoundary: m.PermissionsBoundary,
		Description: m.Description, MaxSessionDuration: m.MaxSessionDuration, Tags: m.Tags}
	if !m.Grant {
		r.GrantEnvLocations = new(bool)
	}
	if m.ManagedPolicies != nil {
		r.ManagedPolicies = &m.ManagedPolicies
	}
	if r.isZero() {
		return nil
	}
	return &r
}

func (r Role) isZero() bool {
	return r.Manage == nil && r.GrantEnvLocations == nil && r.TrustPolicy == nil && r.InlinePolicies == nil && r.ManagedPolicies == nil &&
		r.PermissionsBoundary == nil && r.Description == nil && r.MaxSessionDuration == nil && r.Tags == nil
}

// masked is a copy of doc with what the JSON pointers name hidden.
func masked(doc spec.Document, pointers []string) (spec.Document, error) {
	if len(pointers) == 0 {
		return doc, nil
	}
	copied, err := deepCopy(doc)
	if err != nil {
		return nil, err
	}
	return copied, mask(copied, pointers)
}

// mask hides what the JSON pointers name.
func mask(doc spec.Document, pointers []string) error {
	for _, pointer := range pointers {
		if !replaceAt(doc, tokens(pointer), func(any) any { return spec.Masked }) {
			return fmt.Errorf("a sensitive value at %s cannot be hidden", pointer)
		}
	}
	return nil
}
