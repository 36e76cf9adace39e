package trace

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Options say where spans go.
type Options struct {
	// Endpoint is the collector's URL for traces, OTLP over HTTP, such as
	// http://localhost:4318/v1/traces.
	Endpoint string
	Version  string // of the program
	Member   string // which of several daemons this is; may be empty
	// Lost hears of spans that the collector did not take, and why; may be nil.
	Lost func(spans int, err error)
}

// Tracer makes spans. Its methods may be called by many goroutines.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// End ends a span: err is whether what it tells of failed.
type End func(err error)

// New connects nothing yet: a collector that cannot be reached is no error.
func New(ctx context.Context, o Options) (*Tracer, error) {
	if u, err := url.Parse(o.Endpoint); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("traces cannot go to %q: want a URL such as http://localhost:4318/v1/traces", o.Endpoint)
	}
	exporter, err := otlptrace.New(ctx, collector{o.Endpoint, &http.Client{Timeout: perAttempt}})
	if err != nil {
		return nil, fmt.Errorf("traces to %s: %w", o.Endpoint, err)
	}
	about := resource.NewSchemaless(attribute.String("service.name", "reconciler"), attribute.String("service.version", o.Version), attribute.String("service.instance.id", o.Member))
	return by(sdk.NewTracerProvider(sdk.WithBatcher(telling{exporter, o.Lost}), sdk.WithResource(about))), nil
}

func by(p *sdk.TracerProvider) *Tracer { return &Tracer{p, p.Tracer("ecs-reconciler")} }

// telling tells of failures whoever made the Tracer, rather than OpenTelemetry's
// global handler, which prints them.
type telling struct {
	sdk.SpanExporter
	lost func(spans int, err error)
}

// ExportSpans implements sdk.SpanExporter.
func (e telling) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if err := e.SpanExporter.ExportSpans(ctx, spans); err != nil && e.lost != nil {
		e.lost(len(spans), err)
	}
	return nil
}

// Close sends what is left, for as long as ctx lets it.
func (t *Tracer) Close(ctx context.Context) error {
	if t.provider == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Cycle begins the span of a cycle over an environment.
func (t *Tracer) Cycle(ctx context.Context, environment string) (context.Context, End) {
	return t.begin(ctx, "cycle", attribute.String("reconciler.environment", environment))
}

// Scan begins the span of a scan of AWS.
func (t *Tracer) Scan(ctx context.Context, environment string) (context.Context, End) {
	return t.begin(ctx, "scan", attribute.String("reconciler.environment", environment))
}

// Key begins the span of a task's turn in the queue.
func (t *Tracer) Key(ctx context.Context, environment, task string) (context.Context, End) {
	return t.begin(ctx, "key", attribute.String("reconciler.environment", environment), attribute.String("reconciler.task", task))
}

// Step begins the span of a change that is carried out.
func (t *Tracer) Step(ctx context.Context, kind, name, action string) (context.Context, End) {
	return t.begin(ctx, action+" "+kind, attribute.String("reconciler.kind", kind), attribute.String("reconciler.name", name), attribute.String("reconciler.action", action))
}

func (t *Tracer) begin(ctx context.Context, name string, of ...attribute.KeyValue) (context.Context, End) {
	if t.tracer == nil {
		return ctx, func(error) {}
	}
	ctx, span := t.tracer.Start(ctx, name, trace.WithAttributes(of...))
	return ctx, func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, "") // the text of the error stays here
		}
		span.End()
	}
}
