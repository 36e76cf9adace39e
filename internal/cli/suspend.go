package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/reconcile/suspension"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
)

const aboutSuspend = `Ask every daemon to leave tasks of ENV alone: all of them, or those that --task and
--selector name. Nothing of them is changed until they are resumed, or the time is
over; what differs meanwhile is reported. The wish is kept in a tag on the objects of
the task, so that all see it. ` + "`reconciler apply` is not kept from anything."

type suspendFlags struct {
	reason string
	period time.Duration
}

func (a *app) suspendCommand() *cobra.Command {
	var f suspendFlags
	cmd := &cobra.Command{
		Use: "suspend [ENV]", Short: "Ask daemons to leave tasks alone for a while", Long: aboutSuspend,
		Args: oneEnvironment, ValidArgsFunction: a.completeEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(f.reason) == "" {
				return &report.UsageError{Message: "why?", Hint: `say so for those who find it suspended, as in --reason "migration of the database"`}
			}
			if f.period < 0 {
				return &report.UsageError{Message: fmt.Sprintf("--for is %s", f.period), Hint: "want a time such as 2h, or leave it out"}
			}
			s := suspension.Suspension{Reason: f.reason}
			if f.period > 0 {
				until := time.Now().Add(f.period).Truncate(time.Second)
				s.Until = &until
			}
			text, err := s.Text()
			if err != nil {
				return &report.UsageError{Message: err.Error()}
			}
			return a.mark(cmd, args, "suspended", text)
		},
	}
	cmd.Flags().StringVar(&f.reason, "reason", "", "why; required")
	cmd.Flags().DurationVar(&f.period, "for", 0, "until then, such as 2h (default: until resumed)")
	return cmd
}

func (a *app) resumeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "resume [ENV]", Short: "End what suspend asked for", Args: oneEnvironment, ValidArgsFunction: a.completeEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.mark(cmd, args, "resumed", spec.Resumed)
		},
	}
}

// marked is what suspend and resume print as data.
type marked struct {
	Environment string       `json:"environment"`
	Tasks       []markedTask `json:"tasks"`
}

type markedTask struct {
	Task    string         `json:"task"`
	State   string         `json:"state"`   // suspended or resumed
	Objects []resource.Key `json:"objects"` // that carry the tag
}

// mark puts a tag on the objects of each selected task.
func (a *app) mark(cmd *cobra.Command, args []string, state, text string) (err error) {
	ctx, cancel := a.bounded(cmd.Context())
	defer cancel()
	r, err := a.open(ctx, args, a.patient(), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	p, err := r.reconciler.Plan(ctx, r.deployment, r.scope)
	if err != nil {
		return err
	}
	out := marked{Environment: r.deployment.Environment, Tasks: []markedTask{}}
	for _, task := range r.tasks() {
		objects, err := r.reconciler.Tag(ctx, p, task, spec.TagSuspended+task, text)
		if err != nil {
			return fmt.Errorf("%s is not %s on all of its objects, run it again: %w", task, state, err)
		}
		if len(objects) == 0 {
			return fmt.Errorf("%s has no object of ours in AWS to keep this on: apply it first", task)
		}
		out.Tasks = append(out.Tasks, markedTask{task, state, objects})
	}
	return a.showMarked(out)
}

// tasks are the names of those in scope.
func (r *run) tasks() []string {
	if r.scope.Tasks != nil {
		return r.scope.Tasks
	}
	return taskNames(r.deployment)
}

func (a *app) showMarked(out marked) error {
	if f := a.global.format(); f == report.JSON || f == report.YAML {
		return report.Data(a.Stdout, f, out)
	}
	var text strings.Builder
	for _, t := range out.Tasks {
		fmt.Fprintf(&text, "%s is %s, by a tag on %d objects.\n", t.Task, t.State, len(t.Objects))
	}
	_, err := io.WriteString(a.Stdout, text.String())
	return err
}
