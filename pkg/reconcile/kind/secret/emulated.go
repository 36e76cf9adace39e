package secret

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// serve makes an emulator serve the new version. AWS serves whatever
// AWSCURRENT is on, and no call is made to it here. moto keeps the version
// that it serves by default apart from the labels, and changes it only with a
// put for AWSCURRENT, which it carries out for a version that exists when that
// is AWSPENDING.
func (w *writer) serve(ctx context.Context) error {
	if isAWS(w.api.Options().BaseEndpoint) {
		return nil
	}
	lags, err := w.servesAnother(ctx)
	if err != nil || !lags {
		return err
	}
	if err := w.setLabel(ctx, labelPending, w.token, ""); err != nil {
		return err
	}
	return w.put(ctx, labelCurrent)
}

// isAWS tells whether an endpoint is AWS's: one that nobody has set, or one in
// its domain, as the endpoints of a VPC are.
func isAWS(endpoint *string) bool {
	if endpoint == nil {
		return true
	}
	u, err := url.Parse(*endpoint)
	return err == nil && (strings.HasSuffix(u.Hostname(), ".amazonaws.com") || strings.HasSuffix(u.Hostname(), ".amazonaws.com.cn"))
}

// servesAnother tells whether another version is served by default, and by its
// own labels is not current: a contradiction that AWS does not know. The value
// that is answered is not looked at.
func (w *writer) servesAnother(ctx context.Context) (bool, error) {
	out, err := w.api.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &w.observed.ARN})
	if err != nil {
		return false, fail("see which version is served of", w.observed.Name, w.desired.Value, err)
	}
	return aws.ToString(out.VersionId) != w.token && !slices.Contains(out.VersionStages, labelCurrent), nil
}
