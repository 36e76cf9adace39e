package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/report"
)

type planFlags struct {
	out              string
	detailedExitCode bool
	showNoop         bool
	prune            bool
}

func (a *app) planCommand() *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use: "plan [ENV]", Short: "Show what apply would do; write nothing to AWS", Args: oneEnvironment, ValidArgsFunction: a.completeEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error { return a.plan(cmd, args, f) },
	}
	cmd.Flags().StringVar(&f.out, "out", "", "save the plan to `FILE`, for apply --plan")
	cmd.Flags().BoolVar(&f.detailedExitCode, "detailed-exitcode", false, "exit 2 when changes are pending")
	cmd.Flags().BoolVar(&f.showNoop, "show-noop", false, "also list what needs no change")
	cmd.Flags().BoolVar(&f.prune, "prune", false, "also plan to delete what is ours and no longer declared")
	return cmd
}

func (a *app) plan(cmd *cobra.Command, args []string, f planFlags) (err error) {
	ctx, cancel := a.bounded(cmd.Context())
	defer cancel()
	defer func() { err = overdue(ctx, err) }()
	r, err := a.open(ctx, args, a.patient(), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.pruning(f.prune); err != nil {
		return err
	}
	p, err := r.reconciler.Plan(ctx, r.deployment, r.scope)
	if err != nil {
		return err
	}
	if err := a.save(f.out, p, r.head()); err != nil {
		return err
	}
	a.advise(p)
	doc := p.Document(r.head(), f.showNoop)
	if err := a.showPlan(doc); err != nil {
		return err
	}
	if c := report.PlanExit(doc, f.detailedExitCode); c != report.ExitDone {
		return exit(c)
	}
	return nil
}

// pruning adds orphans to the scope. A part of the tasks cannot be pruned by:
// what the others use would look orphaned.
func (r *run) pruning(prune bool) error {
	if prune && r.scope.Tasks != nil {
		return &report.UsageError{Message: "--prune looks at everything", Hint: "leave out --task, --selector and TASK_NAMES"}
	}
	r.scope.Prune = prune
	return nil
}

// save writes the plan for apply --plan; nothing without a file's name.
func (a *app) save(file string, p *plan.Plan, h plan.Head) error {
	if file == "" {
		return nil
	}
	file, err := a.path(file)
	if err != nil {
		return err
	}
	data, err := p.Save(h)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return fmt.Errorf("cannot save the plan: %w", err)
	}
	for _, name := range p.Unbound() {
		fmt.Fprintf(a.Stderr, "warning: the saved plan does not hold %s to its value: the key for that is made by the first apply\n", name)
	}
	return nil
}

func (a *app) showPlan(d plan.Document) error {
	switch f := a.global.format(); f {
	case report.JSON, report.YAML:
		return report.Data(a.Stdout, f, d)
	case report.Markdown:
		return report.PlanMarkdown(a.Stdout, d)
	case report.GitHub:
		if err := a.stepSummary(func(w *os.File) error { return report.PlanMarkdown(w, d) }); err != nil {
			return err
		}
		return report.PlanGitHub(a.Stdout, d)
	case report.Text:
	}
	return report.PlanText(a.Stdout, d, a.style())
}

// stepSummary appends to the file that GitHub shows as the step's summary.
func (a *app) stepSummary(write func(*os.File) error) (err error) {
	name, ok := a.Env("GITHUB_STEP_SUMMARY")
	if !ok || name == "" {
		return nil
	}
	if name, err = a.path(name); err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("cannot write the step summary: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return write(file)
}
