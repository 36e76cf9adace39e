package cloudreactor

import (
	"path"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// uploads are the secrets that the deployer of schema 4 stores by itself.
func (r *reader) uploads() error {
	if r.generation == before4 {
		return nil
	}
	if err := r.collect(r.credentialsUpload()); err != nil {
		return err
	}
	return r.envFileUpload()
}

// envFileUpload stores the variables of the running tasks.
func (r *reader) envFileUpload() error {
	settings, err := r.need("project_env_deployment")
	if err != nil || filled(settings, "store_task_runtime_env_in_secrets_manager") == nil {
		return err
	}
	name, err := r.secretName("task_runtime_env_secret_path")
	if err != nil || name == nil {
		return err
	}
	file := "env/.env." + r.StemName
	data, _, err := r.Read(file, name.At)
	if err != nil {
		return err
	}
	r.upload(source.Upload{Name: name.Text, Value: spec.NewSecret(strings.TrimRightFunc(string(data), isSpace)), File: file, Format: "dotenv", At: name.At})
	return nil
}

func (r *reader) upload(u source.Upload) {
	if u.Tags == nil {
		u.Tags = map[string]string{"Environment": r.Environment}
	}
	r.project.Uploads = append(r.project.Uploads, u)
}

// secretName is the name to store under; nil without one.
func (r *reader) secretName(variable string) (*yaml11.Node, error) {
	n, err := r.needIn(r.vars, variable)
	if err != nil || filled(n) == nil {
		return nil, err
	}
	at := placeOf(n, r.Common.At)
	if err := open(n, at, variable); err != nil {
		return nil, err
	}
	if hasARN(yaml11.PyStr(n)) {
		return nil, &spec.Error{At: at, Path: variable, Message: "a secret is stored under its name, and this is an ARN", Hint: "write the part behind :secret: alone"}
	}
	return final(yaml11.PyStr(n), at), nil
}

// credentialsUpload stores the user and password for the registry.
func (r *reader) credentialsUpload() error {
	settings, err := r.need("project_env_deployment")
	if err != nil || filled(settings, "store_container_registry_credentials_in_secrets_manager") == nil {
		return err
	}
	name, err := r.secretName("container_registry_credentials_secret_path")
	if err != nil || name == nil {
		return err
	}
	build, err := r.need("build_options")
	if err != nil {
		return err
	}
	var out object
	for _, key := range []string{"username", "password"} {
		n := r.credential(settings, build, key)
		if n == nil {
			r.complain(name.At, "container_registry_pull_"+key, "set it under project_deployment, or in the environment as CONTAINER_REGISTRY_PULL_"+strings.ToUpper(key), "the %s for the container registry is not known", key)
			return nil
		}
		out.set(key, n)
	}
	text, err := r.vars.json(out.node(name.At))
	if err == nil {
		r.pullSecret = name.Text
		r.upload(source.Upload{Name: name.Text, Value: spec.NewSecret(text), Format: "json", At: name.At})
	}
	return err
}

// credential looks for what pulls the image, then for what pushes it.
func (r *reader) credential(settings, build *yaml11.Node, key string) *yaml11.Node {
	for _, kind := range []string{"container_registry_pull_", "container_registry_"} {
		if text := r.vars.environ("", strings.ToUpper(kind+key)); text != "" {
			return final(text, settings.At)
		}
		if n := filled(settings, kind+key); n != nil && kind == "container_registry_pull_" {
			return final(yaml11.PyStr(n), n.At)
		}
	}
	if n := filled(build, "container_registry_"+key); n != nil {
		return final(yaml11.PyStr(n), n.At)
	}
	return nil
}

// readers notes which tasks have their images pulled with an upload.
func (r *reader) readers() {
	for i, u := range r.project.Uploads {
		for _, t := range r.project.Tasks {
			if r.pullSecret != "" && u.Name == r.pullSecret && t.Doc.Spec.TaskDefinition != nil {
				r.project.Uploads[i].Tasks = append(r.project.Uploads[i].Tasks, t.Doc.Metadata.Name)
			}
		}
	}
}

// isSpace is Python's str.isspace, which also counts the separators 1c to 1f.
func isSpace(c rune) bool {
	switch c {
	case 0x1c, 0x1d, 0x1e, 0x1f, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000:
		return true
	}
	return c >= 0x09 && c <= 0x0d || c == ' ' || c >= 0x2000 && c <= 0x200a
}

// recording is the input with a note taken of each file that lookup('file', …)
// reads, so that a secret can name the file it is made of, and of what is opened.
func (r *reader) recording() Input {
	in := r.Input
	if decrypt := in.Expressions.Decrypt; decrypt != nil {
		in.Expressions.Decrypt = func(cipher []byte, at spec.Position) ([]byte, error) {
			plain, err := decrypt(cipher, at)
			if text := strings.TrimSpace(string(plain)); text != "" {
				r.opened = append(r.opened, text)
			}
			return plain, err
		}
	}
	read := in.Expressions.ReadFile
	if read == nil {
		return in
	}
	in.Expressions.ReadFile = func(file string, at spec.Position) ([]byte, error) {
		data, err := read(file, at)
		if err == nil {
			r.files = append(r.files, r.inFolder(file))
		}
		return data, err
	}
	return in
}

// inFolder is a path relative to deploy_config, in slashes.
func (r *reader) inFolder(file string) string {
	if rest, ok := strings.CutPrefix(path.Clean(file), path.Clean(r.Folder)+"/"); ok {
		return rest
	}
	return path.Clean(file)
}
