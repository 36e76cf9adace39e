package cloudreactor

import (
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// defaultAPI is where CloudReactor is unless the project says otherwise.
const defaultAPI = "https://api.cloudreactor.io"

// recipes4 are what schema 4 derives. What comes first is used by the rest.
func recipes4() []recipe {
	return []recipe{
		{"task_name_safe", taskNameSafe},
		combining("project_env_metadata", "project_metadata", "env_metadata"),
		attribute("project_name", "name"),
		attribute("project_version_number", "version_number"),
		attribute("project_version_text", "version_text"),
		attribute("source_repository_url", "source_repository_url"),
		combining("project_env_aws", "project_aws", "env_aws"),
		{runEnvironmentAWS, runEnvironmentSettings},
		{"task_indep_aws", overRunEnvironment},
		{"aws_region", regionIn("task_indep_aws")},
		combining("project_env_ecs", "project_ecs", "env_ecs"),
		same("task_indep_ecs", "project_env_ecs"),
		combining("resolved_cloudreactor", "project_cloudreactor", "env_cloudreactor"),
		{"cloudreactor_enabled", enabled},
		{"cloudreactor_api_base_url", apiBaseURL},
		{"run_environment_name", runEnvironment},
		combining("build_options", "project_build_options", "env_build_options"),
		combining("project_env_deployment", "project_deployment", "env_deployment"),
		{"task_runtime_env_secret_path", orUnset("project_env_deployment", "task_runtime_env_secret_path")},
		{"container_registry_credentials_secret_path", orUnset("project_env_deployment", "container_registry_credentials_secret_path")},
		{"resolved_task_runtime_env_secret_path", secretARN},
		{"ecr_aws_account_id", registryAccount},
		{"ecr_aws_region", registryRegion},
		{"container_registry_host", registryHost},
		{"container_repository", either("build_options", "container_repository", "project_name")},
		{"source_docker_image_tag", sourceTag},
		{"target_docker_image_tag", either("build_options", "target_docker_image_tag", "source_docker_image_tag")},
		{"target_docker_image_name_without_tag", targetRepository},
		{"target_docker_image_name", joined("target_docker_image_name_without_tag", ":", "target_docker_image_tag")},
	}
}

// recipes3 are what the schemas before 4 derive.
func recipes3() []recipe {
	return []recipe{
		combining("build_options", "default_build_options"),
		combining("resolved_cloudreactor", "default_cloudreactor", "cloudreactor"),
		{"cloudreactor_enabled", enabled},
		{"cloudreactor_api_base_url", apiBaseURL},
		{"run_environment_name", runEnvironment},
		{runEnvironmentAWS, runEnvironmentSettings},
		combining("aws", runEnvironmentAWS, "project_aws"),
		{"aws_region", regionIn("aws")},
		{"ecr_hostname", registryOf("aws")},
		{"docker_image_name", imageBefore4},
	}
}

// runEnvironmentAWS holds the lowest layer of the AWS settings.
const runEnvironmentAWS = "reconciler_run_environment_aws"

func runEnvironmentSettings(v variables) (*yaml11.Node, error) {
	var fields []yaml11.Field
	for _, f := range [][2]string{{"account_id", v.in.RunEnvironment.AccountID}, {"region", v.in.RunEnvironment.Region}} {
		if f[1] != "" {
			fields = append(fields, yaml11.Field{Key: final(f[0], spec.Position{}), Value: final(f[1], spec.Position{})})
		}
	}
	return yaml11.NewMap(fields, v.in.Stem.At), nil
}

// overRunEnvironment is what the files say over what is said instead of a Run
// Environment.
func overRunEnvironment(v variables) (*yaml11.Node, error) {
	if _, err := v.made("project_env_aws"); err != nil {
		return nil, err
	}
	return v.combined(runEnvironmentAWS, "project_env_aws")
}

func combining(name string, of ...string) recipe {
	return recipe{name, func(v variables) (*yaml11.Node, error) { return v.combined(of...) }}
}

// same is another name of a variable.
func same(name, of string) recipe {
	return recipe{name, func(v variables) (*yaml11.Node, error) { return v.made(of) }}
}

// attribute is the text of one setting, empty for null; there is none without
// the setting.
func attribute(name, key string) recipe {
	return recipe{name, func(v variables) (*yaml11.Node, error) {
		all, err := v.made("project_env_metadata")
		n := field(all, key)
		switch {
		case err != nil || n == nil:
			return nil, orNotYet(err)
		case n.IsNull():
			return final("", n.At), nil
		default:
			return derived(yaml11.PyStr(n), n), nil
		}
	}}
}

func orNotYet(err error) error {
	if err == nil {
		return errNotYet
	}
	return err
}

func orUnset(of, key string) func(variables) (*yaml11.Node, error) {
	return func(v variables) (*yaml11.Node, error) {
		n, err := v.part(of, key)
		if err != nil {
			return nil, err
		}
		if n == nil {
			return final(unset, spec.Position{}), nil
		}
		return derived(yaml11.PyStr(n), n), nil
	}
}

func enabled(v variables) (*yaml11.Node, error) {
	all, err := v.made("resolved_cloudreactor")
	if err != nil {
		return nil, err
	}
	if n := all.Get("enabled"); n != nil {
		return n, nil
	}
	return yaml11.NewBool(true, all.At), nil
}

func apiBaseURL(v variables) (*yaml11.Node, error) {
	n, err := v.part("resolved_cloudreactor", "api_base_url")
	if err != nil {
		return nil, err
	}
	url := v.environ(textOf(n, ""), "CLOUDREACTOR_API_BASE_URL")
	if url == "" {
		url = defaultAPI
	}
	return made(url, placeOf(n, spec.Position{}), n), nil
}

func runEnvironment(v variables) (*yaml11.Node, error) {
	n, err := v.part("resolved_cloudreactor", "run_environment")
	return made(textOf(n, v.in.Environment), placeOf(n, spec.Position{}), n), err
}

// regionIn is the region in the AWS settings, else the process's.
func regionIn(aws string) func(variables) (*yaml11.Node, error) {
	return func(v variables) (*yaml11.Node, error) {
		n, err := v.part(aws, "region")
		if err != nil {
			return nil, err
		}
		if err := open(n, v.in.Stem.At, "region"); err != nil {
			return nil, err
		}
		region := textOf(n, "")
		if region == "" {
			region = v.environ(v.in.Region, "AWS_DEFAULT_REGION", "AWS_REGION")
		}
		if region == "" {
			return nil, &spec.Error{At: v.in.Stem.At, Path: aws + ".region", Message: "the region is not known", Hint: "set region in the file's AWS settings, or AWS_REGION"}
		}
		return final(region, placeOf(n, spec.Position{})), nil
	}
}

// taskNameSafe is the task's name also where no task is at hand.
func taskNameSafe(v variables) (*yaml11.Node, error) {
	if item := v.scope.Raw("item"); item != nil {
		return item, nil
	}
	return final("_TASK_NAME_PLACEHOLDER_", spec.Position{}), nil
}

// account is the account in the AWS settings. An id that YAML reads as a
// number is taken as it was written.
func account(aws *yaml11.Node) (string, error) {
	n := given(aws, "account_id")
	if n == nil {
		return "", &spec.Error{At: placeOf(aws, spec.Position{}), Path: "account_id", Message: "the AWS account is not known",
			Hint: "set account_id in the AWS settings, or for the environment in reconciler.yaml; what CloudReactor's Run Environment says is not read"}
	}
	if err := open(n, aws.At, "account_id"); err != nil {
		return "", err
	}
	text := yaml11.PyStr(n)
	if n.Kind == yaml11.Int {
		text = n.Text
	}
	if !spec.IsAccountID(text) {
		return "", &spec.Error{At: n.At, Path: "account_id", Message: shown(n) + " is no account id", Hint: "want twelve digits, in quotes"}
	}
	return text, nil
}

// secretARN is the place of the uploaded env file; empty without one.
func secretARN(v variables) (*yaml11.Node, error) {
	path, err := v.text("task_runtime_env_secret_path")
	switch {
	case err != nil:
		return nil, err
	case path.Text == unset:
		return final("", spec.Position{}), nil
	case hasARN(path.Text):
		return made(path.Text, spec.Position{}, path), nil
	}
	arn, err := v.arn("secretsmanager", "secret:"+path.Text)
	if err != nil {
		return nil, err
	}
	return made(arn, spec.Position{}, path), nil
}

// arn is one in the project's own account and region; IAM has no regions.
func (v variables) arn(service, resource string) (string, error) {
	name := "task_indep_aws"
	if v.scope.Raw(name) == nil {
		name = "aws"
	}
	aws, err := v.mapping(name)
	if err != nil {
		return "", err
	}
	id, err := account(aws)
	if err != nil {
		return "", err
	}
	region, err := v.text("aws_region")
	if err != nil {
		return "", err
	}
	arn := spec.ARN{Partition: partitionOf(region.Text), Service: service, Region: region.Text, AccountID: id, Resource: resource}
	if service == "iam" {
		arn.Region = ""
	}
	return arn.String(), nil
}
