package sts

import (
	"cmp"
	"maps"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// chainLimit is the longest session of a role assumed by an assumed role.
const chainLimit = 3600

// AssumeRole begins a session. A role that is absent and one that does not
// trust the caller are refused in the same words, as AWS does.
func (b *Backend) AssumeRole(in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
	if err := refuseUnplayed(in); err != nil {
		return nil, err
	}
	marks, err := b.marks(in)
	if err != nil {
		return nil, err
	}
	role, err := b.trusting(in, marks)
	if err != nil {
		return nil, err
	}
	seconds, err := b.duration(in.DurationSeconds, role)
	if err != nil {
		return nil, err
	}
	marks.Policies, err = b.narrowing(in)
	if err != nil {
		return nil, err
	}
	return b.begin(role, aws.ToString(in.RoleSessionName), seconds, int(aws.ToInt32(in.MinimumSessionTokenSize)), marks), nil
}

// refuseUnplayed refuses what the sandbox has not: devices that are a second
// factor, and the contexts of an identity centre.
func refuseUnplayed(in *sts.AssumeRoleInput) error {
	for name, given := range map[string]bool{
		"SerialNumber": in.SerialNumber != nil, "TokenCode": in.TokenCode != nil, "ProvidedContexts": in.ProvidedContexts != nil,
	} {
		if given {
			return awserr.New("ValidationError", "the sandbox does not play AssumeRole with %s", name)
		}
	}
	return nil
}

// duration is how long a session lasts, in seconds: an hour unless asked.
func (b *Backend) duration(asked *int32, role Role) (int32, error) {
	seconds := cmp.Or(aws.ToInt32(asked), 3600)
	if seconds > cmp.Or(role.MaxSession, 3600) {
		return 0, awserr.New("ValidationError",
			"The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	if strings.Contains(b.env.CallerARN, ":assumed-role/") && seconds > chainLimit {
		return 0, awserr.New("ValidationError",
			"The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
	}
	return seconds, nil
}

// tokenSize is a session token's size in bytes unless more is asked for.
const tokenSize = 200

// begin makes a session and forgets those that are over.
func (b *Backend) begin(role Role, name string, seconds int32, size int, session Session) *sts.AssumeRoleOutput {
	now := b.env.Now()
	maps.DeleteFunc(b.state.Sessions, func(_ string, s Session) bool {
		return now.Sub(s.Expiration) > 24*time.Hour
	})
	key := "ASIA" + b.env.Random(16, awsenv.UniqueID)
	session.Identity = Identity{ARN: b.sessionARN(role.Name, name), ID: role.ID + ":" + name}
	session.Token = b.env.Random(max(size, tokenSize), awsenv.AlphaNumeric)
	session.Secret = b.env.Random(40, awsenv.AlphaNumeric)
	session.Issued = now.UTC().Truncate(time.Second)
	session.Expiration = now.Add(time.Duration(seconds) * time.Second).UTC().Truncate(time.Second)
	b.state.Sessions[key] = session
	return &sts.AssumeRoleOutput{
		AssumedRoleUser: &types.AssumedRoleUser{Arn: aws.String(session.ARN), AssumedRoleId: aws.String(session.ID)},
		Credentials: &types.Credentials{
			AccessKeyId:     aws.String(key),
			SecretAccessKey: aws.String(session.Secret),
			SessionToken:    aws.String(session.Token),
			Expiration:      aws.Time(session.Expiration),
		},
		SourceIdentity: nonEmpty(session.SourceIdentity),
	}
}

func nonEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// sessionARN leaves out the role's path, as AWS does.
func (b *Backend) sessionARN(role, session string) string {
	return b.env.GlobalARN("sts", "assumed-role/"+role+"/"+session)
}
