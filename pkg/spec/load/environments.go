package load

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// environmentOf is what a Project says of the environment that is loaded. Its
// environments may be left to CloudReactor's vars.
func (l *loader) environmentOf(doc manifest.Project, n *yaml11.Node) (*source.Project, error) {
	const wanted = "/spec/required_version"
	if err := satisfies(l.Version, doc.Spec.RequiredVersion, place(n, wanted)); err != nil {
		err.Message = unquoted(n, wanted, err.Message)
		return nil, err
	}
	p := &source.Project{Name: doc.Metadata.Name}
	if p.Name == "" {
		return nil, &spec.Error{At: place(n, "/metadata"), Path: "metadata.name", Message: "the project has no name"}
	}
	if len(doc.Spec.Environments) == 0 && l.common == nil {
		return nil, &spec.Error{At: place(n, "/spec"), Path: "spec.environments", Message: "the project names no environments", Hint: "want environments: {NAME: {account_id: …, region: …}}"}
	}
	known := slices.Sorted(maps.Keys(doc.Spec.Environments))
	e, ok := doc.Spec.Environments[l.Environment]
	if !ok && (l.common == nil || len(known) > 0) {
		return nil, &spec.Error{At: place(n, "/spec/environments"), Path: "spec.environments", Message: fmt.Sprintf("there is no environment %q", l.Environment),
			Hint: environmentHint(l.Environment, known)}
	}
	if problems := l.environmentForm(e, n); len(problems) > 0 {
		return nil, problems
	}
	p.ExecutionRole, p.OnSecretChange = e.ExecutionRoleARN, e.OnSecretChange
	p.AssumeRole = spec.AssumeRole{ExternalID: e.AssumeRoleExternalID, SessionTags: e.AssumeRoleSessionTags}
	p.AccountID, p.Region, p.AssumeRoleARN, p.TrustedAccounts, p.Tags = e.AccountID, e.Region, e.AssumeRoleARN, e.TrustedAccounts, e.Tags
	return p, nil
}

// environmentForm finds an account or a region that can be none.
func (l *loader) environmentForm(e manifest.Environment, n *yaml11.Node) spec.Errors {
	var problems spec.Errors
	fail := func(key, hint, message string) {
		pointer := "/spec/environments/" + l.Environment + "/" + key
		message = unquoted(n, pointer, message)
		problems = append(problems, &spec.Error{At: place(n, pointer), Path: dotted(pointer), Message: message, Hint: hint})
	}
	if e.AccountID != "" && !spec.IsAccountID(e.AccountID) {
		fail("account_id", "want twelve digits, in quotes", fmt.Sprintf("%q is no account id", e.AccountID))
	}
	for i, account := range e.TrustedAccounts {
		if !spec.IsAccountID(account) {
			fail(fmt.Sprintf("trusted_accounts/%d", i), "want twelve digits, in quotes", fmt.Sprintf("%q is no account id", account))
		}
	}
	if word := string(e.OnSecretChange); word != "" && !slices.Contains(secretChanges(), word) {
		fail("on_secret_change", suggestion(word, secretChanges()), fmt.Sprintf("%q is not one of %s", word, strings.Join(secretChanges(), ", ")))
	}
	if wrong := regionForm(e.Region); wrong != "" {
		fail("region", regionHint, wrong)
	}
	if id := e.AssumeRoleExternalID; id != "" && !spec.IsExternalID(id) {
		fail("assume_role_external_id", "AWS takes 2 to 1224 letters, digits and _+=,.@:/-", "this is no external id")
	}
	if wrong := spec.SessionTagsForm(e.AssumeRoleSessionTags); wrong != "" {
		fail("assume_role_session_tags", "", wrong)
	}
	return problems
}

// unquoted is a message about what stands at a pointer, or one that tells less
// when that must not be quoted.
func unquoted(n *yaml11.Node, pointer, message string) string {
	if at := source.Find(n, pointer); at != nil && at.Marks != (yaml11.Marks{}) {
		return "what the expression makes cannot be used here"
	}
	return message
}

// knownEnvironments refuses the name of an environment that the project does
// not have: a task for it would never run.
func (l *loader) knownEnvironments(t source.Task) spec.Errors {
	var problems spec.Errors
	for i, name := range t.Doc.Spec.Environments {
		known := l.environmentNames()
		if known == nil || slices.Contains(known, name) {
			continue
		}
		pointer := "/spec/environments/" + strconv.Itoa(i)
		message := fmt.Sprintf("the project has no environment %q", name)
		if t.Outside != nil && t.Outside(pointer) {
			message = "the project has no such environment"
		}
		problems = append(problems, &spec.Error{At: t.Place(pointer), Path: dotted(pointer), Message: message, Hint: environmentHint(name, known)})
	}
	return problems
}

func environmentHint(name string, known []string) string {
	return orElse(suggestion(name, known), "the environments are "+strings.Join(known, ", "))
}

// environmentNames are the project's environments, nil when they cannot be
// told: CloudReactor's files of variables may be named otherwise.
func (l *loader) environmentNames() []string {
	names := []string{l.Environment}
	if l.document != nil {
		if environments := l.document.Get("spec").Get("environments"); environments != nil {
			for _, f := range environments.Fields {
				names = append(names, f.KeyText())
			}
		}
	}
	if l.common == nil {
		return distinctNames(names)
	}
	files, err := l.varsNames()
	if err != nil || l.stemName() != l.Environment {
		return nil
	}
	return distinctNames(append(names, files...))
}

func distinctNames(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}
