package secretsmanager

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/google/go-cmp/cmp"
)

const allowRoot = `{"Version":"2012-10-17","Statement":{"Effect":"Allow",
	"Principal":{"AWS":"arn:aws:iam::012345678901:root"},"Action":"secretsmanager:GetSecretValue","Resource":"*"}}`

func TestResourcePolicies(t *testing.T) {
	public := strings.Replace(allowRoot, "arn:aws:iam::012345678901:root", "*", 1)
	for name, test := range map[string]struct {
		policy string
		block  bool
		want   string
	}{
		"good":            {allowRoot, true, ""},
		"public, let":     {public, false, ""},
		"public, blocked": {public, true, "PublicPolicyException"},
		"not JSON":        {"{", false, "MalformedPolicyDocumentException"},
		"not an object":   {"[]", false, "MalformedPolicyDocumentException"},
		"empty":           {"{}", false, "MalformedPolicyDocumentException"},
		"something after": {allowRoot + "{}", false, "MalformedPolicyDocumentException"},
		"no statements":   {`{"Statement":[]}`, false, "MalformedPolicyDocumentException"},
		"odd version":     {strings.Replace(allowRoot, "2012-10-17", "2020-01-01", 1), false, "MalformedPolicyDocumentException"},
		"odd effect":      {strings.Replace(allowRoot, `"Allow"`, `"allow"`, 1), false, "MalformedPolicyDocumentException"},
		"no principal":    {strings.Replace(allowRoot, `"Principal":{"AWS":"arn:aws:iam::012345678901:root"},`, "", 1), false, "MalformedPolicyDocumentException"},
		"no action":       {strings.Replace(allowRoot, `"Action":"secretsmanager:GetSecretValue",`, "", 1), false, "MalformedPolicyDocumentException"},
		"no resource":     {strings.Replace(allowRoot, `,"Resource":"*"`, "", 1), false, "MalformedPolicyDocumentException"},
		"odd principal":   {strings.Replace(allowRoot, "arn:aws:iam::012345678901:root", "somebody", 1), false, "MalformedPolicyDocumentException"},
		"principal text":  {strings.Replace(allowRoot, `{"AWS":"arn:aws:iam::012345678901:root"}`, `"012345678901"`, 1), false, "MalformedPolicyDocumentException"},
		"all but one":     {strings.Replace(allowRoot, "Principal", "NotPrincipal", 1), true, "PublicPolicyException"},
		"odd action":      {strings.Replace(allowRoot, "secretsmanager:GetSecretValue", "GetSecretValue", 1), false, "MalformedPolicyDocumentException"},
		"odd resource":    {strings.Replace(allowRoot, `"Resource":"*"`, `"Resource":"s"`, 1), false, "MalformedPolicyDocumentException"},
		"unknown member":  {strings.Replace(allowRoot, `"Effect"`, `"Extra":1,"Effect"`, 1), false, "MalformedPolicyDocumentException"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.create("s", "x")
			_, err := f.PutResourcePolicy(&secretsmanager.PutResourcePolicyInput{
				SecretId: aws.String("s"), ResourcePolicy: &test.policy, BlockPublicPolicy: &test.block,
			})
			wantCode(t, err, test.want)
			out, err := f.GetResourcePolicy(&secretsmanager.GetResourcePolicyInput{SecretId: aws.String("s")})
			if kept := out != nil && out.ResourcePolicy != nil; err != nil || kept != (test.want == "") {
				t.Errorf("kept: %v, %v", kept, err)
			}
		})
	}
}

func FuzzPolicy(f *testing.F) {
	for _, seed := range []string{allowRoot, "{}", "[", `{"Statement":{}}`, `{"Statement":[{"Effect":"Deny"}]}`, "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := readPolicy(text)
		if err == nil && (len(doc.Statement) == 0 || !json.Valid([]byte(text))) {
			t.Errorf("%q is taken for a policy", text)
		}
	})
}

func TestTags(t *testing.T) {
	f := newFixture(t)
	f.create("s", "x")
	tag := func(pairs ...string) error {
		in := &secretsmanager.TagResourceInput{SecretId: aws.String("s")}
		for _, pair := range pairs {
			key, value, _ := strings.Cut(pair, "=")
			in.Tags = append(in.Tags, types.Tag{Key: &key, Value: &value})
		}
		_, err := f.TagResource(in)
		return err
	}
	wantCode(t, tag("a=1", "b=2"), "")
	wantCode(t, tag("a=3", "A=4"), "")
	wantCode(t, tag("aws:x=1"), "InvalidParameterException")
	wantCode(t, tag("AWS:x=1"), "InvalidParameterException")
	wantCode(t, tag("c=1", "c=2"), "InvalidParameterException")
	wantCode(t, tag("=1"), "InvalidParameterException")
	wantCode(t, tag("c=aws:1"), "InvalidParameterException")
	wantCode(t, tag("c=1;2"), "InvalidParameterException")
	wantCode(t, tag("c*=1"), "InvalidParameterException")
	if diff := cmp.Diff(map[string]string{"a": "3", "b": "2", "A": "4"}, f.tags()); diff != "" {
		t.Error(diff)
	}
	var many []string
	for i := range maxTags - 2 {
		many = append(many, fmt.Sprintf("k%d=v", i))
	}
	wantCode(t, tag(many...), "InvalidParameterException")
	if len(f.tags()) != 3 {
		t.Error("a refused request left tags behind")
	}
	_, err := f.UntagResource(&secretsmanager.UntagResourceInput{
		SecretId: aws.String("s"), TagKeys: []string{"a", "b", "A", "absent"},
	})
	wantCode(t, err, "")
	out, err := f.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: aws.String("s")})
	if err != nil || out.Tags == nil || len(out.Tags) != 0 {
		t.Errorf("a secret that lost its tags has an empty list of them: %v, %v", out.Tags, err)
	}
}

// tags are the tags of the one secret, by key.
func (f fixture) tags() map[string]string {
	for _, tags := range f.Tagged {
		return tags()
	}
	return nil
}

func TestKeys(t *testing.T) {
	const id = "1234abcd-12ab-34cd-56ef-1234567890ab"
	arn := "arn:aws:kms:us-west-2:012345678901:key/" + id
	for name, test := range map[string]struct {
		exist []string
		key   string
		want  string
	}{
		"AWS's own":         {nil, "alias/aws/secretsmanager", ""},
		"none exists":       {nil, arn, "InvalidParameterException"},
		"by ARN":            {[]string{arn}, arn, ""},
		"by id":             {[]string{arn}, id, ""},
		"declared by id":    {[]string{id}, arn, ""},
		"alias":             {[]string{"alias/mine"}, "arn:aws:kms:us-west-2:012345678901:alias/mine", ""},
		"another region":    {[]string{id}, strings.Replace(arn, "us-west-2", "eu-west-1", 1), "InvalidParameterException"},
		"any, of good form": {[]string{"*"}, arn, ""},
		"any, elsewhere":    {[]string{"*"}, strings.Replace(arn, "us-west-2", "eu-west-1", 1), "InvalidParameterException"},
		"any, by alias":     {[]string{"*"}, "alias/mine", ""},
		"none":              {nil, "", ""},
		"any, not a key":    {[]string{"*"}, "nonsense", "InvalidParameterException"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.KMSKeys = test.exist
			_, err := f.CreateSecret(&secretsmanager.CreateSecretInput{
				Name: aws.String("s"), KmsKeyId: &test.key, SecretString: aws.String("x"), ClientRequestToken: token("v1"),
			})
			wantCode(t, err, test.want)
		})
	}
}

func TestRotation(t *testing.T) {
	f := newFixture(t)
	f.create("s", "x")
	rotate := func(lambda *string) error {
		_, err := f.RotateSecret(&secretsmanager.RotateSecretInput{
			SecretId: aws.String("s"), ClientRequestToken: token("r"), RotationLambdaARN: lambda,
		})
		return err
	}
	_, err := f.CancelRotateSecret(&secretsmanager.CancelRotateSecretInput{SecretId: aws.String("s")})
	wantCode(t, err, "InvalidRequestException")
	wantCode(t, rotate(nil), "InvalidRequestException")
	wantCode(t, rotate(aws.String("nothing")), "AccessDeniedException")
	wantCode(t, rotate(aws.String("arn:aws:lambda:eu-west-1:012345678901:function:f")), "AccessDeniedException")
	wantCode(t, rotate(aws.String("arn:aws:lambda:us-west-2:012345678901:function:f")), "")
	if !*f.state.Secrets["s"].Rotation.Enabled || f.stagesOf("s") != "v1=AWSCURRENT r=AWSPENDING" {
		t.Errorf("the rotation has not begun: %s", f.stagesOf("s"))
	}
	wantCode(t, rotate(nil), "")
	out, err := f.CancelRotateSecret(&secretsmanager.CancelRotateSecretInput{SecretId: aws.String("s")})
	if err != nil || aws.ToString(out.VersionId) != *token("r") {
		t.Errorf("%v, %v", out, err)
	}
}

// TestARotationDoneByHand does what a rotation function does.
func TestARotationDoneByHand(t *testing.T) {
	f := newFixture(t)
	f.create("s", "x")
	rotate := &secretsmanager.RotateSecretInput{
		SecretId: aws.String("s"), ClientRequestToken: token("r"),
		RotationLambdaARN: aws.String("arn:aws:lambda:us-west-2:012345678901:function:f"),
		RotationRules:     &types.RotationRulesType{AutomaticallyAfterDays: aws.Int64(10)},
	}
	wantCode(t, last(f.RotateSecret(rotate)), "")
	get := &secretsmanager.GetSecretValueInput{SecretId: aws.String("s"), VersionStage: aws.String(pending)}
	wantCode(t, last(f.GetSecretValue(get)), "ResourceNotFoundException")
	wantCode(t, f.move("s", current, "v1", "r"), "ResourceNotFoundException")
	again := *rotate
	again.ClientRequestToken = token("r2")
	wantCode(t, last(f.RotateSecret(&again)), "InvalidRequestException")
	f.put("s", "r", "rotated", pending)
	wantCode(t, f.move("s", current, "v1", "r"), "")
	if f.current("s") != "rotated" || f.stagesOf("s") != "v1=AWSPREVIOUS r=AWSCURRENT,AWSPENDING" {
		t.Errorf("%q, %s", f.current("s"), f.stagesOf("s"))
	}
	out, err := f.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: aws.String("s")})
	next := f.time.Truncate(24 * time.Hour).Add(11*24*time.Hour - time.Second)
	if err != nil || !out.LastRotatedDate.Equal(*f.time) || !out.NextRotationDate.Equal(next) {
		t.Errorf("rotated %v, next %v, %v", out.LastRotatedDate, out.NextRotationDate, err)
	}
	wantCode(t, last(f.RotateSecret(&again)), "")
}

func TestRotationSchedules(t *testing.T) {
	days := func(n int64) *int64 { return &n }
	for name, test := range map[string]struct {
		rules types.RotationRulesType
		want  string
	}{
		"days":               {types.RotationRulesType{AutomaticallyAfterDays: days(30)}, ""},
		"days, window":       {types.RotationRulesType{AutomaticallyAfterDays: days(30), Duration: aws.String("3h")}, ""},
		"rate of days":       {types.RotationRulesType{ScheduleExpression: aws.String("rate(10 days)")}, ""},
		"rate of a day":      {types.RotationRulesType{ScheduleExpression: aws.String("rate(1 day)")}, ""},
		"rate of hours":      {types.RotationRulesType{ScheduleExpression: aws.String("rate(4 hours)"), Duration: aws.String("2h")}, ""},
		"cron":               {types.RotationRulesType{ScheduleExpression: aws.String("cron(0 8 1 * ? *)")}, ""},
		"cron by week":       {types.RotationRulesType{ScheduleExpression: aws.String("cron(0 0/8 ? * SUN#1 *)")}, ""},
		"nothing":            {types.RotationRulesType{}, "InvalidParameterException"},
		"both":               {types.RotationRulesType{AutomaticallyAfterDays: days(3), ScheduleExpression: aws.String("rate(3 days)")}, "InvalidParameterException"},
		"too often":          {types.RotationRulesType{ScheduleExpression: aws.String("rate(3 hours)")}, "InvalidParameterException"},
		"minutes":            {types.RotationRulesType{ScheduleExpression: aws.String("rate(300 minutes)")}, "InvalidParameterException"},
		"no number":          {types.RotationRulesType{ScheduleExpression: aws.String("rate(x days)")}, "InvalidParameterException"},
		"cron, off the hour": {types.RotationRulesType{ScheduleExpression: aws.String("cron(5 8 1 * ? *)")}, "InvalidParameterException"},
		"cron, two days":     {types.RotationRulesType{ScheduleExpression: aws.String("cron(0 8 1 * 2 *)")}, "InvalidParameterException"},
		"cron, five fields":  {types.RotationRulesType{ScheduleExpression: aws.String("cron(0 8 1 * ?)")}, "InvalidParameterException"},
		"window over a day":  {types.RotationRulesType{AutomaticallyAfterDays: days(3), Duration: aws.String("25h")}, "InvalidParameterException"},
		"window over the next": {types.RotationRulesType{
			ScheduleExpression: aws.String("rate(4 hours)"), Duration: aws.String("5h")}, "InvalidParameterException"},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, checkRules(&test.rules), test.want) })
	}
}

func TestOwnedSecretsRefuseWrites(t *testing.T) {
	f := newFixture(t)
	f.create("s", "x")
	if err := f.Own("s", "rds"); err != nil {
		t.Fatal(err)
	}
	_, err := f.UpdateSecret(&secretsmanager.UpdateSecretInput{SecretId: aws.String("s"), Description: aws.String("d")})
	wantCode(t, err, "InvalidRequestException")
	_, err = f.DeleteSecret(&secretsmanager.DeleteSecretInput{SecretId: aws.String("s")})
	wantCode(t, err, "InvalidRequestException")
	out, err := f.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: aws.String("s")})
	if err != nil || aws.ToString(out.OwningService) != "rds" || f.tags()["aws:secretsmanager:owningService"] != "rds" {
		t.Errorf("%v, %v", out, err)
	}
}

func TestReplicas(t *testing.T) {
	f, peers := newFixture(t), map[string]*Backend{}
	peers["us-west-2"] = f.Backend
	for _, region := range []string{"eu-west-1", "eu-west-2"} {
		peers[region] = New(envFor(region, f.time))
	}
	for _, b := range peers {
		b.Peer = func(region string) *Backend { return peers[region] }
	}
	copied := fixture{Backend: peers["eu-west-1"], t: t, time: f.time}
	copied.create("taken", "elsewhere")
	replicate := func(name, region string) *secretsmanager.ReplicateSecretToRegionsOutput {
		out, err := f.ReplicateSecretToRegions(&secretsmanager.ReplicateSecretToRegionsInput{
			SecretId: &name, AddReplicaRegions: []types.ReplicaRegionType{{Region: &region}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	arn := *f.create("s", "1").ARN
	f.create("taken", "here")
	if out := replicate("taken", "eu-west-1"); out.ReplicationStatus[0].Status != types.StatusTypeInProgress {
		t.Errorf("a replica begun: %v", out.ReplicationStatus)
	}
	taken, err := f.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: aws.String("taken")})
	if err != nil || taken.ReplicationStatus[0].Status != types.StatusTypeFailed {
		t.Errorf("a name that is taken: %v, %v", taken.ReplicationStatus, err)
	}
	replicate("s", "eu-west-1")
	f.put("s", "v2", "2")
	if got := copied.current("s"); got != "2" {
		t.Errorf("the replica holds %q", got)
	}
	out, err := copied.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: aws.String("s")})
	if err != nil || *out.ARN != strings.Replace(arn, "us-west-2", "eu-west-1", 1) || *out.PrimaryRegion != "us-west-2" {
		t.Errorf("the replica is %v, %v", out, err)
	}
	_, err = copied.TagResource(&secretsmanager.TagResourceInput{SecretId: aws.String("s"), Tags: []types.Tag{{Key: aws.String("k")}}})
	wantCode(t, err, "InvalidParameterException")
	_, err = f.DeleteSecret(&secretsmanager.DeleteSecretInput{SecretId: aws.String("s")})
	wantCode(t, err, "InvalidParameterException")
	f.replicaKeeps(copied)
	_, err = f.RemoveRegionsFromReplication(&secretsmanager.RemoveRegionsFromReplicationInput{
		SecretId: aws.String("s"), RemoveReplicaRegions: []string{"eu-west-1"},
	})
	wantCode(t, err, "")
	_, err = copied.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: aws.String("s")})
	wantCode(t, err, "ResourceNotFoundException")
	replicate("s", "eu-west-2")
	_, err = peers["eu-west-2"].StopReplicationToReplica(&secretsmanager.StopReplicationToReplicaInput{SecretId: aws.String("s")})
	wantCode(t, err, "")
	f.remove("s")
	if got := (fixture{Backend: peers["eu-west-2"], t: t}).current("s"); got != "2" {
		t.Errorf("a replica set free holds %q", got)
	}
}

// replicaKeeps changes a replica's key, and checks that this and the day of its
// reading outlive a change of the primary, whose policy it takes over.
func (f fixture) replicaKeeps(copied fixture) {
	f.t.Helper()
	const key = "1234abcd-12ab-34cd-56ef-1234567890ab"
	copied.KMSKeys = []string{key}
	id := aws.String("s")
	_, err := copied.UpdateSecret(&secretsmanager.UpdateSecretInput{SecretId: id, KmsKeyId: aws.String(key), Description: id})
	wantCode(f.t, err, "InvalidParameterException")
	_, err = copied.UpdateSecret(&secretsmanager.UpdateSecretInput{SecretId: id, KmsKeyId: aws.String(key)})
	wantCode(f.t, err, "")
	_, err = f.PutResourcePolicy(&secretsmanager.PutResourcePolicyInput{SecretId: id, ResourcePolicy: aws.String(allowRoot)})
	wantCode(f.t, err, "")
	replica := copied.state.Secrets["s"]
	if replica.KMSKey != key || replica.Accessed == nil || aws.ToString(replica.Policy) != allowRoot {
		f.t.Errorf("the replica is %+v", replica)
	}
	out, err := f.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: id})
	if err != nil || *out.ReplicationStatus[0].KmsKeyId != key || out.ReplicationStatus[0].LastAccessedDate == nil {
		f.t.Errorf("the primary notes %+v, %v", out.ReplicationStatus, err)
	}
}

func TestStateSurvives(t *testing.T) {
	f := library(t)
	f.put("app/db", "v2", "new", "mine")
	f.remove("app/api")
	raw, err := json.Marshal(f.State())
	if err != nil {
		t.Fatal(err)
	}
	now := *f.time
	again := New(envFor("us-west-2", &now))
	if err := json.Unmarshal(raw, again.State()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f.state, again.state, cmp.AllowUnexported(types.Tag{}), cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Error(diff)
	}
}
