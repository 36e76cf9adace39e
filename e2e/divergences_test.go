package e2e

// divergences are the checks of conformance.py that an emulator fails, with
// what it does where AWS does otherwise. The sandbox has none.
func divergences() map[string]map[string]string {
	return map[string]map[string]string{moto: motoDivergences(), ministack: ministackDivergences(), sandbox: {}}
}

func motoDivergences() map[string]string {
	return map[string]string{
		"ecs_bare_family_is_the_latest_active_revision":        "a family without a revision is its last one, deregistered or not",
		"ecs_family_without_active_revisions_is_not_described": "describes a deregistered revision",
		"ecs_lists_families_with_active_revisions":             "lists families whatever their status",
		"ecs_lists_page": "gives all revisions in one page",
		"ecs_lists_the_revisions_of_one_family_in_order": "ignores sort, and takes familyPrefix for a prefix",
		"ecs_port_mappings_get_their_defaults":           "fills in neither hostPort nor protocol",
		"ecs_refuses_a_definition_without_containers":    "registers it",
		"ecs_refuses_a_family_with_spaces":               "registers it",
		"ecs_refuses_a_mount_of_an_absent_volume":        "registers it",
		"ecs_refuses_fargate_sizes_that_do_not_exist":    "registers them",
		"ecs_refuses_two_containers_of_a_name":           "registers them",
		"ecs_says_who_registered_a_revision":             "has neither registeredAt nor registeredBy",
		"ecs_sizes_become_units":                         "keeps cpu and memory as they are written",
		"iam_account_details_page":                       "gives all roles in one page",
		"iam_limits_inline_policies_to_10240_characters": "has no such quota",
		"iam_refuses_a_boundary_that_is_absent":          "takes any ARN",
		"iam_refuses_a_trust_that_is_no_policy":          "CreateRole takes any text",
		"iam_refuses_a_trust_with_a_resource":            "CreateRole takes any text",
		"iam_role_names_ignore_case":                     "takes names that differ by case alone for different",
		"sm_limits_values_to_64_kib":                     "has no such limit",
		"sm_moving_current_back_changes_what_is_read":    "its default version is the one that was put last, not AWSCURRENT",
		"sm_moving_current_changes_what_is_read":         "its default version is the one that was put last, not AWSCURRENT",
		"sm_name_pending_deletion_is_taken":              "refuses it as ResourceExistsException",
		"sm_pending_deletion_is_not_put":                 "puts the value and takes the deletion back",
		"sm_pending_deletion_is_not_tagged":              "tags it",
		"sm_refuses_names_with_spaces":                   "takes any name",
		"sm_versions_without_a_label_are_not_described":  "describes them",
		"sts_refuses_an_absent_role":                     "assumes it",
	}
}

func ministackDivergences() map[string]string {
	return map[string]string{
		"ecs_bare_family_is_the_latest_active_revision":        "a family without a revision is its last one, deregistered or not",
		"ecs_containers_get_their_defaults":                    "fills in no empty lists",
		"ecs_deletes_only_deregistered_revisions":              "deletes active ones",
		"ecs_family_without_active_revisions_is_not_described": "describes a deregistered revision",
		"ecs_lists_the_revisions_of_one_family_in_order":       "takes familyPrefix for a prefix",
		"ecs_port_mappings_get_their_defaults":                 "fills in neither hostPort nor protocol",
		"ecs_refuses_a_family_with_spaces":                     "registers it",
		"ecs_refuses_a_mount_of_an_absent_volume":              "registers it",
		"ecs_refuses_fargate_sizes_that_do_not_exist":          "registers them",
		"ecs_refuses_two_containers_of_a_name":                 "registers them",
		"ecs_sizes_become_units":                               "keeps cpu and memory as they are written",
		"ecs_tags_are_described_only_on_request":               "always describes them",
		"iam_account_details_page":                             "gives all roles in one page",
		"iam_limits_inline_policies_to_10240_characters":       "has no such quota",
		"iam_list_roles_leaves_out_tags":                       "lists them",
		"iam_list_roles_pages":                                 "gives all roles in one page",
		"iam_refuses_a_boundary_that_is_absent":                "takes any ARN",
		"iam_refuses_a_trust_that_is_no_policy":                "takes any text",
		"iam_refuses_a_trust_with_a_resource":                  "takes any text",
		"iam_refuses_to_attach_an_absent_policy":               "attaches any ARN",
		"iam_role_names_ignore_case":                           "takes names that differ by case alone for different",
		"iam_update_role_without_a_duration_resets_it":         "keeps the duration",
		"sm_create_names_the_version_after_the_token":          "CreateSecret draws an id of its own",
		"sm_create_repeated_with_token_and_value_does_nothing": "CreateSecret ignores the token",
		"sm_limits_values_to_64_kib":                           "has no such limit",
		"sm_list_filters_by_prefix_and_negation":               "compares tag keys whole",
		"sm_name_pending_deletion_is_taken":                    "refuses it as ResourceExistsException",
		"sm_put_of_an_old_token_does_not_move_current":         "moves AWSCURRENT to it",
		"sm_put_refuses_a_known_token_with_another_value":      "overwrites the version",
		"sm_refuses_names_with_spaces":                         "takes any name",
		"sts_refuses_an_absent_role":                           "assumes it",
	}
}
