package sandbox

import (
	"encoding/json"
	"fmt"
	"time"
)

// keeps says whether performed operations are needed again.
func (s *Server) keeps() bool { return s.store.dir != "" || s.replica != nil }

// kept performs a request's operation and keeps it, unless it only looked. A
// failure may have changed something too, so it is kept as well.
func (s *Server) kept(req *request, op operation, in any) (any, error) {
	switch {
	case !s.keeps():
		return op.perform(in)
	case readOnly(req.route.operation):
		return s.noted(req, op, in)
	}
	r, err := s.recordOf(req, in)
	if err != nil {
		return nil, err
	}
	out, failure := op.perform(in)
	return out, s.lasting(r, failure)
}

// noted performs what only looks, and keeps it if it left something behind all
// the same, or drew what must not be drawn again. Looking leaves its input alone,
// so that it can be written afterwards.
func (s *Server) noted(req *request, op operation, in any) (any, error) {
	env := s.world.place(req.scope.region, req.route.service.model.Name).env
	env.Noted = false
	draws := s.entropy.draws
	drawn, err := s.entropy.save()
	if err != nil {
		return nil, err
	}
	out, failure := op.perform(in)
	if !env.Noted && s.entropy.draws == draws {
		return out, failure
	}
	r, err := s.recordOf(req, in)
	if err != nil {
		return nil, err
	}
	r.Entropy = drawn
	return out, s.lasting(r, failure)
}

// recordOf begins the record of a request.
func (s *Server) recordOf(req *request, in any) (record, error) {
	service, operation := req.route.service, req.route.operation
	input, err := service.codec.WriteInput(operation, in)
	if err != nil {
		return record{}, err
	}
	return s.record(req.scope.region, service.model.Name, operation, input)
}

// record begins the record of what is about to be performed.
func (s *Server) record(region, service, operation string, input []byte) (record, error) {
	drawn, err := s.entropy.save()
	return record{
		At: s.world.at, Caller: s.world.caller, Region: region, Service: service, Operation: operation,
		Input: input, Entropy: drawn,
	}, err
}

// lasting keeps a record of what ended in failure, or in nil. Not being able to
// keep it is the greater failure.
func (s *Server) lasting(r record, failure error) error {
	r.Error = codeOf(failure)
	if err := s.keep(r); err != nil {
		return fmt.Errorf("the state could not be saved: %w", err)
	}
	return failure
}

// keep makes what was just performed part of the state for good.
func (s *Server) keep(r record) error {
	if s.replica != nil {
		if err := s.replica.add(r); err != nil {
			return err
		}
	}
	switch {
	case s.store.dir == "":
		return nil
	case !s.store.ready():
		return s.compact()
	default:
		return s.store.append(r)
	}
}

// OwnSecret makes another AWS service, such as "rds", the owner of a secret.
// Owners make their secrets themselves, so no request can do this.
func (s *Server) OwnSecret(region, name, service string) error {
	if !regionName(region) {
		return fmt.Errorf("sandbox: there is no region %q", region)
	}
	input, err := json.Marshal(owner{name, service})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.at = s.now()
	r, err := s.record(region, "", ownSecret, input)
	if err != nil {
		return err
	}
	if err := s.world.secretsOf(region).Own(name, service); err != nil {
		return err
	}
	return s.keep(r)
}

// now is the clock as records have it: to the nanosecond, without what only
// this process understands.
func (s *Server) now() time.Time { return s.opts.Now().Round(0).UTC() }
