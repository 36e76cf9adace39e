package terraform

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/dotenv"
	"ecs-reconciler/pkg/spec/load/manifest"
)

// envLocation declares a secret, or refers to it where its value is not for
// reconciler to write.
func (c *conversion) envLocation(r resource) manifest.EnvLocation {
	seen := c.used[r.address]
	c.used[r.address] = true
	name := r.text("name")
	version, why := c.version(r)
	if why == "" && spec.LooksSuffixed(name) {
		why = "its name ends as AWS's ARNs do"
	}
	if why != "" {
		if !seen {
			c.remark(r, "%s, so the task refers to it and its value stays as it is", why)
		}
		return manifest.EnvLocation{Location: strings.TrimSuffix(r.text("arn"), suffix(r.text("arn"), name))}
	}
	text := version.text("secret_string")
	s := &manifest.Secret{Secret: name, From: source(c.options.Environment, name, text), Tags: unlessEmpty(r.tags())}
	s.Description, s.KMSKeyID = optional(r.text("description")), optional(r.text("kms_key_id"))
	c.settings(r, s, seen)
	if !seen {
		c.values = append(c.values, Value{Secret: name, File: s.From.File, At: version.at("secret_string"), Text: spec.NewSecret(text)})
	}
	return manifest.EnvLocation{Secret: s}
}

// suffix is what AWS put behind a secret's name to make its ARN.
func suffix(arn, name string) string {
	_, rest, _ := strings.Cut(arn, ":secret:"+name)
	return rest
}

// version finds the version that holds a secret's value, or says why there is
// none to take.
func (c *conversion) version(secret resource) (version resource, why string) {
	why = "the state holds no value of it"
	for _, r := range c.of("aws_secretsmanager_secret_version") {
		if !isOf(r, secret) {
			continue
		}
		c.used[r.address] = true
		stages := r.texts("version_stages")
		switch {
		case len(stages) > 0 && !slices.Contains(stages, "AWSCURRENT"):
			c.remark(r, "is no current version, and is not taken over")
		case r.text("secret_binary") != "":
			why = "its value is binary"
		case r.text("secret_string") != "":
			version, why = r, ""
		}
	}
	if secret.truth("rotation_enabled") || c.rotates(secret) {
		why = "it is rotated"
	}
	return version, why
}

func (c *conversion) rotates(secret resource) bool {
	return slices.ContainsFunc(c.of("aws_secretsmanager_secret_rotation"), func(r resource) bool { return isOf(r, secret) })
}

// isOf tells whether a resource says that it is of a secret, by ARN or name.
func isOf(r, secret resource) bool {
	id := r.text("secret_id")
	return id != "" && (id == secret.text("arn") || id == secret.text("name") || id == secret.text("id"))
}

// settings takes the rest over, and remarks on what is otherwise here.
func (c *conversion) settings(r resource, s *manifest.Secret, seen bool) {
	const least, most = 7, 30
	switch days, ok := r.number("recovery_window_in_days"); {
	case ok && days >= least && days < most:
		window := int(days)
		s.RecoveryWindowDays = &window
	case ok && days == 0 && !seen:
		c.remark(r, "is deleted without a recovery window by Terraform; here it is 30 days")
	}
	s.Replicas, s.ResourcePolicy = replicas(r), c.resourcePolicy(r, !seen)
}

// replicas are a secret's copies; nil without any, which manages none.
func replicas(r resource) *[]manifest.Replica {
	var out []manifest.Replica
	for _, item := range list(r.attributes.values["replica"]) {
		region, _ := object(item)["region"].(string)
		key, _ := object(item)["kms_key_id"].(string)
		out = append(out, manifest.Replica{Region: region, KMSKeyID: optional(key)})
	}
	if len(out) == 0 {
		return nil
	}
	slices.SortFunc(out, func(a, b manifest.Replica) int { return strings.Compare(a.Region, b.Region) })
	return &out
}

// resourcePolicy is a secret's own policy, or that of a resource of its own;
// nothing is said of it without either.
func (c *conversion) resourcePolicy(secret resource, first bool) manifest.Removable {
	from := secret
	for _, r := range c.of("aws_secretsmanager_secret_policy") {
		if arn := r.text("secret_arn"); arn != "" && (arn == secret.text("arn") || arn == secret.text("name")) {
			c.used[r.address] = true
			from = r
		}
	}
	if from.text("policy") == "" {
		return manifest.Removable{}
	}
	doc := c.policy(from, "policy", from.text("policy"), first)
	return manifest.Removable{Given: doc != nil, Document: doc}
}

// source is the file that the value belongs in. White space at its end is cut
// where the value has none, as editors end files with a line break.
func source(environment, name, text string) manifest.Source {
	format := formatOf(text)
	file := regexp.MustCompile(`[^A-Za-z0-9._-]+`).ReplaceAllString(name, "-")
	return manifest.Source{File: path.Join("values", environment, file), Format: format,
		Trim: text == strings.TrimRightFunc(text, unicode.IsSpace)}
}

// formatOf is the format that a value is in.
func formatOf(text string) string {
	var members map[string]any
	if json.Unmarshal([]byte(text), &members) == nil && members != nil {
		return "json"
	}
	file := dotenv.Parse([]byte(text))
	if len(file.Entries) > 0 && len(file.Check("")) == 0 {
		return "dotenv"
	}
	return "text"
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// unlessEmpty leaves out AWS's own tags, and a map without any.
func unlessEmpty(tags map[string]string) map[string]string {
	for key := range tags {
		if strings.HasPrefix(key, "aws:") {
			delete(tags, key)
		}
	}
	if len(tags) == 0 {
		return nil
	}
	return tags
}
