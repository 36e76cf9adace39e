package fault

// Report is what has come of the rules so far.
type Report struct {
	// Seed is what the strikes are drawn from.
	Seed uint64 `json:"seed"`
	// Rules are in the order in which they were given.
	Rules []Outcome `json:"rules"`
	// Throttled counts the calls that AWS's buckets turned away, by "service:
	// bucket"; nil without buckets.
	Throttled map[string]int `json:"throttled,omitempty"`
}

// Outcome is what has come of one rule.
type Outcome struct {
	// Rule is as Parse reads it.
	Rule string `json:"rule"`
	// Matched counts the calls that the rule is about, and Struck those that it
	// struck.
	Matched int `json:"matched"`
	Struck  int `json:"struck"`
}

// Report counts what the rules have done.
func (in *Injector) Report() Report {
	in.mu.Lock()
	defer in.mu.Unlock()
	out := Report{Seed: in.seed, Rules: []Outcome{}, Throttled: in.limits.counts()}
	for _, r := range in.rules {
		out.Rules = append(out.Rules, Outcome{Rule: r.String(), Matched: r.matched, Struck: r.struck})
	}
	return out
}
