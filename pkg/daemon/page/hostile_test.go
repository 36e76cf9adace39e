package page

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/plan"
)

// hostile are names and messages of those who would rather run than be read.
func hostile() []string {
	return []string{
		`<script>alert(1)</script>"'/../..`,
		`"><script>alert(1)</script>`,
		`' onmouseover='alert(1)`,
		`x" autofocus onfocus="alert(1)`,
		`</title></style></script></pre></select><img src=x onerror=alert(1)>`,
		`javascript:alert(1)`,
		`data:text/html,<b>bold</b>`,
		`//evil.example/x`,
		`\\evil.example`,
		`?state=failed#main`,
		`<!-- --!><![CDATA[`,
		`&lt;b&gt;&#34;&amp;`,
		`{{.Title}} ${title} %3Cb%3E %s`,
		"\u202egnp.\u2066 \u00fcn\u00ef 🙂`+ADw-`",
	}
}

// everythingCalled is a board on which everything bears a name.
func everythingCalled(name string) *status.Board {
	b, long := status.NewBoard(), strings.Repeat("long ", 40)
	fields := []plan.Field{{Path: "/" + name, Before: name, After: name + "2"}, {Path: "/p/" + name, Sensitive: true},
		{Path: "/document", Before: map[string]any{name: name, "long": long, "n": 1}, After: map[string]any{name: name, "long": long, "n": 2}}}
	task := tasked(name, status.Object{Kind: "secret", Name: name, State: status.Failing, Message: name, Hint: name, Note: name, Fields: fields})
	task.Labels = map[string]string{name: name}
	task.Suspension = &status.Suspension{Reason: name}
	environment(b, "production", task)
	environment(b, name, task, tasked("quiet "+name))
	for _, e := range []string{"production", name} {
		b.Update(e, func(e *status.Environment) {
			e.Project, e.Revision, e.Member, e.AccountID, e.Region = name, name, name, name, name
			e.Warnings = []string{name}
			e.SetCondition(status.Condition{Type: status.SpecLoaded, Status: status.False, Reason: name, Message: name, LastTransitionTime: noon})
			e.Tell(status.Record{What: status.Failed, Task: name, Kind: "secret", Name: name, Message: name, Who: name, Note: name, Fields: fields})
		})
	}
	return b
}

// shape is the tags of a page, without the values of attributes. Their values
// are escaped, so that a > always ends a tag.
func shape(page string) []string {
	var tags []string
	for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(ourOwn(page), -1) {
		tags = append(tags, regexp.MustCompile(`="[^"]*"`).ReplaceAllString(tag, ""))
	}
	slices.Sort(tags) // places are sorted by name
	return tags
}

// ourOwn takes out the style and the script.
func ourOwn(page string) string {
	return regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>`).ReplaceAllString(page, "")
}

// TestWhatOthersWroteStaysText holds a page with hostile names against the same
// page with a harmless one: it has the very same elements and attributes.
func TestWhatOthersWroteStaysText(t *testing.T) {
	pages := func(name string) map[string]string {
		p := pageOf(t, everythingCalled(name), func(o *Options) { o.Version = name })
		bodies := map[string]string{}
		for of, path := range map[string]string{"all": "/", "environment": "/production", "of the name": string(environmentURL(name)),
			"task": string(taskURL("production", name)), "search": "/?q=" + url.QueryEscape(name), "state": "/?state=" + url.QueryEscape(name), "nothing": "/no/" + url.PathEscape(name)} {
			w := get(p, http.MethodGet, path)
			if want := map[bool]int{true: 404, false: 200}[of == "nothing"]; w.Code != want {
				t.Errorf("%s: %d", path, w.Code)
			}
			bodies[of] = w.Body.String()
		}
		return bodies
	}
	for _, name := range hostile() {
		harmless := pages(strings.Repeat("x", len(name)))
		for of, body := range pages(name) {
			if diff := cmp.Diff(shape(harmless[of]), shape(body)); diff != "" {
				t.Errorf("%s: %q became more than text:\n%s", of, name, diff)
			}
			if of != "nothing" && !strings.Contains(html.UnescapeString(body), name) {
				t.Errorf("%s: %q is not shown as it is", of, name)
			}
			leadsNowhereElse(t, of, body)
		}
	}
}

// leadsNowhereElse holds links against what they may be: a path of ours, which
// has no second slash at its start, a query, or the icon.
func leadsNowhereElse(t *testing.T, of, body string) {
	t.Helper()
	links := regexp.MustCompile(`(?:href|src|action)="([^"]*)"`).FindAllStringSubmatch(ourOwn(body), -1)
	if len(links) < 5 {
		t.Errorf("%s: %d links", of, len(links))
	}
	for _, l := range links {
		to := html.UnescapeString(l[1])
		if !regexp.MustCompile(`^(/|/[A-Za-z0-9%._~$&+=:@-]+(/[A-Za-z0-9%._~$&+=:@-]+)?|\?|\?state=[a-z]+|#main|/api/status|data:image/svg\+xml,[A-Za-z0-9%._=:-]+)$`).MatchString(to) {
			t.Errorf("%s: a link leads to %q", of, to)
		}
	}
}

// The style and the script are what their digests say, and end where they end.
func TestStyleAndScriptAreOurs(t *testing.T) {
	w := get(pageOf(t, everythingCalled(hostile()[4])), http.MethodGet, "/")
	policy := w.Header().Get("Content-Security-Policy")
	for _, of := range []string{"style", "script"} {
		text := regexp.MustCompile(`(?s)<` + of + `>(.*?)</` + of + `>`).FindStringSubmatch(w.Body.String())
		if text == nil || !strings.Contains(policy, of+"-src '"+digest([]byte(text[1]))+"'") {
			t.Errorf("the %s is another than the policy lets through: %s", of, policy)
		}
	}
}
