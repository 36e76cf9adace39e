package wire

import (
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// TestListsOfTexts: of a list of texts IAM blames the list, as recorded in
// localstack's test_role_tag_errors.
func TestListsOfTexts(t *testing.T) {
	const want = "ValidationError: 1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: " +
		"[Member must have length less than or equal to 128, Member must have length greater than or equal to 1, " +
		`Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+, Member must not be null]`
	form := url.Values{"RoleName": {"r"}, "TagKeys.member.1": {"good"}, "TagKeys.member.2": {"bad[key]"}}
	err := codecOf(t, "iam").ReadForm("UntagRole", form, &iam.UntagRoleInput{})
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	form.Del("TagKeys.member.2")
	if err := codecOf(t, "iam").ReadForm("UntagRole", form, &iam.UntagRoleInput{}); err != nil {
		t.Errorf("a good key is refused: %v", err)
	}
}
