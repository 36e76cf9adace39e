package resource

import "strings"

// Type is the name of a kind as it stands in plans: secret, role,
// task_definition and so on.
type Type string

// Key names one object within a deployment: its type and the name AWS knows
// it by (a secret's or a role's name, a task definition's family).
type Key struct {
	Type Type   `json:"kind"`
	Name string `json:"name"`
}

// String is "type name".
func (k Key) String() string { return string(k.Type) + " " + k.Name }

// Compare orders keys by type, then name.
func (k Key) Compare(o Key) int {
	if c := strings.Compare(string(k.Type), string(o.Type)); c != 0 {
		return c
	}
	return strings.Compare(k.Name, o.Name)
}
