package role

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// pageSize is the most that IAM puts on a page of a scan.
const pageSize = 1000

// account is every role of the account, by name in lower case.
type account struct {
	details map[string]types.RoleDetail
	listed  map[string]types.Role
}

// Owned lists the roles that carry the deployment's owner tag. A role that is
// only about to move to another path is not among them: its name is still in
// use.
func (k *Kind) Owned(ctx context.Context, d *spec.Deployment) ([]resource.Key, error) {
	acc, err := k.scan(ctx)
	if err != nil {
		return nil, err
	}
	k.remember(acc)
	declared := map[string]string{}
	for _, r := range d.Roles {
		declared[strings.ToLower(r.Name)] = r.ARN
	}
	var keys []resource.Key
	for name, detail := range acc.details {
		arn := aws.ToString(detail.Arn)
		if tagsOf(detail.Tags)[spec.TagOwner] != d.Owner() {
			continue
		}
		now, isDeclared := declared[name]
		if isDeclared && now != arn || !isDeclared && d.RefersToRole(name) {
			continue
		}
		keys = append(keys, resource.Key{Type: Type, Name: aws.ToString(detail.RoleName)})
	}
	slices.SortFunc(keys, resource.Key.Compare)
	return keys, nil
}

// account is what Owned has just read, which serves once, or a new scan.
func (k *Kind) account(ctx context.Context) (*account, error) {
	if acc := k.recall(); acc != nil {
		return acc, nil
	}
	return k.scan(ctx)
}

func (k *Kind) remember(acc *account) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.scanned = acc
}

func (k *Kind) recall() *account {
	k.mu.Lock()
	defer k.mu.Unlock()
	acc := k.scanned
	k.scanned = nil
	return acc
}

// scan reads every role of the account, the two lists side by side.
func (k *Kind) scan(ctx context.Context) (*account, error) {
	acc := &account{details: map[string]types.RoleDetail{}, listed: map[string]types.Role{}}
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return k.scanDetails(ctx, acc.details) })
	both.Go(func() error { return k.scanList(ctx, acc.listed) })
	if err := both.Wait(); err != nil {
		return nil, fmt.Errorf("list the account's roles: %w", awsapi.Classify(err))
	}
	return acc, nil
}

func (k *Kind) scanDetails(ctx context.Context, into map[string]types.RoleDetail) error {
	pages := iam.NewGetAccountAuthorizationDetailsPaginator(k.client, &iam.GetAccountAuthorizationDetailsInput{
		Filter: []types.EntityType{types.EntityTypeRole}, MaxItems: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, r := range page.RoleDetailList {
			into[strings.ToLower(aws.ToString(r.RoleName))] = r
		}
	}
	return nil
}

func (k *Kind) scanList(ctx context.Context, into map[string]types.Role) error {
	pages := iam.NewListRolesPaginator(k.client, &iam.ListRolesInput{MaxItems: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, r := range page.Roles {
			into[strings.ToLower(aws.ToString(r.RoleName))] = r
		}
	}
	return nil
}
