package tagging

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"ecs-reconciler/internal/sandbox/awserr"

	tagapi "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/google/go-cmp/cmp"
)

func TestKeysAndValues(t *testing.T) {
	b := newBackend()
	keys, err := b.GetTagKeys(&tagapi.GetTagKeysInput{})
	if err != nil {
		t.Fatal(err)
	}
	values, err := b.GetTagValues(&tagapi.GetTagValuesInput{Key: new("team")})
	if err != nil {
		t.Fatal(err)
	}
	none, err := b.GetTagValues(&tagapi.GetTagValuesInput{Key: new("Team")})
	if err != nil {
		t.Fatal(err)
	}
	got := [][]string{keys.TagKeys, values.TagValues, none.TagValues, {*keys.PaginationToken + *values.PaginationToken}}
	if diff := cmp.Diff([][]string{{"env", "team"}, {"data", "web"}, {}, {""}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestKeysComeInPages(t *testing.T) {
	tags := map[string]string{}
	for i := range tagsPage + 1 {
		tags[fmt.Sprintf("k%03d", i)] = "v"
	}
	b := New(env(), lists(map[string]map[string]string{cluster: tags}))
	in := &tagapi.GetTagKeysInput{}
	var got []string
	for more := true; more; more = *in.PaginationToken != "" {
		out, err := b.GetTagKeys(in)
		if err != nil {
			t.Fatal(err)
		}
		got, in.PaginationToken = append(got, out.TagKeys...), out.PaginationToken
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(tags)), got); diff != "" {
		t.Error(diff)
	}
}

// owned is a backend whose one owner has the cluster alone.
func owned(done *[]string) *Backend {
	b := newBackend()
	note := func(arn string, what any) error {
		if arn != cluster {
			return awserr.New("ClusterNotFoundException", "Cluster not found.")
		}
		*done = append(*done, fmt.Sprint(arn, " ", what))
		return nil
	}
	b.Owners = []Owner{{
		Service: "ecs",
		Tag:     func(arn string, tags map[string]string) error { return note(arn, tags) },
		Untag:   func(arn string, keys []string) error { return note(arn, keys) },
	}}
	return b
}

func TestTaggingFailsByResource(t *testing.T) {
	elsewhere := "arn:aws:ecs:eu-west-1:012345678901:cluster/main"
	var done []string
	b := owned(&done)
	arns := []string{cluster, web1, secret, elsewhere}
	tagged, err := b.TagResources(&tagapi.TagResourcesInput{ResourceARNList: arns, Tags: map[string]string{"a": "1"}})
	if err != nil {
		t.Fatal(err)
	}
	untagged, err := b.UntagResources(&tagapi.UntagResourcesInput{ResourceARNList: arns, TagKeys: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{cluster + " map[a:1]", cluster + " [a]"}, done); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{
		web1: "ClusterNotFoundException 400", secret: "InvalidParameterException 400", elsewhere: "InvalidParameterException 400",
	}
	for _, failed := range []map[string]types.FailureInfo{tagged.FailedResourcesMap, untagged.FailedResourcesMap} {
		got := map[string]string{}
		for arn, f := range failed {
			got[arn] = fmt.Sprint(f.ErrorCode, " ", f.StatusCode)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTaggingIsRefusedAsAWhole(t *testing.T) {
	for name, test := range map[string]struct{ arn, key, value string }{
		"no ARN":        {"main", "a", "1"},
		"of no region":  {"arn:aws:iam::012345678901:role/x", "a", "1"},
		"reserved":      {cluster, "aws:a", "1"},
		"odd key":       {cluster, "a*", "1"},
		"odd value":     {cluster, "a", "1;2"},
		"whole but one": {"arn:aws:ecs:us-west-2:012345678901:", "a", "1"},
	} {
		t.Run(name, func(t *testing.T) {
			var done []string
			_, err := owned(&done).TagResources(&tagapi.TagResourcesInput{
				ResourceARNList: []string{cluster, test.arn}, Tags: map[string]string{test.key: test.value},
			})
			if err == nil || awserr.From(err).Code != "InvalidParameterException" || len(done) > 0 {
				t.Errorf("%v, done %v", err, done)
			}
		})
	}
}
