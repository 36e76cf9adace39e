package load

import (
	"fmt"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/dotenv"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/source"
)

// declare makes managed secrets of those that a task declares.
func (r *resolver) declare(from source.Task) {
	for i, l := range from.Doc.Spec.EnvLocations {
		pointer := envLocationPointer(i)
		if l.Parameter != nil {
			r.declareParameter(from, l.Parameter, pointer)
		}
		if l.Secret == nil {
			continue
		}
		if m, ok := r.secret(from, *l.Secret, pointer); ok && r.note(located(from, pointer, r.d.AddSecret(m))) {
			r.declared[l.Secret] = spec.EnvLocation{Location: r.address(m, dotted(pointer)), Secret: m.Name, At: m.At}
		}
	}
}

// secret turns a secret of a manifest into a managed one.
func (r *resolver) secret(t source.Task, s manifest.Secret, pointer string) (spec.ManagedSecret, bool) {
	at := t.Place(pointer)
	m := spec.ManagedSecret{Name: s.Secret, Output: s.Output,
		Description: s.Description, KMSKeyID: s.KMSKeyID, Tags: s.Tags,
		Replicas: manifest.ReplicasOf(s.Replicas), ResourcePolicy: s.ResourcePolicy.Spec(), CreateOnly: s.CreateOnly, Drift: s.Drift, Tasks: []string{t.Doc.Metadata.Name}, At: at}
	if m.Drift == "" {
		m.Drift = t.Doc.Spec.Drift
	}
	r.window(&m, s, t.Place(pointer+"/recovery_window_days"), dotted(pointer)+".recovery_window_days")
	r.key(fmt.Sprintf("the secret %q", m.Name), m.KMSKeyID, t.Place(pointer+"/kms_key_id"), dotted(pointer)+".kms_key_id")
	r.ownName(m, t.Place(pointer+"/secret"), dotted(pointer)+".secret")
	r.copies(m, t, pointer)
	o := origin{m.Name, t, pointer + "/from", s.From, false}
	var ok bool
	if m.From, ok = r.source(o); !ok {
		return m, false
	}
	m.CreateOnly = m.CreateOnly || m.From.Generate != nil
	if t.Doc.Spec.Inject == spec.InjectECSSecrets && m.Output == "" && m.From.Format == "dotenv" {
		m.Output = "json" // ECS reads single keys of JSON alone
	}
	if !r.output(m.From, m.Output, t.Place(pointer+"/output"), dotted(pointer)+".output") {
		return m, false
	}
	if m.Output == "binary" {
		r.warn(at, dotted(pointer), "a process that fetches the secret by itself can", fmt.Sprintf("the secret %q is stored as bytes, which neither proc_wrapper nor ECS can give to a process", m.Name))
	}
	text, err := r.text(o, m.From, m.Output)
	if !r.note(err) {
		return m, false
	}
	m.Value, m.Keys, m.Unread = text.value, text.keys, text.unread
	return m, r.note(located(t, pointer, m.Check()))
}

// output refuses a form that a source cannot be stored in.
func (r *resolver) output(from spec.Source, output string, at spec.Position, path string) bool {
	if output == "" && from.Format != "binary" || slices.Contains(outputs(from.Format), output) {
		return true
	}
	r.complain(at, path, "want "+strings.Join(outputs(from.Format), ", "), fmt.Sprintf("a %s source cannot be stored as %q", from.Format, output))
	return false
}

// outputs are the forms that a source of a format can be stored in.
func outputs(format string) []string {
	switch format {
	case "dotenv", "json":
		return []string{"dotenv", "json"}
	case "yaml":
		return []string{"dotenv", "json", "yaml"}
	default:
		return []string{format}
	}
}

// upload makes a managed secret of what a CloudReactor project stores.
func (r *resolver) upload(u source.Upload) {
	m := spec.ManagedSecret{Name: u.Name, Value: u.Value, From: spec.Source{File: u.File, Format: u.Format, Trim: true}, Tags: u.Tags, At: u.At,
		Description: u.Description, KMSKeyID: u.KMSKeyID, Tasks: slices.Sorted(slices.Values(u.Tasks))}
	if keys, err := dotenv.Keys(dotenv.Format(orElse(u.Format, "text")), []byte(u.Value.Reveal())); err == nil {
		m.Keys = keys
	}
	r.uploaded(u, m)
	r.key(fmt.Sprintf("the secret %q", m.Name), m.KMSKeyID, m.At, "kms_key_id")
	r.ownName(m, m.At, "")
	if r.note(m.Check()) {
		r.note(r.d.AddSecret(m))
	}
}

// uploaded checks the file that an upload is made of. The deployer stores what
// is malformed on a line, so that is warned of alone.
func (r *resolver) uploaded(u source.Upload, m spec.ManagedSecret) {
	if u.File == "" {
		return
	}
	name, data := r.folder.name(u.File), []byte(u.Value.Reveal())
	at := func(line, column int) spec.Position { return spec.Position{File: name, Line: line, Column: column} }
	if !r.note(isText(content{data, "the file", at})) || u.Format != "dotenv" {
		return
	}
	file := dotenv.Parse(data)
	assigns := slices.ContainsFunc(file.Entries, func(e dotenv.Entry) bool { return e.HasValue })
	for _, p := range file.Check(name) {
		if assigns {
			r.warn(p.At, p.Path, p.Hint, p.Message)
		} else {
			r.complain(p.At, p.Path, "it is stored for proc_wrapper to read variables from", p.Message)
		}
	}
	r.interpolation(m.From, data, at)
}

// window takes the days over. In the model 0 means that none were said, which
// writing 0 does not.
func (r *resolver) window(m *spec.ManagedSecret, s manifest.Secret, at spec.Position, path string) {
	switch days := s.RecoveryWindowDays; {
	case days == nil:
	case *days == 0:
		r.complain(at, path, "leave it out for 30", "recovery_window_days is 0: AWS takes 7 to 30")
	default:
		m.RecoveryWindowDays = *days
	}
}

// copies refuses a replica in the region that the secret itself is in.
func (r *resolver) copies(m spec.ManagedSecret, t source.Task, pointer string) {
	for i, replica := range m.Replicas {
		if replica.Region == r.d.Region && replica.Region != "" {
			path := fmt.Sprintf("%s/replicas/%d/region", pointer, i)
			r.complain(t.Place(path), dotted(path), "leave it out", fmt.Sprintf("the secret %q is itself in %s: its replicas are in other regions", m.Name, replica.Region))
		}
	}
}

// ownName refuses the name of the secret that reconciler keeps for itself.
func (r *resolver) ownName(m spec.ManagedSecret, at spec.Position, path string) {
	if m.Name == spec.FingerprintKeyName(r.d.Owner()) {
		r.complain(at, path, "choose another name", fmt.Sprintf("the secret %q holds the key by which reconciler tells values apart", m.Name))
	}
}

// unread warns of secrets that are stored and that no task reads.
func (r *resolver) unread() {
	for _, s := range r.d.Secrets {
		if len(s.Tasks) == 0 {
			r.warn(s.At, "", "name it in a task's env_locations", fmt.Sprintf("the secret %q is stored, and no task reads it", s.Name))
		}
	}
}
