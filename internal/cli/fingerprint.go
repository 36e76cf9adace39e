package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/report"
)

const aboutRotate = `Give ENV another fingerprint key, by which reconciler tells values apart without
reading them, and put each secret once more under it. No value changes, no task
definition is registered and no service deployed. Cut off, it goes on from there
when run again; a key that was rotated less than a day ago stays.`

type rotateFlags struct {
	yes, again bool
	rate       float64
}

func (a *app) fingerprintCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "fingerprint", Short: "Look after the key by which values are told apart",
		SuggestionsMinimumDistance: 2, Args: refuseUnknown, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.rotateCommand())
	return cmd
}

func (a *app) rotateCommand() *cobra.Command {
	var f rotateFlags
	cmd := &cobra.Command{
		Use: "rotate [ENV]", Short: "Make another key and move every secret to it", Long: aboutRotate,
		Args: oneEnvironment, ValidArgsFunction: a.completeEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error { return a.rotate(cmd, args, f) },
	}
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask; needed without a terminal")
	cmd.Flags().BoolVar(&f.again, "again", false, "also where the key was rotated less than a day ago")
	cmd.Flags().Float64Var(&f.rate, "rate", 5, "secrets a second; AWS takes 50 writes a second for a whole account and region, and each needs two, and a tag")
	return cmd
}

// rotated is what the command prints as data.
type rotated struct {
	Environment string            `json:"environment"`
	Key         secret.KeyState   `json:"key"`
	Moved       []string          `json:"moved"`
	Kept        map[string]string `json:"kept"` // why, by name
	Finished    bool              `json:"finished"`
}

func (a *app) rotate(cmd *cobra.Command, args []string, f rotateFlags) (err error) {
	if f.rate <= 0 {
		return &report.UsageError{Message: "--rate must be more than 0"}
	}
	ctx, cancel := a.bounded(cmd.Context())
	defer cancel()
	defer func() { err = overdue(ctx, err) }()
	if !f.yes && !a.InIsTerminal {
		return &report.UsageError{Message: "fingerprint rotate cannot ask: this is no terminal", Hint: "run it with --yes"}
	}
	r, err := a.open(ctx, args, a.patient(), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if !f.yes {
		if err := a.confirm(ctx, fmt.Sprintf("Put every secret of %s in account %s again under another key?", r.deployment.Environment, r.caller.AccountID)); err != nil {
			return err
		}
	}
	out, err := r.rotateKey(ctx, f)
	if err != nil {
		return fmt.Errorf("the rotation is not finished, %d secrets were moved; run it again to go on: %w", len(out.Moved), err)
	}
	return a.showRotation(out)
}

// rotateKey opens the gate for as long as the rotation takes.
func (r *run) rotateKey(ctx context.Context, f rotateFlags) (rotated, error) {
	r.session.Gate.Open()
	defer r.session.Gate.Close()
	out := rotated{Environment: r.deployment.Environment, Moved: []string{}, Kept: map[string]string{}}
	k := secret.New(r.session.Config, secret.Options{Now: time.Now, Rand: rand.Reader, Sleep: sleep})
	done, err := k.Rotate(ctx, r.deployment, secret.RotateOptions{Again: f.again, Pause: time.Duration(float64(time.Second) / f.rate),
		Moved: func(name string) { out.Moved = append(out.Moved, name) }, Kept: func(name, why string) { out.Kept[name] = why }})
	out.Key, out.Finished = done.Key, done.Finished
	return out, err
}

func (a *app) showRotation(out rotated) error {
	if f := a.global.format(); f == report.JSON || f == report.YAML {
		return report.Data(a.Stdout, f, out)
	}
	_, err := io.WriteString(a.Stdout, out.text())
	return err
}

func (r rotated) text() string {
	switch r.Key {
	case secret.KeyAbsent:
		return fmt.Sprintf("Nothing to do: %s has no fingerprint key yet; the first apply makes one.\n", r.Environment)
	case secret.KeyRecent:
		return fmt.Sprintf("Nothing to do: the fingerprint key of %s was rotated less than a day ago.\n", r.Environment)
	case secret.KeyNew, secret.KeyResumed:
	}
	var text strings.Builder
	fmt.Fprintf(&text, "The fingerprint key of %s is rotated: %d secrets moved, %d kept.\n", r.Environment, len(r.Moved), len(r.Kept))
	for _, name := range slices.Sorted(maps.Keys(r.Kept)) {
		fmt.Fprintf(&text, "  kept %s: %s\n", name, r.Kept[name])
	}
	return text.String()
}
