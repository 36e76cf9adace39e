package logs_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"
)

// The tests speak to the backend as callers do: through the SDK's client.

const (
	key     = "arn:aws:kms:us-west-2:012345678901:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	webARN  = "arn:aws:logs:us-west-2:012345678901:log-group:/ecs/web"
	keyless = "arn:aws:kms:us-west-2:012345678901:key/00000000-0000-0000-0000-000000000000"
)

type service struct {
	*cloudwatchlogs.Client
	t *testing.T
}

// newService has the group /ecs/web, tagged team=web.
func newService(t *testing.T) service {
	t.Helper()
	_, cfg := sandboxtest.New(t, func(o *sandbox.Options) { o.KMSKeys = []string{key} })
	s := service{Client: cloudwatchlogs.NewFromConfig(cfg), t: t}
	wantCode(t, s.create("/ecs/web", func(in *cloudwatchlogs.CreateLogGroupInput) { in.Tags = map[string]string{"team": "web"} }), "")
	return s
}

func (s service) create(name string, change ...func(*cloudwatchlogs.CreateLogGroupInput)) error {
	in := &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name}
	for _, c := range change {
		c(in)
	}
	_, err := s.CreateLogGroup(s.t.Context(), in)
	return err
}

func (s service) describe(in cloudwatchlogs.DescribeLogGroupsInput) []types.LogGroup {
	s.t.Helper()
	var out []types.LogGroup
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(s, &in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		out = append(out, page.LogGroups...)
	}
	return out
}

func (s service) tags(arn string) map[string]string {
	s.t.Helper()
	out, err := s.ListTagsForResource(s.t.Context(), &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: &arn})
	if err != nil {
		s.t.Fatal(err)
	}
	return out.Tags
}

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

func TestCreation(t *testing.T) {
	for name, test := range map[string]struct {
		name   string
		change func(*cloudwatchlogs.CreateLogGroupInput)
		want   string
	}{
		"again":     {"/ecs/web", nil, "ResourceAlreadyExistsException"},
		"colon":     {"a:b", nil, "InvalidParameterException"},
		"reserved":  {"aws/x", nil, "InvalidParameterException"},
		"class":     {"a", func(in *cloudwatchlogs.CreateLogGroupInput) { in.LogGroupClass = "CHEAP" }, "InvalidParameterException"},
		"key":       {"a", func(in *cloudwatchlogs.CreateLogGroupInput) { in.KmsKeyId = aws.String(keyless) }, "InvalidParameterException"},
		"known key": {"a", func(in *cloudwatchlogs.CreateLogGroupInput) { in.KmsKeyId = aws.String(key) }, ""},
		"aws: tag":  {"a", func(in *cloudwatchlogs.CreateLogGroupInput) { in.Tags = map[string]string{"aws:x": ""} }, "InvalidParameterException"},
	} {
		t.Run(name, func(t *testing.T) {
			change := test.change
			if change == nil {
				change = func(*cloudwatchlogs.CreateLogGroupInput) {}
			}
			wantCode(t, newService(t).create(test.name, change), test.want)
		})
	}
}

func TestDescription(t *testing.T) {
	s := newService(t)
	for _, name := range []string{"/ecs/api", "/ecs/jobs", "other"} {
		wantCode(t, s.create(name, func(in *cloudwatchlogs.CreateLogGroupInput) {
			if name == "other" {
				in.LogGroupClass = types.LogGroupClassInfrequentAccess
			}
		}), "")
	}
	for name, test := range map[string]struct {
		in   cloudwatchlogs.DescribeLogGroupsInput
		want []string
	}{
		"all, one a page": {cloudwatchlogs.DescribeLogGroupsInput{Limit: aws.Int32(1)}, []string{"/ecs/api", "/ecs/jobs", "/ecs/web", "other"}},
		"prefix":          {cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("/ecs/")}, []string{"/ecs/api", "/ecs/jobs", "/ecs/web"}},
		"other case":      {cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("/ECS/")}, nil},
		"pattern":         {cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePattern: aws.String("EB")}, []string{"/ecs/web"}},
		"class":           {cloudwatchlogs.DescribeLogGroupsInput{LogGroupClass: types.LogGroupClassInfrequentAccess}, []string{"other"}},
		"identifiers":     {cloudwatchlogs.DescribeLogGroupsInput{LogGroupIdentifiers: []string{webARN, "other"}}, []string{"/ecs/web", "other"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, g := range s.describe(test.in) {
				got = append(got, *g.LogGroupName)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	g := s.describe(cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("/ecs/web")})[0]
	if *g.LogGroupArn != webARN || *g.Arn != webARN+":*" || g.RetentionInDays != nil || g.KmsKeyId != nil || g.LogGroupClass != types.LogGroupClassStandard {
		t.Errorf("%+v", g)
	}
	_, err := s.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("a"), LogGroupNamePattern: aws.String("a")})
	wantCode(t, err, "InvalidParameterException")
	_, err = s.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{NextToken: aws.String("a")})
	wantCode(t, err, "InvalidParameterException")
}

func TestRetention(t *testing.T) {
	s := newService(t)
	put := func(name string, days int32) error {
		_, err := s.PutRetentionPolicy(t.Context(), &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: &name, RetentionInDays: &days})
		return err
	}
	retention := func() *int32 { return s.describe(cloudwatchlogs.DescribeLogGroupsInput{})[0].RetentionInDays }
	wantCode(t, put("/ecs/web", 30), "")
	wantCode(t, put("/ecs/web", 31), "InvalidParameterException")
	wantCode(t, put("none", 30), "ResourceNotFoundException")
	if got := retention(); got == nil || *got != 30 {
		t.Errorf("retention is %v", got)
	}
	if _, err := s.DeleteRetentionPolicy(t.Context(), &cloudwatchlogs.DeleteRetentionPolicyInput{LogGroupName: aws.String("/ecs/web")}); err != nil || retention() != nil {
		t.Errorf("%v, %v", retention(), err)
	}
}

func TestTagsAreOneByAnyName(t *testing.T) {
	s := newService(t)
	_, err := s.TagResource(t.Context(), &cloudwatchlogs.TagResourceInput{ResourceArn: aws.String(webARN), Tags: map[string]string{"a": "1"}})
	wantCode(t, err, "")
	// Describing a group gives two ARNs; the one with a star is not for tags.
	_, err = s.TagResource(t.Context(), &cloudwatchlogs.TagResourceInput{ResourceArn: aws.String(webARN + ":*"), Tags: map[string]string{"a": "2"}})
	wantCode(t, err, "InvalidParameterException")
	_, err = s.TagLogGroup(t.Context(), &cloudwatchlogs.TagLogGroupInput{LogGroupName: aws.String("/ecs/web"), Tags: map[string]string{"b": "2"}}) //nolint:staticcheck // the older operation is played too
	wantCode(t, err, "")
	if diff := cmp.Diff(map[string]string{"team": "web", "a": "1", "b": "2"}, s.tags(webARN)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, err = s.UntagResource(t.Context(), &cloudwatchlogs.UntagResourceInput{ResourceArn: aws.String(webARN), TagKeys: []string{"a", "none"}})
	wantCode(t, err, "")
	if diff := cmp.Diff(map[string]string{"team": "web", "b": "2"}, s.tags(webARN)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, err = s.TagResource(t.Context(), &cloudwatchlogs.TagResourceInput{ResourceArn: aws.String(webARN + "x"), Tags: map[string]string{"a": "1"}})
	wantCode(t, err, "ResourceNotFoundException")
}

func TestKeysAndProtection(t *testing.T) {
	s := newService(t)
	_, err := s.AssociateKmsKey(t.Context(), &cloudwatchlogs.AssociateKmsKeyInput{LogGroupName: aws.String("/ecs/web"), KmsKeyId: aws.String(key)})
	wantCode(t, err, "")
	if g := s.describe(cloudwatchlogs.DescribeLogGroupsInput{})[0]; *g.KmsKeyId != key {
		t.Errorf("%v", g.KmsKeyId)
	}
	_, err = s.DisassociateKmsKey(t.Context(), &cloudwatchlogs.DisassociateKmsKeyInput{ResourceIdentifier: aws.String(webARN)})
	wantCode(t, err, "")
	if g := s.describe(cloudwatchlogs.DescribeLogGroupsInput{})[0]; g.KmsKeyId != nil {
		t.Errorf("%v", *g.KmsKeyId)
	}
	wantCode(t, s.create("safe", func(in *cloudwatchlogs.CreateLogGroupInput) { in.DeletionProtectionEnabled = aws.Bool(true) }), "")
	for name, want := range map[string]string{"safe": "ValidationException", "/ecs/web": "", "none": "ResourceNotFoundException"} {
		_, err := s.DeleteLogGroup(t.Context(), &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: &name})
		wantCode(t, err, want)
	}
}

func TestStreams(t *testing.T) {
	s := newService(t)
	for _, want := range []string{"", "ResourceAlreadyExistsException"} {
		_, err := s.CreateLogStream(t.Context(), &cloudwatchlogs.CreateLogStreamInput{LogGroupName: aws.String("/ecs/web"), LogStreamName: aws.String("app/1")})
		wantCode(t, err, want)
	}
	out, err := s.DescribeLogStreams(t.Context(), &cloudwatchlogs.DescribeLogStreamsInput{LogGroupIdentifier: aws.String(webARN), LogStreamNamePrefix: aws.String("app/")})
	if err != nil || len(out.LogStreams) != 1 || *out.LogStreams[0].Arn != webARN+":log-stream:app/1" {
		t.Errorf("%v, %v", out, err)
	}
	_, err = s.DescribeLogStreams(t.Context(), &cloudwatchlogs.DescribeLogStreamsInput{LogGroupIdentifier: aws.String(webARN), LogGroupName: aws.String("/ecs/web")})
	wantCode(t, err, "ValidationException")
	for _, want := range []string{"", "ResourceNotFoundException"} {
		_, err := s.DeleteLogStream(t.Context(), &cloudwatchlogs.DeleteLogStreamInput{LogGroupName: aws.String("/ecs/web"), LogStreamName: aws.String("app/1")})
		wantCode(t, err, want)
	}
}
