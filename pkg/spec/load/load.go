package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/cloudreactor"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// Load reads the deployment of one environment. An error that concerns the
// input is a *spec.Error or spec.Errors; the deployment beside it, if any,
// holds the warnings.
func Load(ctx context.Context, o Options) (d *spec.Deployment, err error) {
	f, err := openFolder(o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.root.Close()) }()
	l := &loader{Options: o, ctx: ctx, folder: f}
	if err := l.vars(); err != nil {
		return nil, l.conceal(err)
	}
	p, err := l.project()
	if err := cmp.Or(l.unsigned, err); err != nil {
		return l.warned(p), l.conceal(err)
	}
	return l.resolve(p)
}

// loader is one Load on its way.
type loader struct {
	Options
	ctx       context.Context
	folder    *folder
	vault     vault
	common    *yaml11.Node // CloudReactor's vars/common.yml; nil without
	stem      *yaml11.Node // CloudReactor's vars/<stem>.yml; nil without
	document  *yaml11.Node // the Project document; nil without
	warnings  []spec.Warning
	signature string
	sealed    bool  // nothing is decrypted; what is uploaded reads as empty
	unsigned  error // why there is no signature, where one is needed
}

// project reads the project in whichever ways it is written.
func (l *loader) project() (*source.Project, error) {
	own, err := l.ownProject()
	if err != nil {
		return nil, err
	}
	p := own
	if l.common != nil {
		if p, err = cloudreactor.Load(l.cloudReactor(own)); err != nil {
			return p, err
		}
		override(p, own)
	}
	tasks, err := l.manifests(p)
	if err != nil {
		return nil, err
	}
	p.Tasks, p.Warnings = append(p.Tasks, tasks...), append(l.warnings, p.Warnings...)
	if err := distinct(p.Tasks); err != nil {
		return nil, err
	}
	p.Selected, err = l.selection(p)
	return p, err
}

// override lets reconciler.yaml have its say beside CloudReactor's vars.
func override(p, own *source.Project) {
	for _, pair := range [][2]*string{{&p.Name, &own.Name}, {&p.AccountID, &own.AccountID}, {&p.Region, &own.Region}, {&p.AssumeRoleARN, &own.AssumeRoleARN}} {
		if *pair[1] != "" {
			*pair[0] = *pair[1]
		}
	}
	p.OnSecretChange, p.AssumeRole = own.OnSecretChange, own.AssumeRole
	p.TrustedAccounts = append(p.TrustedAccounts, own.TrustedAccounts...)
	if own.Tags != nil {
		p.Tags = own.Tags
	}
}

// distinct refuses two tasks of one name.
func distinct(tasks []source.Task) error {
	var problems spec.Errors
	for i, t := range tasks {
		first := slices.IndexFunc(tasks, func(o source.Task) bool { return o.Doc.Metadata.Name == t.Doc.Metadata.Name })
		if first < i {
			problems = append(problems, &spec.Error{At: t.At, Path: "metadata.name",
				Message: fmt.Sprintf("the task %q is declared twice, also at %s", t.Doc.Metadata.Name, tasks[first].At)})
		}
	}
	return problems.OrNil()
}

// cloudReactor is what the reader of CloudReactor's folders gets to see.
func (l *loader) cloudReactor(own *source.Project) cloudreactor.Input {
	return cloudreactor.Input{
		Common: l.common, Stem: l.stem, StemName: l.stemName(), Environment: l.Environment,
		Env: l.Env, Expressions: l.expressions(), Signature: l.sign, Images: l.Images, Region: l.Region,
		RunEnvironment: cloudreactor.RunEnvironment{AccountID: orElse(own.AccountID, l.Account), Region: own.Region, ExecutionRoleARN: orElse(own.ExecutionRole, l.ExecutionRole)},
		Folder:         l.folder.path, WorkDir: l.WorkDir, Hooks: l.hook,
		Read: l.contentToStore,
	}
}

// contentToStore is a file that a CloudReactor project stores.
func (l *loader) contentToStore(file string, at spec.Position) (data []byte, encrypted bool, err error) {
	data, encrypted, err = l.content(file, at)
	if l.sealed && errors.Is(err, errSealed) {
		return nil, true, nil
	}
	return data, encrypted, err
}

// sign is the version signature, found once.
func (l *loader) sign() (string, error) {
	if l.signature != "" {
		return l.signature, nil
	}
	if given, ok := l.Env("CLOUDREACTOR_TASK_VERSION_SIGNATURE"); ok && given != "" {
		l.signature = given
		return given, nil
	}
	found, err := l.Signature(l.ctx)
	l.signature = found
	return found, err
}

// signatureVariable is where the expression behind task_version_signature finds
// it: no variable of a process has = in its name. So git is asked only when an
// expression needs the signature.
const signatureVariable = "=task_version_signature"

// variable is what expressions see of the process's environment.
func (l *loader) variable(name string) (string, bool) {
	if name != signatureVariable {
		return l.Env(name)
	}
	text, err := l.sign()
	if err != nil {
		l.unsigned = err
	}
	return text, err == nil
}

// stemName names the files of the environment.
func (l *loader) stemName() string {
	if stem, ok := l.Env("CONFIG_FILENAME_STEM"); ok && stem != "" {
		return stem
	}
	return l.Environment
}
