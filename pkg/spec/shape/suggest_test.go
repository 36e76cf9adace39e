package shape

import "testing"

func TestSuggest(t *testing.T) {
	known := []string{"family", "cpu", "memory", "containerDefinitions", "environment", "environmentFiles", "taskRoleArn"}
	for word, want := range map[string]string{
		"famliy":                "family",
		"familly":               "family",
		"FAMILY":                "family",
		"container_definitions": "containerDefinitions",
		"container-definition":  "containerDefinitions",
		"taskRole":              "taskRoleArn",
		"env":                   "environment",
		"cpus":                  "cpu",
		"cp":                    "cpu",
		"x":                     "",
		"":                      "",
		"network":               "",
		"mem":                   "memory",
	} {
		if got := Suggest(word, known); got != want {
			t.Errorf("Suggest(%q) is %q, want %q", word, got, want)
		}
	}
	if got := Suggest("anything", nil); got != "" {
		t.Errorf("a suggestion out of nothing: %q", got)
	}
	if got := Suggest("aac", []string{"aab", "aaa"}); got != "aaa" {
		t.Errorf("of two equally near the first in the alphabet is wanted, got %q", got)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "acb", 1},
		{"abc", "ab", 1}, {"kitten", "sitting", 3}, {"é", "e", 1},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) is %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestTypo(t *testing.T) {
	known := []string{"project_task_config", "env_aws"}
	for word, want := range map[string]string{
		"project_task_confg": "project_task_config", "project_tsak_config": "project_task_config", "project-task-config": "project_task_config",
		"env_awss": "env_aws", "project_task_cfg": "", "team": "",
	} {
		if got := Typo(word, known); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
}
