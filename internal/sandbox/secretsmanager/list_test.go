package secretsmanager

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// library is a few secrets to look for, made an hour apart.
func library(t *testing.T) fixture {
	f := newFixture(t)
	for _, s := range []struct{ name, description, tagKey, tagValue string }{
		{"app/db", "Main database", "team", "data"},
		{"app/api", "Third party", "Team", "web"},
		{"other", "main thing", "stage", "data-lake"},
	} {
		in := &secretsmanager.CreateSecretInput{
			Name: &s.name, Description: &s.description, Tags: []types.Tag{{Key: &s.tagKey, Value: &s.tagValue}},
			SecretString: aws.String("value of " + s.name), ClientRequestToken: token("v1"),
		}
		if _, err := f.CreateSecret(in); err != nil {
			t.Fatal(err)
		}
		*f.time = f.time.Add(time.Hour)
	}
	if err := f.Own("other", "rds"); err != nil {
		t.Fatal(err)
	}
	return f
}

func names(entries []types.SecretListEntry) string {
	var out []string
	for _, e := range entries {
		out = append(out, *e.Name)
	}
	return strings.Join(out, " ")
}

func TestFilters(t *testing.T) {
	f := library(t)
	for _, test := range []struct{ filters, want string }{
		{"", "app/db app/api other"},
		{"name=app/", "app/db app/api"},
		{"name=APP/", ""},
		{"name=pp/", ""},
		{"name=!app/", "other"},
		{"name=app/db,other", "app/db other"},
		{"name=app/,!app/api", "app/db"},
		{"description=main", "app/db other"},
		{"description=database", ""},
		{"tag-key=team", "app/db"},
		{"tag-key=T", "app/api"},
		{"tag-value=data", "app/db other"},
		{"tag-value=!data", "app/api"},
		{"tag-key=team tag-value=data", "app/db"},
		{"owning-service=rds", "other"},
		{"owning-service=!rds", "app/db app/api"},
		{"primary-region=us", ""},
		{"all=MAIN", "app/db other"},
		{"all=data", "app/db other"},
		{"all=party web", "app/api"},
		{"all=party data", ""},
	} {
		t.Run(test.filters, func(t *testing.T) {
			out, err := f.ListSecrets(&secretsmanager.ListSecretsInput{Filters: parseFilters(test.filters)})
			if err != nil {
				t.Fatal(err)
			}
			if got := names(out.SecretList); got != test.want {
				t.Errorf("found %q, not %q", got, test.want)
			}
		})
	}
}

// parseFilters reads "key=value,value key=value"; "all" takes the whole rest.
func parseFilters(text string) []types.Filter {
	if rest, ok := strings.CutPrefix(text, "all="); ok {
		return []types.Filter{{Key: "all", Values: []string{rest}}}
	}
	var out []types.Filter
	for part := range strings.FieldsSeq(text) {
		key, values, _ := strings.Cut(part, "=")
		out = append(out, types.Filter{Key: types.FilterNameStringType(key), Values: strings.Split(values, ",")})
	}
	return out
}

func TestOrder(t *testing.T) {
	f := library(t)
	f.put("app/db", "v2", "new")
	for _, test := range []struct {
		by    types.SortByType
		order types.SortOrderType
		want  string
	}{
		{"", "", "app/db app/api other"},
		{"", "desc", "other app/api app/db"},
		{"name", "asc", "app/api app/db other"},
		{"name", "desc", "other app/db app/api"},
		{"last-changed-date", "asc", "app/api app/db other"},
	} {
		out, err := f.ListSecrets(&secretsmanager.ListSecretsInput{SortBy: test.by, SortOrder: test.order})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(out.SecretList); got != test.want {
			t.Errorf("%s %s: %q, not %q", test.by, test.order, got, test.want)
		}
	}
}

func TestPages(t *testing.T) {
	f := newFixture(t)
	for i := range 250 {
		f.create(fmt.Sprintf("s%03d", i), "x")
	}
	f.remove("s000")
	for _, test := range []struct {
		size    *int32
		planned bool
		want    []int
	}{
		{nil, false, []int{100, 100, 49}},
		{nil, true, []int{100, 100, 50}},
		{aws.Int32(83), false, []int{83, 83, 83}},
	} {
		in := &secretsmanager.ListSecretsInput{MaxResults: test.size, IncludePlannedDeletion: &test.planned}
		seen := map[string]bool{}
		var sizes []int
		for {
			out, err := f.ListSecrets(in)
			if err != nil {
				t.Fatal(err)
			}
			sizes = append(sizes, len(out.SecretList))
			for _, e := range out.SecretList {
				seen[*e.ARN] = true
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				break
			}
		}
		total := 0
		for _, n := range sizes {
			total += n
		}
		if fmt.Sprint(sizes) != fmt.Sprint(test.want) || len(seen) != total {
			t.Errorf("pages of %v with %d secrets, not %v", sizes, len(seen), test.want)
		}
	}
}

func TestBadTokens(t *testing.T) {
	f := newFixture(t)
	f.create("s", "x")
	f.create("t", "x")
	f.put("s", "v2", "y")
	out, err := f.ListSecrets(&secretsmanager.ListSecretsInput{MaxResults: aws.Int32(1)})
	if err != nil {
		t.Fatal(err)
	}
	good := *out.NextToken
	for _, bad := range []string{"x", "ZnJvbTotMQ", "e30", good[1:], good + "x", strings.ToUpper(good)} {
		_, err := f.ListSecrets(&secretsmanager.ListSecretsInput{NextToken: &bad})
		wantCode(t, err, "InvalidNextTokenException")
	}
	_, err = f.ListSecrets(&secretsmanager.ListSecretsInput{NextToken: &good, Filters: parseFilters("name=s")})
	wantCode(t, err, "InvalidNextTokenException")
	_, err = f.ListSecretVersionIds(&secretsmanager.ListSecretVersionIdsInput{SecretId: aws.String("s"), NextToken: &good})
	wantCode(t, err, "InvalidNextTokenException")
}

// A page goes on after the secret that was shown last, though others come and
// go in between.
func TestPagesOfAListThatChanges(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"b", "d", "f"} {
		f.create(name, "x")
	}
	in := &secretsmanager.ListSecretsInput{MaxResults: aws.Int32(2), SortBy: types.SortByTypeName}
	for _, step := range []struct {
		change func()
		want   string
	}{
		{func() {}, "b d"},
		{func() { f.create("a", "x"); f.remove("b") }, "f"},
		{func() { f.remove("d") }, "f"},
	} {
		step.change()
		out, err := f.ListSecrets(in)
		if err != nil || names(out.SecretList) != step.want {
			t.Errorf("%v, %v, not %s", names(out.SecretList), err, step.want)
		}
		if out.NextToken != nil {
			in.NextToken = out.NextToken
		}
	}
}

func TestFiltersThatFilterNothing(t *testing.T) {
	f := library(t)
	for _, filter := range []types.Filter{{}, {Key: "name"}, {Values: []string{"x"}}} {
		_, err := f.ListSecrets(&secretsmanager.ListSecretsInput{Filters: []types.Filter{filter}})
		wantCode(t, err, "InvalidParameterException")
		_, err = f.BatchGetSecretValue(&secretsmanager.BatchGetSecretValueInput{Filters: []types.Filter{filter}})
		wantCode(t, err, "InvalidParameterException")
	}
}

func TestBatch(t *testing.T) {
	f := library(t)
	f.remove("app/api")
	out, err := f.BatchGetSecretValue(&secretsmanager.BatchGetSecretValueInput{
		SecretIdList: []string{"app/db", "absent", "app/api"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.SecretValues) != 1 || *out.SecretValues[0].SecretString != "value of app/db" {
		t.Errorf("values: %v", len(out.SecretValues))
	}
	var failures []string
	for _, e := range out.Errors {
		failures = append(failures, *e.SecretId+" "+*e.ErrorCode)
	}
	want := "absent ResourceNotFoundException, app/api InvalidRequestException"
	if got := strings.Join(failures, ", "); got != want {
		t.Errorf("errors: %s", got)
	}
}

func TestBatchByFilter(t *testing.T) {
	f := library(t)
	in := &secretsmanager.BatchGetSecretValueInput{Filters: parseFilters("tag-value=data,web"), MaxResults: aws.Int32(2)}
	out, err := f.BatchGetSecretValue(in)
	if err != nil || len(out.SecretValues) != 2 || out.NextToken == nil {
		t.Fatalf("first page: %d values, %v", len(out.SecretValues), err)
	}
	in.NextToken = out.NextToken
	out, err = f.BatchGetSecretValue(in)
	if err != nil || len(out.SecretValues) != 1 || out.NextToken != nil {
		t.Fatalf("second page: %d values, %v", len(out.SecretValues), err)
	}
}

func TestBatchNeedsOneWay(t *testing.T) {
	f := library(t)
	for name, in := range map[string]secretsmanager.BatchGetSecretValueInput{
		"neither":         {},
		"empty":           {SecretIdList: []string{}, Filters: []types.Filter{}},
		"both":            {SecretIdList: []string{"x"}, Filters: parseFilters("name=x")},
		"pages of a list": {SecretIdList: []string{"x"}, MaxResults: aws.Int32(1)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.BatchGetSecretValue(&in)
			wantCode(t, err, "InvalidParameterException")
		})
	}
}

func FuzzPage(f *testing.F) {
	for _, seed := range []string{"", "ZnJvbTox", "ZnJvbTotMQ", "\x00", "ZnJvbTo5OTk5OTk5OTk5OTk5OTk5OTk5OTk"} {
		f.Add(seed, int32(2))
	}
	f.Fuzz(func(t *testing.T, token string, size int32) {
		if size < 1 {
			return
		}
		shown, next, err := page([]string{"a", "b", "c"}, strings.Clone, paging{"list", &token, &size, 2})
		if err == nil && next != nil && len(shown) == 0 {
			t.Error("an empty page promises another")
		}
	})
}
