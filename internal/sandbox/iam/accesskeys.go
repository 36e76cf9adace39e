package iam

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/internal/sandbox/awsenv"
)

// CreateAccessKey makes a key of a user, of the caller unless one is named. Its
// secret is shown this once.
func (b *Backend) CreateAccessKey(in *sdk.CreateAccessKeyInput) (*sdk.CreateAccessKeyOutput, error) {
	user, err := b.userOrCaller(in.UserName)
	if err != nil {
		return nil, err
	}
	if len(user.Keys) >= maxKeys {
		return nil, limitExceeded("Cannot exceed quota for AccessKeysPerUser: %d", maxKeys)
	}
	key := Key{
		ID: "AKIA" + b.env.Random(16, awsenv.UniqueID), Secret: b.env.Random(40, awsenv.AlphaNumeric), Created: b.now(),
	}
	user.Keys = append(user.Keys, key)
	return &sdk.CreateAccessKeyOutput{AccessKey: &types.AccessKey{
		AccessKeyId: aws.String(key.ID), SecretAccessKey: aws.String(key.Secret), UserName: aws.String(user.Name),
		Status: types.StatusTypeActive, CreateDate: aws.Time(key.Created),
	}}, nil
}

// ListAccessKeys lists a user's keys, the caller's unless one is named, without
// their secrets.
func (b *Backend) ListAccessKeys(in *sdk.ListAccessKeysInput) (*sdk.ListAccessKeysOutput, error) {
	user, err := b.userOrCaller(in.UserName)
	if err != nil {
		return nil, err
	}
	keys := slices.SortedFunc(slices.Values(user.Keys), func(x, y Key) int { return cmp.Compare(x.ID, y.ID) })
	found, err := paginate(keys, func(k Key) string { return k.ID }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := make([]types.AccessKeyMetadata, 0, len(found.items))
	for _, key := range found.items {
		out = append(out, types.AccessKeyMetadata{
			AccessKeyId: aws.String(key.ID), UserName: aws.String(user.Name), Status: types.StatusTypeActive,
			CreateDate: aws.Time(key.Created),
		})
	}
	return &sdk.ListAccessKeysOutput{AccessKeyMetadata: out, IsTruncated: found.truncated, Marker: found.marker}, nil
}

// DeleteAccessKey removes a user's key.
func (b *Backend) DeleteAccessKey(in *sdk.DeleteAccessKeyInput) (*sdk.DeleteAccessKeyOutput, error) {
	user, err := b.userOrCaller(in.UserName)
	if err != nil {
		return nil, err
	}
	id := aws.ToString(in.AccessKeyId)
	at := slices.IndexFunc(user.Keys, func(k Key) bool { return k.ID == id })
	if at < 0 {
		return nil, noSuchEntity("The Access Key with id %s cannot be found.", id)
	}
	user.Keys = slices.Delete(user.Keys, at, at+1)
	return &sdk.DeleteAccessKeyOutput{}, nil
}
