package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/reconcile/permission"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
)

// iamPolicy is the command whose first argument is not ENV.
const iamPolicy = "iam-policy"

func (a *app) iamPolicyCommand() *cobra.Command {
	uses := []string{string(permission.Plan), string(permission.Apply), string(permission.Daemon)}
	return &cobra.Command{
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
			d, err := a.load(cmd.Context(), args[1:], nil)
			if err != nil {
				return err
			}
			if d.AccountID == "" || d.Region == "" {
				return &spec.Error{Message: fmt.Sprintf("the account and region of %s must be known", d.Environment), Hint: "set account_id and region for it"}
			}
			f := a.global.format()
			if f != report.YAML {
				f = report.JSON
			}
			policy, warnings := permission.Fit(d, permission.Use(args[0]), a.passwords("", d.Environment).Addresses()...)
			a.say(append(warnings, taggedSession(d)...))
			return report.Data(a.Stdout, f, policy)
		},
	}
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
