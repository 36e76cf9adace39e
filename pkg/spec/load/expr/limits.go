package expr

import (
	"fmt"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

const (
	maxNodes  = 1_000_000 // in one value
	maxSpent  = 64 << 20  // bytes of text made by one call of Eval
	maxBits   = 1 << 16   // of an integer
	maxTokens = 20_000    // in one template
	maxNested = 500       // brackets in one expression
)

// checkSize refuses a value that sharing keeps small in memory but that would
// be huge for whoever walks it.
func checkSize(n *yaml11.Node) error {
	left := maxNodes
	countDown(n, &left)
	if left >= 0 {
		return nil
	}
	return &spec.Error{At: n.At, Message: fmt.Sprintf("the result has more than %d parts", maxNodes),
		Hint: "variables that repeat each other grow with every step"}
}

func countDown(n *yaml11.Node, left *int) {
	*left--
	for i := 0; i < len(n.Items) && *left >= 0; i++ {
		countDown(n.Items[i], left)
	}
	for i := 0; i < len(n.Fields) && *left >= 0; i++ {
		*left--
		countDown(n.Fields[i].Value, left)
	}
}

// spend accounts for text before it is made.
func (ev *evaluator) spend(bytes int) error {
	if ev.scope.run.spent += bytes; ev.scope.run.spent <= maxSpent {
		return nil
	}
	return ev.fail(fmt.Sprintf("the expressions here make more than %d MB of text", maxSpent>>20),
		"variables that repeat each other grow with every step")
}
