package vaultpass

import (
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/words"
)

// options are the flags of a command line that name passwords.
type options struct{ vaultIDs, passwordFiles []string }

// extraOptions reads a command line of Ansible's and leaves every other flag
// of it alone.
func extraOptions(line string) (options, error) {
	parts, err := words.Split(line)
	if err != nil {
		return options{}, &spec.Error{
			At:      spec.Position{File: "EXTRA_ANSIBLE_OPTIONS"},
			Message: err.Error(),
			Hint:    "it is split into words as a POSIX shell splits a line",
		}
	}
	var found options
	for i := 0; i < len(parts); i++ {
		flag, value, joined := strings.Cut(parts[i], "=")
		list := found.of(flag)
		if list == nil {
			continue
		}
		if !joined {
			if i++; i == len(parts) {
				return options{}, &spec.Error{
					At:      spec.Position{File: "EXTRA_ANSIBLE_OPTIONS"},
					Message: flag + " is not followed by a value",
				}
			}
			value = parts[i]
		}
		*list = append(*list, value)
	}
	return found, nil
}

func (o *options) of(flag string) *[]string {
	switch flag {
	case "--vault-id":
		return &o.vaultIDs
	case "--vault-password-file", "--vault-pass-file":
		return &o.passwordFiles
	default:
		return nil
	}
}
