package load

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
)

// TestAssumeRole: what a role's trust policy wants comes through, whole and
// before there is a password.
func TestAssumeRole(t *testing.T) {
	f := files{"tasks/web.yaml": task("web", roleLine), projectFile: ours("account_id: '012345678901', region: us-west-2, " +
		"assume_role_arn: 'arn:aws:iam::012345678901:role/deployer', assume_role_external_id: for-us, assume_role_session_tags: {team: data}")}
	want := spec.AssumeRole{ExternalID: "for-us", SessionTags: map[string]string{"team": "data"}}
	dir := t.TempDir()
	f.write(t, filepath.Join(dir, folderName))
	d, err := process{}.load(dir, "staging")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, d.AssumeRole); diff != "" {
		t.Errorf("loaded (-want +got):\n%s", diff)
	}
	declared := Declares(Options{WorkDir: dir, Environment: "staging", Env: func(string) (string, bool) { return "", false }})
	if diff := cmp.Diff(Declared{AccountID: "012345678901", Region: "us-west-2", AssumeRoleARN: "arn:aws:iam::012345678901:role/deployer", AssumeRole: want}, declared); diff != "" {
		t.Errorf("declared (-want +got):\n%s", diff)
	}
}

// TestWhatSTSWouldRefuse is refused offline.
func TestWhatSTSWouldRefuse(t *testing.T) {
	checkRefusals(t, []refusal{
		{name: "an external id", project: ours("assume_role_external_id: 'a b'"), web: []string{roleLine},
			want: []string{"spec.environments.staging.assume_role_external_id: this is no external id (AWS takes 2 to 1224"}},
		{name: "a session tag", project: ours("assume_role_session_tags: {'aws:x': y}"), web: []string{roleLine},
			want: []string{`spec.environments.staging.assume_role_session_tags: "aws:x" is a tag that only AWS sets`}},
	})
}
