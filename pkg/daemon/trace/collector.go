package trace

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

const (
	perAttempt = 5 * time.Second
	firstPause = time.Second // doubled after each attempt
	maxAnswer  = 64 << 10    // bytes; a longer one is cut, and so not understood
)

// collector sends spans by OTLP over HTTP, in protobuf. OpenTelemetry's own
// client of that links gRPC, and with it all of text/template.
type collector struct {
	url    string
	client *http.Client
}

// Start implements otlptrace.Client.
func (c collector) Start(context.Context) error { return nil }

// Stop implements otlptrace.Client.
func (c collector) Stop(context.Context) error {
	c.client.CloseIdleConnections()
	return nil
}

// UploadTraces implements otlptrace.Client. It tries again until ctx ends, which
// the batcher sees to, where the collector asks for that.
func (c collector) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	// As bytes this is the ExportTraceServiceRequest that a collector wants: both
	// have the spans in field 1 and nothing else.
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return fmt.Errorf("encode spans: %w", err)
	}
	for pause := firstPause; ; pause *= 2 {
		again, asked, err := c.post(ctx, body)
		if !again {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(max(pause, asked)):
		}
	}
}

// post sends once. Whether to send again, and after how long at least, is as
// the specification of OTLP says ("OTLP/HTTP Response", "Retryable Response
// Codes").
func (c collector) post(ctx context.Context, body []byte) (again bool, after time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return false, 0, fmt.Errorf("send spans: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	answer, err := c.client.Do(r)
	if err != nil {
		return false, 0, fmt.Errorf("send spans: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		if err != nil {
			return false, 0, fmt.Errorf("the collector's answer: %w", err)
		}
		return false, 0, refused(text)
	case code == http.StatusTooManyRequests, code == http.StatusBadGateway, code == http.StatusServiceUnavailable, code == http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After")) // a date, or nothing, is none
		return true, time.Duration(seconds) * time.Second, fmt.Errorf("the collector answers %s", answer.Status)
	default:
		return false, 0, fmt.Errorf("the collector answers %s", answer.Status)
	}
}

// refused reads an ExportTraceServiceResponse: whether its partial_success,
// field 1, has rejected_spans, its field 1.
func refused(answer []byte) error {
	partial, _ := field(answer, 1)
	if _, n := field(partial, 1); n > 0 {
		return fmt.Errorf("the collector refuses %d spans", n)
	}
	return nil
}

// field is the last of a number in a message, as bytes or as a number. What is
// no message has none.
func field(message []byte, number protowire.Number) (text []byte, n uint64) {
	for len(message) > 0 {
		is, kind, head := protowire.ConsumeTag(message)
		if head < 0 {
			return nil, 0
		}
		length := protowire.ConsumeFieldValue(is, kind, message[head:])
		if length < 0 {
			return nil, 0
		}
		switch value := message[head : head+length]; {
		case is == number && kind == protowire.BytesType:
			text, _ = protowire.ConsumeBytes(value)
		case is == number && kind == protowire.VarintType:
			n, _ = protowire.ConsumeVarint(value)
		}
		message = message[head+length:]
	}
	return text, n
}
