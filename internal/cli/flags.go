package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ecs-reconciler/pkg/report"
)

// besideDeployConfig is --sandbox without a folder. No folder has this name.
const besideDeployConfig = "<project>/" + sandboxState

// sandboxState is where the sandbox keeps its state, beside deploy_config.
const sandboxState = ".reconciler/sandbox"

// global are the flags that every command has.
type global struct {
	deployConfig       string
	tasks              []string
	labels             []string
	output             string
	sandbox            string
	assumeRoleARN      string
	parallelism        int
	limits             string
	timeout            time.Duration
	logLevel           string
	logFormat          string
	color              string
	images             []string
	vaultPasswordFiles []string
	vaultPasswordFrom  []string
	vaultIDs           []string
	gitCryptKeys       []string
}

func (g *global) register(root *cobra.Command) {
	fs := root.PersistentFlags()
	g.where(fs)
	g.how(fs)
	for _, c := range g.choices() {
		complete := cobra.FixedCompletions(c.allowed, cobra.ShellCompDirectiveNoFileComp)
		cobra.CheckErr(root.RegisterFlagCompletionFunc(c.flag, complete))
	}
}

// where are the flags that say what to work on.
func (g *global) where(fs *pflag.FlagSet) {
	fs.StringVarP(&g.deployConfig, "deploy-config", "C", "", "the deploy_config `DIR` (default: searched for upward)")
	fs.StringArrayVar(&g.tasks, "task", nil, "only this task and what it uses (repeatable)")
	fs.StringArrayVarP(&g.labels, "selector", "l", nil, "only tasks with this label, as `KEY=VALUE` (repeatable; all must match)")
	fs.StringVar(&g.sandbox, "sandbox", "", "use the embedded AWS, with its state in `DIR` (default: beside deploy_config)")
	fs.Lookup("sandbox").NoOptDefVal = besideDeployConfig
	fs.StringVar(&g.assumeRoleARN, "assume-role-arn", "", "assume this role before anything else")
	fs.StringArrayVar(&g.images, "image", nil, "image to run, as `[TASK=]REF` (repeatable)")
	fs.StringArrayVar(&g.vaultPasswordFiles, "vault-password-file", nil, "`FILE` with an ansible-vault password, or a program that prints it (repeatable)")
	fs.StringArrayVar(&g.vaultPasswordFrom, "vault-password-from", nil, "`[ID@]ADDRESS` of an ansible-vault password in AWS: s3://BUCKET/KEY or secretsmanager:NAME, with {{env}} for the environment (repeatable)")
	fs.StringArrayVar(&g.vaultIDs, "vault-id", nil, "ansible-vault `ID@FILE` (repeatable)")
	fs.StringArrayVar(&g.gitCryptKeys, "git-crypt-key", nil, "`FILE` with a git-crypt key, for files that are locked (repeatable; GIT_CRYPT_KEY holds one in base64)")
}

// how are the flags that say how to go about it.
func (g *global) how(fs *pflag.FlagSet) {
	fs.StringVarP(&g.output, "output", "o", string(report.Text), "text, json, yaml, markdown or github")
	fs.IntVar(&g.parallelism, "parallelism", 10, "how many objects to work on at once")
	fs.StringVar(&g.limits, "limits", "aws", "aws keeps within AWS's documented rates, off does not (emulators)")
	fs.DurationVar(&g.timeout, "timeout", 0, "give up after this long, such as 10m (default: never)")
	fs.StringVar(&g.logLevel, "log-level", "warn", "debug, info, warn or error")
	fs.StringVar(&g.logFormat, "log-format", "text", "text or json")
	fs.StringVar(&g.color, "color", "auto", "auto, always or never")
}

// choice is a flag with a fixed set of values.
type choice struct {
	flag, value string
	allowed     []string
}

func (g *global) choices() []choice {
	return []choice{
		{"output", g.output, []string{"text", "json", "yaml", "markdown", "github"}},
		{"limits", g.limits, []string{"aws", "off"}},
		{"log-level", g.logLevel, []string{"debug", "info", "warn", "error"}},
		{"log-format", g.logFormat, []string{"text", "json"}},
		{"color", g.color, []string{"auto", "always", "never"}},
	}
}

func (g *global) check() error {
	for _, c := range g.choices() {
		if !slices.Contains(c.allowed, c.value) {
			return &report.UsageError{Message: fmt.Sprintf("--%s is %q", c.flag, c.value), Hint: "want " + strings.Join(c.allowed, ", ")}
		}
	}
	if g.parallelism < 1 {
		return &report.UsageError{Message: fmt.Sprintf("--parallelism is %d", g.parallelism), Hint: "want 1 or more"}
	}
	return nil
}

// format is the value of --output.
func (g *global) format() report.Format { return report.Format(g.output) }

// imageByTask is --image as a map; "" is for every task that is not named.
// A reference may itself hold "=": only a task name's worth of text before the
// first one counts.
func (g *global) imageByTask() (map[string]string, error) {
	out := map[string]string{}
	for _, text := range g.images {
		task, ref, named := strings.Cut(text, "=")
		if !named || strings.ContainsAny(task, "/:@") {
			task, ref = "", text
		}
		if ref == "" {
			return nil, &report.UsageError{Message: fmt.Sprintf("--image %q names no image", text), Hint: "want [TASK=]REF"}
		}
		out[task] = ref
	}
	return out, nil
}

// style is how text is painted: flag, then NO_COLOR, then CLICOLOR_FORCE, then
// whether stdout is a terminal.
func (a *app) style() report.Style {
	set := func(name string) bool { v, ok := a.Env(name); return ok && v != "" }
	dumb, _ := a.Env("TERM")
	switch {
	case a.global.color != "auto":
		return report.Style{Color: a.global.color == "always"}
	case set("NO_COLOR"):
		return report.Style{}
	case set("CLICOLOR_FORCE"):
		return report.Style{Color: true}
	default:
		return report.Style{Color: a.OutIsTerminal && dumb != "dumb"}
	}
}
