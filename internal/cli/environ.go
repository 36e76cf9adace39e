package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/shape"
)

// prefix begins the variables that stand in for flags.
const prefix = "RECONCILER_"

// flagOnly annotates a flag that no variable stands in for, as its name means
// something else to other commands.
const flagOnly = "reconciler_flag_only"

func variableOf(flag string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fill gives the flags that were left out the values of their variables.
func (a *app) fill(cmd *cobra.Command) error {
	var bad error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if bad == nil && !f.Changed {
			bad = a.fromEnv(cmd, f)
		}
	})
	return bad
}

// fromEnv gives a flag the value of RECONCILER_<FLAG>.
func (a *app) fromEnv(cmd *cobra.Command, f *pflag.Flag) error {
	name := variableOf(f.Name)
	value, ok := a.Env(name)
	if !ok || value == "" || f.Name == "help" || f.Annotations[flagOnly] != nil {
		return nil
	}
	if f.NoOptDefVal != "" && (value == "1" || value == "true") {
		value = f.NoOptDefVal // as the flag alone, without a value
	}
	if err := cmd.Flags().Set(f.Name, value); err != nil {
		return &report.UsageError{Message: fmt.Sprintf("%s=%q: this is no value for --%s", name, value, f.Name), Hint: wanted(f)}
	}
	return nil
}

// strays are warnings of variables that look like ours and are of no flag.
func (a *app) strays(root *cobra.Command) []spec.Warning {
	known := variables(root)
	var list []spec.Warning
	for _, entry := range a.Environ {
		name, value, _ := strings.Cut(entry, "=")
		word, ours := strings.CutPrefix(name, prefix)
		if !ours || value == "" || slices.Contains(known, word) {
			continue
		}
		w := spec.Warning{Message: fmt.Sprintf("the variable %s is of no flag and is ignored", name)}
		if like := shape.Suggest(word, known); like != "" {
			w.Hint = fmt.Sprintf("did you mean %s%s?", prefix, like)
		}
		list = append(list, w)
	}
	return list
}

// variables are those of every flag of every command, and the one that the
// project's own tests read, without the prefix.
func variables(cmd *cobra.Command) []string {
	known := []string{"TEST_PYTHON"}
	for _, fs := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
		fs.VisitAll(func(f *pflag.Flag) { known = append(known, strings.TrimPrefix(variableOf(f.Name), prefix)) })
	}
	for _, sub := range cmd.Commands() {
		known = append(known, variables(sub)...)
	}
	return known
}

// badFlag words what the parser of flags complains of, without what it says of
// its own functions.
func badFlag(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return &report.UsageError{Message: err.Error(), Hint: "see " + cmd.CommandPath() + " --help"}
	}
	f := invalid.GetFlag()
	return &report.UsageError{Message: fmt.Sprintf("invalid argument %q for --%s", invalid.GetValue(), f.Name), Hint: wanted(f)}
}

// wanted is what a flag takes.
func wanted(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int", "uint64":
		return "want a whole number"
	case "bool":
		return "want true or false"
	case "duration":
		return "want a duration such as 90s or 10m"
	default:
		return "want text"
	}
}
