package secretsmanager

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// step is one change, and the labels that AWS was recorded to have after it.
type step struct {
	do   func(fixture)
	want string
}

func put(version string, labels ...string) func(fixture) {
	return func(f fixture) { f.put("s", version, "value of "+version, labels...) }
}

func move(label, from, to string) func(fixture) {
	return func(f fixture) {
		if err := f.move("s", label, from, to); err != nil {
			f.t.Fatal(err)
		}
	}
}

func TestLabelsMoveAsRecorded(t *testing.T) {
	for name, steps := range map[string][]step{
		"each put leaves AWSPREVIOUS behind": {
			{put("v2"), "v1=AWSPREVIOUS v2=AWSCURRENT"},
			{put("v3"), "v1= v2=AWSPREVIOUS v3=AWSCURRENT"},
		},
		"AWSPENDING goes with the version that stops being current": {
			{put("v2", "AWSPENDING"), "v1=AWSCURRENT v2=AWSPENDING"},
			{move("AWSCURRENT", "v1", "v2"), "v1=AWSPREVIOUS v2=AWSCURRENT,AWSPENDING"},
			{put("v3"), "v1= v2=AWSPREVIOUS v3=AWSCURRENT"},
		},
		"labels of one's own stay": {
			{put("v2", "AWSPENDING", "AWSSOMETHING", "PUT1"), "v1=AWSCURRENT v2=AWSPENDING,AWSSOMETHING,PUT1"},
			{move("AWSCURRENT", "v1", "v2"), "v1=AWSPREVIOUS v2=AWSCURRENT,AWSPENDING,AWSSOMETHING,PUT1"},
			{put("v3", "AWSPENDING", "PUT2"), "v1=AWSPREVIOUS v2=AWSCURRENT,AWSSOMETHING,PUT1 v3=AWSPENDING,PUT2"},
			{move("AWSCURRENT", "v2", "v3"), "v1= v2=AWSPREVIOUS,AWSSOMETHING,PUT1 v3=AWSCURRENT,AWSPENDING,PUT2"},
		},
		"AWSCURRENT may be asked for": {
			{put("v2", "AWSCURRENT", "PUT0"), "v1=AWSPREVIOUS v2=AWSCURRENT,PUT0"},
			{put("v3", "AWSPENDING", "PUT1"), "v1=AWSPREVIOUS v2=AWSCURRENT,PUT0 v3=AWSPENDING,PUT1"},
			{move("AWSCURRENT", "v2", "v3"), "v1= v2=AWSPREVIOUS,PUT0 v3=AWSCURRENT,AWSPENDING,PUT1"},
			{put("v4", "AWSPENDING", "PUT2"), "v1= v2=AWSPREVIOUS,PUT0 v3=AWSCURRENT,PUT1 v4=AWSPENDING,PUT2"},
			{move("AWSCURRENT", "v3", "v4"), "v1= v2=PUT0 v3=AWSPREVIOUS,PUT1 v4=AWSCURRENT,AWSPENDING,PUT2"},
		},
		"a label is on one version at most": {
			{put("v2", "one", "two", "three"), "v1=AWSCURRENT v2=one,three,two"},
			{put("v3", "one", "two", "four"), "v1=AWSCURRENT v2=three v3=four,one,two"},
		},
		"going back": {
			{put("v2"), "v1=AWSPREVIOUS v2=AWSCURRENT"},
			{move("AWSCURRENT", "v2", "v1"), "v1=AWSCURRENT v2=AWSPREVIOUS"},
		},
		"a label comes off": {
			{put("v2", "mine"), "v1=AWSCURRENT v2=mine"},
			{move("mine", "v2", ""), "v1=AWSCURRENT v2="},
			{move("mine", "", "v2"), "v1=AWSCURRENT v2=mine"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.create("s", "value of v1")
			for i, s := range steps {
				s.do(f)
				if got := f.stagesOf("s"); got != s.want {
					t.Errorf("after step %d: %s, not %s", i+1, got, s.want)
				}
			}
		})
	}
}

func TestMovesThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ label, from, to, want string }{
		"without saying from where": {"AWSCURRENT", "", "v3", "InvalidParameterException"},
		"from where it is not":      {"AWSCURRENT", "v1", "v3", "InvalidParameterException"},
		"off AWSCURRENT":            {"AWSCURRENT", "v2", "", "InvalidParameterException"},
		"from a version unknown":    {"AWSCURRENT", "v9", "v3", "ResourceNotFoundException"},
		"to a version unknown":      {"AWSCURRENT", "v2", "v9", "ResourceNotFoundException"},
		"neither from nor to":       {"mine", "", "", "InvalidParameterException"},
		"off a version without it":  {"mine", "v1", "", "InvalidParameterException"},
		"a label that nothing has":  {"other", "v3", "v1", "InvalidParameterException"},
		"the right way":             {"AWSCURRENT", "v2", "v3", ""},
		"to where it is":            {"AWSCURRENT", "", "v2", ""},
		"a new label":               {"other", "", "v1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.create("s", "1")
			f.put("s", "v2", "2")
			f.put("s", "v3", "3", "mine")
			before := f.stagesOf("s")
			wantCode(t, f.move("s", test.label, test.from, test.to), test.want)
			if test.want != "" && f.stagesOf("s") != before {
				t.Errorf("a refused move changed the labels to %s", f.stagesOf("s"))
			}
		})
	}
}

func TestTheFirstVersionIsCurrent(t *testing.T) {
	f := newFixture(t)
	if _, err := f.CreateSecret(&secretsmanager.CreateSecretInput{Name: aws.String("s")}); err != nil {
		t.Fatal(err)
	}
	_, err := f.GetSecretValue(&secretsmanager.GetSecretValueInput{SecretId: aws.String("s")})
	wantCode(t, err, "ResourceNotFoundException")
	f.put("s", "v1", "x", "mine")
	if got := f.stagesOf("s"); got != "v1=AWSCURRENT,mine" {
		t.Error(got)
	}
}

func TestLabelQuota(t *testing.T) {
	f := newFixture(t)
	f.create("s", "1")
	var labels []string
	for i := range maxLabels - 1 {
		labels = append(labels, fmt.Sprintf("label%d", i))
	}
	f.put("s", "v2", "2", labels...)
	_, err := f.PutSecretValue(&secretsmanager.PutSecretValueInput{
		SecretId: aws.String("s"), SecretString: aws.String("3"), ClientRequestToken: token("v3"),
		VersionStages: []string{"one-more"},
	})
	wantCode(t, err, "LimitExceededException")
	wantCode(t, f.move("s", "one-more", "", "v1"), "LimitExceededException")
	f.put("s", "v3", "3", "label0")
}

func TestUnlabelledVersionsArePruned(t *testing.T) {
	f := newFixture(t)
	f.create("s", "0")
	for i := range keepVersions - 1 {
		f.put("s", fmt.Sprintf("n%d", i), "x")
	}
	count := func() int { return len(f.state.Secrets["s"].Versions) }
	_, err := f.PutSecretValue(&secretsmanager.PutSecretValueInput{
		SecretId: aws.String("s"), SecretString: aws.String("x"), ClientRequestToken: token("more"),
	})
	wantCode(t, err, "LimitExceededException")
	_, err = f.UpdateSecret(&secretsmanager.UpdateSecretInput{
		SecretId: aws.String("s"), SecretString: aws.String("x"), ClientRequestToken: token("more"),
	})
	wantCode(t, err, "LimitExceededException")
	if count() != keepVersions {
		t.Errorf("%d versions: none may go within a day", count())
	}
	f.put("s", "n0", "x")
	*f.time = f.time.Add(25 * time.Hour)
	f.put("s", "last", "y")
	if count() != keepVersions {
		t.Errorf("%d versions after a day", count())
	}
	if f.state.Secrets["s"].staged(previous) == nil || f.current("s") != "y" {
		t.Error("a labelled version went")
	}
}
