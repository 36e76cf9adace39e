package trace

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

// upload sends spans to a collector that answers with each of the codes in turn.
func upload(ctx context.Context, t *testing.T, answer string, codes ...int) (tries int, err error) {
	t.Helper()
	spans := []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{{Name: "cycle"}}}}}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var got tracepb.TracesData
		if err != nil || proto.Unmarshal(body, &got) != nil || r.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("%v: %s", err, r.Header)
		}
		if diff := cmp.Diff(spans, got.GetResourceSpans(), protocmp.Transform()); diff != "" {
			t.Error(diff)
		}
		w.WriteHeader(codes[tries])
		tries++
		_, _ = io.WriteString(w, answer)
	}))
	defer s.Close()
	c := collector{s.URL, s.Client()}
	err = c.UploadTraces(ctx, spans)
	return tries, err
}

func TestWhatTheCollectorAnswers(t *testing.T) {
	partial := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 3)
	partial = protowire.AppendString(protowire.AppendTag(partial, 2, protowire.BytesType), "too many")
	some := string(protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), partial))
	for _, c := range []struct {
		name, answer string
		codes        []int
		want         string // in the error; "" for none
	}{
		{"taken", "", []int{200}, ""},
		{"taken with thanks", "\x0a\x00", []int{202}, ""},
		{"not a message", "<html>", []int{200}, ""},
		{"some refused", some, []int{200}, "refuses 3 spans"},
		{"refused", canary, []int{400}, "400 Bad Request"},
		{"not there", "", []int{404}, "404 Not Found"},
		{"busy once", "", []int{503, 200}, ""},
		{"throttled, then refused", "", []int{429, 401}, "401"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tries, err := upload(t.Context(), t, c.answer, c.codes...)
			if tries != len(c.codes) || (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), canary)) {
				t.Errorf("%d tries: %v", tries, err)
			}
		})
	}
}

func TestACollectorThatStaysBusyIsGivenUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if tries, err := upload(ctx, t, "", 503); tries != 1 || err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("%d tries: %v", tries, err)
	}
}
