package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/reconcile"
	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/report"
)

// grace is how long a call in hand may go on after an interrupt.
const grace = 20 * time.Second

type applyFlags struct {
	yes, adopt, prune, noWait, force bool
	maxDeletes                       int
	plan                             string
}

func (a *app) applyCommand() *cobra.Command {
	var f applyFlags
	cmd := &cobra.Command{
		Use: "apply [ENV]", Short: "Make AWS what the spec says", Args: oneEnvironment, ValidArgsFunction: a.completeEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error { return a.apply(cmd, args, f) },
	}
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask; needed without a terminal")
	cmd.Flags().BoolVar(&f.adopt, "adopt", false, "take over objects that exist without our owner tag")
	cmd.Flags().BoolVar(&f.prune, "prune", false, "delete what is ours and no longer declared")
	cmd.Flags().IntVar(&f.maxDeletes, "max-deletes", 10, "refuse to start when more would be deleted")
	cmd.Flags().BoolVar(&f.noWait, "no-wait", false, "fail what AWS is not ready for yet, such as a role made a moment ago, instead of waiting; leave deployments of services to go on")
	cmd.Flags().BoolVar(&f.force, "force", false, "correct also a secret that another writer keeps changing back")
	cmd.Flags().StringVar(&f.plan, "plan", "", "carry out exactly the plan saved in `FILE`; it needs no --yes")
	return cmd
}

func (a *app) apply(cmd *cobra.Command, args []string, f applyFlags) (err error) {
	ctx, cancel := a.bounded(cmd.Context())
	defer cancel()
	defer func() { err = overdue(ctx, err) }()
	saved, err := a.saved(f.plan)
	if err != nil {
		return err
	}
	if saved != nil {
		if args, err = a.follow(saved, cmd, args); err != nil {
			return err
		}
	}
	var scope *reconcile.Scope
	if saved != nil {
		scope = &reconcile.Scope{Tasks: saved.Scope.Tasks, Prune: saved.Scope.Prune}
	}
	r, err := a.open(ctx, args, a.waiting(f), scope)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	p, err := a.approved(ctx, r, f, saved)
	if err != nil {
		return err
	}
	progress := newProgress(a.Stderr, a.ErrIsTerminal, p)
	results := r.reconciler.Apply(ctx, p, apply.Options{Parallelism: a.global.parallelism, Adopt: f.adopt, Grace: grace,
		Observe: progress.event, Now: time.Now, Sleep: sleep})
	progress.end()
	outcome := report.NewOutcome(r.headOf(p), results)
	a.advise(p)
	if err := a.showOutcome(outcome); err != nil {
		return err
	}
	if c := report.OutcomeExit(outcome, cmd.Context().Err() != nil); c != report.ExitDone {
		return exit(c)
	}
	return nil
}

func (a *app) waiting(f applyFlags) waiting {
	w := a.patient()
	w.force = f.force
	if f.noWait {
		w.none = true
		w.sleep = func(context.Context, time.Duration) error {
			return errors.New("AWS is not ready yet and --no-wait is given")
		}
	}
	return w
}

// approved is the plan to carry out: made now, within the limits, and agreed
// to, or the same as a saved one.
func (a *app) approved(ctx context.Context, r *run, f applyFlags, saved *plan.Saved) (*plan.Plan, error) {
	if saved == nil {
		if err := r.pruning(f.prune); err != nil {
			return nil, err
		}
	}
	if h := r.head(); saved != nil && (saved.Environment != h.Environment || saved.AccountID != h.AccountID || saved.Region != h.Region) {
		return nil, &report.UsageError{Message: fmt.Sprintf("%s was made for %s in account %s, %s: nothing was written", f.plan, saved.Environment, saved.AccountID, saved.Region)}
	}
	p, err := r.reconciler.Plan(ctx, r.deployment, r.scope)
	if err != nil {
		return nil, err
	}
	if n := p.Summary().Delete; n > f.maxDeletes {
		return nil, fmt.Errorf("%d objects would be deleted and --max-deletes is %d: nothing was written", n, f.maxDeletes)
	}
	switch {
	case saved != nil:
		return p, unmoved(f.plan, saved, p)
	case f.yes || !p.HasChanges():
		return p, nil
	case !a.InIsTerminal:
		return nil, &report.UsageError{Message: "apply cannot ask: this is no terminal", Hint: "look at the plan, then run apply with --yes"}
	default:
		return p, a.ask(ctx, p.Document(r.head(), false))
	}
}

// saved reads the file of --plan; nil without.
func (a *app) saved(file string) (*plan.Saved, error) {
	if file == "" {
		return nil, nil
	}
	path, err := a.path(file)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &report.UsageError{Message: fmt.Sprintf("cannot read the plan: %v", err)}
	}
	saved, err := plan.Load(data)
	if err != nil {
		return nil, &report.UsageError{Message: fmt.Sprintf("%s: %v", file, err), Hint: "save one with plan --out"}
	}
	return saved, nil
}

// follow takes over what a saved plan was made with: its environment, where
// none is named, and its images. What it was narrowed to cannot be given again.
func (a *app) follow(saved *plan.Saved, cmd *cobra.Command, args []string) ([]string, error) {
	for _, flag := range []string{"task", "selector", "image", "prune"} {
		if cmd.Flags().Changed(flag) {
			return nil, &report.UsageError{Message: fmt.Sprintf("--%s goes with plan --out: the saved plan holds it already", flag)}
		}
	}
	a.global.images = nil
	for _, task := range slices.Sorted(maps.Keys(saved.Scope.Images)) {
		a.global.images = append(a.global.images, strings.TrimPrefix(task+"="+saved.Scope.Images[task], "="))
	}
	if _, named := a.Env("DEPLOYMENT_ENVIRONMENT"); !named && len(args) == 0 {
		args = []string{saved.Environment}
	}
	return args, nil
}

// unmoved refuses a saved plan that is no longer what would be done.
func unmoved(file string, saved *plan.Saved, p *plan.Plan) error {
	same, err := saved.Matches(p)
	if err != nil {
		return err
	}
	if !same {
		return fmt.Errorf("%s is out of date: the spec or AWS has moved since it was made; nothing was written (plan again)", file)
	}
	return nil
}

// ask shows the plan and wants a yes.
func (a *app) ask(ctx context.Context, d plan.Document) error {
	if err := report.PlanText(a.Stderr, d, a.style()); err != nil {
		return err
	}
	return a.confirm(ctx, fmt.Sprintf("\nDo this in account %s?", d.AccountID))
}

// confirm asks a question whose only good answer is yes.
func (a *app) confirm(ctx context.Context, question string) error {
	a.asking.Store(true)
	fmt.Fprintf(a.Stderr, "%s Only \"yes\" does it: ", question)
	answer := make(chan string, 1)
	go func() { answer <- firstLine(a.Stdin) }()
	select {
	case text := <-answer:
		a.asking.Store(false)
		if text == "yes" {
			return nil
		}
		fmt.Fprintln(a.Stderr, "Nothing was written.")
		return exit(report.ExitFailed)
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			fmt.Fprintln(a.Stderr, "\ninterrupted; nothing was written")
			return exit(report.ExitInterrupted)
		}
		fmt.Fprintln(a.Stderr, "\nNothing was written.")
		return ctx.Err()
	}
}

// firstLine is what r says until the first line ends or r does.
func firstLine(r io.Reader) string {
	lines := bufio.NewScanner(r)
	lines.Scan()
	return strings.TrimSpace(lines.Text())
}

func (a *app) showOutcome(o report.Outcome) error {
	switch f := a.global.format(); f {
	case report.JSON, report.YAML:
		return report.Data(a.Stdout, f, o)
	case report.Markdown:
		return report.OutcomeMarkdown(a.Stdout, o)
	case report.GitHub:
		if err := a.stepSummary(func(w *os.File) error { return report.OutcomeMarkdown(w, o) }); err != nil {
			return err
		}
		return report.OutcomeGitHub(a.Stdout, o)
	case report.Text:
	}
	return report.OutcomeText(a.Stdout, o, a.style())
}
