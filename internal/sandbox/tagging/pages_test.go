package tagging

import (
	"testing"
	"time"

	"ecs-reconciler/internal/sandbox/awserr"

	tagapi "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
)

// TestTokensThatDoNotServe takes the token of a first page to other requests.
func TestTokensThatDoNotServe(t *testing.T) {
	b := newBackend()
	first, err := b.GetResources(&tagapi.GetResourcesInput{ResourcesPerPage: new(int32(1))})
	if err != nil {
		t.Fatal(err)
	}
	token := first.PaginationToken
	code := func(err error) string {
		if err == nil {
			return ""
		}
		return awserr.From(err).Code
	}
	_, err = b.GetResources(&tagapi.GetResourcesInput{PaginationToken: token, TagFilters: []types.TagFilter{filter("team")}})
	if code(err) != "InvalidParameterException" {
		t.Errorf("with other filters: %v", err)
	}
	_, err = b.GetTagKeys(&tagapi.GetTagKeysInput{PaginationToken: token})
	if code(err) != "InvalidParameterException" {
		t.Errorf("of another list: %v", err)
	}
	made := b.env.Now()
	b.env.Now = func() time.Time { return made.Add(tokenLife) }
	if _, err = b.GetResources(&tagapi.GetResourcesInput{PaginationToken: token}); err != nil {
		t.Errorf("just in time: %v", err)
	}
	b.env.Now = func() time.Time { return made.Add(tokenLife + time.Second) }
	_, err = b.GetResources(&tagapi.GetResourcesInput{PaginationToken: token})
	if code(err) != "PaginationTokenExpiredException" {
		t.Errorf("too late: %v", err)
	}
}
