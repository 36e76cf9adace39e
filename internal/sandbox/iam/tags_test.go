package iam

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
)

func tagRole(b *Backend, pairs ...string) error {
	in := &sdk.TagRoleInput{RoleName: aws.String("web")}
	for i := 0; i < len(pairs); i += 2 {
		in.Tags = append(in.Tags, types.Tag{Key: &pairs[i], Value: &pairs[i+1]})
	}
	_, err := b.TagRole(in)
	return err
}

func listTags(t *testing.T, b *Backend) []string {
	t.Helper()
	got := []string{}
	for _, tag := range must[sdk.ListRoleTagsOutput](t)(b.ListRoleTags(&sdk.ListRoleTagsInput{RoleName: aws.String("web")})).Tags {
		got = append(got, *tag.Key+"="+*tag.Value)
	}
	return got
}

func TestRoleTagKeysIgnoreCase(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	for _, step := range []struct {
		do   func() error
		want []string
	}{
		{func() error { return tagRole(b, "Team", "data", "app", "") }, []string{"Team=data", "app="}},
		{func() error { return tagRole(b, "team", "web") }, []string{"app=", "team=web"}},
		{func() error { return tagRole(b) }, []string{"app=", "team=web"}},
		{func() error {
			_, err := b.UntagRole(&sdk.UntagRoleInput{RoleName: aws.String("web"), TagKeys: []string{"APP", "absent"}})
			return err
		}, []string{"team=web"}},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, listTags(t, b)); diff != "" {
			t.Errorf("tags (-want +got):\n%s", diff)
		}
	}
	refusedWith(t, tagRole(b, "x", "1", "X", "2"), "InvalidInput", 400,
		"Duplicate tag keys found. Please note that Tag keys are case insensitive.")
	refused(t, tagRole(b, "aws:x", "1"), "InvalidInput", 400)
}

func TestRoleTagQuota(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	for i := range 50 {
		if err := tagRole(b, fmt.Sprintf("k%02d", i), "v"); err != nil {
			t.Fatalf("tag %d: %v", i+1, err)
		}
	}
	if err := tagRole(b, "K07", "other"); err != nil {
		t.Errorf("replacing one of 50: %v", err)
	}
	refused(t, tagRole(b, "one-more", "v"), "LimitExceeded", 409)
	page := must[sdk.ListRoleTagsOutput](t)(b.ListRoleTags(&sdk.ListRoleTagsInput{
		RoleName: aws.String("web"), MaxItems: aws.Int32(20),
	}))
	if len(page.Tags) != 20 || !page.IsTruncated || page.Marker == nil {
		t.Errorf("a page of 20 has %d tags, truncated %v", len(page.Tags), page.IsTruncated)
	}
}
