package tagging

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"

	tagapi "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
)

const (
	secret  = "arn:aws:secretsmanager:us-west-2:012345678901:secret:a-AbCdEf"
	cluster = "arn:aws:ecs:us-west-2:012345678901:cluster/main"
	web1    = "arn:aws:ecs:us-west-2:012345678901:task-definition/web:1"
	web2    = "arn:aws:ecs:us-west-2:012345678901:task-definition/web:2"
)

// env is a place with a clock that stands still.
func env() *awsenv.Env {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	return &awsenv.Env{
		Account: awsenv.DefaultAccount, Region: "us-west-2", Partition: "aws", Now: func() time.Time { return now },
	}
}

// newBackend is a tagging API over two backends with four resources.
func newBackend() *Backend {
	return New(env(),
		lists(map[string]map[string]string{cluster: {"team": "data", "env": "staging"}, web1: {"team": "data"}, web2: {}}),
		lists(map[string]map[string]string{secret: {"team": "web"}}))
}

// lists is a backend with these resources.
func lists(resources map[string]map[string]string) Source {
	return Few(func() map[string]map[string]string { return resources })
}

func filter(key string, values ...string) types.TagFilter {
	return types.TagFilter{Key: new(key), Values: values}
}

func TestGetResources(t *testing.T) {
	for name, c := range map[string]struct {
		in   tagapi.GetResourcesInput
		want []string
	}{
		"all":           {tagapi.GetResourcesInput{}, []string{cluster, web1, web2, secret}},
		"key":           {tagapi.GetResourcesInput{TagFilters: []types.TagFilter{filter("team")}}, []string{cluster, web1, secret}},
		"value":         {tagapi.GetResourcesInput{TagFilters: []types.TagFilter{filter("team", "web")}}, []string{secret}},
		"either value":  {tagapi.GetResourcesInput{TagFilters: []types.TagFilter{filter("team", "web", "data")}}, []string{cluster, web1, secret}},
		"both keys":     {tagapi.GetResourcesInput{TagFilters: []types.TagFilter{filter("team", "data"), filter("env")}}, []string{cluster}},
		"other case":    {tagapi.GetResourcesInput{TagFilters: []types.TagFilter{filter("Team")}}, nil},
		"service":       {tagapi.GetResourcesInput{ResourceTypeFilters: []string{"ecs"}}, []string{cluster, web1, web2}},
		"type":          {tagapi.GetResourcesInput{ResourceTypeFilters: []string{"ecs:task-definition"}}, []string{web1, web2}},
		"either type":   {tagapi.GetResourcesInput{ResourceTypeFilters: []string{"ecs:cluster", "secretsmanager:secret"}}, []string{cluster, secret}},
		"type and key":  {tagapi.GetResourcesInput{ResourceTypeFilters: []string{"ecs"}, TagFilters: []types.TagFilter{filter("team")}}, []string{cluster, web1}},
		"part of type":  {tagapi.GetResourcesInput{ResourceTypeFilters: []string{"ecs:task"}}, nil},
		"list":          {tagapi.GetResourcesInput{ResourceARNList: []string{web2, "arn:aws:ecs:us-west-2:012345678901:cluster/none"}}, []string{web2}},
		"not compliant": {tagapi.GetResourcesInput{IncludeComplianceDetails: new(true), ExcludeCompliantResources: new(true)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := newBackend().GetResources(&c.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := arnsOf(out); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if out.PaginationToken == nil || *out.PaginationToken != "" {
				t.Errorf("a full answer ends in token %v, want an empty one", out.PaginationToken)
			}
		})
	}
}

func arnsOf(out *tagapi.GetResourcesOutput) []string {
	var arns []string
	for _, m := range out.ResourceTagMappingList {
		arns = append(arns, *m.ResourceARN)
	}
	return arns
}

func TestTagsAreSorted(t *testing.T) {
	out, err := newBackend().GetResources(&tagapi.GetResourcesInput{ResourceARNList: []string{cluster, web2}})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, m := range out.ResourceTagMappingList {
		for _, tag := range m.Tags {
			got += *tag.Key + "=" + *tag.Value + " "
		}
		got += fmt.Sprint(len(m.Tags), m.Tags == nil, ";")
	}
	if want := "env=staging team=data 2 false;0 false;"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPages(t *testing.T) {
	b := newBackend()
	for size, want := range map[int32]int{1: 4, 2: 2, 3: 2, 4: 1, 100: 1} {
		in, pages := tagapi.GetResourcesInput{ResourcesPerPage: new(size)}, 0
		var got []string
		for more := true; more; more = *in.PaginationToken != "" {
			out, err := b.GetResources(&in)
			if err != nil {
				t.Fatal(err)
			}
			got, pages, in.PaginationToken = append(got, arnsOf(out)...), pages+1, out.PaginationToken
		}
		if all := []string{cluster, web1, web2, secret}; !slices.Equal(got, all) || pages != want {
			t.Errorf("%d a page: got %v on %d pages, want %d pages", size, got, pages, want)
		}
	}
}

// TestTagsPerPage follows the example of GetResources's reference: 22 resources
// of ten tags make pages of ten, ten and two.
func TestTagsPerPage(t *testing.T) {
	resources := map[string]map[string]string{}
	for i := range 22 {
		tags := map[string]string{}
		for k := range 10 {
			tags[fmt.Sprint("k", k)] = "v"
		}
		resources[fmt.Sprintf("arn:aws:ecs:us-west-2:012345678901:cluster/c%02d", i)] = tags
	}
	b := New(env(), lists(resources))
	in := tagapi.GetResourcesInput{TagsPerPage: new(int32(100))}
	var sizes []int
	for more := true; more; more = *in.PaginationToken != "" {
		out, err := b.GetResources(&in)
		if err != nil {
			t.Fatal(err)
		}
		sizes, in.PaginationToken = append(sizes, len(out.ResourceTagMappingList)), out.PaginationToken
	}
	if want := []int{10, 10, 2}; !slices.Equal(sizes, want) {
		t.Errorf("got pages of %v, want %v", sizes, want)
	}
}

func TestRefused(t *testing.T) {
	for name, in := range map[string]tagapi.GetResourcesInput{
		"list and filter":    {ResourceARNList: []string{web1}, TagFilters: []types.TagFilter{filter("a")}},
		"list and type":      {ResourceARNList: []string{web1}, ResourceTypeFilters: []string{"ecs"}},
		"list and page":      {ResourceARNList: []string{web1}, ResourcesPerPage: new(int32(1))},
		"no resource a page": {ResourcesPerPage: new(int32(0))},
		"too many a page":    {ResourcesPerPage: new(int32(101))},
		"few tags a page":    {TagsPerPage: new(int32(99))},
		"filter without key": {TagFilters: []types.TagFilter{{}}},
		"too many filters":   {TagFilters: make([]types.TagFilter, 51)},
		"too many values":    {TagFilters: []types.TagFilter{filter("a", make([]string, 21)...)}},
		"type of nothing":    {ResourceTypeFilters: []string{":cluster"}},
		"token":              {PaginationToken: new("!")},
		"token of nothing":   {PaginationToken: new("YQ")},
		"exclude alone":      {ExcludeCompliantResources: new(true)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newBackend().GetResources(&in)
			if err == nil || awserr.From(err).Code != "InvalidParameterException" {
				t.Errorf("got %v, want InvalidParameterException", err)
			}
		})
	}
}

func FuzzToken(f *testing.F) {
	for _, seed := range []string{"", "!", "YQ", "YXJuOmF3cw"} {
		f.Add(seed)
	}
	b := newBackend()
	f.Fuzz(func(t *testing.T, token string) {
		out, err := b.GetResources(&tagapi.GetResourcesInput{PaginationToken: &token})
		if err == nil && len(out.ResourceTagMappingList) > 4 {
			t.Errorf("token %q shows %d resources", token, len(out.ResourceTagMappingList))
		}
	})
}
