package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/fault"
	"ecs-reconciler/pkg/report"
)

// faultFlags say what goes wrong in the sandbox, and where it tells of it.
type faultFlags struct {
	faults  []string
	seed    uint64
	buckets string
	log     string
}

func (f *faultFlags) register(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.faults, "faults", nil, "make calls fail, by `RULE`, as 10%, or by the rules in @FILE (repeatable)")
	fs.Uint64Var(&f.seed, "seed", 0, "repeat the faults of an earlier run (default: another one each time)")
	fs.StringVar(&f.buckets, "buckets", "off", "aws throttles at AWS's documented rates, off never does")
	fs.StringVar(&f.log, "log", "", "write a line of JSON for each request to `FILE`, or to stderr for -")
}

// faultOptions completes a sandbox's options, and returns what closes its log.
func (a *app) faultOptions(f faultFlags, opts *sandbox.Options) (closeLog func() error, err error) {
	switch f.buckets {
	case "aws":
		opts.Buckets = f.buckets
	case "off":
	default:
		return nil, &report.UsageError{Message: fmt.Sprintf("--buckets is %q", f.buckets), Hint: "want aws, off"}
	}
	opts.FaultSeed = f.seed
	if opts.Faults, err = a.rules(f.faults); err != nil {
		return nil, err
	}
	return a.openLog(f.log, opts)
}

// rules reads every --faults.
func (a *app) rules(texts []string) ([]fault.Rule, error) {
	var rules []fault.Rule
	for _, text := range texts {
		some, err := a.rulesOf(text)
		if err == nil {
			err = fault.Check(some, sandbox.Operations())
		}
		var bad *fault.RuleError
		if errors.As(err, &bad) {
			return nil, &report.UsageError{Message: fmt.Sprintf("--faults %q: %s", text, bad.Message), Hint: bad.Hint}
		}
		if err != nil {
			return nil, err
		}
		rules = append(rules, some...)
	}
	return rules, nil
}

// rulesOf reads one --faults: rules, or the name of a file with them.
func (a *app) rulesOf(text string) ([]fault.Rule, error) {
	name, ok := strings.CutPrefix(text, "@")
	if !ok {
		return fault.Parse(text)
	}
	path, err := a.path(name)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &report.UsageError{Message: fmt.Sprintf("--faults %q: %v", text, err), Hint: "name a file of rules after the @"}
	}
	return fault.Decode(data)
}

// openLog opens the request log at its end.
func (a *app) openLog(name string, opts *sandbox.Options) (closeLog func() error, err error) {
	switch name {
	case "":
		return func() error { return nil }, nil
	case "-":
		opts.Log = a.Stderr
		return func() error { return nil }, nil
	}
	path, err := a.path(name)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, &report.UsageError{Message: fmt.Sprintf("--log %q: %v", name, err), Hint: "name a file that can be written, or -"}
	}
	opts.Log = file
	return file.Close, nil
}
