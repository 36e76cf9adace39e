package iam

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// CreateUser makes a user without keys.
func (b *Backend) CreateUser(in *sdk.CreateUserInput) (*sdk.CreateUserOutput, error) {
	name := aws.ToString(in.UserName)
	if _, taken := b.state.Users[roleKey(name)]; taken {
		return nil, alreadyExists("User with name %s already exists.", name)
	}
	if len(b.state.Users) >= maxUsers {
		return nil, limitExceeded("Cannot exceed quota for UsersPerAccount: %d", maxUsers)
	}
	tags, err := mergeTags(nil, in.Tags, foldCase)
	if err != nil {
		return nil, err
	}
	if in.PermissionsBoundary != nil {
		if err := b.checkBoundary(*in.PermissionsBoundary); err != nil {
			return nil, err
		}
	}
	user := &User{
		Name: name, Path: cmp.Or(aws.ToString(in.Path), "/"), ID: b.uniqueID("AIDA"), Created: b.now(),
		Boundary: aws.ToString(in.PermissionsBoundary), Tags: tags, Inline: map[string]string{},
	}
	b.state.Users[roleKey(name)] = user
	out := b.shownUser(user)
	return &sdk.CreateUserOutput{User: &out}, nil
}

// GetUser reads one user: the caller, where none is named.
func (b *Backend) GetUser(in *sdk.GetUserInput) (*sdk.GetUserOutput, error) {
	if in.UserName == nil && strings.HasSuffix(b.env.CallerARN, ":root") {
		return &sdk.GetUserOutput{User: &types.User{
			Arn: aws.String(b.env.CallerARN), UserId: aws.String(b.env.CallerID), CreateDate: aws.Time(b.now()),
		}}, nil
	}
	user, err := b.userOrCaller(in.UserName)
	if err != nil {
		return nil, err
	}
	out := b.shownUser(user)
	return &sdk.GetUserOutput{User: &out}, nil
}

// ListUsers lists users, without tags and boundary.
func (b *Backend) ListUsers(in *sdk.ListUsersInput) (*sdk.ListUsersOutput, error) {
	found, err := paginate(b.sortedUsers(aws.ToString(in.PathPrefix)), userOrder, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := make([]types.User, 0, len(found.items))
	for _, user := range found.items {
		out = append(out, b.briefUser(user))
	}
	return &sdk.ListUsersOutput{Users: out, IsTruncated: found.truncated, Marker: found.marker}, nil
}

// DeleteUser removes a user that nothing hangs on any more.
func (b *Backend) DeleteUser(in *sdk.DeleteUserInput) (*sdk.DeleteUserOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	switch {
	case len(user.Keys) > 0:
		return nil, deleteConflict("Cannot delete entity, must delete access keys first.")
	case len(user.Attached) > 0:
		return nil, deleteConflict("Cannot delete entity, must detach all policies first.")
	case len(user.Inline) > 0:
		return nil, deleteConflict("Cannot delete entity, must delete policies first.")
	}
	delete(b.state.Users, roleKey(user.Name))
	return &sdk.DeleteUserOutput{}, nil
}

func (b *Backend) user(name *string) (*User, error) {
	user, found := b.state.Users[roleKey(aws.ToString(name))]
	if !found || user.Name != aws.ToString(name) {
		return nil, noSuchUser(aws.ToString(name))
	}
	return user, nil
}

// userOrCaller is user, and the calling user where none is named.
func (b *Backend) userOrCaller(name *string) (*User, error) {
	if name != nil {
		return b.user(name)
	}
	if !strings.Contains(b.env.CallerARN, ":user/") {
		return nil, awserr.New("ValidationError", "Must specify userName when calling with non-User credentials")
	}
	return b.user(aws.String(b.env.CallerARN[strings.LastIndex(b.env.CallerARN, "/")+1:]))
}

func (b *Backend) userARN(u *User) string { return b.env.GlobalARN("iam", "user"+u.Path+u.Name) }

func (b *Backend) userByARN(arn string) (*User, bool) {
	user, found := b.state.Users[roleKey(arn[strings.LastIndex(arn, "/")+1:])]
	if !found || b.userARN(user) != arn {
		return nil, false
	}
	return user, true
}

// sortedUsers are the users under a path, ordered by path and name.
func (b *Backend) sortedUsers(prefix string) []*User {
	out := make([]*User, 0, len(b.state.Users))
	for _, user := range b.state.Users {
		if strings.HasPrefix(user.Path, prefix) {
			out = append(out, user)
		}
	}
	slices.SortFunc(out, func(x, y *User) int { return cmp.Compare(userOrder(x), userOrder(y)) })
	return out
}

func userOrder(u *User) string { return u.Path + u.Name }
