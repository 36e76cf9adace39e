package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/report"
)

// defaultCheck is what answers while a daemon with --listen 127.0.0.1:8080 runs.
const defaultCheck = "http://127.0.0.1:8080/healthz"

func (a *app) daemonCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check [URL]", Short: "Exit 0 while a daemon answers, for containers without a shell",
		Long: `Ask a daemon whether it is well, as a container's health check does: exit 0 when URL
answers with a success, 1 else. Without URL it is ` + defaultCheck + `;
/readyz tells whether AWS was read, too.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			address := defaultCheck
			if len(args) > 0 {
				address = args[0]
			}
			if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				return &report.UsageError{Message: fmt.Sprintf("%q is no address", address), Hint: "want one such as " + defaultCheck}
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), 5*time.Second)
			defer cancel()
			return a.probe(ctx, address)
		},
	}
}

func (a *app) probe(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the daemon does not answer: %w", err)
	}
	defer response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(response.Body, 4096))
	if err != nil {
		return fmt.Errorf("the daemon's answer broke off: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the daemon answers %s: %s", response.Status, said)
	}
	_, err = fmt.Fprintf(a.Stdout, "%s\n", said)
	return err
}
