package spec

// Source says where a secret's value comes from: exactly one of the fields
// from File to Merge. It never holds the value; of a value that stands in the
// spec itself, none of them is set.
type Source struct {
	File     string    // relative to deploy_config
	Vars     string    // a.b or /a/b: a mapping of the rendered variables
	Env      string    // a variable of the reconciler's own process
	Exec     []string  // a command, run without a shell, whose standard output is the value
	Timeout  string    // of Exec, as in 1m30s
	S3       string    // s3://BUCKET/KEY or its ARN, with #VERSION at the end for one version
	SSM      string    // a parameter's name or ARN, with :VERSION or :LABEL
	Generate *Generate // made once, when the secret is
	TFState  *TFState
	Merge    []Source // mappings, of which later ones win
	Format   string   // dotenv, json, yaml, text or binary
	Trim     bool     // the white space at the end is left out
}

// Generate says what a value that is made looks like.
type Generate struct {
	Length   int    `json:"length,omitempty"`   // in characters; default: 32
	Alphabet string `json:"alphabet,omitempty"` // the characters to choose from; default: letters and digits
}

// TFState is an output, or an attribute of a resource, of a Terraform state:
// exactly one of File and S3, and one of Output and Address.
type TFState struct {
	File    string `json:"file,omitempty"`    // relative to deploy_config
	S3      string `json:"s3,omitempty"`      // s3://BUCKET/KEY
	Output  string `json:"output,omitempty"`  // an output's name
	Address string `json:"address,omitempty"` // aws_db_instance.main.endpoint
}

// IsNamed tells whether a manifest can name the source, as it cannot where the
// value stood in the spec.
func (s Source) IsNamed() bool { return s.String() != "" }

// String names the source for people; "" when it has no name.
func (s Source) String() string {
	switch {
	case s.File != "":
		return s.File
	case s.Vars != "":
		return "vars " + s.Vars
	case s.Env != "":
		return "env " + s.Env
	case len(s.Exec) > 0:
		return "exec " + s.Exec[0]
	case s.S3 != "":
		return s.S3
	case s.SSM != "":
		return "ssm " + s.SSM
	case s.Generate != nil:
		return "generate"
	case s.TFState != nil:
		return s.TFState.String()
	case len(s.Merge) > 0:
		return "merge"
	default:
		return ""
	}
}

// String names what is looked up and where.
func (t TFState) String() string {
	return "tfstate " + t.File + t.S3 + " " + t.Output + t.Address
}

// Files are the files of deploy_config that the value is made of.
func (s Source) Files() []string {
	var files []string
	if s.File != "" {
		files = append(files, s.File)
	}
	if s.TFState != nil && s.TFState.File != "" {
		files = append(files, s.TFState.File)
	}
	for _, part := range s.Merge {
		files = append(files, part.Files()...)
	}
	return files
}
