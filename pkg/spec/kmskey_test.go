package spec

import "testing"

func TestSameKMSKey(t *testing.T) {
	const (
		id     = "1234abcd-12ab-34cd-56ef-1234567890ab"
		idARN  = "arn:aws:kms:us-west-2:012345678901:key/" + id
		other  = "arn:aws:kms:us-west-2:999999999999:key/" + id
		alias  = "alias/app"
		aliARN = "arn:aws:kms:us-west-2:012345678901:alias/app"
	)
	for _, c := range []struct {
		desired, observed string
		applied, same     bool
	}{
		{"", "", false, true},
		{"alias/aws/secretsmanager", "", false, true},
		{"", "alias/aws/secretsmanager", false, true},
		{"arn:aws:kms:us-west-2:012345678901:alias/aws/secretsmanager", "", false, true},
		{id, id, false, true},
		{id, idARN, false, true},
		{idARN, id, false, true},
		{idARN, idARN, false, true},
		{idARN, other, false, false},
		{alias, aliARN, false, true},
		{alias, alias, false, true},
		{alias, "alias/other", true, false},
		{"", id, true, false},
		{id, "", true, false},
		{alias, "", true, false},
		{alias, idARN, true, true},
		{alias, idARN, false, false},
		{idARN, aliARN, true, true},
		{idARN, aliARN, false, false},
	} {
		if got := (KMSKeys{Own: "alias/aws/secretsmanager"}).Same(c.desired, c.observed, c.applied); got != c.same {
			t.Errorf("%q and %q, applied %v: got %v, want %v", c.desired, c.observed, c.applied, got, c.same)
		}
	}
}
