package parameter

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/pkg/spec"
)

// Observed is a parameter as AWS has it. All but its tags is of one version.
type Observed struct {
	ARN            string
	Name           string
	Type           spec.ParameterType
	Tier           spec.ParameterTier // never TierIntelligent: AWS settles on one of the others
	DataType       string
	AllowedPattern string
	Description    string
	KMSKeyID       string // as it was given to AWS; "" unless Type is SecureString
	Policies       []string
	Tags           map[string]string
	Version        int64     // 0 for a parameter that there is not
	Changed        time.Time // when that version was put
	ChangedBy      string    // ARN of who put it; may be empty

	value      spec.Secret // unset when it was not read
	unreadable string      // why the value could not be read; "" when it could
	tagsFresh  bool        // the tags were read by the name
}

func fromList(m types.ParameterMetadata, arn string) Observed {
	return Observed{ARN: arn, Name: aws.ToString(m.Name), Type: spec.ParameterType(m.Type), Tier: spec.ParameterTier(m.Tier),
		DataType: aws.ToString(m.DataType), AllowedPattern: aws.ToString(m.AllowedPattern), Description: aws.ToString(m.Description),
		KMSKeyID: aws.ToString(m.KeyId), Policies: policyTexts(m.Policies), Version: m.Version,
		Changed: aws.ToTime(m.LastModifiedDate), ChangedBy: aws.ToString(m.LastModifiedUser)}
}

func fromHistory(h types.ParameterHistory, arn string) Observed {
	return Observed{ARN: arn, Name: aws.ToString(h.Name), Type: spec.ParameterType(h.Type), Tier: spec.ParameterTier(h.Tier),
		DataType: aws.ToString(h.DataType), AllowedPattern: aws.ToString(h.AllowedPattern), Description: aws.ToString(h.Description),
		KMSKeyID: aws.ToString(h.KeyId), Policies: policyTexts(h.Policies), Version: h.Version,
		Changed: aws.ToTime(h.LastModifiedDate), ChangedBy: aws.ToString(h.LastModifiedUser)}
}

func policyTexts(list []types.ParameterInlinePolicy) []string {
	var out []string
	for _, p := range list {
		out = append(out, aws.ToString(p.PolicyText))
	}
	return out
}

// exists tells an observed parameter from one that there is not.
func (o Observed) exists() bool { return o.Version > 0 }

// appliedMetadata is the first half of the applied tag; "" when there is none
// of our form.
func (o Observed) appliedMetadata() string {
	digest, _, ok := strings.Cut(o.Tags[spec.TagApplied], ".")
	if !ok || len(digest) != digestLength {
		return ""
	}
	return digest
}

// appliedVersion is the version that our last apply left; 0 when no tag tells.
func (o Observed) appliedVersion() int64 {
	_, number, _ := strings.Cut(o.Tags[spec.TagApplied], ".")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0
	}
	return version
}
