package ssm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"
)

// The tests speak to the backend as callers do: through the SDK's client.

const key = "1234abcd-12ab-34cd-56ef-1234567890ab"

type store struct {
	*ssm.Client
	t *testing.T
}

func newStore(t *testing.T, opts ...sandboxtest.Option) store {
	t.Helper()
	opts = append(opts, func(o *sandbox.Options) { o.KMSKeys = []string{key} })
	_, cfg := sandboxtest.New(t, opts...)
	return store{Client: ssm.NewFromConfig(cfg), t: t}
}

// put puts a String, changed as the test needs it, and gives the version.
func (s store) put(name, value string, change ...func(*ssm.PutParameterInput)) (*ssm.PutParameterOutput, error) {
	in := &ssm.PutParameterInput{Name: &name, Value: &value, Type: types.ParameterTypeString}
	for _, c := range change {
		c(in)
	}
	return s.PutParameter(s.t.Context(), in)
}

func (s store) mustPut(name, value string, change ...func(*ssm.PutParameterInput)) *ssm.PutParameterOutput {
	s.t.Helper()
	out, err := s.put(name, value, change...)
	if err != nil {
		s.t.Fatalf("put %s: %v", name, err)
	}
	return out
}

func (s store) get(name string, decrypt bool) (*types.Parameter, error) {
	out, err := s.GetParameter(s.t.Context(), &ssm.GetParameterInput{Name: &name, WithDecryption: &decrypt})
	if err != nil {
		return nil, err
	}
	return out.Parameter, nil
}

func overwrite(in *ssm.PutParameterInput) { in.Overwrite = new(true) }

func secure(in *ssm.PutParameterInput) { in.Type = types.ParameterTypeSecureString }

// wantCode checks an error's code; empty stands for no error.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	got := ""
	if errors.As(err, &api) {
		got = api.ErrorCode()
	} else if err != nil {
		got = err.Error()
	}
	if got != code {
		t.Errorf("error is %q (%v), not %q", got, err, code)
	}
}

func TestPutsThatAreRefused(t *testing.T) {
	long := strings.Repeat("x", 4097)
	for name, test := range map[string]struct {
		name, value string
		change      func(*ssm.PutParameterInput)
		want        string
	}{
		"blank inside":         {"a b", "v", nil, "ValidationException"},
		"empty part":           {"/a//b", "v", nil, "ValidationException"},
		"path without a slash": {"a/b", "v", nil, "ValidationException"},
		"aws":                  {"awsome", "v", nil, "ValidationException"},
		"ssm in a path":        {"/SSM/x", "v", nil, "ValidationException"},
		"AWS's own path":       {"/aws/x", "v", nil, "AccessDeniedException"},
		"sixteen levels":       {strings.Repeat("/a", 16), "v", nil, "HierarchyLevelLimitExceededException"},
		"long name":            {strings.Repeat("a", 1000), "v", nil, "ValidationException"},
		"empty value":          {"a", "", nil, "ValidationException"},
		"nested":               {"a", "{{ssm:b}}", nil, "ValidationException"},
		"too long":             {"a", long, nil, "ValidationException"},
		"too long, advanced":   {"a", long + long, func(in *ssm.PutParameterInput) { in.Tier = types.ParameterTierAdvanced }, "ValidationException"},
		"no type":              {"a", "v", func(in *ssm.PutParameterInput) { in.Type = "" }, "ValidationException"},
		"unknown type":         {"a", "v", func(in *ssm.PutParameterInput) { in.Type = "Number" }, "ValidationException"},
		"key of a String":      {"a", "v", func(in *ssm.PutParameterInput) { in.KeyId = new(key) }, "ValidationException"},
		"unknown key": {"a", "v", func(in *ssm.PutParameterInput) {
			secure(in)
			in.KeyId = new("alias/none")
		}, "InvalidKeyId"},
		"tags and overwrite": {"a", "v", func(in *ssm.PutParameterInput) {
			overwrite(in)
			in.Tags = []types.Tag{{Key: new("k"), Value: new("v")}}
		}, "ValidationException"},
		"reserved tag":   {"a", "v", func(in *ssm.PutParameterInput) { in.Tags = []types.Tag{{Key: new("aws:k"), Value: new("v")}} }, "ValidationException"},
		"data type":      {"a", "v", func(in *ssm.PutParameterInput) { in.DataType = new("Text") }, "ValidationException"},
		"pattern":        {"a", "v1", func(in *ssm.PutParameterInput) { in.AllowedPattern = new(`\d+`) }, "ParameterPatternMismatchException"},
		"no pattern":     {"a", "v", func(in *ssm.PutParameterInput) { in.AllowedPattern = new("(") }, "InvalidAllowedPatternException"},
		"no policies":    {"a", "v", advancedWith(`{}`), "ValidationException"},
		"policy type":    {"a", "v", advancedWith(`[{"Type":"Other","Version":"1.0"}]`), "InvalidPolicyTypeException"},
		"policy of when": {"a", "v", advancedWith(`[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"soon"}}]`), "InvalidPolicyAttributeException"},
		"two expirations": {"a", "v", advancedWith(`[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2040-01-01T00:00:00Z"}},` +
			`{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2041-01-01T00:00:00Z"}}]`), "IncompatiblePolicyException"},
		"policies of a standard one": {"a", "v", func(in *ssm.PutParameterInput) { in.Policies = new(expiring("2040-01-01T00:00:00Z")) }, "ValidationException"},
	} {
		t.Run(name, func(t *testing.T) {
			change := test.change
			if change == nil {
				change = func(*ssm.PutParameterInput) {}
			}
			_, err := newStore(t).put(test.name, test.value, change)
			wantCode(t, err, test.want)
			if err != nil && test.value == long && strings.Contains(err.Error(), long) {
				t.Error("the refusal repeats the value")
			}
		})
	}
}

func advancedWith(policies string) func(*ssm.PutParameterInput) {
	return func(in *ssm.PutParameterInput) { in.Tier, in.Policies = types.ParameterTierAdvanced, &policies }
}

func expiring(at string) string {
	return `[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"` + at + `"}}]`
}

func TestOverwritingKeepsWhatItLeavesOut(t *testing.T) {
	s := newStore(t)
	s.mustPut("/a/b", "1", func(in *ssm.PutParameterInput) { in.Description, in.AllowedPattern = new("numbers"), new(`\d`) })
	_, err := s.put("/a/b", "2")
	wantCode(t, err, "ParameterAlreadyExists")
	_, err = s.put("/a/b", "two", overwrite)
	wantCode(t, err, "ParameterPatternMismatchException")
	_, err = s.put("/a/b", "2", overwrite, secure)
	wantCode(t, err, "HierarchyTypeMismatchException")
	out := s.mustPut("/a/b", "2", overwrite, func(in *ssm.PutParameterInput) { in.Type = "" })
	if out.Version != 2 || out.Tier != types.ParameterTierStandard {
		t.Errorf("made version %d of tier %s", out.Version, out.Tier)
	}
	listed, err := s.DescribeParameters(t.Context(), &ssm.DescribeParametersInput{})
	if err != nil {
		t.Fatal(err)
	}
	p := listed.Parameters[0]
	if len(listed.Parameters) != 1 || *p.Description != "numbers" || p.Type != types.ParameterTypeString || p.Version != 2 {
		t.Errorf("listed %v", listed.Parameters)
	}
}

func TestTiersOnlyRise(t *testing.T) {
	s := newStore(t)
	tier := func(tier types.ParameterTier) func(*ssm.PutParameterInput) {
		return func(in *ssm.PutParameterInput) { in.Tier = tier }
	}
	long := strings.Repeat("x", 5000)
	if out := s.mustPut("a", "v", tier(types.ParameterTierIntelligentTiering)); out.Tier != types.ParameterTierStandard {
		t.Errorf("a short value is %s", out.Tier)
	}
	if out := s.mustPut("a", long, overwrite, tier(types.ParameterTierIntelligentTiering)); out.Tier != types.ParameterTierAdvanced {
		t.Errorf("a long value is %s", out.Tier)
	}
	if out := s.mustPut("a", "v", overwrite); out.Tier != types.ParameterTierAdvanced {
		t.Errorf("a wish for none made it %s", out.Tier)
	}
	_, err := s.put("a", "v", overwrite, tier(types.ParameterTierStandard))
	wantCode(t, err, "ValidationException")
}

func TestSecureStringsStayShut(t *testing.T) {
	s := newStore(t)
	s.mustPut("a", "open sesame", secure)
	s.mustPut("b", "open sesame", secure, func(in *ssm.PutParameterInput) { in.KeyId = new(key) })
	for name, wantKey := range map[string]string{"a": "alias/aws/ssm", "b": key} {
		shut, err := s.get(name, false)
		if err != nil || strings.Contains(*shut.Value, "sesame") || *shut.Value == "" {
			t.Errorf("%v, %v", shut, err)
		}
		again, err := s.get(name, false)
		if err != nil || *again.Value != *shut.Value {
			t.Errorf("encrypted anew on reading: %v, %v", again, err)
		}
		open, err := s.get(name, true)
		if err != nil || *open.Value != "open sesame" {
			t.Errorf("%v, %v", open, err)
		}
		history, err := s.GetParameterHistory(t.Context(), &ssm.GetParameterHistoryInput{Name: &name})
		if err != nil || *history.Parameters[0].Value != *shut.Value || *history.Parameters[0].KeyId != wantKey {
			t.Errorf("%v, %v", history, err)
		}
	}
}

func TestSelectors(t *testing.T) {
	s := newStore(t)
	s.mustPut("/a/b", "1")
	s.mustPut("/a/b", "2", overwrite)
	out, err := s.LabelParameterVersion(t.Context(), &ssm.LabelParameterVersionInput{
		Name: new("/a/b"), ParameterVersion: new(int64(1)), Labels: []string{"live", "1st", "aws-x", "ssm.y", "no space"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1st", "aws-x", "ssm.y", "no space"}, out.InvalidLabels); diff != "" {
		t.Errorf("invalid labels (-want +got)\n%s", diff)
	}
	arn := "arn:aws:ssm:us-west-2:012345678901:parameter/a/b"
	for id, want := range map[string]struct{ value, selector, code string }{
		"/a/b": {value: "2"}, "/a/b:1": {value: "1", selector: ":1"}, "/a/b:live": {value: "1", selector: ":live"},
		arn: {value: "2"}, arn + ":1": {value: "1", selector: ":1"},
		"/a/b:3": {code: "ParameterVersionNotFound"}, "/a/b:other": {code: "ParameterVersionNotFound"},
		"/a/c": {code: "ParameterNotFound"}, "a/b": {code: "ParameterNotFound"}, "/a b": {code: "ValidationException"},
		"arn:aws:ssm:eu-west-1:012345678901:parameter/a/b": {code: "ParameterNotFound"},
	} {
		got, err := s.get(id, false)
		wantCode(t, err, want.code)
		if err == nil && (*got.Value != want.value || want.selector != "" && *got.Selector != want.selector || *got.ARN != arn) {
			t.Errorf("%s is %v", id, *got.Value)
		}
	}
	several, err := s.GetParameters(t.Context(), &ssm.GetParametersInput{Names: []string{"/a/b:1", "/none", "/a/b:9"}})
	if err != nil || len(several.Parameters) != 1 || !cmp.Equal(several.InvalidParameters, []string{"/none", "/a/b:9"}) {
		t.Errorf("%v, %v", several, err)
	}
}

func TestLabelsMoveAndGo(t *testing.T) {
	s := newStore(t)
	s.mustPut("a", "1")
	s.mustPut("a", "2", overwrite)
	label := func(version int64, labels ...string) error {
		_, err := s.LabelParameterVersion(t.Context(), &ssm.LabelParameterVersionInput{Name: new("a"), ParameterVersion: &version, Labels: labels})
		return err
	}
	wantCode(t, label(1, "live"), "")
	wantCode(t, label(2, "live"), "")
	wantCode(t, label(3, "live"), "ParameterVersionNotFound")
	wantCode(t, label(2, "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"), "ParameterVersionLabelLimitExceeded")
	if got, err := s.get("a:live", false); err != nil || *got.Value != "2" {
		t.Errorf("%v, %v", got, err)
	}
	out, err := s.UnlabelParameterVersion(t.Context(), &ssm.UnlabelParameterVersionInput{
		Name: new("a"), ParameterVersion: new(int64(2)), Labels: []string{"live", "none"},
	})
	if err != nil || !cmp.Equal(out.RemovedLabels, []string{"live"}) || !cmp.Equal(out.InvalidLabels, []string{"none"}) {
		t.Errorf("%v, %v", out, err)
	}
}

func TestAHundredVersionsStay(t *testing.T) {
	s := newStore(t)
	s.mustPut("a", "0")
	for i := range 100 {
		s.mustPut("a", fmt.Sprint(i+1), overwrite)
	}
	_, err := s.get("a:1", false)
	wantCode(t, err, "ParameterVersionNotFound")
	if _, err := s.LabelParameterVersion(t.Context(), &ssm.LabelParameterVersionInput{
		Name: new("a"), ParameterVersion: new(int64(2)), Labels: []string{"kept"},
	}); err != nil {
		t.Fatal(err)
	}
	_, err = s.put("a", "more", overwrite)
	wantCode(t, err, "ParameterMaxVersionLimitExceeded")
	pages, count := ssm.NewGetParameterHistoryPaginator(s, &ssm.GetParameterHistoryInput{Name: new("a")}), 0
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		count += len(page.Parameters)
	}
	if count != 100 {
		t.Errorf("%d versions are kept", count)
	}
}

func TestPathsAndFilters(t *testing.T) {
	s := newStore(t)
	for _, name := range []string{"/a/b", "/a/b/c", "/a/d", "/e", "f"} {
		s.mustPut(name, "v", func(in *ssm.PutParameterInput) { in.Tags = []types.Tag{{Key: new("n"), Value: &name}} })
	}
	filter := func(key, option string, values ...string) []types.ParameterStringFilter {
		f := types.ParameterStringFilter{Key: &key, Values: values}
		if option != "" {
			f.Option = &option
		}
		return []types.ParameterStringFilter{f}
	}
	for name, test := range map[string]struct {
		filters []types.ParameterStringFilter
		want    []string
		code    string
	}{
		"all":                {want: []string{"/a/b", "/a/b/c", "/a/d", "/e", "f"}},
		"name":               {filters: filter("Name", "", "/a/b"), want: []string{"/a/b"}},
		"name without slash": {filters: filter("Name", "Equals", "e"), want: []string{"/e"}},
		"name begins":        {filters: filter("Name", "BeginsWith", "/a/b"), want: []string{"/a/b", "/a/b/c"}},
		"name contains":      {filters: filter("Name", "Contains", "d"), want: []string{"/a/d"}},
		"one level":          {filters: filter("Path", "", "/a"), want: []string{"/a/b", "/a/d"}},
		"recursive":          {filters: filter("Path", "Recursive", "/a"), want: []string{"/a/b", "/a/b/c", "/a/d"}},
		"tag":                {filters: filter("tag:n", "", "/e", "f"), want: []string{"/e", "f"}},
		"tag of any value":   {filters: filter("tag:n", ""), want: []string{"/a/b", "/a/b/c", "/a/d", "/e", "f"}},
		"type":               {filters: filter("Type", "", "SecureString")},
		"two of one key":     {filters: append(filter("Name", "", "f"), filter("Name", "", "f")...), code: "InvalidFilterKey"},
		"label":              {filters: filter("Label", "", "l"), code: "InvalidFilterKey"},
		"other key":          {filters: filter("Color", "", "red"), code: "ValidationException"},
		"other option":       {filters: filter("Type", "Contains", "String"), code: "InvalidFilterOption"},
		"other type":         {filters: filter("Type", "", "Number"), code: "InvalidFilterOption"},
		"no values":          {filters: filter("Name", ""), code: "InvalidFilterValue"},
		"path without slash": {filters: filter("Path", "", "a"), code: "ValidationException"},
		"AWS's path":         {filters: filter("Path", "", "/aws/x"), code: "ValidationException"},
	} {
		t.Run(name, func(t *testing.T) {
			pages := ssm.NewDescribeParametersPaginator(s, &ssm.DescribeParametersInput{ParameterFilters: test.filters, MaxResults: new(int32(2))})
			var got []string
			for pages.HasMorePages() {
				page, err := pages.NextPage(t.Context())
				if err != nil {
					wantCode(t, err, test.code)
					return
				}
				for _, p := range page.Parameters {
					got = append(got, *p.Name)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" || test.code != "" {
				t.Errorf("no %s; (-want +got)\n%s", test.code, diff)
			}
		})
	}
	out, err := s.GetParametersByPath(t.Context(), &ssm.GetParametersByPathInput{Path: new("/a/"), Recursive: new(true)})
	if err != nil || len(out.Parameters) != 3 {
		t.Errorf("%v, %v", out, err)
	}
	_, err = s.GetParametersByPath(t.Context(), &ssm.GetParametersByPathInput{Path: new("a")})
	wantCode(t, err, "ValidationException")
	_, err = s.DescribeParameters(t.Context(), &ssm.DescribeParametersInput{NextToken: new("x")})
	wantCode(t, err, "InvalidNextToken")
}

func TestTagsAndDeletion(t *testing.T) {
	s := newStore(t)
	s.mustPut("a", "v")
	tag := types.Tag{Key: new("k"), Value: new("v")}
	of := func(name string) (types.ResourceTypeForTagging, *string) {
		return types.ResourceTypeForTaggingParameter, &name
	}
	kind, id := of("a")
	if _, err := s.AddTagsToResource(t.Context(), &ssm.AddTagsToResourceInput{ResourceType: kind, ResourceId: id, Tags: []types.Tag{tag}}); err != nil {
		t.Fatal(err)
	}
	listed, err := s.ListTagsForResource(t.Context(), &ssm.ListTagsForResourceInput{ResourceType: kind, ResourceId: id})
	if err != nil || len(listed.TagList) != 1 || *listed.TagList[0].Value != "v" {
		t.Errorf("%v, %v", listed, err)
	}
	if _, err := s.RemoveTagsFromResource(t.Context(), &ssm.RemoveTagsFromResourceInput{ResourceType: kind, ResourceId: id, TagKeys: []string{"k", "x"}}); err != nil {
		t.Error(err)
	}
	_, none := of("none")
	_, err = s.ListTagsForResource(t.Context(), &ssm.ListTagsForResourceInput{ResourceType: kind, ResourceId: none})
	wantCode(t, err, "InvalidResourceId")
	_, err = s.ListTagsForResource(t.Context(), &ssm.ListTagsForResourceInput{ResourceType: types.ResourceTypeForTaggingDocument, ResourceId: id})
	wantCode(t, err, "InvalidResourceType")
	gone, err := s.DeleteParameters(t.Context(), &ssm.DeleteParametersInput{Names: []string{"a", "b"}})
	if err != nil || !cmp.Equal(gone.DeletedParameters, []string{"a"}) || !cmp.Equal(gone.InvalidParameters, []string{"b"}) {
		t.Errorf("%v, %v", gone, err)
	}
	_, err = s.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: new("a")})
	wantCode(t, err, "ParameterNotFound")
}

func TestExpiration(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	s := newStore(t, func(o *sandbox.Options) { o.Now = func() time.Time { return now } })
	s.mustPut("a", "v", advancedWith(expiring("2030-01-02T00:00:00.000Z")))
	if _, err := s.get("a", false); err != nil {
		t.Error(err)
	}
	now = now.Add(24 * time.Hour)
	_, err := s.get("a", false)
	wantCode(t, err, "ParameterNotFound")
}
