package policydoc

import "fmt"

// Malformed is why IAM refuses a document, in IAM's own words. It goes out
// under the code MalformedPolicyDocument.
type Malformed string

// Error is the sentence, as AWS words it.
func (m Malformed) Error() string { return string(m) }

func malformed(format string, args ...any) error { return Malformed(fmt.Sprintf(format, args...)) }
