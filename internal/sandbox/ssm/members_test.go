package ssm

import (
	"math/rand/v2"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/membertest"
	"ecs-reconciler/internal/sandbox/paging"
)

const someKey = "1234abcd-12ab-34cd-56ef-1234567890ab"

// inhabited has four parameters, of which /a/b is secure and has two versions,
// the older with a label.
func inhabited(t *testing.T) *Backend {
	t.Helper()
	b := New(&awsenv.Env{
		Account: awsenv.DefaultAccount, Region: awsenv.DefaultRegion, Partition: "aws",
		Now: func() time.Time { return time.Unix(1_700_000_000, 0) }, Rand: rand.NewChaCha8([32]byte{}),
	})
	b.KMSKeys = []string{someKey}
	for _, name := range []string{"/a/b", "/a/b/c", "/a/d", "e"} {
		in := &sdk.PutParameterInput{Name: &name, Value: new("v"), Type: types.ParameterTypeSecureString, Tags: tagged("k", "1"), Description: new("d")}
		if _, err := b.PutParameter(in); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.PutParameter(&sdk.PutParameterInput{Name: new("/a/b"), Value: new("w"), Overwrite: new(true)}); err != nil {
		t.Fatal(err)
	}
	b.state.Parameters["/a/b"].Versions[0].Labels = []string{"old"}
	return b
}

func tagged(key, value string) []types.Tag { return []types.Tag{{Key: &key, Value: &value}} }

func filter(key, option string, values ...string) []types.ParameterStringFilter {
	return []types.ParameterStringFilter{{Key: &key, Option: &option, Values: values}}
}

// TestEveryMemberOfEveryRequest goes through all operations.
func TestEveryMemberOfEveryRequest(t *testing.T) {
	name, one, parameter, decrypt := new("/a/b"), new(int32(1)), types.ResourceTypeForTaggingParameter, new(true)
	after := func(name string) *string { return new(tokenAfter(t, name)) }
	membertest.Service(t, "ssm", func() membertest.Backend { return inhabited(t) }, map[string]membertest.Operation{
		"AddTagsToResource": {Inputs: []any{&sdk.AddTagsToResourceInput{ResourceId: name, ResourceType: parameter, Tags: tagged("k", "2")}}},
		"DeleteParameter":   {Inputs: []any{&sdk.DeleteParameterInput{Name: name}}},
		"DeleteParameters":  {Inputs: []any{&sdk.DeleteParametersInput{Names: []string{"/a/b"}}}},
		"DescribeParameters": {Inputs: []any{
			&sdk.DescribeParametersInput{Filters: []types.ParametersFilter{{Key: types.ParametersFilterKeyName, Values: []string{"/a"}}}},
			&sdk.DescribeParametersInput{ParameterFilters: filter("Path", "Recursive", "/a"), MaxResults: one, NextToken: after("/a/b"), Shared: new(false)},
		}},
		"GetParameter":        {Inputs: []any{&sdk.GetParameterInput{Name: name, WithDecryption: decrypt}}},
		"GetParameterHistory": {Inputs: []any{&sdk.GetParameterHistoryInput{Name: name, WithDecryption: decrypt, MaxResults: one, NextToken: after("0")}}},
		"GetParameters":       {Inputs: []any{&sdk.GetParametersInput{Names: []string{"/a/b"}, WithDecryption: decrypt}}},
		"GetParametersByPath": {Inputs: []any{&sdk.GetParametersByPathInput{Path: new("/a"), MaxResults: one, NextToken: after("/a/b"), Recursive: new(true),
			ParameterFilters: filter("Type", "Equals", "SecureString"), WithDecryption: decrypt}}},
		"LabelParameterVersion": {Inputs: []any{&sdk.LabelParameterVersionInput{Name: name, ParameterVersion: new(int64(1)), Labels: []string{"new"}}}},
		"ListTagsForResource":   {Inputs: []any{&sdk.ListTagsForResourceInput{ResourceId: name, ResourceType: parameter}}},
		"PutParameter": {Inputs: []any{
			&sdk.PutParameterInput{Name: new("/a/new"), Value: new("v"), AllowedPattern: new("v"), DataType: new("text"), Description: new("d"), KeyId: new(someKey),
				Tags: tagged("k", "1"), Tier: types.ParameterTierAdvanced, Type: types.ParameterTypeSecureString,
				Policies: new(`[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"1","Unit":"Days"}}]`)},
			&sdk.PutParameterInput{Name: name, Value: new("x"), Overwrite: new(true)},
		}},
		"RemoveTagsFromResource":  {Inputs: []any{&sdk.RemoveTagsFromResourceInput{ResourceId: name, ResourceType: parameter, TagKeys: []string{"k"}}}},
		"UnlabelParameterVersion": {Inputs: []any{&sdk.UnlabelParameterVersionInput{Name: name, ParameterVersion: new(int64(1)), Labels: []string{"old"}}}},
	})
}

// tokenAfter resumes after an item.
func tokenAfter(t *testing.T, name string) string {
	t.Helper()
	_, token, err := paging.Cut([]string{name, name + "~"}, func(s string) string { return s }, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	return *token
}
