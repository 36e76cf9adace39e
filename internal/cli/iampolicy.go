package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/daemon/events"
	"ecs-reconciler/pkg/daemon/lease"
	"ecs-reconciler/pkg/daemon/source"
	"ecs-reconciler/pkg/reconcile/permission"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
)

// iamPolicy is the command whose first argument is not ENV.
const iamPolicy = "iam-policy"

func (a *app) iamPolicyCommand() *cobra.Command {
	uses := []string{string(permission.Plan), string(permission.Apply), string(permission.Daemon)}
	var f besideFlags
	cmd := &cobra.Command{
		Use: iamPolicy + " plan|apply|daemon [ENV]", Short: "Print the least policy that reconciler itself needs",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return uses, cobra.ShellCompDirectiveNoFileComp
			}
			return a.completeEnvironment(cmd, args[1:], typed)
		},
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 2 || !slices.Contains(uses, args[0]) {
				return &report.UsageError{Message: "iam-policy wants plan, apply or daemon, and an environment", Hint: detached(cmd)}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.iamPolicy(cmd, permission.Use(args[0]), args[1:], f)
		},
	}
	cmd.Flags().StringVar(&f.events, "events", "", "of a daemon with this --events")
	cmd.Flags().StringVar(&f.members, "members", "", "of a daemon with these --members")
	cmd.Flags().StringVar(&f.source, "source", "", "of a daemon with this --source")
	return cmd
}

func (a *app) iamPolicy(cmd *cobra.Command, use permission.Use, args []string, f besideFlags) error {
	d, err := a.load(cmd.Context(), args, nil)
	if err != nil {
		return err
	}
	if d.AccountID == "" || d.Region == "" {
		return &spec.Error{Message: fmt.Sprintf("the account and region of %s must be known", d.Environment), Hint: "set account_id and region for it"}
	}
	beside, err := f.beside(use, d)
	if err != nil {
		return err
	}
	format := a.global.format()
	if format != report.YAML {
		format = report.JSON
	}
	policy, warnings := permission.Fit(d, use, a.passwords("", d.Environment).Addresses()...)
	a.say(append(warnings, taggedSession(d)...))
	return report.Data(a.Stdout, format, policy.Beside(beside, d.Partition))
}

// besideFlags are flags of daemon that the policy depends on.
type besideFlags struct{ events, members, source string }

// beside is what a daemon with these flags uses beside what it keeps.
func (f besideFlags) beside(use permission.Use, d *spec.Deployment) (b permission.Beside, err error) {
	if f == (besideFlags{}) {
		return b, nil
	}
	if use != permission.Daemon {
		return b, &report.UsageError{Message: fmt.Sprintf("--events, --members and --source are a daemon's, and not those of %s", use)}
	}
	arn := func(service, region, account, resource string) spec.ARN {
		return spec.ARN{Partition: d.Partition, Service: service, Region: cmp.Or(region, d.Region), AccountID: account, Resource: resource}
	}
	if f.events != "" {
		queue, err := events.ParseSource(f.events)
		if err != nil {
			return b, &report.UsageError{Message: "--events: " + err.Error()}
		}
		b.Queue = arn("sqs", queue.Region, queue.Account, queue.URL[strings.LastIndex(queue.URL, "/")+1:])
	}
	if f.members != "" {
		table, err := lease.ParseTable(f.members)
		if err != nil {
			return b, &report.UsageError{Message: "--members: " + err.Error()}
		}
		if b.Table, err = spec.ParseARN(table); err != nil {
			b.Table = arn("dynamodb", "", d.AccountID, "table/"+table)
		}
	}
	ref, err := source.Parse(f.source)
	if err != nil {
		return b, &report.UsageError{Message: "--source: " + err.Error()}
	}
	if ref.Bucket != nil {
		b.Bucket, b.Prefix = ref.Bucket.Name, ref.Bucket.Prefix
	}
	return b, nil
}

// taggedSession tells of what no policy of the caller can give: the trust policy
// of a role has to allow tags.
func taggedSession(d *spec.Deployment) []spec.Warning {
	if len(d.AssumeRole.SessionTags) == 0 {
		return nil
	}
	return []spec.Warning{{Message: "assume_role_session_tags are sent when the role is assumed",
		Hint: "the role's trust policy, and the policy of who assumes it, must allow sts:TagSession beside sts:AssumeRole"}}
}
