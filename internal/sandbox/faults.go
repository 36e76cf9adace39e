package sandbox

import (
	"cmp"
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"ecs-reconciler/internal/sandbox/fault"
	"ecs-reconciler/internal/sandbox/model"
)

// Operations are all operations that the sandbox knows, as "service:Operation",
// in alphabetical order.
func Operations() []string {
	var out []string
	for _, service := range model.Services() {
		for operation := range maps.Keys(service.Operations) {
			out = append(out, service.Name+":"+operation)
		}
	}
	slices.Sort(out)
	return out
}

// startFaults makes the buckets and the rules that the options want.
func (s *Server) startFaults() error {
	var buckets []fault.Bucket
	if s.opts.Buckets == "aws" {
		buckets = fault.AWSBuckets()
	}
	limits, err := fault.NewLimits(buckets)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	s.limits = limits
	seed := cmp.Or(s.opts.FaultSeed, s.opts.Seed)
	if seed == 0 {
		if seed, err = drawSeed(); err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
	}
	return s.SetFaults(s.opts.Faults, seed)
}

// drawSeed is a seed that reads well: 1 to 4294967296.
func drawSeed() (uint64, error) {
	var raw [4]byte
	if _, err := crand.Read(raw[:]); err != nil {
		return 0, fmt.Errorf("draw a seed: %w", err)
	}
	return uint64(binary.LittleEndian.Uint32(raw[:])) + 1, nil
}

// SetFaults replaces the rules of what goes wrong, and counts and draws from
// the beginning; seed zero keeps the seed. Rules that make no sense are a
// *fault.RuleError, and change nothing.
func (s *Server) SetFaults(rules []fault.Rule, seed uint64) error {
	if len(rules) > 0 {
		if err := fault.Check(rules, Operations()); err != nil {
			return err
		}
	}
	if seed == 0 {
		seed = s.Faults().Seed
	}
	s.faults.Store(fault.New(fault.Options{Rules: rules, Seed: seed, Now: s.opts.Now, Limits: s.limits}))
	return nil
}

// Faults tells what the rules have done, and the seed that repeats it.
func (s *Server) Faults() fault.Report { return s.faults.Load().Report() }

// struck performs a request, unless a fault stands in its way.
func (s *Server) struck(req *request, r *http.Request) ([]byte, error) {
	faults := s.faults.Load()
	arrival := faults.Arrive(fault.Call{
		Service: req.route.service.model.Name, Operation: req.route.operation, Protocol: req.route.protocol,
		Region: req.scope.region, AccessKey: req.scope.accessKey, Signed: signingTime(r),
	})
	req.fate.Struck = arrival.Struck
	if err := wait(r.Context(), arrival.Latency); err != nil {
		return nil, errors.Join(ErrConnectionLost, err) // nobody is there any more
	}
	req.fate = faults.Judge(arrival)
	switch {
	case req.fate.Refusal != nil:
		return nil, req.fate.Refusal
	case req.fate.Before == fault.ResetBefore:
		return nil, ErrConnectionLost
	}
	body, err := s.intercepted(req)
	if req.fate.After == fault.ResetAfter {
		return nil, errors.Join(ErrConnectionLost, err)
	}
	return body, err
}

// signingTime is when a request was signed; the zero time where it does not
// say.
func signingTime(r *http.Request) time.Time {
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		return time.Time{}
	}
	return at
}
