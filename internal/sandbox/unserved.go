package sandbox

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/model"
)

// unserved refuses a service that the sandbox has not; nil for the others. No
// SDK retries the status.
func (s *Server) unserved(service string) error {
	known := slices.Sorted(maps.Keys(s.services))
	if slices.Contains(known, service) {
		return nil
	}
	return awserr.New("UnknownService", "the sandbox has no service %s; it has %s", service, strings.Join(known, ", ")).
		WithStatus(http.StatusNotImplemented)
}

// foreign is the protocol in which a service that the sandbox has not words
// its failures, as far as the request tells: the JSON ones are alike.
func foreign(protocol model.Protocol, service string) model.Protocol {
	if xmlForm(service) != "" {
		return model.Query
	}
	return protocol
}

// xmlForm lays out code, message and request id for services that have a form
// of their own, or whose requests do not tell that they speak XML; "" for the
// others.
func xmlForm(service string) string {
	switch service {
	case "s3", "s3express", "s3-outposts", "s3-object-lambda":
		return "<Error><Code>%s</Code><Message>%s</Message><RequestId>%s</RequestId></Error>"
	case "ec2":
		return "<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>%s</RequestID></Response>"
	case "route53", "cloudfront":
		return "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>"
	default:
		return ""
	}
}

// writeXMLForm writes a failure in one of these forms.
func writeXMLForm(form string, e *awserr.Error, requestID string) ([]byte, error) {
	var message bytes.Buffer
	if err := xml.EscapeText(&message, []byte(e.Message)); err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, form, e.Code, message.String(), requestID), nil
}
