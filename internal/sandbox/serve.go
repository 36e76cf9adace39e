package sandbox

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/fault"
)

// maxBody is more than the largest request that any served operation takes.
const maxBody = 4 << 20

// request is one AWS request on its way.
type request struct {
	id    string
	began time.Time
	route route
	scope scope
	// principal is the ARN of the caller, once it is known.
	principal string
	// fate is what faults make of the request.
	fate fault.Fate
	// signed is the request as it came, and body what it carried.
	signed *http.Request
	body   []byte
	// until is when a long poll answers without having found anything, by the
	// clock of this process; zero before it began to wait.
	until time.Time
	// errorType is the header that says how a JSON request failed.
	errorType string
}

// ServeHTTP answers an AWS request, or one of the sandbox's own below
// /_sandbox/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.control(w, r) {
		return
	}
	req := &request{id: s.newRequestID(), began: s.opts.Now()}
	body, err := s.handle(req, w, r)
	if errors.Is(err, ErrConnectionLost) {
		s.log(req, err, 0)
		s.dropConnection(w)
		return
	}
	status := http.StatusOK
	if err != nil {
		body, status = s.failure(req, awserr.From(err))
	}
	s.log(req, err, status)
	s.reply(spoiled(r.Context(), w, req.fate), req, status, body)
}

// handle turns a request into an answer's body.
func (s *Server) handle(req *request, w http.ResponseWriter, r *http.Request) ([]byte, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if refused := s.address(req, r, raw, err); refused != nil {
		return nil, refused
	}
	s.count(req.route)
	if err := req.scope.signedFor(req.route.service.model.Name, req.route.protocol); err != nil {
		return nil, err
	}
	return s.struck(req, r)
}

// address finds out what a request wants and for whom. unread is why its body
// could not be read, if so.
func (s *Server) address(req *request, r *http.Request, raw []byte, unread error) error {
	var routeErr, scopeErr error
	req.signed, req.body = r, raw
	req.route, routeErr = s.routeOf(r, raw)
	req.scope, scopeErr = readScope(r, req.route.protocol)
	if routeErr != nil && scopeErr == nil {
		if err := s.unserved(req.scope.service); err != nil {
			req.route.protocol = foreign(req.route.protocol, req.scope.service)
			return err
		}
	}
	if unread != nil {
		return awserr.New("RequestEntityTooLarge", "the request's body cannot be read: %v", unread).
			WithStatus(http.StatusRequestEntityTooLarge)
	}
	return cmp.Or(scopeErr, routeErr)
}

// intercepted performs a request within the interceptor, whose word is last.
func (s *Server) intercepted(req *request) ([]byte, error) {
	var own answer
	name := req.route.service.model.Name
	out, err := s.opts.Intercept(name, req.route.operation, func() (any, error) {
		var err error
		own, err = s.call(req)
		return own.out, err
	})
	if err != nil {
		return nil, err
	}
	if out == own.out {
		return own.body, nil
	}
	return req.route.write(out, req.id)
}

// answer is an output, and its body, written while the lock was held: outputs
// may share memory with the state.
type answer struct {
	out  any
	body []byte
}

// call performs a request's operation and keeps what it changed, after waiting
// for what it waits for.
func (s *Server) call(req *request) (answer, error) {
	for {
		out, pause, err := s.attempt(req)
		if pause == 0 {
			return out, err
		}
		if err := wait(req.signed.Context(), pause); err != nil {
			return answer{}, errors.Join(ErrConnectionLost, err) // nobody is there any more
		}
	}
}

// attempt performs a request's operation, unless that is to be tried again
// after a pause.
func (s *Server) attempt(req *request) (out answer, pause time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	op, in, err := s.prepared(req)
	if err != nil {
		return answer{}, 0, err
	}
	if pause = s.patience(req, in); pause > 0 {
		return answer{}, pause, nil
	}
	out, err = s.performed(req, op, in)
	return out, 0, err
}

// prepared is a request's operation and its input, once the caller is known and
// may do it.
func (s *Server) prepared(req *request) (operation, any, error) {
	s.world.at = s.now()
	service := req.route.service.model
	op, ok := s.world.place(req.scope.region, service.Name).backends[service.Name].operations[req.route.operation]
	if !ok {
		return operation{}, nil, noOperation(req.route.protocol, req.route.operation, service.Version)
	}
	in := op.input()
	if err := req.route.read(in); err != nil {
		return operation{}, nil, err
	}
	if err := s.identify(req); err != nil {
		return operation{}, nil, err
	}
	req.principal = s.world.caller.ARN
	return op, in, s.authorize(req, in)
}

// performed performs the operation, keeps it, and writes the answer.
func (s *Server) performed(req *request, op operation, in any) (answer, error) {
	service, name := req.route.service.model.Name, req.route.operation
	if s.replica != nil && lagging(service, name) != "" {
		var err error
		if op, err = s.replica.listing(s.world.at, req.scope.region, service, name); err != nil {
			return answer{}, err
		}
	}
	out, err := s.kept(req, op, in)
	if err != nil {
		return answer{}, err
	}
	body, err := req.route.write(out, req.id)
	return answer{out, body}, err
}

// readOnly says whether an operation leaves nothing behind worth saving.
func readOnly(operation string) bool {
	for _, verb := range []string{"Get", "List", "Describe", "BatchGet", "Simulate", "Validate"} {
		if strings.HasPrefix(operation, verb) {
			return true
		}
	}
	return false
}

func (s *Server) count(r route) {
	s.tally.Lock()
	defer s.tally.Unlock()
	s.calls[r.service.model.Name+":"+r.operation]++
}

// statusOf is the HTTP status of an error: its own, else the model's.
func statusOf(r route, e *awserr.Error) int {
	if e.Status == 0 && r.service != nil {
		return cmp.Or(r.service.model.Errors[e.Code], e.HTTPStatus())
	}
	return e.HTTPStatus()
}
