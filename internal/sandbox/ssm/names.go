package ssm

import (
	"strconv"
	"strings"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

const (
	nameCharacters = awsenv.AlphaNumeric + "_.-"
	maxLevels      = 15
	// maxARN is how long a parameter's ARN may be, which bounds its name.
	maxARN = 1011
)

// checkName refuses a name that no parameter may get.
func (b *Backend) checkName(name string) error {
	if err := checkForm(name); err != nil {
		return err
	}
	bare := strings.ToLower(strings.TrimPrefix(name, "/"))
	switch {
	case strings.HasPrefix(name, "/aws/"):
		return awserr.New("AccessDeniedException", "No access to reserved parameter name: %s.", name)
	case (strings.HasPrefix(bare, "aws") || strings.HasPrefix(bare, "ssm")) && !strings.Contains(bare, "/"):
		return invalid(`Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive).`)
	case strings.HasPrefix(bare, "aws"), strings.HasPrefix(bare, "ssm"):
		return badName()
	case strings.Contains(name, "/") && !strings.HasPrefix(name, "/"):
		return invalid("Parameter name must be a fully qualified name.")
	case strings.Count(name, "/") > maxLevels:
		return awserr.New("HierarchyLevelLimitExceededException", "A hierarchy can have a maximum of %d levels.", maxLevels)
	case len(b.arn(name)) > maxARN:
		return invalid("Parameter name: the length of the ARN is limited to %d characters.", maxARN)
	}
	return nil
}

// checkForm refuses what is not made of a name's characters, part by part.
func checkForm(name string) error {
	for part := range strings.SplitSeq(strings.TrimPrefix(name, "/"), "/") {
		if part == "" || strings.Trim(part, nameCharacters) != "" {
			return badName()
		}
	}
	return nil
}

func badName() *awserr.Error {
	return invalid(`Parameter name: can't be prefixed with "ssm" (case-insensitive). If formed as a path, it can ` +
		`consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and ` +
		`the following 3 symbols .-_`)
}

// arn is a parameter's ARN: the name's own slash is the ARN's.
func (b *Backend) arn(name string) string {
	return b.env.ARN("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
}

// find resolves a name or an ARN, without a selector, to a parameter.
func (b *Backend) find(name string) (*Parameter, error) {
	name = strings.TrimSpace(name)
	b.expire()
	if strings.HasPrefix(name, "arn:") {
		return b.findARN(name)
	}
	if err := checkForm(name); err != nil {
		return nil, err
	}
	if p, ok := b.state.Parameters[name]; ok {
		return p, nil
	}
	return nil, notFound()
}

// findARN looks for both names that an ARN may stand for.
func (b *Backend) findARN(arn string) (*Parameter, error) {
	name, ours := strings.CutPrefix(arn, b.env.ARN("ssm", "parameter/"))
	if !ours {
		return nil, notFound()
	}
	for _, candidate := range []string{"/" + name, name} {
		if p, ok := b.state.Parameters[candidate]; ok {
			return p, nil
		}
	}
	return nil, notFound()
}

// selected resolves name, name:version or name:label, or an ARN with either, to
// a version; selector is the part from the colon on.
func (b *Backend) selected(id string) (p *Parameter, v *Version, selector string, err error) {
	name, selector := splitSelector(strings.TrimSpace(id))
	p, err = b.find(name)
	switch {
	case err != nil:
		return nil, nil, "", err
	case selector == "":
		return p, p.newest(), "", nil
	}
	wanted := selector[1:]
	if number, notNumber := strconv.ParseInt(wanted, 10, 64); notNumber == nil {
		if v = p.numbered(number); v == nil {
			return nil, nil, "", noVersion(number, p.Name)
		}
		return p, v, selector, nil
	}
	if v = p.labelled(wanted); v == nil {
		return nil, nil, "", awserr.New("ParameterVersionNotFound",
			"Systems Manager could not find label %s for parameter %s. Verify the label and try again.", wanted, p.Name)
	}
	return p, v, selector, nil
}

func noVersion(number int64, name string) *awserr.Error {
	return awserr.New("ParameterVersionNotFound",
		"Systems Manager could not find version %d of %s. Verify the version and try again.", number, name)
}

// splitSelector parts an id at the colon after the name; an ARN has five colons
// of its own.
func splitSelector(id string) (name, selector string) {
	own := 0
	if strings.HasPrefix(id, "arn:") {
		own = strings.LastIndex(id, "parameter/")
	}
	if own < 0 {
		return id, ""
	}
	if i := strings.Index(id[own:], ":"); i >= 0 {
		return id[:own+i], id[own+i:]
	}
	return id, ""
}
