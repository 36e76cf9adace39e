package ssm

import (
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// The largest values of the two tiers, in bytes.
const (
	maxStandard = 4096
	maxAdvanced = 8192
)

// chooseTier sets the tier that a version gets. Without a wish it stays, and
// Intelligent-Tiering is Standard as long as that will do.
func (v *Version) chooseTier(wish types.ParameterTier) error {
	switch {
	case wish == types.ParameterTierStandard && v.Tier == types.ParameterTierAdvanced:
		return invalid("This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the " +
			"advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter " +
			"and recreate it as a standard parameter.")
	case wish == types.ParameterTierAdvanced, wish == types.ParameterTierIntelligentTiering && v.needsAdvanced():
		v.Tier = types.ParameterTierAdvanced
	}
	return nil
}

func (v *Version) needsAdvanced() bool { return len(v.Value) > maxStandard || len(v.Policies) > 0 }

// checkValue refuses values and policies that the version may not have. The
// value itself is never repeated.
func (v *Version) checkValue() error {
	switch standard := v.Tier == types.ParameterTierStandard; {
	case v.Value == "":
		return invalid("1 validation error detected: Value '' at 'value' failed to satisfy constraint: " +
			"Member must have length greater than or equal to 1.")
	case standard && len(v.Value) > maxStandard:
		return invalid("Standard tier parameters support a maximum parameter value of %d characters. To create a larger "+
			"parameter value, upgrade the parameter to use the advanced-parameter tier.", maxStandard)
	case len(v.Value) > maxAdvanced:
		return invalid("Advanced tier parameters support a maximum parameter value of %d characters.", maxAdvanced)
	case standard && len(v.Policies) > 0:
		return invalid("Policies are supported by the advanced-parameter tier only.")
	case strings.Contains(v.Value, "{{"):
		return invalid(`Parameter value: can't nest another parameter. Do not use "{{}}" in the value.`)
	case !slices.Contains(dataTypes(), v.DataType):
		return invalid("The following data type is not supported: %s (Data type names are all lowercase.)", v.DataType)
	}
	return v.checkPattern()
}

// dataTypes are those that PutParameter's reference lists. Their own checks
// are not played, apart from the image's.
func dataTypes() []string {
	return strings.Fields("text aws:ec2:image aws:ssm:integration aws:region aws:account:id boolean integer float binary " +
		"hostname email ipv4-address ipv6-address url json jsonc")
}

// checkPattern holds the value against the pattern that it must match whole.
func (v *Version) checkPattern() error {
	pattern := aws.ToString(v.AllowedPattern)
	if pattern == "" {
		return nil
	}
	re, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	if err != nil {
		return awserr.New("InvalidAllowedPatternException", "The request doesn't meet the regular expression requirement.")
	}
	if !re.MatchString(v.Value) {
		return awserr.New("ParameterPatternMismatchException",
			"Parameter value, cannot be validated against allowedPattern: %s", pattern)
	}
	return nil
}
