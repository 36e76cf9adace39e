package ssm

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/paging"
)

// GetParameter reads one version of a parameter, the newest unless the name has
// a selector.
func (b *Backend) GetParameter(in *ssm.GetParameterInput) (*ssm.GetParameterOutput, error) {
	p, v, selector, err := b.selected(aws.ToString(in.Name))
	if err != nil {
		return nil, err
	}
	return &ssm.GetParameterOutput{Parameter: new(b.shown(p, v, selector, in.WithDecryption))}, nil
}

// GetParameters reads several; those that are not there are listed apart.
func (b *Backend) GetParameters(in *ssm.GetParametersInput) (*ssm.GetParametersOutput, error) {
	out := &ssm.GetParametersOutput{Parameters: []types.Parameter{}, InvalidParameters: []string{}}
	for _, name := range in.Names {
		p, v, selector, err := b.selected(name)
		if isMissing(err) {
			out.InvalidParameters = append(out.InvalidParameters, name)
			continue
		}
		if err != nil {
			return nil, err
		}
		out.Parameters = append(out.Parameters, b.shown(p, v, selector, in.WithDecryption))
	}
	return out, nil
}

func isMissing(err error) bool {
	var refused *awserr.Error
	return errors.As(err, &refused) && (refused.Code == "ParameterNotFound" || refused.Code == "ParameterVersionNotFound")
}

// shown is a version as a reader sees it.
func (b *Backend) shown(p *Parameter, v *Version, selector string, decrypt *bool) types.Parameter {
	out := types.Parameter{
		ARN: new(b.arn(p.Name)), Name: new(p.Name), Type: v.Type, Value: new(v.text(decrypt)), Version: v.Number,
		DataType: new(v.DataType), LastModifiedDate: new(v.Modified),
	}
	if selector != "" {
		out.Selector = new(selector)
	}
	return out
}

// text is the value, or a SecureString's encrypted form unless its decryption
// is asked for.
func (v *Version) text(decrypt *bool) string {
	if v.Type == types.ParameterTypeSecureString && !aws.ToBool(decrypt) {
		return v.Encrypted
	}
	return v.Value
}

// maxByPath is the largest page of GetParametersByPath, and the usual one.
const maxByPath = 10

// GetParametersByPath lists the parameters directly below a path, or with
// Recursive all below it.
func (b *Backend) GetParametersByPath(in *ssm.GetParametersByPathInput) (*ssm.GetParametersByPathOutput, error) {
	path := strings.TrimSpace(aws.ToString(in.Path))
	if err := checkPath(path); err != nil {
		return nil, err
	}
	if err := checkFilters(in.ParameterFilters, "Type", "KeyId", "Label"); err != nil {
		return nil, err
	}
	var found []*Parameter
	for _, p := range b.sorted() {
		if below(p.Name, path, aws.ToBool(in.Recursive)) && p.passes(in.ParameterFilters) {
			found = append(found, p)
		}
	}
	page, next, err := paging.Cut(found, nameOf, in.NextToken, sizeOr(in.MaxResults, maxByPath))
	if err != nil {
		return nil, badToken()
	}
	out := &ssm.GetParametersByPathOutput{Parameters: []types.Parameter{}, NextToken: next}
	for _, p := range page {
		v, selector := p.labelFiltered(in.ParameterFilters)
		out.Parameters = append(out.Parameters, b.shown(p, v, selector, in.WithDecryption))
	}
	return out, nil
}

// labelFiltered is the version that a Label filter means, else the newest.
func (p *Parameter) labelFiltered(filters []types.ParameterStringFilter) (*Version, string) {
	for _, f := range filters {
		if aws.ToString(f.Key) != "Label" {
			continue
		}
		for _, label := range f.Values {
			if v := p.labelled(label); v != nil {
				return v, ":" + label
			}
		}
	}
	return p.newest(), ""
}

// below says whether a name lies under a path, directly or however deep.
func below(name, path string, recursive bool) bool {
	rest, ok := strings.CutPrefix(name, strings.TrimSuffix(path, "/")+"/")
	return ok && (recursive || !strings.Contains(rest, "/"))
}

func checkPath(path string) error {
	if path != "/" && (!strings.HasPrefix(path, "/") || checkForm(strings.TrimSuffix(path, "/")) != nil) {
		return invalid(`The parameter doesn't meet the parameter name requirements. The parameter name must begin with a ` +
			`forward slash "/". It can't be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, ` +
			`numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. ` +
			`All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.`)
	}
	return nil
}

func badToken() *awserr.Error {
	return awserr.New("InvalidNextToken", "The specified token isn't valid.")
}

// sizeOr is a size of the request's, or the usual one.
func sizeOr(size *int32, usual int) int {
	if size == nil {
		return usual
	}
	return int(*size)
}
