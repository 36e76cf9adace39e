package expr

import "ecs-reconciler/pkg/spec/load/yaml11"

// node is a part of an expression.
type node interface {
	eval(ev *evaluator) (*yaml11.Node, error)
}

type (
	constantNode struct{ value *yaml11.Node }
	nameNode     struct{ name string }

	attributeNode struct { // a.b
		target node
		name   string
	}
	indexNode struct { // a['b'], a[0], a.0
		target, index node
	}
	sliceNode struct { // a[1:2:3]; each part may be nil
		target          node
		first, last, by node
	}

	listNode struct {
		items []node
		tuple bool
	}
	mapNode struct{ keys, values []node }

	negateNode struct { // -a, +a
		sign    string
		operand node
	}
	arithmeticNode struct { // a + b
		sign        string
		left, right node
	}
	concatNode struct{ parts []node } // a ~ b ~ c

	compareNode struct { // a < b <= c, a in b
		first node
		rest  []comparison
	}
	comparison struct {
		sign  string // also "in", "not in"
		right node
	}

	notNode   struct{ operand node }
	logicNode struct { // a and b, a or b
		or          bool
		left, right node
	}
	conditionalNode struct { // a if c else b
		condition, then, otherwise node // otherwise may be nil
	}

	filterNode struct { // a | f(…)
		target node
		name   string
		args   arguments
	}
	testNode struct { // a is t
		target  node
		name    string
		negated bool
	}
	lookupNode struct{ args arguments }
)

// arguments are those of a call, not evaluated yet.
type arguments struct {
	positional []node
	named      map[string]node
}

// isPath tells whether a node only points at a value of a variable, which
// counts as used as soon as something is done with it.
func isPath(n node) bool {
	switch n.(type) {
	case *nameNode, *attributeNode, *indexNode:
		return true
	}
	return false
}
