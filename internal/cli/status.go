package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/report"
)

const aboutStatus = `Tell how the tasks of ENV stand in AWS now: whether their secrets, roles and task
definitions are as the spec says, what somebody else changed, and what is suspended.
It only reads. It exits 0 whatever it finds.`

type statusFlags struct {
	watch bool
	every time.Duration
}

func (a *app) statusCommand() *cobra.Command {
	var f statusFlags
	cmd := &cobra.Command{
		Use: "status [ENV]", Short: "Tell how the tasks stand in AWS", Long: aboutStatus, Args: oneEnvironment, ValidArgsFunction: a.completeEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error { return a.status(cmd, args, f) },
	}
	cmd.Flags().BoolVarP(&f.watch, "watch", "w", false, "tell it again whenever it changes, until interrupted")
	cmd.Flags().DurationVar(&f.every, "every", 5*time.Second, "how often to look, with --watch")
	return cmd
}

func (a *app) status(cmd *cobra.Command, args []string, f statusFlags) (err error) {
	if f.every < time.Second {
		return &report.UsageError{Message: fmt.Sprintf("--every is %s", f.every), Hint: "want a second or more"}
	}
	switch a.global.format() {
	case report.Text, report.JSON, report.YAML:
	case report.Markdown, report.GitHub:
		return &report.UsageError{Message: "status has no form " + a.global.output, Hint: "want text, json or yaml"}
	}
	ctx, cancel := a.bounded(cmd.Context())
	defer cancel()
	defer func() { err = overdue(ctx, err) }()
	r, err := a.open(ctx, args, a.patient(), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	return a.tellStatus(ctx, r, f)
}

// tellStatus tells how things stand, once or again and again.
func (a *app) tellStatus(ctx context.Context, r *run, f statusFlags) error {
	var former status.Environment
	for {
		now, err := r.standing(ctx, former)
		if err != nil {
			return err
		}
		if former.Tasks == nil || differs(former, now) {
			if err := a.showStatus(now); err != nil {
				return err
			}
		}
		if former = now; !f.watch {
			return nil
		}
		if err := sleep(ctx, f.every); err != nil {
			return err
		}
	}
}

// standing is how the selected tasks stand now. Former gives the times of what
// has not changed.
func (r *run) standing(ctx context.Context, former status.Environment) (status.Environment, error) {
	p, err := r.reconciler.Plan(ctx, r.deployment, r.scope)
	if err != nil {
		return status.Environment{}, err
	}
	d, now := r.deployment, time.Now()
	e := status.Environment{Environment: d.Environment, Project: d.Project, AccountID: d.AccountID, Region: r.session.Config.Region, Generation: 1,
		LastScan: &now, Conditions: status.Conditions{}, Tasks: []status.Task{}, History: []status.Record{}, Warnings: r.headOf(p).Warnings}
	if e.Warnings == nil {
		e.Warnings = []string{}
	}
	for _, t := range d.Tasks {
		if !slices.Contains(r.tasks(), t.Name) {
			continue
		}
		steps := stepsOf(p, t.Name)
		e.SetTask(status.Assess(status.Assessment{Task: t, Generation: 1, Steps: steps, Suspension: status.SuspensionOf(t.Name, steps, now), Now: now}, former.Task(t.Name)))
	}
	return e, nil
}

func stepsOf(p *plan.Plan, task string) []*plan.Step {
	var out []*plan.Step
	for _, s := range p.Steps {
		if slices.Contains(s.Tasks, task) {
			out = append(out, s)
		}
	}
	return out
}

// differs tells whether anything but the time of the look is another.
func differs(a, b status.Environment) bool {
	if len(a.Tasks) != len(b.Tasks) {
		return true
	}
	for i := range a.Tasks {
		x, y := a.Tasks[i], b.Tasks[i]
		if x.Name != y.Name || !slices.Equal(x.Conditions, y.Conditions) || !slices.EqualFunc(x.Objects, y.Objects, sameObject) {
			return true
		}
	}
	return false
}

func sameObject(a, b status.Object) bool {
	return a.Kind == b.Kind && a.Name == b.Name && a.State == b.State && a.Note == b.Note && a.Message == b.Message && len(a.Fields) == len(b.Fields)
}

func (a *app) showStatus(e status.Environment) error {
	if f := a.global.format(); f == report.JSON || f == report.YAML {
		return report.Data(a.Stdout, f, e)
	}
	return statusText(a.Stdout, e, a.style())
}
