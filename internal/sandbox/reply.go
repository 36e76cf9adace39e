package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/model"
)

// newRequestID draws the id that an answer carries.
func (s *Server) newRequestID() string {
	s.drawing.Lock()
	defer s.drawing.Unlock()
	return (&awsenv.Env{Rand: s.requests}).UUID()
}

// failure writes an error's body in the route's protocol, and its status.
func (s *Server) failure(req *request, e *awserr.Error) ([]byte, int) {
	status := statusOf(req.route, e)
	if req.route.protocol == model.Query {
		body, err := s.failureXML(req, e)
		if err != nil {
			return []byte(err.Error()), http.StatusInternalServerError
		}
		return body, status
	}
	req.errorType = e.Code
	body, err := json.Marshal(map[string]string{"__type": e.Code, messageMember(req.route.service, e): e.Message})
	if err != nil {
		return []byte(err.Error()), http.StatusInternalServerError
	}
	return body, status
}

func (s *Server) failureXML(req *request, e *awserr.Error) ([]byte, error) {
	if form := xmlForm(req.scope.service); form != "" {
		return writeXMLForm(form, e, req.id)
	}
	service := req.route.service
	if service == nil {
		service = s.services["sts"]
	}
	return service.codec.WriteXMLError(e, req.id)
}

// messageMember is how a message is spelled: as the service's model has it for
// errors of its own, and in lower case for those of AWS at large, save the one
// of missing permission.
func messageMember(service *served, e *awserr.Error) string {
	if service == nil {
		return "message"
	}
	if _, own := service.model.Errors[e.Code]; own {
		return service.model.MessageMember
	}
	if e.Code == "AccessDeniedException" {
		return "Message"
	}
	return "message"
}

// reply sends an answer with the headers that AWS sends.
func (s *Server) reply(w http.ResponseWriter, req *request, status int, body []byte) {
	h := w.Header()
	h.Set("x-amzn-RequestId", req.id)
	h.Set("Date", s.opts.Now().Add(req.fate.ClockOffset).UTC().Format(http.TimeFormat))
	h.Set("Content-Type", contentType(req.route))
	if req.errorType != "" {
		h.Set("x-amzn-ErrorType", req.errorType)
		if service := req.route.service; service != nil && service.model.QueryCompatible {
			h.Set("x-amzn-query-error", queryCode(req.errorType)+";Sender")
		}
	}
	s.send(w, status, body)
}

func contentType(r route) string {
	switch {
	case r.protocol == model.Query:
		return "text/xml"
	case r.protocol == model.REST:
		return "application/json"
	case r.service != nil && r.service.model.JSONVersion != "":
		return "application/x-amz-json-" + r.service.model.JSONVersion
	default:
		return "application/x-amz-json-1.1"
	}
}

// queryCode is the code by which SQS, the one service that spoke awsQuery
// before, called a failure then; SDKs show it (SQS API reference, "Errors" of
// its operations; the awsQueryError traits of its Smithy model).
func queryCode(code string) string {
	switch code {
	case "QueueDoesNotExist":
		return "AWS.SimpleQueueService.NonExistentQueue"
	case "QueueNameExists":
		return "QueueAlreadyExists"
	case "BatchEntryIdsNotDistinct", "BatchRequestTooLong", "EmptyBatchRequest", "InvalidBatchEntryId", "MessageNotInflight",
		"PurgeQueueInProgress", "QueueDeletedRecently", "TooManyEntriesInBatchRequest", "UnsupportedOperation":
		return "AWS.SimpleQueueService." + code
	case "InvalidParameterValueException":
		return "InvalidParameterValue"
	case "MissingRequiredParameterException":
		return "MissingParameter"
	default:
		return code
	}
}

// send writes a body. A client that went away is its own concern.
func (s *Server) send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	//nolint:gosec // no page is made of an answer: it is JSON or XML, and says so
	if _, err := w.Write(body); err != nil {
		s.logLine(map[string]any{"event": "client gone", "error": err.Error()})
	}
}

// dropConnection ends a connection without an answer.
func (s *Server) dropConnection(w http.ResponseWriter) {
	if r, ok := w.(*recorder); ok {
		r.lost = true
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	if err := conn.Close(); err != nil {
		s.logLine(map[string]any{"event": "connection not closed", "error": err.Error()})
	}
}
