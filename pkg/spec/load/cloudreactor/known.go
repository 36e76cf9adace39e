package cloudreactor

import "strings"

// The keys that the deployer's playbooks and templates read, or send on to
// CloudReactor, by generation.

func topKeys4() keys {
	task := taskKeys4()
	aws, ecs := task["aws"], task["ecs"]
	perTask := keys{"*": task}
	metadata := named("name version_text version_number source_repository_url")
	deployment := named("task_runtime_env_secret_path store_task_runtime_env_in_secrets_manager container_registry_credentials_secret_path " +
		"store_container_registry_credentials_in_secrets_manager container_registry_pull_username container_registry_pull_password")
	return keys{
		"schema_version": nil, "project_metadata": metadata, "env_metadata": metadata,
		"project_build_options": nil, "env_build_options": nil, "project_deployment": deployment, "env_deployment": deployment,
		"project_cloudreactor": cloudreactorKeys(), "env_cloudreactor": cloudreactorKeys(),
		"project_aws": aws, "env_aws": aws, "project_ecs": ecs, "env_ecs": ecs,
		"project_task_config": task, "env_task_config": task, "env_to_task_config": perTask,
		"project_task_name_to_config": perTask, "env_task_name_to_config": perTask, "env_to_task_name_to_config": {"*": perTask},
	}
}

func topKeysBefore4() keys {
	task := taskKeysBefore4()
	aws := named("account_id region subnets security_groups")
	aws["ecs"] = task["ecs"]
	perTask := keys{"*": task}
	return keys{
		"project_name": nil, "project_version_text": nil, "project_version_number": nil, "project_url": nil,
		"use_task_role": nil, "use_secrets_manager": nil, "default_build_options": nil,
		"default_cloudreactor": cloudreactorKeys(), "cloudreactor": cloudreactorKeys(), "project_aws": aws,
		"default_task_config": task, "default_env_task_config": task, "env_to_default_task_config": perTask,
		"task_name_to_config": perTask, "task_name_to_env_config": perTask, "env_to_task_name_to_config": {"*": perTask},
	}
}

// named are keys with nothing to check below them.
func named(names string) keys {
	out := keys{}
	for name := range strings.FieldsSeq(names) {
		out[name] = nil
	}
	return out
}

func cloudreactorKeys() keys {
	return named("enabled api_base_url deploy_api_key task_api_key run_environment")
}

// taskKeys are those of both generations.
func taskKeys() keys {
	out := named(`command env deployed schedule scheduled_instance_count is_service service_instance_count min_service_instance_count
		max_concurrency max_age_seconds work_dir task_version_number task_version_text run_environment alert_methods links
		description enabled max_manual_start_delay_seconds max_heartbeat_lateness postponed_failure_before_success_seconds
		max_postponed_failure_count postponed_timeout_before_success_seconds max_postponed_timeout_count
		postponed_missing_execution_before_start_seconds max_postponed_missing_execution_count min_missing_execution_delay_seconds
		should_clear_failure_alerts_on_success should_clear_timeout_alerts_on_success is_scheduling_managed is_service_managed
		default_input_value input_value_schema output_value_schema managed_probability failure_report_probability
		timeout_report_probability`)
	wrapper := named("env_locations config_locations process_timeout_seconds other_instance_metadata rollbar_access_token")
	for _, p := range wrapperProperties() {
		wrapper[p.name] = nil
	}
	out["wrapper"] = wrapper
	return out
}

func taskKeys4() keys {
	out := taskKeys()
	for _, name := range []string{"removed_from_task_manager", "cloudreactor_task_name", "wrapped_container_names"} {
		out[name] = nil
	}
	breaker := named("minimum_healthy_percent maximum_percent enable_circuit_breaker rollback_on_failure")
	breaker["deployment_circuit_breaker"] = named("enable rollback_on_failure")
	service := named("force_new_deployment enable_ecs_managed_tags propagate_tags tags delay")
	service["deployment_configuration"] = breaker
	service["load_balancer_settings"] = keys{
		"health_check_grace_period_seconds": nil, "load_balancers": named("target_group_arn container_name container_port")}
	out["service_settings"] = service
	ecs := named(`cpu_units memory_mb execution_role_arn task_role_arn docker_image_name task_definition_arn task_definition_family
		main_container_name monitor_container_name use_default_linux_parameters extra_container_cpu_units extra_container_memory_mb
		extra_main_container_properties extra_container_definitions extra_task_definition_properties cluster_arn platform_version
		enable_ecs_managed_tags enable_execute_command propagate_tags launch_type`)
	ecs["service"] = service
	out["ecs"] = ecs
	awslogs := named("log_group stream_prefix region create_group")
	aws := named("account_id region tags log_configuration")
	aws["network"] = named("subnets security_groups assign_public_ip region")
	aws["logging"] = keys{"awslogs": awslogs}
	out["aws"] = aws
	return out
}

func taskKeysBefore4() keys {
	out := taskKeys()
	deployment := named("minimum_healthy_percent maximum_percent enable_circuit_breaker rollback_on_failure force_new_deployment")
	service := named(`force_new_deployment health_check_grace_period_seconds load_balancer_health_check_grace_period_seconds
		enable_ecs_managed_tags propagate_tags tags delay`)
	service["deployment_configuration"] = deployment
	service["load_balancers"] = named("target_group_arn container_name container_port")
	task := named("role_arn tags")
	task["network"] = named("subnets security_groups assign_public_ip")
	task["logging"] = keys{"log_group": nil, "awslogs": named("region stream_prefix create_group")}
	ecs := named(`cpu_units memory_mb execution_role_arn use_default_linux_parameters extra_container_cpu_units
		extra_container_memory_mb extra_main_container_properties extra_container_definitions extra_task_definition_properties
		cluster_name platform_version enable_ecs_managed_tags`)
	ecs["service"], ecs["task"] = service, task
	out["ecs"] = ecs
	return out
}
