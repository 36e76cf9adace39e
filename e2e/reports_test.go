package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Names of what testdata/reports declares.
const (
	nightlyEnv    = "reports/staging/nightly.env"
	serviceJSON   = "reports/staging/service.json"
	nightlyRole   = "reports-nightly-staging"
	purgeRole     = "reports-purge-staging"
	nightlyFamily = "reports_nightly_staging"
	purgeFamily   = "reports_purge_staging"
	reportObjects = 6
)

// reports is a project with two tasks that share a secret, in testdata/reports.
func (c *cloud) reports(t testing.TB) *project {
	t.Helper()
	return c.write(t, folder(t, "testdata/reports"))
}

// folder is every file below a folder, by its path in it.
func folder(t testing.TB, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func source(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata/reports/deploy_config", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// settled fails unless a plan sees no change, an apply sends no write, and
// both count their calls as the proxy does.
func (c *cloud) settled(t testing.TB, p *project) {
	t.Helper()
	var second applied
	calls := c.during(func() { second = p.apply(t) })
	if wrote := writesOf(calls); len(wrote) > 0 || len(second.Results) > 0 {
		t.Errorf("a second apply sends %v and reports %v", wrote, second.Results)
	}
	sameCalls(t, second.AWSCalls, calls)
	calls = c.during(func() { p.exits(t, 0, "plan", "staging", "--detailed-exitcode") })
	if wrote := writesOf(calls); len(wrote) > 0 {
		t.Errorf("a plan sends %v", wrote)
	}
}
