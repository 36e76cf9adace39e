package ecs

import (
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

func tags(pairs ...string) []types.Tag {
	out := []types.Tag{}
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, types.Tag{Key: new(pairs[i]), Value: new(pairs[i+1])})
	}
	return out
}

// withServices is a backend with a cluster, a service and a task definition.
func withServices(t *testing.T) *Backend {
	t.Helper()
	b := newBackend()
	registerMany(t, b, "web", 1)
	createCluster(t, b, "main")
	createService(t, b, serviceRequest())
	return b
}

func TestTagsOfEachResource(t *testing.T) {
	b := withServices(t)
	for _, resource := range []string{definitionARN("web", 1), arn("cluster/main"), arn("service/main/web")} {
		t.Run(resource, func(t *testing.T) {
			for _, set := range [][]types.Tag{tags("a", "1", "b", "2"), tags("b", "3", "c", "4")} {
				if _, err := b.TagResource(&ecs.TagResourceInput{ResourceArn: new(resource), Tags: set}); err != nil {
					t.Fatal(err)
				}
			}
			wantTags(t, b, resource, tags("a", "1", "b", "3", "c", "4"))
			if _, err := b.UntagResource(&ecs.UntagResourceInput{ResourceArn: new(resource), TagKeys: []string{"a", "c", "z"}}); err != nil {
				t.Fatal(err)
			}
			wantTags(t, b, resource, tags("b", "3"))
		})
	}
}

func wantTags(t *testing.T, b *Backend, resource string, want []types.Tag) {
	t.Helper()
	out, err := b.ListTagsForResource(&ecs.ListTagsForResourceInput{ResourceArn: new(resource)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.Tags, same()); diff != "" {
		t.Errorf("tags of %s (-want +got)\n%s", resource, diff)
	}
}

// TestTagsComeOnRequest sees that a description has tags only with TAGS.
func TestTagsComeOnRequest(t *testing.T) {
	b := newBackend()
	in := minimal("web")
	in.Tags = tags("a", "1")
	register(t, b, in)
	for _, c := range []struct {
		include []types.TaskDefinitionField
		want    []types.Tag
	}{{nil, nil}, {[]types.TaskDefinitionField{types.TaskDefinitionFieldTags}, tags("a", "1")}} {
		out, err := b.DescribeTaskDefinition(&ecs.DescribeTaskDefinitionInput{TaskDefinition: new("web"), Include: c.include})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, out.Tags, same()); diff != "" {
			t.Errorf("include %v (-want +got)\n%s", c.include, diff)
		}
	}
}

func TestTagRefuses(t *testing.T) {
	b := withServices(t)
	_, err := b.TagResource(&ecs.TagResourceInput{ResourceArn: new(definitionARN("web", 2)), Tags: tags("a", "1")})
	wantError(t, err, invalid, "The specified task definition does not exist. Specify a valid account, family, revision and try again.")
	_, err = b.TagResource(&ecs.TagResourceInput{ResourceArn: new(arn("task-definition/web")), Tags: tags("a", "1")})
	wantError(t, err, invalid, "The specified task definition does not exist. Specify a valid account, family, revision and try again.")
	_, err = b.TagResource(&ecs.TagResourceInput{ResourceArn: new(arn("cluster/other")), Tags: tags("a", "1")})
	wantError(t, err, "ClusterNotFoundException", "Cluster not found.")
	_, err = b.TagResource(&ecs.TagResourceInput{ResourceArn: new(arn("service/main/other")), Tags: tags("a", "1")})
	wantError(t, err, invalid, "The specified service is not found. Specify a valid service and try again.")
	_, err = b.ListTagsForResource(&ecs.ListTagsForResourceInput{ResourceArn: new(arn("task/1"))})
	wantError(t, err, invalid, "The specified task is not found. Specify a valid task and try again.")
	_, err = b.ListTagsForResource(&ecs.ListTagsForResourceInput{ResourceArn: new("web")})
	wantError(t, err, invalid, "The specified resource ARN is not valid: 'web'.")
	_, err = b.TagResource(&ecs.TagResourceInput{ResourceArn: new(arn("cluster/main")), Tags: tags("aws:a", "1")})
	wantError(t, err, invalid, "Tag keys that begin with 'aws:' are reserved for AWS, 'aws:a' does.")
	_, err = b.UntagResource(&ecs.UntagResourceInput{ResourceArn: new(arn("cluster/main")), TagKeys: []string{"aws:a"}})
	wantError(t, err, invalid, "Tag keys that begin with 'aws:' are reserved for AWS.")
}

// TestTagLimitCountsWhatIsThere adds up to the limit, then one more.
func TestTagLimitCountsWhatIsThere(t *testing.T) {
	b := withServices(t)
	for i := range 50 {
		if _, err := b.TagResource(&ecs.TagResourceInput{ResourceArn: new(arn("cluster/main")), Tags: tags(strconv.Itoa(i), "")}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := b.TagResource(&ecs.TagResourceInput{ResourceArn: new(arn("cluster/main")), Tags: tags("one more", "")})
	wantError(t, err, "LimitExceededException", "The limit for the resource was exceeded: 51 tags of at most 50.")
	if _, err := b.TagResource(&ecs.TagResourceInput{ResourceArn: new(arn("cluster/main")), Tags: tags("7", "new")}); err != nil {
		t.Errorf("a key that is there counted again: %v", err)
	}
}

func TestTagged(t *testing.T) {
	b := withServices(t)
	for _, resource := range []string{definitionARN("web", 1), arn("cluster/main")} {
		if _, err := b.TagResource(&ecs.TagResourceInput{ResourceArn: new(resource), Tags: tags("a", "1")}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.UntagResource(&ecs.UntagResourceInput{ResourceArn: new(arn("cluster/main")), TagKeys: []string{"a"}}); err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]string{definitionARN("web", 1): {"a": "1"}, arn("cluster/main"): {}}
	got := map[string]map[string]string{}
	for name, of := range b.Tagged {
		got[name] = of()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
