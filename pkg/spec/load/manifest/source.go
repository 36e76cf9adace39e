package manifest

import "ecs-reconciler/pkg/spec"

// Source says where a secret's value comes from: exactly one of SourceKeys.
type Source struct {
	File     string         `json:"file,omitempty"`    // relative to deploy_config
	Vars     string         `json:"vars,omitempty"`    // a.b or /a/b: a mapping of the rendered variables
	Env      string         `json:"env,omitempty"`     // a variable of the reconciler's own process
	Exec     []string       `json:"exec,omitempty"`    // a command and its arguments; its standard output is the value
	Timeout  string         `json:"timeout,omitempty"` // of exec, such as 10s; default: 30s
	S3       string         `json:"s3,omitempty"`      // s3://BUCKET/KEY or its ARN, with #VERSION at the end for one version
	SSM      string         `json:"ssm,omitempty"`     // a parameter's name or ARN, with :VERSION or :LABEL
	Generate *spec.Generate `json:"generate,omitempty"`
	TFState  *spec.TFState  `json:"tfstate,omitempty"`
	Literal  *string        `json:"literal,omitempty"` // the value itself, where it stands encrypted
	Merge    []Source       `json:"merge,omitempty"`   // mappings, of which later ones win
	Format   string         `json:"format,omitempty"`  // dotenv, json, yaml, text or binary; default: by the name
	Trim     bool           `json:"trim,omitempty"`    // leave out the white space at the end
}

// SourceKeys are the keys of a Source of which exactly one is wanted.
func SourceKeys() []string {
	return []string{"file", "vars", "env", "exec", "s3", "ssm", "generate", "tfstate", "literal", "merge"}
}

// Given are those of SourceKeys that s has.
func (s Source) Given() []string {
	given := []bool{s.File != "", s.Vars != "", s.Env != "", len(s.Exec) > 0, s.S3 != "", s.SSM != "", s.Generate != nil, s.TFState != nil, s.Literal != nil, len(s.Merge) > 0}
	var keys []string
	for i, key := range SourceKeys() {
		if given[i] {
			keys = append(keys, key)
		}
	}
	return keys
}

// Named is s without a value that stands in it, and without what it is merged
// of.
func (s Source) Named() spec.Source {
	return spec.Source{File: s.File, Vars: s.Vars, Env: s.Env, Exec: s.Exec, Timeout: s.Timeout, S3: s.S3, SSM: s.SSM,
		Generate: s.Generate, TFState: s.TFState, Format: s.Format, Trim: s.Trim}
}

// SourceOf writes a source that has a name.
func SourceOf(s spec.Source) Source {
	out := Source{File: s.File, Vars: s.Vars, Env: s.Env, Exec: s.Exec, Timeout: s.Timeout, S3: s.S3, SSM: s.SSM,
		Generate: s.Generate, TFState: s.TFState, Format: s.Format, Trim: s.Trim}
	for _, part := range s.Merge {
		out.Merge = append(out.Merge, SourceOf(part))
	}
	return out
}
