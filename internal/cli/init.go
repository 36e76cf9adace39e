package cli

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
)

//go:embed scaffold
var scaffold embed.FS

type initFlags struct{ name, account, region string }

func (a *app) initCommand() *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use: "init [ENV]", Short: "Write a small deploy_config to start from", Args: oneEnvironment, ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error { return a.init(args, f) },
	}
	cmd.Flags().StringVar(&f.name, "name", "", "the project's name (default: the folder's)")
	cmd.Flags().StringVar(&f.account, "account", "012345678901", "the AWS account of the environment")
	cmd.Flags().StringVar(&f.region, "region", "us-west-2", "its region")
	return cmd
}

// init never overwrites: one file that exists already stops it before any is
// written.
func (a *app) init(args []string, f initFlags) error {
	dir, err := a.WorkDir()
	if err != nil {
		return fmt.Errorf("cannot tell the working directory: %w", err)
	}
	env, err := a.environment(args)
	if err != nil {
		env = "staging"
	}
	if f.name == "" {
		f.name = filepath.Base(dir)
	}
	if err := f.check(env); err != nil {
		return err
	}
	target := cmp.Or(a.global.deployConfig, "deploy_config")
	files, err := f.files(env)
	if err != nil {
		return err
	}
	path, err := a.path(target)
	if err != nil {
		return err
	}
	if err := write(path, files); err != nil {
		return err
	}
	if err := ignoreState(filepath.Dir(path)); err != nil {
		return fmt.Errorf("cannot keep the sandbox's state out of git: %w", err)
	}
	_, err = fmt.Fprintf(a.Stdout, "Wrote %s. Next: reconciler plan %s --sandbox\n", target, env)
	return err
}

func (f initFlags) check(env string) error {
	for what, name := range map[string]string{"the project's name": f.name, "the environment": env} {
		if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`).MatchString(name) {
			return &report.UsageError{Message: fmt.Sprintf("%s is %q", what, name), Hint: "want letters, digits, _ and -; the project's name is --name"}
		}
	}
	if !spec.IsAccountID(f.account) {
		return &report.UsageError{Message: fmt.Sprintf("--account is %q", f.account), Hint: "want twelve digits"}
	}
	return nil
}

// files are the scaffold's files by their path in deploy_config.
func (f initFlags) files(env string) (map[string]string, error) {
	fill := strings.NewReplacer("@PROJECT@", f.name, "@ENVIRONMENT@", env, "@ACCOUNT@", f.account, "@REGION@", f.region)
	out := map[string]string{}
	for target, source := range map[string]string{
		"reconciler.yaml": "scaffold/reconciler.yaml", "tasks/hello.yaml": "scaffold/tasks/hello.yaml", "env/.env." + env: "scaffold/env/env",
		".gitignore": "scaffold/gitignore", ".gitattributes": "scaffold/gitattributes",
	} {
		text, err := scaffold.ReadFile(source)
		if err != nil {
			return nil, fmt.Errorf("the program lacks its scaffold: %w", err)
		}
		out[target] = fill.Replace(string(text))
	}
	return out, nil
}

func write(dir string, files map[string]string) error {
	for name := range files {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
			return &report.UsageError{Message: filepath.Join(dir, name) + " exists already", Hint: "nothing was written; choose another folder with -C"}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := create(filepath.Join(dir, name), files[name]); err != nil {
			return fmt.Errorf("cannot write the project: %w", err)
		}
	}
	return nil
}

// create writes a file that does not exist. Only the owner may read those that
// hold values of secrets.
func create(path, text string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if filepath.Base(filepath.Dir(path)) == "env" {
		mode = 0o600
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = io.WriteString(file, text)
	return err
}
