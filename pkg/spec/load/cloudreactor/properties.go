package cloudreactor

// property is a setting of the wrapper that becomes PROC_WRAPPER_<NAME>.
type property struct {
	name   string
	real   string // what the wrapper reads instead; "" when it reads that name
	since4 bool   // not known before schema 4
	unread bool   // only the real name is written
}

// wrapperProperties are those that the deployer passes on, in its order. That
// six names are not read, and which are, is in proc_wrapper 6's
// proc_wrapper_params.py.
func wrapperProperties() []property {
	return []property{
		{name: "config_merge_strategy"},
		{name: "overwrite_env_with_secrets"},
		{name: "config_ttl_seconds"},
		{name: "resolve_secrets"},
		{name: "max_config_resolution_depth"},
		{name: "max_config_resolution_iterations"},
		{name: "fail_fast_config_resolution"},
		{name: "resolvable_env_var_name_prefix", real: "RESOLVABLE_ENV_VAR_NAME_PREFIX", unread: true},
		{name: "resolvable_env_var_name_suffix", real: "RESOLVABLE_ENV_VAR_NAME_SUFFIX", unread: true},
		{name: "resolvable_env_var_prefix", real: "RESOLVABLE_ENV_VAR_NAME_PREFIX"},
		{name: "resolvable_env_var_suffix", real: "RESOLVABLE_ENV_VAR_NAME_SUFFIX"},
		{name: "resolvable_config_property_name_prefix"},
		{name: "resolvable_config_property_name_suffix"},
		{name: "env_var_name_for_config"},
		{name: "input_env_var_name", since4: true},
		{name: "input_filename", since4: true},
		{name: "cleanup_input_file", since4: true},
		{name: "input_value_format", since4: true},
		{name: "send_input_value", since4: true},
		{name: "result_filename", since4: true},
		{name: "result_value_format", since4: true},
		{name: "cleanup_result_file", since4: true},
		{name: "shell_mode"},
		{name: "strip_shell_wrapping"},
		{name: "process_max_retries", real: "TASK_MAX_RETRIES"},
		{name: "process_retry_delay_seconds"},
		{name: "process_check_interval", real: "PROCESS_CHECK_INTERVAL_SECONDS"},
		{name: "process_group_termination", real: "TERMINATE_PROCESS_GROUP"},
		{name: "process_termination_grace_period_seconds"},
		{name: "offline_mode"},
		{name: "prevent_offline_execution"},
		{name: "send_pid"},
		{name: "send_hostname"},
		{name: "send_runtime_metadata"},
		{name: "api_heartbeat_interval_seconds"},
		{name: "api_error_timeout_seconds"},
		{name: "api_retry_delay_seconds"},
		{name: "api_resume_delay_seconds"},
		{name: "api_task_execution_creation_error_timeout_seconds", real: "API_TASK_CREATION_ERROR_TIMEOUT_SECONDS"},
		{name: "api_task_execution_creation_conflict_timeout_seconds"},
		{name: "api_task_execution_creation_conflict_retry_delay_seconds"},
		{name: "api_final_update_timeout_seconds"},
		{name: "api_request_timeout_seconds"},
		{name: "enable_status_update_listener"},
		{name: "status_update_interval_seconds"},
		{name: "status_update_socket_port"},
		{name: "log_level"},
		{name: "log_secrets"},
		{name: "log_input_value", since4: true},
		{name: "log_result_value", since4: true},
		{name: "include_timestamps_in_log"},
		{name: "num_log_lines_sent_on_failure", since4: true},
		{name: "num_log_lines_sent_on_timeout", since4: true},
		{name: "num_log_lines_sent_on_success", since4: true},
		{name: "log_lines_sent_on_heartbeat", since4: true},
		{name: "max_log_line_length", since4: true},
		{name: "merge_stdout_and_stderr_logs", since4: true},
		{name: "ignore_stdout", since4: true},
		{name: "ignore_stderr", since4: true},
		{name: "sidecar_container_mode", since4: true},
		{name: "rollbar_retries"},
		{name: "rollbar_retry_delay_seconds"},
		{name: "rollbar_timeout_seconds"},
	}
}
