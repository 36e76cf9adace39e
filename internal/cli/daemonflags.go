package cli

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ecs-reconciler/pkg/daemon"
	"ecs-reconciler/pkg/daemon/notify"
	"ecs-reconciler/pkg/daemon/page"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
)

// daemonFlags are those of daemon, by what they are about.
type daemonFlags struct {
	policy  policyFlags
	source  sourceFlags
	watch   watchFlags
	members membership
	events  string
}

// policyFlags say what is changed, and when.
type policyFlags struct {
	interval     time.Duration
	drift        string
	window       string
	prune, adopt bool
	maxDeletes   int
	maxWrites    int
}

// sourceFlags say where the specs come from.
type sourceFlags struct {
	source       string
	interval     time.Duration
	sshKey       string
	tokenFile    string
	verify       string
	sandboxServe string
}

// watchFlags say how the daemon is watched.
type watchFlags struct {
	page     page.Access
	webhooks []string
	format   string
	secret   string
	traces   string
}

func (f *daemonFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	f.policy.register(fs)
	f.source.register(fs)
	f.watch.register(fs)
	f.members.register(fs)
	f.members.registerLease(fs)
	fs.StringVar(&f.events, "events", "", "look at once at what events in `sqs:QUEUE_URL` tell of; see daemon print-events-template")
	fixed := func(flag string, values ...string) {
		cobra.CheckErr(cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)))
	}
	fixed("drift", "correct", "report", "ignore")
	fixed("webhook-format", formats()...)
}

func (f *policyFlags) register(fs *pflag.FlagSet) {
	fs.DurationVar(&f.interval, "interval", 5*time.Minute, "how often to look at everything")
	fs.StringVar(&f.drift, "drift", "", "do no more about drift than this, whatever tasks say: correct, report or ignore")
	fs.StringVar(&f.window, "window", "", "change things only then, as in `\"Mon-Fri 09:00-17:00 Europe/Berlin\"` (default: always)")
	fs.BoolVar(&f.prune, "prune", false, "also delete what is ours and no longer declared")
	fs.BoolVar(&f.adopt, "adopt", false, "take over objects that are nobody's")
	fs.IntVar(&f.maxDeletes, "max-deletes", 10, "delete nothing when more than this many objects would be in one interval")
	fs.IntVar(&f.maxWrites, "max-writes-per-cycle", 0, "write nothing when more than this many objects would be in one interval (default: any number)")
}

func (f *sourceFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.source, "source", "", "where the specs are: a `DIR`, git::URL//path?ref=main or s3://bucket/prefix (default: deploy_config, searched for upward)")
	fs.DurationVar(&f.interval, "source-interval", 30*time.Second, "how often to ask a source that does not tell of its changes")
	fs.StringVar(&f.sshKey, "git-ssh-key", "", "`FILE` of a private key for git over ssh (default: the agent's, or those of ~/.ssh)")
	fs.StringVar(&f.tokenFile, "git-token-file", "", "`FILE` of a token for git over https (or GIT_TOKEN, or ~/.netrc)")
	fs.StringVar(&f.verify, "git-verify", "", "`FILE` of the keys that may sign commits: armored PGP keys, or ssh's allowed signers; other commits are refused")
	fs.StringVar(&f.sandboxServe, "sandbox-listen", sandboxAddress, "`ADDRESS` to serve the embedded AWS on, with --sandbox")
}

func (f *watchFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.page.Address, "listen", "", "`ADDRESS` of the status page, /metrics, /healthz and /readyz, such as 127.0.0.1:8080 (default: none)")
	fs.StringVar(&f.page.TokenFile, "token-file", "", "`FILE` of the token that the page asks for; needed off loopback, unless --client-ca is given")
	fs.StringVar(&f.page.CertFile, "tls-cert", "", "`FILE` of the page's certificate")
	fs.StringVar(&f.page.KeyFile, "tls-key", "", "`FILE` of its key")
	fs.StringVar(&f.page.ClientCAFile, "client-ca", "", "`FILE` of the authorities whose certificates may see the page")
	fs.StringArrayVar(&f.webhooks, "webhook", nil, "tell `URL` of drift, corrections, failures and recoveries (repeatable; RECONCILER_WEBHOOK keeps it out of sight)")
	fs.StringVar(&f.format, "webhook-format", string(notify.JSON), strings.Join(formats(), " or "))
	fs.StringVar(&f.secret, "webhook-secret-file", "", "`FILE` of the key that messages to webhooks are signed with")
	fs.StringVar(&f.traces, "traces", "", "send traces to the OTLP collector at `URL`, such as http://localhost:4318/v1/traces")
}

func formats() []string {
	var out []string
	for _, f := range notify.Formats() {
		out = append(out, string(f))
	}
	return out
}

// options are what the flags say, checked.
func (f *policyFlags) options() (daemon.Options, error) {
	o := daemon.Options{Interval: f.interval, Drift: spec.Drift(f.drift), Prune: f.prune, Adopt: f.adopt, MaxDeletes: f.maxDeletes, MaxWrites: f.maxWrites,
		Grace: daemonGrace, Backoff: daemon.Backoff{First: firstBackoff, Most: mostBackoff}, Now: time.Now, Sleep: sleep, Jitter: rand.Float64}
	drifts := []spec.Drift{"", spec.DriftCorrect, spec.DriftReport, spec.DriftIgnore}
	switch {
	case f.interval < time.Second:
		return o, &report.UsageError{Message: fmt.Sprintf("--interval is %s", f.interval), Hint: "want a second or more, such as 5m"}
	case !slices.Contains(drifts, o.Drift):
		return o, &report.UsageError{Message: fmt.Sprintf("--drift is %q", f.drift), Hint: "want correct, report or ignore"}
	case f.maxDeletes < 0 || f.maxWrites < 0:
		return o, &report.UsageError{Message: "--max-deletes or --max-writes-per-cycle is less than nothing", Hint: "want 0 or more"}
	}
	var err error
	if o.Window, err = daemon.ParseWindow(f.window); err != nil {
		return o, &report.UsageError{Message: "--window: " + err.Error()}
	}
	return o, nil
}
