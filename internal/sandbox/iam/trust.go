package iam

import (
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"

	"ecs-reconciler/internal/sandbox/iam/policydoc"
)

// UpdateAssumeRolePolicy replaces a role's trust policy.
func (b *Backend) UpdateAssumeRolePolicy(in *sdk.UpdateAssumeRolePolicyInput) (*sdk.UpdateAssumeRolePolicyOutput, error) {
	role, err := b.modifiableRole(in.RoleName)
	if err != nil {
		return nil, err
	}
	trust, err := b.checkTrust(aws.ToString(in.PolicyDocument))
	if err != nil {
		return nil, err
	}
	role.Trust = trust
	role.Settled = b.unsettled()
	return &sdk.UpdateAssumeRolePolicyOutput{}, nil
}

// checkTrust gives a trust policy in the form that is stored.
func (b *Backend) checkTrust(document string) (string, error) {
	stored, err := policydoc.Trust(document, b.storedPrincipal)
	if err != nil {
		return "", malformedDocument(err)
	}
	if policydoc.Size(document) > maxTrust {
		return "", limitExceeded("Cannot exceed quota for ACLSizePerRole: %d", maxTrust)
	}
	return stored, nil
}

var accountID = regexp.MustCompile(`^\d{12}$`)

// storedPrincipal turns an account's number into its root, and a role or a user
// of this account into its unique id. Of other accounts it knows nothing, and takes
// them at their word.
func (b *Backend) storedPrincipal(principal string) (string, bool) {
	switch {
	case principal == "*":
		return principal, true
	case accountID.MatchString(principal):
		return "arn:" + b.env.Partition + ":iam::" + principal + ":root", true
	case strings.HasPrefix(principal, "AROA"), strings.HasPrefix(principal, "AIDA"):
		return principal, b.shownPrincipal(principal) != principal
	}
	return b.storedARN(principal)
}

func (b *Backend) storedARN(principal string) (string, bool) {
	parts := strings.SplitN(principal, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] != b.env.Partition || parts[3] != "" ||
		!accountID.MatchString(parts[4]) || strings.ContainsAny(principal, "*?") {
		return "", false
	}
	kind, name, _ := strings.Cut(parts[5], "/")
	switch {
	case parts[2] == "iam" && parts[5] == "root":
		return principal, true
	case name == "":
		return "", false
	case parts[4] != b.env.Account:
		return principal, principalKind(parts[2], kind)
	case parts[2] == "iam" && kind == "role":
		role, found := b.roleByARN(principal)
		if !found {
			return "", false
		}
		return role.ID, true
	case parts[2] == "sts" && kind == "assumed-role":
		roleName, session, _ := strings.Cut(name, "/")
		_, err := b.role(&roleName)
		return principal, err == nil && session != ""
	}
	if user, found := b.userByARN(principal); found {
		return user.ID, true
	}
	// The caller of a sandbox that enforces nothing is a user that is not kept.
	return principal, principal == b.env.CallerARN
}

func principalKind(service, kind string) bool {
	switch service {
	case "iam":
		return kind == "role" || kind == "user"
	case "sts":
		return kind == "assumed-role" || kind == "federated-user"
	}
	return false
}

// shownTrust is a trust policy as it is read: a role's or user's unique id
// becomes its ARN for as long as there is such a one. One made anew under the
// old name has another id, so the old one stays visible.
func (b *Backend) shownTrust(r *Role) string {
	if !strings.Contains(r.Trust, "AROA") && !strings.Contains(r.Trust, "AIDA") {
		return r.Trust
	}
	shown, err := policydoc.RewritePrincipals(r.Trust, b.shownPrincipal)
	if err != nil {
		return r.Trust
	}
	return shown
}

func (b *Backend) shownPrincipal(principal string) string {
	if role := b.roleByID(principal); role != nil {
		return b.roleARN(role)
	}
	for _, user := range b.state.Users {
		if user.ID == principal {
			return b.userARN(user)
		}
	}
	return principal
}

func (b *Backend) roleByID(id string) *Role {
	if !strings.HasPrefix(id, "AROA") {
		return nil // of a user, as most are
	}
	for _, role := range b.state.Roles {
		if role.ID == id {
			return role
		}
	}
	return nil
}
