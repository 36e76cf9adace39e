package inject

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ecs-reconciler/pkg/spec"
)

// Strategy says how two maps from two locations become one.
type Strategy string

// The strategies of proc_wrapper; all but the first two are mergedeep's.
const (
	Deep             Strategy = "DEEP"    // maps key by key, lists item by item
	Shallow          Strategy = "SHALLOW" // top-level keys alone
	Replace          Strategy = "REPLACE" // maps key by key, lists whole
	Additive         Strategy = "ADDITIVE"
	TypesafeReplace  Strategy = "TYPESAFE_REPLACE"
	TypesafeAdditive Strategy = "TYPESAFE_ADDITIVE"
)

func strategies() []Strategy {
	return []Strategy{Deep, Shallow, Replace, Additive, TypesafeReplace, TypesafeAdditive}
}

// affix is what marks the name of a variable whose value is a location.
type affix struct{ prefix, suffix string }

// cut is the name without its marks, and whether it had them. The suffix is
// cut off as proc_wrapper does: an empty one leaves nothing.
func (a affix) cut(name string) (string, bool) {
	if !strings.HasPrefix(name, a.prefix) || !strings.HasSuffix(name, a.suffix) || len(name) < len(a.prefix)+len(a.suffix) {
		return "", false
	}
	if a.suffix == "" {
		return "", true
	}
	return name[len(a.prefix) : len(name)-len(a.suffix)], true
}

// Params are what PROC_WRAPPER_* variables ask for.
type Params struct {
	EnvLocations    []string
	ConfigLocations []string
	Merge           Strategy
	// Overwrite lets fetched values win over the process's own variables in
	// variables that name a location. A variable that is there already is
	// never replaced by a top-level one.
	Overwrite  bool
	Depth      int            // of nested maps that are looked into; 0 resolves nothing
	Iterations int            // of one pass, for values that refer to each other
	TTL        *time.Duration // how long a fetched value serves; nil for ever
	FailFast   bool           // in Compat alone: stop at the first variable that cannot be fetched
	Region     string         // where an address names none; may be empty
	ConfigName string         // the variable that holds the configuration as JSON; "" for none
	// Compat runs the process without what cannot be fetched, as proc_wrapper does.
	Compat bool

	Line    string        // the command, when none is given otherwise; may be empty
	Shell   string        // auto, enable or disable: whether a shell runs Line
	Dir     string        // where the command runs; "" is here
	Timeout time.Duration // of the command; 0 is none
	Grace   time.Duration // between asking it to end and ending it

	env, config affix
}

// ParamsFrom reads the variables that proc_wrapper reads. A variable that asks
// for what this package does not do is an error, a *spec.Error.
func ParamsFrom(environ Environ) (Params, error) {
	p := Params{Merge: Deep, Depth: 5, Iterations: 3, FailFast: true, ConfigName: "TASK_CONFIG",
		env:    affix{suffix: "_FOR_PROC_WRAPPER_TO_RESOLVE"},
		config: affix{suffix: "__to_resolve"},
		Shell:  "auto", Grace: 30 * time.Second}
	return p.overridden(environ)
}

// overridden is p with what the variables say otherwise.
func (p Params) overridden(environ Environ) (Params, error) {
	r := reader{environ: environ}
	if text := r.text("ENV_LOCATIONS", ""); text != "" {
		p.EnvLocations = splitLocations(text)
	}
	if text := r.text("CONFIG_LOCATIONS", ""); text != "" {
		p.ConfigLocations = splitLocations(text)
	}
	p.Merge = Strategy(r.text("CONFIG_MERGE_STRATEGY", string(p.Merge)))
	if !slices.Contains(strategies(), p.Merge) {
		r.refuse("CONFIG_MERGE_STRATEGY", "want DEEP, SHALLOW, REPLACE, ADDITIVE, TYPESAFE_REPLACE or TYPESAFE_ADDITIVE")
	}
	p.Overwrite = r.flag("OVERWRITE_ENV_WITH_SECRETS", p.Overwrite)
	p.FailFast = r.flag("FAIL_FAST_CONFIG_RESOLUTION", p.FailFast)
	p.Depth, p.Iterations = r.count("MAX_CONFIG_RESOLUTION_DEPTH", p.Depth), r.count("MAX_CONFIG_RESOLUTION_ITERATIONS", p.Iterations)
	if !r.flag("RESOLVE_SECRETS", p.Depth > 0) {
		p.Depth, p.Iterations = 0, 0
	}
	p.TTL = r.seconds("CONFIG_TTL_SECONDS", p.TTL)
	p.env = affix{r.text("RESOLVABLE_ENV_VAR_NAME_PREFIX", p.env.prefix), r.text("RESOLVABLE_ENV_VAR_NAME_SUFFIX", p.env.suffix)}
	p.config = affix{r.text("RESOLVABLE_CONFIG_PROPERTY_NAME_PREFIX", p.config.prefix), r.text("RESOLVABLE_CONFIG_PROPERTY_NAME_SUFFIX", p.config.suffix)}
	p.ConfigName = r.text("ENV_VAR_NAME_FOR_CONFIG", p.ConfigName)
	p.Region = cmp.Or(r.text("SECRETS_AWS_REGION", ""), environ.get("AWS_REGION"), environ.get("AWS_DEFAULT_REGION"), p.Region)
	p.process(&r)
	for _, file := range []string{"ENV_OUTPUT_FILENAME", "ENV_OUTPUT_FORMAT", "CONFIG_OUTPUT_FILENAME", "CONFIG_OUTPUT_FORMAT"} {
		if r.text(file, "") != "" {
			r.refuse(file, "no secret is written to a file; let the process read its environment")
		}
	}
	return p, r.problems.OrNil()
}

// process reads what is about the command itself.
func (p *Params) process(r *reader) {
	p.Line, p.Dir = r.text("TASK_COMMAND", p.Line), r.text("WORK_DIR", p.Dir)
	if p.Shell = r.text("SHELL_MODE", p.Shell); !slices.Contains([]string{"auto", "enable", "disable"}, p.Shell) {
		r.refuse("SHELL_MODE", "want auto, enable or disable")
	}
	timeout, grace := r.seconds("PROCESS_TIMEOUT_SECONDS", &p.Timeout), r.seconds("PROCESS_TERMINATION_GRACE_PERIOD_SECONDS", &p.Grace)
	p.Timeout, p.Grace = orZero(timeout), orZero(grace)
}

func orZero(d *time.Duration) time.Duration {
	if d == nil {
		return 0
	}
	return *d
}

// prefix begins the names of proc_wrapper's variables.
const prefix = "PROC_WRAPPER_"

// reader reads variables and collects complaints about them.
type reader struct {
	environ  Environ
	problems spec.Errors
}

func (r *reader) refuse(name, hint string) {
	r.problems = append(r.problems, &spec.Error{Message: fmt.Sprintf("%s%s has a value that cannot be used", prefix, name), Hint: hint})
}

func (r *reader) text(name, otherwise string) string {
	if text, ok := r.environ.lookup(prefix + name); ok {
		return text
	}
	return otherwise
}

// flag is true for 1 and TRUE, and false for any other text, as in proc_wrapper.
func (r *reader) flag(name string, otherwise bool) bool {
	switch text := strings.TrimSpace(r.text(name, "")); {
	case text == "":
		return otherwise
	default:
		return text == "1" || strings.EqualFold(text, "TRUE")
	}
}

// count is a number that is not negative: a negative one is 0.
func (r *reader) count(name string, otherwise int) int {
	text := strings.TrimSpace(r.text(name, ""))
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		r.refuse(name, "want a whole number")
	}
	return max(n, 0)
}

// seconds is a duration; a negative one is none.
func (r *reader) seconds(name string, otherwise *time.Duration) *time.Duration {
	text := strings.TrimSpace(r.text(name, ""))
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		r.refuse(name, "want a whole number of seconds")
	}
	if n < 0 {
		return nil
	}
	d := time.Duration(n) * time.Second
	return &d
}

// splitLocations parts a list at , and ; unless a backslash stands before them.
func splitLocations(text string) []string {
	const escaped = `\\[,;]`
	var list []string
	start := 0
	add := func(end int) {
		one := strings.NewReplacer(`\,`, ",", `\;`, ";").Replace(text[start:end])
		if one = strings.TrimSpace(one); one != "" {
			list = append(list, one)
		}
	}
	skip := regexp.MustCompile(escaped).FindAllStringIndex(text, -1)
	for i, c := range text {
		if c != ',' && c != ';' || slices.ContainsFunc(skip, func(at []int) bool { return at[1]-1 == i }) {
			continue
		}
		add(i)
		start = i + 1
	}
	add(len(text))
	return list
}
