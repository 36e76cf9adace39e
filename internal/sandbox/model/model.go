// Package model is AWS's own description of the operations that the sandbox
// serves: shapes, wire names, constraints and error statuses.
//
// It guarantees to say what AWS's public API models say and nothing else: the
// zz_*.go tables are written by internal/sandbox/gen from the service-2.json
// files that botocore carries, and never by hand.
package model

// Protocol is how a service is spoken to.
type Protocol string

// The protocols of the services that the sandbox plays.
const (
	// JSON is awsJson1_1: an X-Amz-Target header and a JSON body.
	JSON Protocol = "json"
	// Query is awsQuery: a form in, XML out.
	Query Protocol = "query"
	// REST is restJson1: a method and a path, and JSON both ways.
	REST Protocol = "rest-json"
)

// Kind is the type of a shape, in the words of the service model.
type Kind string

// The kinds that occur in the services that the sandbox plays.
const (
	Structure Kind = "structure"
	List      Kind = "list"
	Map       Kind = "map"
	String    Kind = "string"
	Integer   Kind = "integer"
	Long      Kind = "long"
	Float     Kind = "float"
	Double    Kind = "double"
	Boolean   Kind = "boolean"
	Timestamp Kind = "timestamp"
	Blob      Kind = "blob"
	// Document is free-form JSON.
	Document Kind = "document"
)

// Service is one service's operations.
type Service struct {
	// Name is the name that requests are signed for, such as secretsmanager.
	Name     string
	Protocol Protocol
	// Version is the API's date, such as 2010-05-08.
	Version string
	// TargetPrefix stands before the dot of X-Amz-Target (JSON only).
	TargetPrefix string
	// XMLNamespace is the namespace of answers (Query only).
	XMLNamespace string
	// MessageMember is how an error's message is spelled: message or Message.
	MessageMember string
	// JSONVersion is that of the content type where it is not 1.1 (JSON only).
	JSONVersion string
	// QueryCompatible says that errors carry a code of awsQuery too, which the
	// service spoke before (JSON only).
	QueryCompatible bool
	Operations      map[string]Operation
	Shapes          map[string]Shape
	// Errors are the error codes that the model knows, with their HTTP status.
	Errors map[string]int
}

// Operation names the shapes that it takes and gives. Output is empty where
// AWS answers without a result. Method and URI, a path such as
// /schedules/{Name}, address it (REST only).
type Operation struct{ Input, Output, Method, URI string }

// Shape is one type. Min and Max bound a string's or list's length, a blob's
// bytes, or a number's value.
type Shape struct {
	Kind           Kind
	Members        []Member // of a structure, in the model's order
	Elem           string   // the shape of a list's or map's values
	Key            string   // the shape of a map's keys
	HasMin, HasMax bool
	Min, Max       int64
	Pattern        string // a regular expression that matches the whole value
	Enum           []string
	// Sensitive values are never repeated in an error.
	Sensitive bool
	// Boxed numbers and booleans may be absent from an answer; the others are
	// always written.
	Boxed bool
}

// Member is one field of a structure, under its wire name.
type Member struct {
	Name, Shape string
	Required    bool
	Boxed       bool
	// In is uri or querystring for an input's member that travels there, under
	// the name As, and empty for the body's (REST only).
	In, As string
}

// Services are all services, by the name that requests are signed for. The
// result is the caller's own.
func Services() map[string]*Service {
	all := []*Service{secretsmanager(), sts(), iam(), ecs(), tagging(), ssm(), logs(), scheduler(), events(), sqs()}
	out := make(map[string]*Service, len(all))
	for _, s := range all {
		out[s.Name] = s
	}
	return out
}

// Member finds a member by its wire name.
func (s Shape) Member(name string) (Member, bool) {
	for _, m := range s.Members {
		if m.Name == name {
			return m, true
		}
	}
	return Member{}, false
}
