package load

import (
	"context"
	"errors"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
)

// Declared is what reconciler.yaml says in the clear of where an environment
// is; each part is empty where it does not, or only by an expression.
type Declared struct {
	AccountID, Region, AssumeRoleARN string
	AssumeRole                       spec.AssumeRole
}

// errSealed answers whoever asks for a password where none may be needed.
var errSealed = errors.New("the file is encrypted")

// Declares looks into reconciler.yaml without any password, for what has to be
// known before there is one. What cannot be read declares nothing: Load tells
// why.
func Declares(o Options) (d Declared) {
	f, err := openFolder(o)
	if err != nil {
		return d
	}
	defer f.root.Close()
	o.Passwords = func(context.Context) ([]ansiblevault.Password, error) { return nil, errSealed }
	l := &loader{Options: o, ctx: context.Background(), folder: f}
	nodes, err := l.documents(projectFile)
	if err != nil || len(nodes) == 0 {
		return d
	}
	environment := nodes[0].Get("spec").Get("environments").Get(o.Environment)
	plain := func(key string) string {
		text := textOf(environment.Get(key))
		if strings.Contains(text, "{{") {
			return ""
		}
		return text
	}
	d = Declared{AccountID: plain("account_id"), Region: plain("region"), AssumeRoleARN: plain("assume_role_arn")}
	d.AssumeRole = spec.AssumeRole{ExternalID: plain("assume_role_external_id")}
	if tags := environment.Get("assume_role_session_tags"); tags != nil {
		d.AssumeRole.SessionTags = map[string]string{}
		for _, f := range tags.Fields {
			if text := textOf(f.Value); !strings.Contains(text, "{{") {
				d.AssumeRole.SessionTags[f.KeyText()] = text
			}
		}
	}
	return d
}
