package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/report"
)

// validation is the result of validate, as data.
type validation struct {
	FormatVersion string   `json:"format_version"`
	Environment   string   `json:"environment"`
	Tasks         []string `json:"tasks"`
	Secrets       []string `json:"secrets"`
	Roles         []string `json:"roles"`
	Warnings      []string `json:"warnings"`
}

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "validate [ENV]", Short: "Check the spec without asking AWS anything", Args: oneEnvironment, ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := a.load(cmd.Context(), args)
			if err != nil {
				return err
			}
			if _, err := a.selected(d); err != nil {
				return err
			}
			a.warn(d)
			v := validation{FormatVersion: "1", Environment: d.Environment, Tasks: taskNames(d), Secrets: []string{}, Roles: []string{}, Warnings: []string{}}
			for _, s := range d.Secrets {
				v.Secrets = append(v.Secrets, s.Name)
			}
			for _, r := range d.Roles {
				v.Roles = append(v.Roles, r.ARN)
			}
			for _, w := range d.Warnings {
				v.Warnings = append(v.Warnings, w.String())
			}
			return a.showValidation(v)
		},
	}
}

func (a *app) showValidation(v validation) error {
	if f := a.global.format(); f == report.JSON || f == report.YAML {
		return report.Data(a.Stdout, f, v)
	}
	_, err := fmt.Fprintf(a.Stdout, "%s is valid: %d tasks, %d secrets, %d roles, %d warnings.\n",
		v.Environment, len(v.Tasks), len(v.Secrets), len(v.Roles), len(v.Warnings))
	return err
}
