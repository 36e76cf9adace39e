package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"ecs-reconciler/internal/sandbox/access"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/iam"
	"ecs-reconciler/internal/sandbox/model"
	"ecs-reconciler/internal/sandbox/sts"
)

// The administrator of every sandbox that enforces IAM: the key pair of the
// account's root, which no policy limits.
const (
	AdminKey    = "AKIASANDBOXROOTAAAAA"
	AdminSecret = "sandbox/administrator/of/no/real/account"
)

// identify finds the principal behind the request's access key.
func (s *Server) identify(req *request) error {
	if !s.opts.EnforceIAM {
		who, err := s.world.sts.Identify(req.scope.accessKey, req.scope.token)
		if err != nil {
			return worded(req, err)
		}
		s.world.setCaller(s.world.free(who, s.circumstances(req)))
		return nil
	}
	who, secret, err := s.world.principal(req.scope)
	if errors.Is(err, errUnknownKey) {
		return unknownCredential(req.route.protocol)
	}
	if err != nil {
		return worded(req, err)
	}
	if err := verify(req, secret); err != nil {
		return err
	}
	maps.Copy(who.Context, s.circumstances(req))
	s.world.setCaller(who)
	return nil
}

// free is a caller where nothing is enforced: trust policies alone know a
// session's role and its tags.
func (w *world) free(who sts.Identity, context map[string][]string) access.Principal {
	out := access.Free(who.ARN, who.ID)
	out.Context = context
	id, _, _ := strings.Cut(who.ID, ":")
	if role, found := w.roles.RoleWithID(id); found {
		out.Role, out.Tags = role.ARN, role.Tags
	}
	return out
}

// worded is a refusal of STS as the request's protocol has it.
func worded(req *request, err error) error {
	refused := awserr.From(err)
	return authError(req.route.protocol, refused.Code, refused.Message)
}

// principal is whom a key belongs to, and the key's secret.
func (w *world) principal(s scope) (who access.Principal, secret string, err error) {
	session, found, err := w.sts.Session(s.accessKey, s.token)
	switch {
	case err != nil:
		return who, "", err
	case found:
		who, err = w.inSession(session)
		return who, session.Secret, err
	case s.token != "":
		return who, "", errUnknownKey // a token belongs to a session's key alone
	case s.accessKey == AdminKey:
		root := access.Principal{ARN: w.global.env.GlobalARN("iam", "root"), ID: w.opts.Account}
		root.Context = map[string][]string{}
		return root, AdminSecret, nil
	}
	user, secret, found := w.roles.KeyOwner(s.accessKey)
	if !found {
		return who, "", errUnknownKey
	}
	return w.entity(user), secret, nil
}

// errUnknownKey says that an access key is nobody's.
var errUnknownKey = errors.New("sandbox: nobody has the access key")

// entity is a user, or a role, as the bearer of its policies.
func (w *world) entity(e iam.Entity) access.Principal {
	who := access.Principal{
		ARN: e.ARN, ID: e.ID, Identity: e.Policies, Tags: maps.Clone(e.Tags), Context: map[string][]string{},
	}
	if text, found := w.roles.PolicyText(e.Boundary); found {
		who.Boundary = []string{text}
	}
	return who
}

// inSession is a session with the policies that its role has now. With the
// role, its sessions end.
func (w *world) inSession(session sts.Session) (access.Principal, error) {
	id, _, _ := strings.Cut(session.ID, ":")
	role, found := w.roles.RoleWithID(id)
	if !found {
		return access.Principal{}, errUnknownKey
	}
	who := w.entity(role)
	who.ARN, who.ID, who.Role, who.Session = session.ARN, session.ID, role.ARN, session.Policies
	maps.DeleteFunc(who.Tags, func(key, _ string) bool {
		_, over := fold(session.Tags)[strings.ToLower(key)]
		return over
	})
	maps.Copy(who.Tags, session.Tags)
	who.Context["aws:tokenissuetime"] = []string{session.Issued.Format(time.RFC3339)}
	if session.SourceIdentity != "" {
		who.Context["aws:sourceidentity"] = []string{session.SourceIdentity}
	}
	return who, nil
}

func fold(tags map[string]string) map[string]string {
	out := map[string]string{}
	for key, value := range tags {
		out[strings.ToLower(key)] = value
	}
	return out
}

// circumstances are the condition keys that every request has, whoever sends it.
// AWS takes none but encrypted requests, so that is what they are taken for.
func (s *Server) circumstances(req *request) map[string][]string {
	now := s.opts.Now().UTC()
	out := map[string][]string{
		"aws:currenttime": {now.Format(time.RFC3339)}, "aws:epochtime": {fmt.Sprint(now.Unix())},
		"aws:requestedregion": {requestedRegion(req)}, "aws:securetransport": {"true"},
	}
	for key, header := range map[string]string{"aws:useragent": "User-Agent", "aws:referer": "Referer"} {
		if value := req.signed.Header.Get(header); value != "" {
			out[key] = []string{value}
		}
	}
	return out
}

// requestedRegion is where AWS has the service: IAM is in one region of each
// partition.
func requestedRegion(req *request) string {
	if req.route.service.model.Name != "iam" {
		return req.scope.region
	}
	return homeOf(req.scope.region)
}

// homeOf is where IAM is in the partition of a region.
func homeOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "cn-north-1"
	case strings.HasPrefix(region, "us-gov-"):
		return "us-gov-west-1"
	case strings.HasPrefix(region, "eusc-"):
		return region
	}
	return "us-east-1"
}

// unknownCredential refuses a key that nobody has: JSON services have a word of
// their own for it, with another status.
func unknownCredential(protocol model.Protocol) error {
	const message = "The security token included in the request is invalid."
	if protocol == model.JSON {
		return awserr.New("UnrecognizedClientException", message)
	}
	return awserr.New("InvalidClientTokenId", message).WithStatus(http.StatusForbidden)
}
