package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// ParameterType is what Parameter Store takes a value for.
type ParameterType string

// The types (AWS: PutParameter). ParameterSecure is the default here.
const (
	ParameterString ParameterType = "String"
	ParameterList   ParameterType = "StringList" // texts, separated by commas
	ParameterSecure ParameterType = "SecureString"
)

// ParameterTypes are all of them.
func ParameterTypes() []ParameterType {
	return []ParameterType{ParameterString, ParameterList, ParameterSecure}
}

// ParameterTier is what a parameter may hold, and costs.
type ParameterTier string

// The tiers (AWS: PutParameter). TierIntelligent is Standard as long as that
// will do.
const (
	TierStandard    ParameterTier = "Standard"
	TierAdvanced    ParameterTier = "Advanced"
	TierIntelligent ParameterTier = "Intelligent-Tiering"
)

// ParameterTiers are all of them.
func ParameterTiers() []ParameterTier {
	return []ParameterTier{TierStandard, TierAdvanced, TierIntelligent}
}

// ManagedParameter is a parameter of Systems Manager's Parameter Store that is
// converged to a value. A nil pointer or map, and an empty Tier or DataType,
// means: unmanaged, leave as it is.
type ManagedParameter struct {
	Name           string
	Type           ParameterType
	Tier           ParameterTier
	DataType       string // such as text or aws:ec2:image
	From           Source
	Output         string // format the value was converted to; "" when stored byte for byte
	Value          Secret
	Shown          bool     // the value is no secret: plans show it
	Unread         bool     // its source was not asked, so that Value and Keys are not known
	Keys           []string // the variables in it, in order; names only
	AllowedPattern *string
	Description    *string
	KMSKeyID       *string // of a SecureString; "" is AWS's own key
	Tags           map[string]string
	CreateOnly     bool // the value is written once and then left alone
	Drift          Drift
	Tasks          []string // by name; may be empty
	At             Position
}

// Parameter finds a managed parameter by name.
func (d *Deployment) Parameter(name string) (ManagedParameter, bool) {
	for _, p := range d.Parameters {
		if p.Name == name {
			return p, true
		}
	}
	return ManagedParameter{}, false
}

// ParameterARN is the ARN of a parameter of this account and region. The slash
// that a name begins with is the ARN's own (AWS: "Working with parameter
// hierarchies").
func (d *Deployment) ParameterARN(name string) string {
	return ARN{Partition: d.Partition, Service: "ssm", Region: d.Region, AccountID: d.AccountID, Resource: "parameter/" + strings.TrimPrefix(name, "/")}.String()
}

// ParameterName is the name of the parameter that a location of SSM refers to,
// without a version or label behind it. An ARN does not tell whether the name
// begins with a slash: that is left out.
func (l Location) ParameterName() string {
	name := l.Address
	if l.ARN.Service == "ssm" {
		name = strings.TrimPrefix(l.ARN.Resource, "parameter/")
	}
	name, _, _ = strings.Cut(name, ":")
	return strings.TrimPrefix(name, "/")
}

// AWS's limits on a parameter (AWS: PutParameter; "Parameter Store quotas").
// Names, descriptions and patterns are measured in characters, values in bytes.
const (
	maxParameterName        = 1011 // of the ARN that it is part of
	maxParameterLevels      = 15
	maxParameterText        = 1024 // of a description or a pattern
	maxStandardValue        = 4096
	maxAdvancedValue        = 8192
	parameterTagCharacters  = `^[\pL\pN\pZ_.:/=+\-@]*$`
	parameterNameCharacters = `^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$`
)

// Check finds what AWS would refuse about the parameter. Its error is Errors or
// nil; it tells nothing of the value, not even its length.
func (p ManagedParameter) Check() error {
	c := parameterCheck{secretCheck{at: p.At, what: fmt.Sprintf("parameter %q", p.Name)}}
	c.name(p.Name)
	c.kind(p)
	c.settings(p)
	if !p.Unread && p.From.Generate == nil {
		c.value(p)
	}
	c.tags(p.Tags, ownTags)
	c.tagCharacters(p.Tags)
	return c.problems.OrNil()
}

type parameterCheck struct{ secretCheck }

func (c *parameterCheck) name(name string) {
	bare := strings.ToLower(strings.TrimPrefix(name, "/"))
	switch {
	case name == "":
		c.complain("parameter", "give it a name", "it has no name")
	case !regexp.MustCompile(parameterNameCharacters).MatchString(name):
		c.complain("parameter", "use letters, digits and . - _, and / between the parts", "AWS does not allow the characters of this name")
	case strings.Contains(name, "/") && !strings.HasPrefix(name, "/"):
		c.complain("parameter", "begin it with /", "a name with / in it begins with one")
	case strings.HasPrefix(bare, "aws"), strings.HasPrefix(bare, "ssm"):
		c.complain("parameter", "choose another name", "AWS keeps names that begin with aws or ssm to itself")
	case strings.Count(name, "/") > maxParameterLevels:
		c.complain("parameter", "use fewer parts", "the name has more than AWS's %d levels", maxParameterLevels)
	case len(name) > maxParameterName:
		c.complain("parameter", "shorten it", "the name is longer than AWS's %d characters", maxParameterName)
	}
}

// kind checks type, tier and what depends on them.
func (c *parameterCheck) kind(p ManagedParameter) {
	if !slices.Contains(ParameterTypes(), p.Type) {
		c.complain("type", "want String, StringList or SecureString", "%q is not a type", p.Type)
	}
	if p.Tier != "" && !slices.Contains(ParameterTiers(), p.Tier) {
		c.complain("tier", "want Standard, Advanced or Intelligent-Tiering", "%q is not a tier", p.Tier)
	}
	switch {
	case p.KMSKeyID == nil:
	case p.Type != ParameterSecure:
		c.complain("kms_key_id", "leave it out, or use type: SecureString", "a %s is not encrypted", p.Type)
	case !isKMSKey(*p.KMSKeyID):
		c.complain("kms_key_id", "want a key's id, alias/NAME, the ARN of either, or nothing for AWS's own key", "%q is not a KMS key", *p.KMSKeyID)
	}
	if p.Shown && p.Type != ParameterString {
		c.complain("sensitive", "leave it out, or use type: String", "only a String can be shown, and this is a %s", p.Type)
	}
}

func (c *parameterCheck) settings(p ManagedParameter) {
	c.text("description", p.Description)
	c.text("allowed_pattern", p.AllowedPattern)
	if p.DataType != "" && !regexp.MustCompile(`^[a-z0-9:-]{1,128}$`).MatchString(p.DataType) {
		c.complain("data_type", "want text, aws:ec2:image or another that PutParameter lists", "%q is not a data type", p.DataType)
	}
}

func (c *parameterCheck) text(path string, text *string) {
	if text != nil && utf8.RuneCountInString(*text) > maxParameterText {
		c.complain(path, "shorten it", "the %s is longer than AWS's %d characters", strings.ReplaceAll(path, "_", " "), maxParameterText)
	}
}

func (c *parameterCheck) value(p ManagedParameter) {
	text := p.Value.Reveal()
	switch {
	case text == "":
		c.complain("", "put something into its source, or leave the parameter out", "it has no value, and AWS stores no empty one")
	case len(text) > maxAdvancedValue:
		c.complain("", "use a secret, which takes 64 KiB", "the value is larger than the 8 KiB that AWS takes in any tier")
	case len(text) > maxStandardValue && p.Tier != TierAdvanced && p.Tier != TierIntelligent:
		c.complain("tier", "set tier: Intelligent-Tiering or Advanced, or use a secret", "the value is larger than the 4 KiB of a standard parameter")
	case !utf8.ValidString(text):
		c.complain("", "encode it, as base64 for example", "the value is not valid UTF-8 text")
	case strings.Contains(text, "{{"):
		c.complain("", "use a secret, or write it otherwise", "the value has {{ in it, which AWS takes for the name of another parameter and refuses")
	}
}

// tagCharacters holds tags to the characters that Systems Manager takes, which
// are fewer than Secrets Manager's (AWS: Tag).
func (c *parameterCheck) tagCharacters(tags map[string]string) {
	allowed := regexp.MustCompile(parameterTagCharacters)
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if !allowed.MatchString(key) || !allowed.MatchString(tags[key]) {
			c.complain("tags", "use letters, digits, spaces and _ . : / = + - @", "the tag %q: AWS does not allow its characters", key)
		}
	}
}
