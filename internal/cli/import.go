package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/importer/terraform"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
)

const aboutImportTerraform = `Write the manifests that declare what a Terraform state holds: each task
definition becomes a task, with the roles it wears and the secrets it reads.
STATE is a state file of version 4, what ` + "`terraform show -json`" + ` prints, or -
for standard input.

No value of a secret is printed or written in the clear. By default each secret
names a file that you provide; --secret-values vault writes it, encrypted with
the vault password. What is not taken over is told on stderr.

AWS is not asked, and neither the state nor AWS is changed. docs/from-terraform.md
tells how to go on.`

// The choices of --secret-values.
const (
	valuesPlaceholder = "placeholder"
	valuesVault       = "vault"
)

type importFlags struct {
	out, name, values, encryptID string
	force                        bool
}

func (a *app) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "import", Short: "Write manifests of what other tools have made", SuggestionsMinimumDistance: 2,
		Args: refuseUnknown, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.importTerraformCommand())
	return cmd
}

func (a *app) importTerraformCommand() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use: "terraform STATE [ENV]", Short: "Write manifests of what a Terraform state holds", Long: aboutImportTerraform,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return &report.UsageError{Message: cmd.CommandPath() + " takes a state and an environment", Hint: "as in `reconciler import terraform terraform.tfstate staging`"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.importTerraform(cmd.Context(), args, f) },
	}
	fs := cmd.Flags()
	fs.StringVar(&f.out, "out", "", "write to this deploy_config `DIR` instead of printing")
	fs.BoolVar(&f.force, "force", false, "overwrite what is in the way in DIR, but for "+terraform.ProjectFile)
	fs.StringVar(&f.name, "name", "", "the project's name (default: the working folder's)")
	fs.StringVar(&f.values, "secret-values", valuesPlaceholder, valuesPlaceholder+", or "+valuesVault+" to write them encrypted")
	fs.StringVar(&f.encryptID, "encrypt-vault-id", "", "encrypt with the password of this `ID`; needed where there are several")
	return cmd
}

func (a *app) importTerraform(ctx context.Context, args []string, f importFlags) error {
	env, err := a.environment(args[1:])
	if err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	data, err := a.stateText(args[0])
	if err != nil {
		return err
	}
	state, err := terraform.Read(args[0], data)
	if err != nil {
		return err
	}
	project, err := a.projectName(f.name)
	if err != nil {
		return err
	}
	result, err := terraform.Convert(state, terraform.Options{Environment: env, Project: project})
	if err != nil {
		return err
	}
	if f.out == "" {
		return errors.Join(a.printImport(result), a.remark(result, f))
	}
	return a.writeImport(ctx, result, f)
}

func (f importFlags) check() error {
	switch {
	case f.values != valuesPlaceholder && f.values != valuesVault:
		return &report.UsageError{Message: fmt.Sprintf("--secret-values is %q", f.values), Hint: "want " + valuesPlaceholder + " or " + valuesVault}
	case f.values == valuesVault && f.out == "":
		return &report.UsageError{Message: "--secret-values vault writes files, and there is no folder for them", Hint: "name one with --out"}
	case f.force && f.out == "":
		return &report.UsageError{Message: "--force overwrites files, and none is written", Hint: "name a folder with --out"}
	}
	return nil
}

func (a *app) stateText(name string) ([]byte, error) {
	if name == standard {
		data, err := io.ReadAll(a.Stdin)
		if err != nil {
			return nil, fmt.Errorf("read the state: %w", err)
		}
		return data, nil
	}
	path, err := a.path(name)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &spec.Error{At: spec.Position{File: name}, Message: "the state cannot be read: " + reasonOf(err), Cause: err}
	}
	return data, nil
}

// reasonOf is err without the path, which the error has already.
func reasonOf(err error) string {
	if wrapped, ok := errors.AsType[*fs.PathError](err); ok {
		return wrapped.Err.Error()
	}
	return err.Error()
}

// projectName is name, else the working folder's.
func (a *app) projectName(name string) (string, error) {
	if name != "" {
		return name, nil
	}
	dir, err := a.WorkDir()
	if err != nil {
		return "", fmt.Errorf("cannot tell the working directory: %w", err)
	}
	return regexp.MustCompile(`[^A-Za-z0-9_-]+`).ReplaceAllString(filepath.Base(dir), "-"), nil
}
