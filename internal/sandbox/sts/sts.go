// Package sts plays AWS STS: who is calling, and the sessions of assumed roles.
//
// It guarantees that a role is assumed only as AWS would allow it: the role
// exists, its trust policy lets the caller in, so do the caller's own policies
// where the trust policy leaves it to them, and the duration is within the
// role's. A session's key maps to the assumed-role identity until it expires.
package sts

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"ecs-reconciler/internal/sandbox/access"
	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// Backend is STS in one account.
type Backend struct {
	// Role finds a role of this account by its ARN. Unset, there is no role.
	Role func(arn string) (Role, bool)
	// Policy finds the text of a managed policy by its ARN. Unset, there is none.
	Policy func(arn string) (string, bool)
	// Caller is the principal of the call being served. Unset, the caller may do
	// everything.
	Caller func() access.Principal

	env   *awsenv.Env
	state State
	// calling is the session of the call being served, if it has one.
	calling Session
}

// Role is what STS needs to know of an IAM role.
type Role struct {
	// ID is the role's unique id, AROA….
	ID, ARN, Name string
	// Trust is the role's trust policy as JSON text.
	Trust string
	// MaxSession is in seconds.
	MaxSession int32
	Tags       map[string]string
}

// State is all that STS remembers: sessions by access key id.
type State struct {
	Sessions map[string]Session
}

// Session is an assumed role.
type Session struct {
	Identity
	Token      string
	Secret     string
	Issued     time.Time
	Expiration time.Time
	// Policies are what the session was narrowed by; nil is nothing.
	Policies []string `json:",omitempty"`
	// Tags are the session's own, those handed on by the calling session included.
	Tags map[string]string `json:",omitempty"`
	// Transitive are the keys of the tags that a further role's session gets.
	Transitive []string `json:",omitempty"`
	// SourceIdentity is who is behind the session, and stays in further ones.
	SourceIdentity string `json:",omitempty"`
}

// Identity is a principal: its ARN and its unique id.
type Identity struct{ ARN, ID string }

// New makes an STS without sessions.
func New(env *awsenv.Env) *Backend {
	return &Backend{env: env, state: State{Sessions: map[string]Session{}}}
}

// State is the backend's whole memory.
func (b *Backend) State() any { return &b.state }

// userID is the unique id of the user that every key belongs to that no
// session was given.
const userID = "AIDASANDBOXUSERAAAAAA"

// Identify finds the principal behind an access key. Any key that no session
// has is the account's user "sandbox", who may do everything.
func (b *Backend) Identify(accessKey, token string) (Identity, error) {
	session, ok, err := b.Session(accessKey, token)
	if err != nil {
		return Identity{}, err
	}
	if !ok {
		return Identity{ARN: b.env.GlobalARN("iam", "user/sandbox"), ID: userID}, nil
	}
	return session.Identity, nil
}

// Session finds the session that an access key was given, if any was, and makes
// it the one that is calling. A wrong token and a session that is over are
// errors.
func (b *Backend) Session(accessKey, token string) (Session, bool, error) {
	b.calling = Session{}
	session, ok := b.state.Sessions[accessKey]
	switch {
	case !ok:
		return Session{}, false, nil
	case session.Token != token:
		return Session{}, false, awserr.New("InvalidClientTokenId",
			"The security token included in the request is invalid").WithStatus(http.StatusForbidden)
	case !b.env.Now().Before(session.Expiration):
		return Session{}, false, awserr.New("ExpiredToken",
			"The security token included in the request is expired").WithStatus(http.StatusForbidden)
	}
	b.calling = session
	return session, true, nil
}

// GetCallerIdentity says who is calling.
func (b *Backend) GetCallerIdentity(*sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
	return &sts.GetCallerIdentityOutput{
		Account: aws.String(b.env.Account),
		Arn:     aws.String(b.env.CallerARN),
		UserId:  aws.String(b.env.CallerID),
	}, nil
}
