package expr

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// integer is the value of an Int or, as in Python, a Bool.
func integer(n *yaml11.Node) (*big.Int, bool) {
	if n.Kind == yaml11.Int {
		return n.Int, true
	}
	if i, ok := smallInt(n); ok {
		return big.NewInt(i), true
	}
	return nil, false
}

// float is the value of any number; false also for an integer too large.
func float(n *yaml11.Node) (float64, bool) {
	if n.Kind == yaml11.Float {
		return n.Float, true
	}
	i, ok := integer(n)
	if !ok {
		return 0, false
	}
	f, _ := new(big.Float).SetInt(i).Float64()
	return f, !math.IsInf(f, 0)
}

func (n *negateNode) eval(ev *evaluator) (*yaml11.Node, error) {
	value, err := ev.value(n.operand)
	if err != nil {
		return nil, err
	}
	if value.Kind == yaml11.Float {
		if n.sign == "-" {
			return yaml11.NewFloat(-value.Float, ev.at), nil
		}
		return value, nil
	}
	i, ok := integer(value)
	if !ok {
		return nil, ev.fail(describe(value)+" has no sign", "use | int")
	}
	if n.sign == "-" {
		i = new(big.Int).Neg(i)
	}
	return yaml11.NewInt(i, ev.at), nil
}

func (n *arithmeticNode) eval(ev *evaluator) (*yaml11.Node, error) {
	left, err := ev.value(n.left)
	if err != nil {
		return nil, err
	}
	right, err := ev.value(n.right)
	if err != nil {
		return nil, err
	}
	if n.sign == "+" && left.Kind == right.Kind {
		switch left.Kind {
		case yaml11.String:
			return ev.text(left.Text + right.Text), ev.spend(len(left.Text) + len(right.Text))
		case yaml11.List:
			return ev.join(left, right)
		}
	}
	if n.sign == "*" {
		if out, err := ev.repeat(left, right); out != nil || err != nil {
			return out, err
		}
		if out, err := ev.repeat(right, left); out != nil || err != nil {
			return out, err
		}
	}
	return ev.calculate(n.sign, left, right)
}

// repeat is a text or list times an integer, nil for anything else.
func (ev *evaluator) repeat(what, times *yaml11.Node) (*yaml11.Node, error) {
	count, ok := smallInt(times)
	if !ok || what.Kind != yaml11.String && what.Kind != yaml11.List {
		return nil, nil
	}
	count = max(0, min(count, maxSpent))
	if err := ev.spend(int(count) * (len(what.Text) + 8*len(what.Items))); err != nil {
		return nil, err
	}
	if what.Kind == yaml11.String {
		return ev.text(strings.Repeat(what.Text, int(count))), nil
	}
	out := yaml11.NewList(slices.Repeat(what.Items, int(count)), ev.at)
	out.Tuple = what.Tuple
	return out, nil
}

// join is the sum of two lists.
func (ev *evaluator) join(left, right *yaml11.Node) (*yaml11.Node, error) {
	if left.Tuple != right.Tuple {
		return nil, ev.fail("a list and a tuple (in round brackets) cannot be added", "write both with [ ]")
	}
	if err := ev.spend(8 * (len(left.Items) + len(right.Items))); err != nil {
		return nil, err
	}
	items := make([]*yaml11.Node, 0, len(left.Items)+len(right.Items))
	out := yaml11.NewList(append(append(items, left.Items...), right.Items...), ev.at)
	out.Tuple = left.Tuple
	return out, nil
}

func (ev *evaluator) calculate(sign string, left, right *yaml11.Node) (*yaml11.Node, error) {
	a, ok1 := integer(left)
	b, ok2 := integer(right)
	if ok1 && ok2 && sign != "/" {
		return ev.integers(sign, a, b)
	}
	x, ok1 := float(left)
	y, ok2 := float(right)
	if !ok1 || !ok2 {
		hint := "use ~ to join texts"
		if sign != "+" {
			hint = "use | int"
		}
		return nil, ev.fail(fmt.Sprintf("%s cannot be applied to %s and %s", sign, describe(left), describe(right)), hint)
	}
	if sign == "/" && ok1 && ok2 && y != 0 && a != nil && b != nil {
		f, _ := new(big.Rat).SetFrac(a, b).Float64()
		return yaml11.NewFloat(f, ev.at), nil
	}
	return ev.floats(sign, x, y)
}

func (ev *evaluator) integers(sign string, a, b *big.Int) (*yaml11.Node, error) {
	out := new(big.Int)
	switch {
	case sign == "+":
		out.Add(a, b)
	case sign == "-":
		out.Sub(a, b)
	case sign == "*":
		if a.BitLen()+b.BitLen() > maxBits {
			return nil, ev.fail("the number is too large", "use smaller ones")
		}
		out.Mul(a, b)
	case b.Sign() == 0:
		return nil, ev.fail("division by zero", "check the divisor")
	default:
		out = floored(sign, a, b)
	}
	return yaml11.NewInt(out, ev.at), nil
}

// floored divides as Python does: toward negative infinity, with a remainder
// of the divisor's sign.
func floored(sign string, a, b *big.Int) *big.Int {
	quotient, remainder := new(big.Int).QuoRem(a, b, new(big.Int))
	if remainder.Sign() != 0 && remainder.Sign() != b.Sign() {
		quotient.Sub(quotient, big.NewInt(1))
		remainder.Add(remainder, b)
	}
	if sign == "%" {
		return remainder
	}
	return quotient
}

func (ev *evaluator) floats(sign string, x, y float64) (*yaml11.Node, error) {
	var out float64
	switch {
	case sign == "+":
		out = x + y
	case sign == "-":
		out = x - y
	case sign == "*":
		out = x * y
	case y == 0:
		return nil, ev.fail("division by zero", "check the divisor")
	case sign == "/":
		out = x / y
	default:
		out = flooredFloat(sign, x, y)
	}
	return yaml11.NewFloat(out, ev.at), nil
}

func flooredFloat(sign string, x, y float64) float64 {
	remainder := math.Mod(x, y)
	if remainder != 0 && (remainder < 0) != (y < 0) {
		remainder += y
	} else if remainder == 0 {
		remainder = math.Copysign(0, y)
	}
	if sign == "%" {
		return remainder
	}
	quotient := (x - remainder) / y
	floor := math.Floor(quotient)
	if quotient-floor > 0.5 {
		floor++
	}
	return floor
}
