package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
)

func (a *app) renderCommand() *cobra.Command {
	return &cobra.Command{
		Use: "render [ENV]", Short: "Print every task as a manifest with everything resolved", Args: oneEnvironment, ValidArgsFunction: a.completeEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := a.read(cmd.Context(), args, nil)
			if err != nil {
				return err
			}
			for _, refusal := range d.Refusals {
				d.Warnings = append(d.Warnings, spec.Warning{At: refusal.At, Path: refusal.Path, Message: refusal.Message, Hint: refusal.Hint})
			}
			names, err := a.selected(d)
			if err != nil {
				return err
			}
			a.say(append(d.Warnings, manifest.Undeclared(d)...))
			tasks, err := manifest.Render(d)
			if err != nil {
				return err
			}
			tasks = slices.DeleteFunc(tasks, func(t manifest.Task) bool { return names != nil && !slices.Contains(names, t.Metadata.Name) })
			return a.showTasks(tasks)
		},
	}
}

// showTasks prints a JSON array, or YAML documents that can be used as they are.
func (a *app) showTasks(tasks []manifest.Task) error {
	if a.global.format() == report.JSON {
		return report.Data(a.Stdout, report.JSON, append([]manifest.Task{}, tasks...))
	}
	for i, t := range tasks {
		text, err := manifest.YAML(t)
		if err != nil {
			return err
		}
		if i > 0 {
			text = append([]byte("---\n"), text...)
		}
		if _, err := a.Stdout.Write(text); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of manifests", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			f := a.global.format()
			if f != report.YAML {
				f = report.JSON
			}
			return report.Data(a.Stdout, f, manifest.Schema())
		},
	}
}
