package sandbox

import (
	"encoding/json"
	"errors"
	"time"

	"ecs-reconciler/internal/sandbox/awserr"
)

// log notes a request: what was asked, by whom, how it ended, and which faults
// it met. Of what it asked only names are told; a body that cannot be read is
// not told at all.
func (s *Server) log(req *request, err error, status int) {
	if s.opts.Log == nil {
		return
	}
	line := map[string]any{
		"time":       req.began.UTC().Format(time.RFC3339Nano),
		"request_id": req.id,
		"operation":  req.route.operation,
		"region":     req.scope.region,
		"status":     status,
		"ms":         float64(s.opts.Now().Sub(req.began).Microseconds()) / 1e3,
	}
	if req.route.service != nil {
		line["service"] = req.route.service.model.Name
	}
	if asked := req.route.masked(); asked != nil {
		line["parameters"] = asked
	}
	if len(req.fate.Struck) > 0 {
		line["faults"] = req.fate.Struck
	}
	if err != nil {
		line["error"] = errorCode(err)
	}
	if req.principal != "" {
		line["principal"] = req.principal
	}
	if req.scope.accessKey != "" {
		line["access_key"] = req.scope.accessKey
	}
	s.logLine(line)
}

// errorCode is AWS's code for a failure, or a word of ours where the caller got
// no answer.
func errorCode(err error) string {
	if errors.Is(err, ErrConnectionLost) {
		return "ConnectionLost"
	}
	return awserr.From(err).Code
}

func (s *Server) logLine(line map[string]any) {
	if s.opts.Log == nil {
		return
	}
	text, err := json.Marshal(line)
	s.tally.Lock()
	defer s.tally.Unlock()
	if err == nil {
		_, err = s.opts.Log.Write(append(text, '\n'))
	}
	if err != nil {
		s.logErr = errors.Join(ErrLogLost, err)
	}
}
