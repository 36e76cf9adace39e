package load

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/source"
)

// declareParameter makes a managed parameter of one that a task declares.
func (r *resolver) declareParameter(from source.Task, p *manifest.Parameter, pointer string) {
	m, ok := r.managedParameter(from, *p, pointer)
	if !ok || !r.note(located(from, pointer, r.d.AddParameter(m))) {
		return
	}
	if p.Variable != "" && from.Doc.Spec.Inject != spec.InjectECSSecrets {
		r.complain(from.Place(pointer+"/variable"), dotted(pointer)+".variable", "leave it out, or set inject: ecs_secrets",
			"proc_wrapper reads names and values in a parameter, and gives it no name")
	}
	r.readable(from, m, pointer)
	r.declared[p] = spec.EnvLocation{Location: r.parameterAddress(m), Parameter: m.Name, Variable: p.Variable, At: m.At}
}

// managedParameter turns a parameter of a manifest into a managed one.
func (r *resolver) managedParameter(t source.Task, p manifest.Parameter, pointer string) (spec.ManagedParameter, bool) {
	m := spec.ManagedParameter{Name: p.Parameter, Type: p.Type, Tier: p.Tier, DataType: p.DataType, Output: p.Output,
		Shown: p.Sensitive != nil && !*p.Sensitive, AllowedPattern: p.AllowedPattern, Description: p.Description, KMSKeyID: p.KMSKeyID,
		Tags: p.Tags, CreateOnly: p.CreateOnly, Drift: p.Drift, Tasks: []string{t.Doc.Metadata.Name}, At: t.Place(pointer)}
	if m.Type == "" {
		m.Type = spec.ParameterSecure
	}
	if m.Drift == "" {
		m.Drift = t.Doc.Spec.Drift
	}
	r.key(fmt.Sprintf("the parameter %q", m.Name), m.KMSKeyID, t.Place(pointer+"/kms_key_id"), dotted(pointer)+".kms_key_id")
	o := origin{m.Name, t, pointer + "/from", p.From, m.Shown}
	var ok bool
	if m.From, ok = r.source(o); !ok {
		return m, false
	}
	m.CreateOnly = m.CreateOnly || m.From.Generate != nil
	if m.From.Format == "binary" || m.Output == "binary" {
		r.complain(t.Place(pointer), dotted(pointer), "use a secret, or store it as base64", "a parameter holds text alone")
		return m, false
	}
	if !r.output(m.From, m.Output, t.Place(pointer+"/output"), dotted(pointer)+".output") {
		return m, false
	}
	text, err := r.text(o, m.From, m.Output)
	if !r.note(err) {
		return m, false
	}
	m.Value, m.Keys, m.Unread = text.value, text.keys, text.unread
	r.vaultedAndShown(m, t, pointer)
	return m, r.note(located(t, pointer, m.Check()))
}

// vaultedAndShown refuses to show what came out of a vault.
func (r *resolver) vaultedAndShown(m spec.ManagedParameter, t source.Task, pointer string) {
	if !m.Shown {
		return
	}
	sealed := t.Sensitive != nil && t.Sensitive(pointer+"/from/literal")
	for _, file := range m.From.Files() {
		sealed = sealed || slices.Contains(r.vault.files, file)
	}
	for _, text := range r.vault.opened {
		sealed = sealed || len(text) >= minMasked && strings.Contains(m.Value.Reveal(), text)
	}
	if sealed {
		r.complain(t.Place(pointer+"/sensitive"), dotted(pointer)+".sensitive", "leave it out", "what stands encrypted in the project is not shown")
	}
}

// readable warns of a value in which proc_wrapper finds no variables.
func (r *resolver) readable(t source.Task, m spec.ManagedParameter, pointer string) {
	inject := t.Doc.Spec.Inject
	if format := orElse(m.Output, m.From.Format); format == "text" && (inject == "" || inject == spec.InjectWrapper) && !t.Complete {
		r.warn(m.At, dotted(pointer), "use a dotenv, json or yaml source; or inject: ecs_secrets; or refer to it in a variable NAME_FOR_PROC_WRAPPER_TO_RESOLVE",
			fmt.Sprintf("the parameter %q holds a text, in which proc_wrapper finds no variables", m.Name))
	}
}

// parameterAddress is the location by which a task reads a managed parameter:
// its ARN, and the format, which SSM does not tell.
func (r *resolver) parameterAddress(m spec.ManagedParameter) string {
	arn, format := r.d.ParameterARN(m.Name), orElse(m.Output, m.From.Format)
	if format == "text" || format == guessed(m.Name) {
		return arn
	}
	return arn + "!" + format
}

// parameterBehind finds the managed parameter behind a location, and notes that
// the task reads it; "" when it is only referred to.
func (r *resolver) parameterBehind(from source.Task, loc spec.Location) string {
	if loc.Provider != spec.ProviderSSM || loc.ARN.AccountID != "" && loc.ARN.AccountID != r.d.AccountID || loc.ARN.Region != "" && loc.ARN.Region != r.d.Region {
		return ""
	}
	name := loc.ParameterName()
	i := slices.IndexFunc(r.d.Parameters, func(p spec.ManagedParameter) bool { return strings.TrimPrefix(p.Name, "/") == name })
	if i < 0 {
		return ""
	}
	p := &r.d.Parameters[i]
	if !slices.Contains(p.Tasks, from.Doc.Metadata.Name) {
		p.Tasks = slices.Sorted(slices.Values(append(slices.Clone(p.Tasks), from.Doc.Metadata.Name)))
	}
	return p.Name
}

// parameterRef is the container secret of a parameter: ECS gives the value a
// name, and knows no keys in it (AWS: "Pass Systems Manager parameters through
// Amazon ECS environment variables").
func (r *resolver) parameterRef(l spec.EnvLocation, path, container string) (spec.SecretRef, bool) {
	name := orElse(l.Variable, l.Parameter[strings.LastIndexByte(l.Parameter, '/')+1:])
	if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(name) {
		r.complain(l.At, path, "say which variable it becomes, as in variable: TOKEN", fmt.Sprintf("%q is no name of a variable", name))
		return spec.SecretRef{}, false
	}
	return spec.SecretRef{Container: container, Name: name, Parameter: l.Parameter}, true
}

// referred names what a container secret refers to.
func referred(ref spec.SecretRef) string {
	if ref.Parameter != "" {
		return fmt.Sprintf("parameter %q", ref.Parameter)
	}
	return fmt.Sprintf("secret %q", ref.Secret)
}

// readsOfRefs are the calls that ECS makes for container secrets, and on what.
func readsOfRefs(refs []spec.SecretRef) string {
	var out []string
	if slices.ContainsFunc(refs, func(r spec.SecretRef) bool { return r.Secret != "" }) {
		out = append(out, "secretsmanager:GetSecretValue on the secrets")
	}
	if slices.ContainsFunc(refs, func(r spec.SecretRef) bool { return r.Parameter != "" }) {
		out = append(out, "ssm:GetParameters on the parameters")
	}
	return strings.Join(out, " and ")
}
