package events

// roles are the roles that a record of IAM is about. What changes a managed
// policy changes no role: its attachment is all that a role knows of it.
func (t *trail) roles() ([]object, error) {
	switch t.EventName {
	case "AttachRolePolicy", "CreateRole", "DeleteRole", "DeleteRolePermissionsBoundary", "DeleteRolePolicy", "DetachRolePolicy",
		"PutRolePermissionsBoundary", "PutRolePolicy", "TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole",
		"UpdateRoleDescription":
		name, err := t.text("roleName")
		return objects(Role, name), err
	default:
		return nil, nil
	}
}
