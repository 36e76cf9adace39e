package tagging_test

import (
	"slices"
	"testing"

	"ecs-reconciler/internal/sandbox/sandboxtest"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	tagapi "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	smtypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// TestSDKFindsResourcesOfEachService tags through other services' clients and
// finds what was tagged, page by page.
func TestSDKFindsResourcesOfEachService(t *testing.T) {
	_, cfg := sandboxtest.New(t)
	ctx := t.Context()
	cluster, err := ecs.NewFromConfig(cfg).CreateCluster(ctx, &ecs.CreateClusterInput{
		ClusterName: new("main"), Tags: []ecstypes.Tag{{Key: new("owner"), Value: new("reports/staging")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := secretsmanager.NewFromConfig(cfg).CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name: new("db"), SecretString: new("x"), Tags: []smtypes.Tag{{Key: new("owner"), Value: new("reports/staging")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{*cluster.Cluster.ClusterArn, *secret.ARN}
	var got []string
	pages := tagapi.NewGetResourcesPaginator(tagapi.NewFromConfig(cfg), &tagapi.GetResourcesInput{
		TagFilters:       []types.TagFilter{{Key: new("owner"), Values: []string{"reports/staging"}}},
		ResourcesPerPage: new(int32(1)),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.ResourceTagMappingList {
			got = append(got, *m.ResourceARN)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestSDKTagsResourcesOfEachService tags and untags through the tagging API.
func TestSDKTagsResourcesOfEachService(t *testing.T) {
	_, cfg := sandboxtest.New(t)
	ctx, api := t.Context(), tagapi.NewFromConfig(cfg)
	cluster, err := ecs.NewFromConfig(cfg).CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: new("main")})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := secretsmanager.NewFromConfig(cfg).CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: new("db")})
	if err != nil {
		t.Fatal(err)
	}
	absent := *cluster.Cluster.ClusterArn + "-absent"
	arns := []string{*cluster.Cluster.ClusterArn, *secret.ARN, absent}
	tagged, err := api.TagResources(ctx, &tagapi.TagResourcesInput{ResourceARNList: arns, Tags: map[string]string{"a": "1", "b": "2"}})
	if err != nil {
		t.Fatal(err)
	}
	if failed := tagged.FailedResourcesMap; len(failed) != 1 || failed[absent].ErrorCode == "" {
		t.Errorf("tagging failed for %v", failed)
	}
	untagged, err := api.UntagResources(ctx, &tagapi.UntagResourcesInput{ResourceARNList: arns[:2], TagKeys: []string{"a"}})
	if err != nil || len(untagged.FailedResourcesMap) != 0 {
		t.Errorf("untagging failed for %v: %v", untagged.FailedResourcesMap, err)
	}
	keys, err := api.GetTagKeys(ctx, &tagapi.GetTagKeysInput{})
	if err != nil || !slices.Equal(keys.TagKeys, []string{"b"}) {
		t.Errorf("the keys are %v: %v", keys.TagKeys, err)
	}
	values, err := api.GetTagValues(ctx, &tagapi.GetTagValuesInput{Key: new("b")})
	if err != nil || !slices.Equal(values.TagValues, []string{"2"}) {
		t.Errorf("the values are %v: %v", values.TagValues, err)
	}
}
