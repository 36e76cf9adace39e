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
