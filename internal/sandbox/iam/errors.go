package iam

import (
	"net/http"

	"ecs-reconciler/internal/sandbox/awserr"
)

// The codes on the wire lack the SDK types' suffix "Exception".
func noSuchEntity(format string, args ...any) error {
	return awserr.New("NoSuchEntity", format, args...).WithStatus(http.StatusNotFound)
}

func alreadyExists(format string, args ...any) error {
	return awserr.New("EntityAlreadyExists", format, args...).WithStatus(http.StatusConflict)
}

func deleteConflict(message string) error {
	return awserr.New("DeleteConflict", "%s", message).WithStatus(http.StatusConflict)
}

func limitExceeded(format string, args ...any) error {
	return awserr.New("LimitExceeded", format, args...).WithStatus(http.StatusConflict)
}

func invalidInput(format string, args ...any) error {
	return awserr.New("InvalidInput", format, args...)
}

func malformedDocument(err error) error {
	return awserr.New("MalformedPolicyDocument", "%s", err.Error())
}

func noSuchRole(name string) error {
	return noSuchEntity("The role with name %s cannot be found.", name)
}

func noSuchUser(name string) error {
	return noSuchEntity("The user with name %s cannot be found.", name)
}

func protected(role *Role) error {
	return awserr.New("UnmodifiableEntity", "Cannot perform the operation on the protected role '%s' "+
		"- this role is only modifiable by AWS", role.Name)
}
