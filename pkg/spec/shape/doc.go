// Package shape turns documents written as AWS writes them (camelCase keys)
// into the SDK's request structs and back, and describes those structs as
// JSON Schema.
//
// It guarantees that nothing is dropped: every key that the struct has no
// field for, every value of another type and every enum value that the SDK
// does not know is a Problem with its place and, where one is near, the word
// that was probably meant. Values are never quoted in a Problem, since a
// document may hold passwords; keys and enum values are. Encoding what was
// decoded gives an equal document, and the reverse.
//
// The SDK's structs carry no JSON tags. A member's name in the API is its Go
// field's with the first letter lowered; the tests hold that against the
// SDK's own schemas, member by member.
package shape
