package sandbox

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/model"
	"ecs-reconciler/internal/sandbox/wire"
)

// route is where a request goes.
type route struct {
	service   *served // nil when no service is meant
	protocol  model.Protocol
	operation string
	body      []byte     // JSON, REST
	form      url.Values // Query
	at        wire.Place // REST
}

// routeOf finds the operation that a request means. Even when it fails, the
// route's protocol says how to word the failure.
func (s *Server) routeOf(r *http.Request, body []byte) (route, error) {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return s.routeJSON(target, body)
	}
	if service, ok := s.restful(r); ok {
		return routeREST(service, r, body)
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return s.routeQuery(string(body))
	}
	if r.URL.Query().Has("Action") {
		return s.routeQuery(r.URL.RawQuery)
	}
	return route{protocol: model.JSON}, awserr.New("UnknownOperationException",
		"the sandbox finds no operation here: neither X-Amz-Target nor Action is given")
}

// restful is the REST service that a request is signed for, if it is one: a
// path alone does not tell, since many services have a /tags/.
func (s *Server) restful(r *http.Request) (*served, bool) {
	signed, err := readScope(r, model.REST)
	service, ok := s.services[signed.service]
	return service, err == nil && ok && service.model.Protocol == model.REST
}

func routeREST(service *served, r *http.Request, body []byte) (route, error) {
	at := wire.Place{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.Query()}
	out := route{service: service, protocol: model.REST, body: body, at: at}
	operation, ok := service.codec.Operation(at)
	if !ok {
		return out, noOperation(model.REST, r.Method+" "+r.URL.Path, service.model.Version)
	}
	out.operation = operation
	return out, nil
}

func (s *Server) routeJSON(target string, body []byte) (route, error) {
	out := route{protocol: model.JSON, body: body}
	prefix, operation, _ := strings.Cut(target, ".")
	for _, candidate := range s.services {
		if candidate.model.Protocol == model.JSON && candidate.model.TargetPrefix == prefix {
			out.service, out.operation = candidate, operation
			return out, out.known()
		}
	}
	return out, awserr.New("UnknownOperationException", "the sandbox has no service for X-Amz-Target %s", target)
}

func (s *Server) routeQuery(query string) (route, error) {
	out := route{protocol: model.Query}
	form, err := url.ParseQuery(query)
	if err != nil {
		return out, awserr.New("MalformedQueryString", "the request's form cannot be read")
	}
	out.form, out.operation = form, form.Get("Action")
	for _, candidate := range s.services {
		if candidate.model.Protocol == model.Query && candidate.model.Version == form.Get("Version") {
			out.service = candidate
			return out, out.known()
		}
	}
	return out, noOperation(model.Query, out.operation, form.Get("Version"))
}

// known refuses an operation that the service's model does not have.
func (r route) known() error {
	if _, ok := r.service.model.Operations[r.operation]; ok {
		return nil
	}
	return noOperation(r.protocol, r.operation, r.service.model.Version)
}

func noOperation(protocol model.Protocol, operation, version string) error {
	operation = cmp.Or(operation, "(none)")
	if protocol == model.Query {
		return awserr.New("InvalidAction", "Could not find operation %s for version %s", operation, version)
	}
	return awserr.New("UnknownOperationException", "the sandbox does not serve the operation %s", operation)
}

// read decodes the request into an operation's input.
func (r route) read(into any) error {
	switch r.protocol {
	case model.JSON:
		return r.service.codec.ReadJSON(r.operation, r.body, into)
	case model.REST:
		return r.service.codec.ReadREST(r.operation, r.at, r.body, into)
	default:
		return r.service.codec.ReadForm(r.operation, r.form, into)
	}
}

// masked is what the request asks for, without anything that may be sensitive;
// nil where that cannot be told.
func (r route) masked() any {
	switch {
	case r.service == nil || r.known() != nil:
		return nil
	case r.protocol == model.JSON:
		return r.service.codec.MaskJSON(r.operation, r.body)
	case r.protocol == model.Query:
		return r.service.codec.MaskForm(r.operation, r.form)
	default:
		return nil
	}
}

// write encodes an operation's output.
func (r route) write(out any, requestID string) ([]byte, error) {
	switch r.protocol {
	case model.JSON:
		return r.service.codec.WriteJSON(r.operation, out)
	case model.REST:
		return r.service.codec.WriteREST(r.operation, out)
	default:
		return r.service.codec.WriteXML(r.operation, out, requestID)
	}
}
