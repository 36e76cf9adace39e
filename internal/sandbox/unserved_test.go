package sandbox

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestServicesThatAreNotServed are refused in words that their own clients
// read, whatever they send.
func TestServicesThatAreNotServed(t *testing.T) {
	const says = "the sandbox has no service "
	for service, test := range map[string]struct {
		method, path string
		headers      map[string]string
		body         string
		want         string
		contentType  string
	}{
		"s3":         {"GET", "/", nil, "", "<Error><Code>UnknownService</Code><Message>" + says + "s3; it has ecs, events,", "text/xml"},
		"s3express":  {"PUT", "/bucket/key", nil, strings.Repeat("x", maxBody+1), "<Error><Code>UnknownService</Code>", "text/xml"},
		"route53":    {"GET", "/2013-04-01/hostedzone", nil, "", "<ErrorResponse><Error><Type>Sender</Type><Code>UnknownService</Code>", "text/xml"},
		"lambda":     {"GET", "/2015-03-31/functions", nil, "", `"__type":"UnknownService","message":"` + says + "lambda;", "application/x-amz-json-1.1"},
		"kms":        {"POST", "/", map[string]string{"X-Amz-Target": "TrentService.ListKeys"}, "{}", `"message":"` + says + "kms;", "application/x-amz-json-1.1"},
		"sns":        {"POST", "/", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, "Action=ListTopics&Version=2010-03-31", "<Code>UnknownService</Code><Message>" + says + "sns;", "text/xml"},
		"ec2":        {"POST", "/", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, "Action=DescribeRegions&Version=2016-11-15", "<Response><Errors><Error><Code>UnknownService</Code>", "text/xml"},
		"s3&<amp>%s": {"GET", "/x", nil, "", `"message":"` + says + `s3\u0026\u003camp\u003e%s;`, "application/x-amz-json-1.1"},
	} {
		t.Run(service, func(t *testing.T) {
			server := newTestServer(t, Options{})
			r, err := http.NewRequestWithContext(t.Context(), test.method, "http://sandbox"+test.path, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range test.headers {
				r.Header.Set(name, value)
			}
			r.Header.Set("Authorization", authFor(service))
			resp, err := server.Transport().RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != http.StatusNotImplemented || !strings.Contains(string(body), test.want) || resp.Header.Get("Content-Type") != test.contentType {
				t.Errorf("%s %s: %s", resp.Status, resp.Header.Get("Content-Type"), body)
			}
			if len(server.Calls()) > 0 {
				t.Errorf("counted: %v", server.Calls())
			}
		})
	}
}
