package policydoc

import (
	"regexp"
	"slices"
	"strings"
)

// The two versions of the policy language that exist.
const (
	Version2008 = "2008-10-17"
	Version2012 = "2012-10-17"
)

var sidPattern = regexp.MustCompile(`^[0-9A-Za-z]*$`)

const errSidAlphabet = Malformed("Statement IDs (SID) must be alpha-numeric. " +
	"Check that your input satisfies the regular expression [0-9A-Za-z]*")

// statements are the document's statements, whether it has one or a list.
func statements(root *Node) []*Node { return root.Get("Statement").List() }

// isText tells whether n is one string or a list of nothing but strings.
func isText(n *Node) bool {
	for _, item := range n.List() {
		if item.Kind != String {
			return false
		}
	}
	return n != nil
}

// checkSids refuses Sids outside AWS's alphabet, and a Sid that occurs twice
// with the error given. An empty Sid may be repeated.
func checkSids(all []*Node, twice error) error {
	seen := map[string]bool{}
	for _, st := range all {
		sid := st.Get("Sid")
		if sid == nil || sid.Text == "" {
			continue
		}
		if !sidPattern.MatchString(sid.Text) {
			return errSidAlphabet
		}
		if seen[sid.Text] {
			return twice
		}
		seen[sid.Text] = true
	}
	return nil
}

// unknownKey names the first member that is not in the space-separated list.
func unknownKey(n *Node, known string) (string, bool) {
	names := strings.Fields(known)
	for _, m := range n.Members {
		if !slices.Contains(names, m.Key) {
			return m.Key, true
		}
	}
	return "", false
}
