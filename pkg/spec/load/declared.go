package load

import (
	"cmp"
	"context"
	"errors"
	"path"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// Declared is what a project says in the clear of where an environment is;
// each part is empty where it does not.
type Declared struct {
	AccountID, Region, AssumeRoleARN string
	AssumeRole                       spec.AssumeRole
}

// errSealed answers whoever asks for a password where none may be needed.
var errSealed = errors.New("the file is encrypted")

// Declares looks into a project without any password, for what has to be known
// before there is one. Where the account, the region and every ARN can be told
// without, they are what Load makes of them. Else they are what stands in the
// clear, and as no expression, for the environment in reconciler.yaml and in
// the AWS settings of CloudReactor's vars. What cannot be read declares
// nothing: Load tells why.
func Declares(o Options) (d Declared) {
	f, err := openFolder(o)
	if err != nil {
		return d
	}
	defer f.root.Close()
	o.Passwords = func(context.Context) ([]ansiblevault.Password, error) { return nil, errSealed }
	o.Signature = func(context.Context) (string, error) { return "unknown", nil }
	l := &loader{Options: o, ctx: context.Background(), folder: f, sealed: true}
	if d, ok := l.located(); ok {
		return d
	}
	return l.literal()
}

// located is where the project as a whole is.
func (l *loader) located() (Declared, bool) {
	if err := l.vars(); err != nil {
		return Declared{}, false
	}
	p, err := l.project()
	if err != nil {
		return Declared{}, false
	}
	r := l.resolver(p)
	r.locate()
	return Declared{r.d.AccountID, r.d.Region, p.AssumeRoleARN, p.AssumeRole}, true
}

// literal is what single files say. CloudReactor's own order of them counts.
func (l *loader) literal() Declared {
	own := l.first(projectFile).Get("spec").Get("environments").Get(l.Environment)
	d := Declared{plain(own, "account_id"), plain(own, "region"), plain(own, "assume_role_arn"), assumption(own)}
	for _, settings := range []string{"env_aws", "project_aws"} {
		for _, file := range []string{path.Join("vars", l.stemName()+".yml"), commonFile} {
			aws := l.first(file).Get(settings)
			d.AccountID = cmp.Or(d.AccountID, plain(aws, "account_id"))
			d.Region = cmp.Or(d.Region, plain(aws, "region"))
		}
	}
	return d
}

// first is the first document of a file, nil where it cannot be read.
func (l *loader) first(file string) *yaml11.Node {
	nodes, err := l.documents(file)
	if err != nil || len(nodes) == 0 {
		return nil
	}
	return nodes[0]
}

// plain is a setting that is no expression.
func plain(n *yaml11.Node, key string) string {
	text := textOf(n.Get(key))
	if strings.Contains(text, "{{") {
		return ""
	}
	return text
}

// assumption is how the role is assumed, as far as it is no expression.
func assumption(own *yaml11.Node) spec.AssumeRole {
	how := spec.AssumeRole{ExternalID: plain(own, "assume_role_external_id")}
	tags := own.Get("assume_role_session_tags")
	if tags == nil {
		return how
	}
	how.SessionTags = map[string]string{}
	for _, f := range tags.Fields {
		if text := textOf(f.Value); !strings.Contains(text, "{{") {
			how.SessionTags[f.KeyText()] = text
		}
	}
	return how
}
