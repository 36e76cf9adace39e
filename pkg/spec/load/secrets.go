package load

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/dotenv"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/source"
)

// secretText is the content of a source with what it defines.
type secretText struct {
	value spec.Secret
	keys  []string // names only
}

// formats that a source may have.
func formats() []string { return []string{"dotenv", "json", "yaml", "text"} }

// declare makes managed secrets of those that a task declares.
func (r *resolver) declare(from source.Task) {
	for i, l := range from.Doc.Spec.EnvLocations {
		if l.Secret == nil {
			continue
		}
		pointer := envLocationPointer(i)
		if m, ok := r.secret(from, *l.Secret, pointer); ok && r.note(located(from, pointer, r.d.AddSecret(m))) {
			r.declared[l.Secret] = spec.EnvLocation{Location: r.address(m, dotted(pointer)), Secret: m.Name, At: m.At}
		}
	}
}

// secret turns a secret of a manifest into a managed one.
func (r *resolver) secret(t source.Task, s manifest.Secret, pointer string) (spec.ManagedSecret, bool) {
	at := t.Place(pointer)
	m := spec.ManagedSecret{Name: s.Secret, From: spec.Source{File: s.From.File, Format: s.From.Format, Trim: s.From.Trim}, Output: s.Output,
		Description: s.Description, KMSKeyID: s.KMSKeyID, Tags: s.Tags,
		CreateOnly: s.CreateOnly, Drift: s.Drift, Tasks: []string{t.Doc.Metadata.Name}, At: at}
	if m.Drift == "" {
		m.Drift = t.Doc.Spec.Drift
	}
	r.window(&m, s, t.Place(pointer+"/recovery_window_days"), dotted(pointer)+".recovery_window_days")
	r.key(m, t.Place(pointer+"/kms_key_id"), dotted(pointer)+".kms_key_id")
	r.ownName(m, t.Place(pointer+"/secret"), dotted(pointer)+".secret")
	if s.From.File == "" {
		r.complain(t.Place(pointer+"/from/file"), dotted(pointer)+".from.file", "want from: {file: FILE}", fmt.Sprintf("secret %q does not say where its value comes from", s.Secret))
		return m, false
	}
	if m.From.Format == "" {
		m.From.Format = formatOf(m.From.File)
	}
	if !slices.Contains(formats(), m.From.Format) {
		r.complain(t.Place(pointer+"/from/format"), dotted(pointer)+".from.format", "want "+strings.Join(formats(), ", "), fmt.Sprintf("%q is no format", m.From.Format))
		return m, false
	}
	if t.Doc.Spec.Inject == spec.InjectECSSecrets && m.Output == "" && m.From.Format == "dotenv" {
		m.Output = "json" // ECS reads single keys of JSON alone
	}
	if !r.output(m, t.Place(pointer+"/output"), dotted(pointer)+".output") {
		return m, false
	}
	text, err := r.text(m, t.Place(pointer+"/from/file"))
	if !r.note(err) {
		return m, false
	}
	m.Value, m.Keys = text.value, text.keys
	return m, r.note(located(t, pointer, m.Check()))
}

// text reads a source once, however many secrets are made of it.
func (r *resolver) text(m spec.ManagedSecret, at spec.Position) (secretText, error) {
	id := fmt.Sprintf("%s\x00%s\x00%s\x00%t", m.From.File, m.From.Format, m.Output, m.From.Trim)
	if text, ok := r.files[id]; ok {
		return text, nil
	}
	data, _, err := r.content(m.From.File, at)
	if err != nil {
		return secretText{}, err
	}
	text, err := r.convert(m, data)
	if err == nil {
		r.files[id] = text
	}
	return text, err
}

// convert checks that the content is what its format says, and makes of it
// what is stored.
func (r *resolver) convert(m spec.ManagedSecret, data []byte) (secretText, error) {
	name := r.folder.name(m.From.File)
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return secretText{}, &spec.Error{At: placeIn(name, data, i), Message: "the file holds a NUL byte", Hint: "a secret that a process reads as text has none"}
	}
	if !utf8.Valid(data) {
		return secretText{}, &spec.Error{At: placeIn(name, data, validUpTo(data)), Message: "the file is not valid UTF-8", Hint: "save it as UTF-8"}
	}
	if m.From.Trim {
		data = bytes.TrimRightFunc(data, unicode.IsSpace)
	}
	text := secretText{value: spec.NewSecret(string(data))}
	if m.From.Format == "text" {
		return text, nil
	}
	if m.From.Format == "dotenv" {
		return r.fromDotenv(m, name, data)
	}
	var err error
	text.keys, err = dotenv.Keys(dotenv.Format(m.From.Format), data)
	if err != nil {
		return text, malformed(m, name, err)
	}
	if m.From.Format == "json" {
		r.repeated(name, data)
	}
	return text, nil
}

func malformed(m spec.ManagedSecret, name string, err error) error {
	at, message := spec.Position{File: name, Line: 1, Column: 1}, err.Error()
	var syntax *dotenv.SyntaxError
	if errors.As(err, &syntax) {
		at.Line, at.Column, message = syntax.Line, syntax.Column, syntax.Message
	}
	return &spec.Error{At: at, Message: fmt.Sprintf("the file is not %s: %s", m.From.Format, message), Hint: "say what it is in from.format"}
}

// repeated warns of names that a JSON source has twice.
func (r *resolver) repeated(name string, data []byte) {
	again := dotenv.Repeated(data)
	for _, key := range slices.Sorted(maps.Keys(again)) {
		r.warn(placeIn(name, data, again[key]), key, "remove one of them", "the name is in this JSON twice, and the process sees the last value alone")
	}
}

// placeIn is where an offset in bytes is.
func placeIn(name string, data []byte, offset int) spec.Position {
	line, column := dotenv.Place(data, offset)
	return spec.Position{File: name, Line: line, Column: column}
}

// validUpTo is the offset of the first byte that is no UTF-8.
func validUpTo(data []byte) int {
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		if c == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

// output refuses a form that a source cannot be stored in.
func (r *resolver) output(m spec.ManagedSecret, at spec.Position, path string) bool {
	if m.Output == "" || m.Output == m.From.Format || m.Output == "json" && m.From.Format == "dotenv" {
		return true
	}
	r.complain(at, path, "only dotenv can be stored as something else: output: json", fmt.Sprintf("a %s source cannot be stored as %q", m.From.Format, m.Output))
	return false
}

func (r *resolver) fromDotenv(m spec.ManagedSecret, name string, data []byte) (secretText, error) {
	file := dotenv.Parse(data)
	if problems := file.Check(name); len(problems) > 0 {
		return secretText{}, problems
	}
	r.interpolation(m, name, file)
	text := secretText{value: spec.NewSecret(string(data))}
	for _, e := range dotenv.Unique(file.Entries) {
		text.keys = append(text.keys, e.Key)
	}
	if m.Output == "" || m.Output == "dotenv" {
		return text, nil
	}
	var err error
	text.value, err = dotenv.JSON(file.Entries)
	return text, err
}

// interpolation warns of what python-dotenv expands in the running task.
func (r *resolver) interpolation(m spec.ManagedSecret, name string, file dotenv.File) {
	for _, e := range file.Entries {
		if e.Interpolates && m.Output != "json" {
			r.warn(spec.Position{File: name, Line: e.Line, Column: 1}, e.Key, "python-dotenv has no escape for it; `output: json` keeps the text as it is",
				"proc_wrapper expands ${…} in this value, even in single quotes")
		}
	}
}

// formatOf guesses a source's format from its name: .env files are dotenv.
func formatOf(file string) string {
	switch base := path.Base(file); {
	case strings.HasPrefix(base, ".env"), strings.HasSuffix(base, ".env"):
		return "dotenv"
	case path.Ext(base) == ".json":
		return "json"
	case path.Ext(base) == ".yaml", path.Ext(base) == ".yml":
		return "yaml"
	default:
		return "text"
	}
}

// upload makes a managed secret of what a CloudReactor project stores.
func (r *resolver) upload(u source.Upload) {
	m := spec.ManagedSecret{Name: u.Name, Value: u.Value, From: spec.Source{File: u.File, Format: u.Format, Trim: true}, Tags: u.Tags, At: u.At,
		Description: u.Description, KMSKeyID: u.KMSKeyID, Tasks: slices.Sorted(slices.Values(u.Tasks))}
	if keys, err := dotenv.Keys(dotenv.Format(orElse(u.Format, "text")), []byte(u.Value.Reveal())); err == nil {
		m.Keys = keys
	}
	if u.Format == "dotenv" {
		r.interpolation(m, r.folder.name(u.File), dotenv.Parse([]byte(u.Value.Reveal())))
	}
	r.key(m, m.At, "kms_key_id")
	r.ownName(m, m.At, "")
	if r.note(m.Check()) {
		r.note(r.d.AddSecret(m))
	}
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
