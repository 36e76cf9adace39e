package cli

import (
	"cmp"
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/daemon/lease"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
)

// membership are the flags that say which others share the work.
type membership struct {
	members, fleet string
	lease          time.Duration // of a member; who only looks has none
}

// defaultFleet is --fleet when nothing is said.
const defaultFleet = "reconciler"

func (m *membership) register(fs *pflag.FlagSet) {
	fs.StringVar(&m.members, "members", "", "share the work with other members through `dynamodb:TABLE`, a name or an ARN")
	fs.StringVar(&m.fleet, "fleet", defaultFleet, "`NAME` of the members that work the same environments, where several groups of members share a table")
}

// shortestLease leaves time to renew it three times on a busy machine.
const shortestLease = 3 * time.Second

// registerLease is for those who take part.
func (m *membership) registerLease(fs *pflag.FlagSet) {
	fs.DurationVar(&m.lease, "lease", lease.DefaultLease, "how long other members wait for one that is silent before they take its environments")
}

// check refuses what no member could keep.
func (m *membership) check() error {
	if m.lease < shortestLease || m.lease > lease.LongestLease {
		return &report.UsageError{Message: fmt.Sprintf("--lease is %s", m.lease), Hint: fmt.Sprintf("want %s to %s", shortestLease, lease.LongestLease)}
	}
	return nil
}

// table is the members' table. Its client has a session of its own, of the
// caller's credentials and region, since members of one table work many accounts.
func (a *app) table(ctx context.Context, m membership, open func(*awsapi.Gate)) (*lease.Table, error) {
	name, err := lease.ParseTable(m.members)
	if err != nil {
		return nil, &report.UsageError{Message: err.Error(), Hint: "make a table with: " + lease.CreateTable("reconciler-members")}
	}
	log, err := a.logger()
	if err != nil {
		return nil, err
	}
	o := awsapi.Options{Log: log}
	if arn, err := spec.ParseARN(name); err == nil {
		o.Region = arn.Region
	}
	session, err := awsapi.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	open(session.Gate)
	return &lease.Table{Client: dynamodb.NewFromConfig(session.Config), Name: name, Fleet: m.fleet}, nil
}

func (a *app) daemonMembersCommand() *cobra.Command {
	var m membership
	cmd := &cobra.Command{
		Use: "members", Short: "Show which member of the daemon works which environment", Args: noArguments,
		Long: `members shows who shares the work of the daemon, as the table has it. Times are
by the clock of the member that wrote them: a member that is silent for longer
than its lease is dead, and its environments go to others.

The table of --members is made with

  ` + lease.CreateTable("TABLE"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := a.bounded(cmd.Context())
			defer cancel()
			table, err := a.table(ctx, m, (*awsapi.Gate).Close)
			if err != nil {
				return err
			}
			fleet, err := lease.List(ctx, table)
			if err != nil {
				return overdue(ctx, err)
			}
			return a.showMembers(fleet)
		},
	}
	m.register(cmd.Flags())
	return cmd
}

func (a *app) showMembers(f lease.Fleet) error {
	if format := a.global.format(); format == report.JSON || format == report.YAML {
		return report.Data(a.Stdout, format, f)
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "MEMBER\tSHARDS\tSEEN")
	for _, m := range f.Members {
		fmt.Fprintf(w, "%s\t%d\t%s\n", m.ID, m.Shards, seenAt(m.Seen))
	}
	fmt.Fprintln(w, "\nSHARD\tMEMBER\tFENCE\tSEEN")
	for _, s := range f.Shards {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", s.Name, cmp.Or(s.Member, "-"), s.Fence, seenAt(s.Seen))
	}
	return w.Flush()
}

func seenAt(t time.Time) string { return t.UTC().Format(time.RFC3339) }
