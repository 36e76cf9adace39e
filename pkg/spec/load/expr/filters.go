package expr

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// filter is what may stand behind |.
type filter struct {
	params []string // names of the arguments, in order
	apply  func(ev *evaluator, in *yaml11.Node, args []*yaml11.Node) (*yaml11.Node, error)
	// undefined lets the input, and the arguments, be undefined.
	undefined bool
}

// filterTable holds the filters with the behaviour of Jinja 3.1 and
// ansible-core 2.18 (jinja2/filters.py, ansible/plugins/filter/core.py).
var filterTable = map[string]filter{
	"default":   {params: []string{"default_value", "boolean"}, apply: filterDefault, undefined: true},
	"d":         {params: []string{"default_value", "boolean"}, apply: filterDefault, undefined: true},
	"replace":   {params: []string{"old", "new", "count"}, apply: filterReplace},
	"lower":     {apply: textFilter(strings.ToLower)},
	"upper":     {apply: textFilter(upper)},
	"trim":      {params: []string{"chars"}, apply: filterTrim},
	"join":      {params: []string{"d"}, apply: filterJoin},
	"urlencode": {apply: filterURLEncode},
	"quote":     {apply: filterQuote},
	"to_json":   {apply: filterToJSON},
	"to_yaml":   {apply: filterToYAML},
	"string":    {apply: filterString},
	"int":       {params: []string{"default", "base"}, apply: filterInt},
	"float":     {params: []string{"default"}, apply: filterFloat},
	"bool":      {apply: filterBool},
	"length":    {apply: filterLength},
	"count":     {apply: filterLength},
	"first":     {apply: filterFirst},
	"last":      {apply: filterLast},
	"list":      {apply: filterList},
	"unique":    {params: []string{"case_sensitive"}, apply: filterUnique},
	"sort":      {params: []string{"reverse", "case_sensitive"}, apply: filterSort},
}

func (n *filterNode) eval(ev *evaluator) (*yaml11.Node, error) {
	f := filterTable[n.name]
	in, err := ev.operand(n.target)
	if err == nil && !f.undefined {
		in, err = ev.useLoosely(in)
	}
	if err != nil {
		return nil, err
	}
	args, err := n.bind(ev, f)
	if err != nil {
		return nil, err
	}
	return f.apply(ev, in, args)
}

// bind evaluates the arguments in the order of the filter's parameters; those
// not given are nil.
func (n *filterNode) bind(ev *evaluator, f filter) ([]*yaml11.Node, error) {
	args := make([]*yaml11.Node, len(f.params))
	left := len(n.args.positional) + len(n.args.named)
	for i, name := range f.params {
		arg := n.args.named[name]
		if i < len(n.args.positional) {
			arg = n.args.positional[i]
		}
		if arg == nil {
			continue
		}
		left--
		value, err := ev.operand(arg)
		if err == nil && !f.undefined {
			value, err = ev.useLoosely(value)
		}
		if err != nil {
			return nil, err
		}
		args[i] = value
	}
	if left > 0 {
		return nil, ev.fail(fmt.Sprintf("the filter %q has other arguments", n.name), argumentsHint(f))
	}
	return args, nil
}

func argumentsHint(f filter) string {
	if len(f.params) == 0 {
		return "it takes none here"
	}
	return "it takes: " + strings.Join(f.params, ", ")
}

func filterDefault(ev *evaluator, in *yaml11.Node, args []*yaml11.Node) (*yaml11.Node, error) {
	boolean := args[1] != nil && yaml11.Truthy(args[1])
	if !isUndefined(in) && (!boolean || yaml11.Truthy(in)) {
		return in, nil
	}
	if args[0] == nil {
		return ev.text(""), nil
	}
	return args[0], nil
}

// textFilter is a filter that works on the text of any value.
func textFilter(change func(string) string) func(*evaluator, *yaml11.Node, []*yaml11.Node) (*yaml11.Node, error) {
	return func(ev *evaluator, in *yaml11.Node, _ []*yaml11.Node) (*yaml11.Node, error) {
		s, err := ev.str(in)
		return ev.text(change(s)), err
	}
}

// upper is Python's str.upper for the one letter that grows, and Go's for all
// others.
func upper(s string) string {
	return strings.ToUpper(strings.ReplaceAll(s, "ß", "SS"))
}

func filterString(ev *evaluator, in *yaml11.Node, _ []*yaml11.Node) (*yaml11.Node, error) {
	s, err := ev.str(in)
	return ev.verbatim(s), err
}

// verbatim is a text that Ansible does not try to read as a list or mapping.
func (ev *evaluator) verbatim(s string) *yaml11.Node {
	out := ev.text(s)
	out.Verbatim = true
	return out
}

func filterReplace(ev *evaluator, in *yaml11.Node, args []*yaml11.Node) (*yaml11.Node, error) {
	if args[0] == nil || args[1] == nil {
		return nil, ev.fail("replace needs two arguments", "write replace('old', 'new')")
	}
	count := int64(-1)
	if args[2] != nil && args[2].Kind != yaml11.Null {
		var ok bool
		if count, ok = smallInt(args[2]); !ok {
			return nil, ev.fail("replace's count must be an integer", "remove it")
		}
	}
	s, old, with := yaml11.PyStr(in), yaml11.PyStr(args[0]), yaml11.PyStr(args[1])
	places := utf8.RuneCountInString(s) + 1
	if old != "" {
		places = strings.Count(s, old)
	}
	if err := ev.spend(len(s) + places*len(with)); err != nil {
		return nil, err
	}
	return ev.text(strings.Replace(s, old, with, int(max(-1, min(count, int64(places)))))), nil
}

func filterTrim(ev *evaluator, in *yaml11.Node, args []*yaml11.Node) (*yaml11.Node, error) {
	s, err := ev.str(in)
	switch {
	case err != nil:
		return nil, err
	case args[0] == nil || args[0].Kind == yaml11.Null:
		return ev.text(strings.TrimFunc(s, isSpace)), nil
	case args[0].Kind != yaml11.String:
		return nil, ev.fail("trim's argument must be a text", "write trim('/')")
	}
	return ev.text(strings.Trim(s, args[0].Text)), nil
}

func filterJoin(ev *evaluator, in *yaml11.Node, args []*yaml11.Node) (*yaml11.Node, error) {
	items, err := ev.items(in)
	if err != nil {
		return nil, err
	}
	between := ""
	if args[0] != nil {
		between = yaml11.PyStr(args[0])
	}
	parts := make([]string, len(items))
	for i, item := range items {
		if parts[i], err = ev.str(item); err != nil {
			return nil, err
		}
	}
	return ev.text(strings.Join(parts, between)), ev.spend(len(between) * len(parts))
}

// items are what Python iterates over: items, keys or characters.
func (ev *evaluator) items(in *yaml11.Node) ([]*yaml11.Node, error) {
	switch in.Kind {
	case yaml11.List:
		return in.Items, nil
	case yaml11.Map:
		keys := make([]*yaml11.Node, len(in.Fields))
		for i, f := range in.Fields {
			keys[i] = f.Key
		}
		return keys, nil
	case yaml11.String:
		if err := ev.spend(100 * len(in.Text)); err != nil {
			return nil, err
		}
		var out []*yaml11.Node
		for _, r := range in.Text {
			out = append(out, ev.text(string(r)))
		}
		return out, nil
	}
	return nil, ev.fail(describe(in)+" has no items", "the filter works on lists")
}

func filterLength(ev *evaluator, in *yaml11.Node, _ []*yaml11.Node) (*yaml11.Node, error) {
	switch in.Kind {
	case yaml11.String:
		return ev.integer(utf8.RuneCountInString(in.Text)), nil
	case yaml11.List:
		return ev.integer(len(in.Items)), nil
	case yaml11.Map:
		return ev.integer(len(in.Fields)), nil
	}
	return nil, ev.fail(describe(in)+" has no length", "the filter works on texts, lists and mappings")
}

func filterFirst(ev *evaluator, in *yaml11.Node, _ []*yaml11.Node) (*yaml11.Node, error) {
	items, err := ev.items(in)
	if err != nil || len(items) > 0 {
		return itemAt(items, 0), err
	}
	return ev.undefined("there is no first item in an empty "+in.Kind.String(), "add | default(…)"), nil
}

func filterLast(ev *evaluator, in *yaml11.Node, _ []*yaml11.Node) (*yaml11.Node, error) {
	items, err := ev.items(in)
	if err != nil || len(items) > 0 {
		return itemAt(items, len(items)-1), err
	}
	return ev.undefined("there is no last item in an empty "+in.Kind.String(), "add | default(…)"), nil
}

func itemAt(items []*yaml11.Node, i int) *yaml11.Node {
	if i < 0 || i >= len(items) {
		return nil
	}
	return items[i]
}

func filterList(ev *evaluator, in *yaml11.Node, _ []*yaml11.Node) (*yaml11.Node, error) {
	items, err := ev.items(in)
	return yaml11.NewList(items, ev.at), err
}
