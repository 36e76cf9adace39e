package cli

import (
	"os"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/report"
)

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "validate [ENV]", Short: "Check the spec without asking AWS anything", Args: oneEnvironment, ValidArgsFunction: a.completeEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := a.load(cmd.Context(), args, nil)
			if err != nil {
				return err
			}
			if _, err := a.selected(d); err != nil {
				return err
			}
			d.Warnings = append(d.Warnings, a.tracked(cmd.Context(), d)...)
			a.warn(d)
			v := report.Validation{FormatVersion: "1", Environment: d.Environment, Tasks: taskNames(d), Secrets: []string{}, Parameters: []string{}, Roles: []string{}, Warnings: []string{}}
			for _, s := range d.Secrets {
				v.Secrets = append(v.Secrets, s.Name)
			}
			for _, p := range d.Parameters {
				v.Parameters = append(v.Parameters, p.Name)
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

func (a *app) showValidation(v report.Validation) error {
	switch f := a.global.format(); f {
	case report.JSON, report.YAML:
		return report.Data(a.Stdout, f, v)
	case report.Markdown:
		return report.ValidationMarkdown(a.Stdout, v)
	case report.GitHub:
		if err := a.stepSummary(func(w *os.File) error { return report.ValidationMarkdown(w, v) }); err != nil {
			return err
		}
		return report.ValidationGitHub(a.Stdout, v)
	case report.Text:
	}
	return report.ValidationText(a.Stdout, v)
}
