package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"ecs-reconciler/pkg/reconcile"
	"ecs-reconciler/pkg/reconcile/kind/all"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load"
	"ecs-reconciler/pkg/spec/load/gitcryptkeys"
	"ecs-reconciler/pkg/spec/load/vaultpass"
	"ecs-reconciler/pkg/spec/shape"
)

// load reads the deployment that args name, and refuses one that AWS would
// refuse or that no plan can be made of. Nothing outside of the project is
// asked but from, which may be nil.
func (a *app) load(ctx context.Context, args []string, from *outside) (*spec.Deployment, error) {
	d, err := a.read(ctx, args, from)
	if err != nil {
		return nil, err
	}
	if err := d.Refusals.OrNil(); err != nil {
		return nil, a.annotated(err)
	}
	return d, a.annotated(reconcile.Check(offline(d), d))
}

// offline are the kinds without a connection. Where only the caller's settings
// know the region, any will do to see whether what is made of it fits.
func offline(d *spec.Deployment) []resource.Any {
	region := d.Region
	if region == "" {
		region = sandboxRegion
	}
	return all.Kinds(aws.Config{Region: region}, all.Options{})
}

// read reads the deployment that args name.
func (a *app) read(ctx context.Context, args []string, from *outside) (*spec.Deployment, error) {
	env, err := a.environment(args)
	if err != nil {
		return nil, err
	}
	d, err := a.loadEnvironment(ctx, env, from)
	return d, a.annotated(err)
}

// annotated is err. With -o github, complaints about the input also go to
// stdout, as annotations of their file and line.
func (a *app) annotated(err error) error {
	if many := complaints(err); len(many) > 0 && a.global.format() == report.GitHub {
		return errors.Join(err, report.ErrorGitHub(a.Stdout, many))
	}
	return err
}

func (a *app) loadEnvironment(ctx context.Context, env string, from *outside) (*spec.Deployment, error) {
	images, err := a.global.imageByTask()
	if err != nil {
		return nil, err
	}
	dir, err := a.WorkDir()
	if err != nil {
		return nil, fmt.Errorf("cannot tell the working directory: %w", err)
	}
	region, account, role := a.place()
	o := load.Options{
		Dir: a.global.deployConfig, WorkDir: dir, Environment: env, Env: a.Env, Images: images, Region: region, Account: account, ExecutionRole: role, Version: version,
		Keys:      a.keys(dir).Keys,
		Signature: func(ctx context.Context) (string, error) { return a.signature(ctx, dir) },
	}
	passwords, store := a.stored(o)
	o.Passwords = passwords.Passwords
	if from != nil {
		o.Sources, o.Asked = from, from.isWanted
	}
	d, err := load.Load(ctx, o)
	list := silent(passwords, err)
	if err != nil {
		if d != nil {
			list = append(list, d.Warnings...)
		}
		a.say(list)
		return nil, err
	}
	d.Warnings = append(list, d.Warnings...)
	return d, store.guard(d.AccountID)
}

// silent are warnings of the sources of vault passwords that gave none, as far
// as err does not tell of them.
func silent(passwords *vaultpass.Sources, err error) []spec.Warning {
	var list []spec.Warning
	for _, f := range passwords.Failures() {
		if err == nil || !strings.Contains(err.Error(), f.Error()) {
			list = append(list, spec.Warning{At: f.At, Path: f.Path, Message: f.Message, Hint: f.Hint})
		}
	}
	return list
}

// keys are the sources of git-crypt's keys.
func (a *app) keys(dir string) *gitcryptkeys.Sources {
	return &gitcryptkeys.Sources{Dir: dir, Env: a.Env, Files: a.global.gitCryptKeys}
}

// stored are the sources of vault passwords with what fetches from AWS. They are
// kept, so that no question is put and no script is run twice.
func (a *app) stored(o load.Options) (*vaultpass.Sources, *passwordStore) {
	if a.unlocked.passwords == nil || a.unlocked.environment != o.Environment {
		a.unlocked.environment, a.unlocked.passwords = o.Environment, a.passwords(o.WorkDir, o.Environment)
		a.unlocked.store = &passwordStore{app: a, declares: func() load.Declared { return load.Declares(o) }}
		a.unlocked.passwords.Fetch = a.unlocked.store.fetch
	}
	return a.unlocked.passwords, a.unlocked.store
}

func (a *app) passwords(dir, env string) *vaultpass.Sources {
	return &vaultpass.Sources{Dir: dir, Environment: env, Environ: a.Environ,
		PasswordFiles: a.global.vaultPasswordFiles, VaultIDs: a.global.vaultIDs, Remote: a.global.vaultPasswordFrom}
}

// place is the region, the account and the execution role where the spec names
// none; only the sandbox has the latter two for that.
func (a *app) place() (region, account, role string) {
	region = a.region()
	if a.global.sandbox == "" {
		return region, "", ""
	}
	if region == "" {
		region = sandboxRegion
	}
	return region, sandboxAccount, sandboxExecutionRole
}

// region is what the process's environment says, as both the AWS CLI and the
// SDKs read it.
func (a *app) region() string {
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if region, ok := a.Env(name); ok && region != "" {
			return region
		}
	}
	return ""
}

// signature is the git commit that dir is at.
func (a *app) signature(ctx context.Context, dir string) (string, error) {
	if a.commit != "" {
		return a.commit, nil
	}
	cmd := exec.CommandContext(ctx, "git", "rev-parse", "HEAD")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", &spec.Error{Message: "no version signature is known: CLOUDREACTOR_TASK_VERSION_SIGNATURE is not set and this is no git checkout",
			Hint: "set it, or name the images with --image", Cause: err}
	}
	return strings.TrimSpace(string(out)), nil
}

// selected are the tasks that --task and --selector leave, nil for all.
func (a *app) selected(d *spec.Deployment) ([]string, error) {
	if len(a.global.tasks) == 0 && len(a.global.labels) == 0 && d.Selected == nil {
		return nil, nil
	}
	if err := a.known(d); err != nil {
		return nil, err
	}
	labels, err := labelsOf(a.global.labels)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, t := range d.Tasks {
		if a.wants(d, t, labels) {
			names = append(names, t.Name)
		}
	}
	if len(names) == 0 {
		return nil, &report.UsageError{Message: "no task is selected", Hint: "the tasks are " + strings.Join(taskNames(d), ", ")}
	}
	return names, nil
}

func (a *app) wants(d *spec.Deployment, t spec.Task, labels map[string]string) bool {
	for k, v := range labels {
		if t.Labels[k] != v {
			return false
		}
	}
	if len(a.global.tasks) > 0 {
		return slices.Contains(a.global.tasks, t.Name)
	}
	return d.Selected == nil || slices.Contains(d.Selected, t.Name)
}

// known refuses a --task that the deployment does not have.
func (a *app) known(d *spec.Deployment) error {
	names := taskNames(d)
	for _, name := range a.global.tasks {
		if slices.Contains(names, name) {
			continue
		}
		hint := "the tasks are " + strings.Join(names, ", ")
		if like := shape.Suggest(name, names); like != "" {
			hint = fmt.Sprintf("did you mean %q?", like)
		}
		return &report.UsageError{Message: fmt.Sprintf("there is no task %q in %s", name, d.Environment), Hint: hint}
	}
	return nil
}

func taskNames(d *spec.Deployment) []string {
	names := make([]string, len(d.Tasks))
	for i, t := range d.Tasks {
		names[i] = t.Name
	}
	return names
}

func labelsOf(texts []string) (map[string]string, error) {
	out := map[string]string{}
	for _, text := range texts {
		k, v, ok := strings.Cut(text, "=")
		if !ok || k == "" {
			return nil, &report.UsageError{Message: fmt.Sprintf("--selector %q is no label", text), Hint: "want KEY=VALUE"}
		}
		out[k] = v
	}
	return out, nil
}
