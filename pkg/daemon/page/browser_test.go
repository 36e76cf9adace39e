package page

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/resource"
)

// browser is Chromium with one tab. What it complains of, such as what the
// Content-Security-Policy forbids, fails the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	opts := []chromedp.ExecAllocatorOption{chromedp.ExecPath(testtool.System(t, "chromium")), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun}
	for _, flag := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage", "hide-scrollbars"} {
		opts = append(opts, chromedp.Flag(flag, true))
	}
	ctx, stopBrowser := chromedp.NewExecAllocator(ctx, opts...)
	var mu sync.Mutex
	var complaints []string
	ctx, stopTab := chromedp.NewContext(ctx, chromedp.WithListener(func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch event := event.(type) {
		case *log.EventEntryAdded:
			complaints = append(complaints, string(event.Entry.Level)+": "+event.Entry.Text+" "+event.Entry.URL)
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, (&chromedp.ExceptionError{ExceptionDetails: event.ExceptionDetails}).Error())
		case *runtime.EventConsoleAPICalled:
			complaints = append(complaints, fmt.Sprintf("console: %v", event.Args))
		}
	}))
	t.Cleanup(func() {
		stopTab()
		stopBrowser()
		stop()
		mu.Lock()
		defer mu.Unlock()
		for _, c := range complaints {
			t.Errorf("the browser complains: %s", c)
		}
	})
	return ctx
}

type step = chromedp.Action[chromedp.Void]

func run(ctx context.Context, t *testing.T, steps ...step) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// eval is what an expression comes to in the page.
func eval[T any](ctx context.Context, t *testing.T, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func script(text string) step { return chromedp.Evaluate[chromedp.Void](text) }

// command sends one of the protocol's own.
func command[P, R any](c cdp.Command[P, R], params P) step {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, c, params)
		return err
	})
}

func scheme(dark bool) step {
	value := "light"
	if dark {
		value = "dark"
	}
	return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}})
}

func served(t *testing.T, b *status.Board) string {
	t.Helper()
	s := httptest.NewServer(pageOf(t, b))
	t.Cleanup(func() {
		s.CloseClientConnections() // streams would keep it
		s.Close()
	})
	return s.URL
}

// until waits for an expression to be true.
func until(ctx context.Context, t *testing.T, expression string) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if eval[bool](ctx, t, expression) {
			return
		}
	}
	t.Fatalf("never true: %s\n%s", expression, eval[string](ctx, t, "document.body.innerText"))
}

func TestBrowserSeesChangesAsTheyCome(t *testing.T) {
	b := troubled()
	ctx := browser(t)
	run(ctx, t, chromedp.EmulateViewport(1000, 700), chromedp.Navigate(served(t, b)+"/"))
	until(ctx, t, `document.getElementById('live').textContent === '· live'`)
	run(ctx, t, script(`
		window.mine = 'not reloaded';
		window.report = document.querySelector('article a[href="/production/report"]');
		const folded = document.querySelectorAll('.history details');
		for (const d of folded) d.open = true;
		window.opened = folded.length;
		document.getElementById('q').value = 'half typ';
		report.focus({preventScroll: true});
		window.scrollTo(0, 500)`))
	b.Update("staging", func(e *status.Environment) {
		e.SetTask(tasked("report", status.Object{Kind: "secret", Name: "shop/report/token", State: status.Moved, Reason: resource.Drift}))
		e.Tell(status.Record{At: noon, What: status.DriftFound, Task: "report", Kind: "secret", Name: "shop/report/token"})
	})
	until(ctx, t, `document.querySelector('h1').textContent.includes('3 drifted')`)
	if got := eval[string](ctx, t, `[window.mine, document.activeElement === window.report, window.report.isConnected, document.getElementById('q').value, scrollY > 300,
		document.querySelectorAll('.history details[open]').length === opened, document.title.includes('3 drifted'), document.querySelectorAll('article a[href="/staging/report"]').length].join()`); got != "not reloaded,true,true,half typ,true,true,true,1" {
		t.Error(got)
	}
	// What has the focus moves to another part of the page, and the focus with it.
	b.Update("production", func(e *status.Environment) { e.SetTask(tasked("report")) })
	until(ctx, t, `document.querySelector('h1').textContent.includes('2 drifted')`)
	if got := eval[string](ctx, t, `document.activeElement.getAttribute('href') + ' in ' + document.activeElement.closest('section').getAttribute('aria-labelledby')`); got != "/production/report in rest" {
		t.Error(got)
	}
	// It ends as a page that is loaded anew would be.
	if got := eval[string](ctx, t, `fetch('/').then(a => a.text()).then(text => {
		const main = new DOMParser().parseFromString(text, 'text/html').querySelector('main');
		for (const d of document.querySelectorAll('details, main details')) d.open = false;
		for (const d of main.querySelectorAll('details')) d.open = false;
		return main.isEqualNode(document.querySelector('main')) ? '' : document.querySelector('main').outerHTML})`); got != "" {
		t.Errorf("what was swapped in is not what is served: %s", got)
	}
}

func TestBrowserWithoutScripts(t *testing.T) {
	ctx := browser(t)
	run(ctx, t, command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}), chromedp.Navigate(served(t, troubled())+"/?q=report"))
	if n := eval[int](ctx, t, `document.querySelectorAll('noscript meta[http-equiv=refresh]').length`); n != 1 {
		t.Errorf("%d elements load the page anew", n)
	}
	run(ctx, t, chromedp.Click(chromedp.CSS(`a[href="/production/report"]`)), chromedp.WaitVisible(chromedp.CSS("#objects")),
		chromedp.Click(chromedp.CSS(".brand")), chromedp.WaitVisible(chromedp.CSS("#attention")),
		chromedp.SendKeys(chromedp.CSS("#q"), "stripe"+kb.Enter), chromedp.WaitVisible(chromedp.CSS(".matches")))
}

func TestBrowserByKeyboard(t *testing.T) {
	ctx := browser(t)
	run(ctx, t, chromedp.Navigate(served(t, troubled())+"/"))
	var walked []string
	for range 60 {
		run(ctx, t, chromedp.KeyEvent(kb.Tab))
		at := eval[string](ctx, t, `(() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
			const seen = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && r.width > 0 && r.right > 0 && r.bottom > 0 && r.top < innerHeight;
			return e === document.body ? '' : (seen ? '' : 'unseen ') + e.tagName + ' ' + (e.textContent.trim() || e.name || e.id) })()`)
		if at == "" {
			break
		}
		if strings.HasPrefix(at, "unseen ") {
			t.Errorf("the focus cannot be seen: %s", at)
		}
		walked = append(walked, at)
	}
	for i, want := range []string{"A Skip to the state of things", "A reconciler"} {
		if walked[i] != want {
			t.Errorf("step %d: %s", i, walked[i])
		}
	}
	for _, want := range []string{"INPUT q", "A report", "BUTTON Find"} {
		if !slices.Contains(walked, want) {
			t.Errorf("%s is not reached: %q", want, walked)
		}
	}
	run(ctx, t, chromedp.Navigate(served(t, troubled())+"/production/report"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	until(ctx, t, `document.activeElement.id === 'main'`)
	run(ctx, t, chromedp.Focus(chromedp.CSS("summary")), chromedp.KeyEvent(" "))
	until(ctx, t, `!document.querySelector('details').open`)
}

func TestBrowserOnAPhone(t *testing.T) {
	b := troubled()
	long := strings.Repeat("a-name-without-end-", 12)
	environment(b, "staging", tasked(long, status.Object{Kind: "secret", Name: long, State: status.Failing, Message: long}))
	url := served(t, b)
	ctx := browser(t)
	run(ctx, t, chromedp.EmulateViewport(320, 640, chromedp.EmulateMobile, chromedp.EmulateTouch))
	for _, path := range []string{"/", "/production", "/production/report", "/staging/" + long} {
		run(ctx, t, chromedp.Navigate(url+path))
		if got := eval[string](ctx, t, `document.documentElement.scrollWidth > innerWidth || innerWidth !== 320 ? document.documentElement.scrollWidth + ' of ' + innerWidth + ' ' +
			[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > 321).map(e => e.outerHTML.slice(0, 120)).join('\n') : ''`); got != "" {
			t.Errorf("%s scrolls sideways: %s", path, got)
		}
	}
}

// contrast lists the texts that stand out too little from what is behind them:
// WCAG 2.2, success criterion 1.4.3.
const contrast = `(() => {
	const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
	const rgb = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
	const light = c => { const [r, g, b] = c.slice(0, 3).map(x => (x /= 255) <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
	const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255]; };
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), bad = []; let seen = 0;
	while (texts.nextNode()) {
		const e = texts.currentNode.parentElement, s = getComputedStyle(e);
		if (!texts.currentNode.nodeValue.trim() || ['SCRIPT', 'OPTION'].includes(e.tagName) || e.closest('.aside, .skip') || !e.getClientRects().length) continue;
		const a = light(rgb(s.color)), b = light(behind(e)), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		const size = parseFloat(s.fontSize), large = size >= 24 || size >= 18.66 && s.fontWeight >= 700; seen++;
		if (ratio < (large ? 3 : 4.5)) bad.push(ratio.toFixed(2) + ' ' + texts.currentNode.nodeValue.trim());
	}
	return seen < 30 ? 'only ' + seen + ' texts' : bad.join('\n');
})()`

func TestBrowserContrast(t *testing.T) {
	url := served(t, troubled())
	ctx := browser(t)
	for _, dark := range []bool{false, true} {
		for _, path := range []string{"/", "/production", "/staging", "/production/report"} {
			run(ctx, t, scheme(dark), chromedp.Navigate(url+path), script(`for (const d of document.querySelectorAll('details')) d.open = true`))
			if got := eval[bool](ctx, t, `matchMedia('(prefers-color-scheme: dark)').matches`); got != dark {
				t.Fatalf("dark is %v", got)
			}
			if got := eval[string](ctx, t, contrast); got != "" {
				t.Errorf("%s, dark %v: too little contrast:\n%s", path, dark, got)
			}
		}
	}
	// The measure itself finds what is too faint. In one go, before an update of
	// the page brings the heading anew.
	if got := eval[string](ctx, t, `document.querySelector('h2').style.color = '#555', `+contrast); !strings.Contains(got, "Objects") {
		t.Errorf("a faint heading passes: %q", got)
	}
}

func TestBrowserTellsScreenReaders(t *testing.T) {
	url := served(t, troubled())
	ctx := browser(t)
	for path, wanted := range map[string][]string{
		"/":                  {"banner", "navigation Environments", "main", "search", "form Find tasks", "contentinfo", "region Needs attention", "region What happened last", "searchbox Find", "combobox State", "list Tasks by state"},
		"/production/report": {"banner", "navigation Where you are", "main", "contentinfo", "region Objects", "region Conditions", "region What happened", "heading report drifted"},
	} {
		run(ctx, t, chromedp.Navigate(url+path))
		tree, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, n := range tree.Nodes {
			role, name := text(n.Role), text(n.Name)
			found = append(found, strings.TrimSpace(role+" "+name))
			if !n.Ignored && name == "" && slices.Contains([]string{"link", "button", "heading", "searchbox", "combobox", "region", "navigation", "DisclosureTriangle"}, role) {
				t.Errorf("%s: a %s has no name", path, role)
			}
		}
		for _, want := range wanted {
			if !slices.Contains(found, want) {
				t.Errorf("%s: no %q in %q", path, want, found)
			}
		}
	}
	if got := eval[string](ctx, t, `document.querySelector('h1').parentElement.ariaLive + document.documentElement.lang`); got != "politeen" {
		t.Error(got)
	}
}

func text(v *accessibility.Value) (text string) {
	if v == nil || json.Unmarshal(v.Value, &text) != nil {
		return ""
	}
	return strings.Join(strings.Fields(text), " ")
}

// What is printed has the differences that are folded away on the screen.
func TestBrowserPrints(t *testing.T) {
	ctx := browser(t)
	run(ctx, t, chromedp.Navigate(served(t, troubled())+"/"), script(`for (const d of document.querySelectorAll('details')) d.open = false`),
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	if got := eval[string](ctx, t, `[document.querySelector('details dl').getBoundingClientRect().height > 20, getComputedStyle(document.querySelector('search')).display, getComputedStyle(document.body).backgroundColor].join()`); got != "true,none,rgb(255, 255, 255)" {
		t.Error(got)
	}
}

func TestBrowserOnAThousandTasks(t *testing.T) {
	b := crowded(1000, 50)
	ctx := browser(t)
	run(ctx, t, chromedp.Navigate(served(t, b)+"/"))
	until(ctx, t, `document.getElementById('live').textContent === '· live'`)
	began := time.Now()
	b.Update("production", func(e *status.Environment) { e.SetTask(tasked("task-0050")) })
	until(ctx, t, `document.querySelector('h1').textContent.includes('19 of 1000')`)
	t.Logf("a change among 1000 tasks is seen after %s", time.Since(began).Round(time.Millisecond))
}

// TestScreenshots makes the pictures of the docs with -update, and makes sure
// that they are there.
func TestScreenshots(t *testing.T) {
	folder := filepath.Join(testtool.Root(t), "docs", "images")
	shots := []struct {
		name          string
		path          string
		width, height int64
		dark          bool
	}{{"status-light", "/", 1000, 1000, false}, {"status-dark", "/", 1000, 1000, true}, {"status-task", "/production/report", 1000, 900, false}, {"status-phone", "/", 390, 844, true}}
	if *update {
		ctx := browser(t)
		url := served(t, troubled())
		for _, s := range shots {
			run(ctx, t, chromedp.EmulateViewport(s.width, s.height), scheme(s.dark), chromedp.Navigate(url+s.path))
			until(ctx, t, `document.getElementById('live').textContent === '· live'`)
			png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, s.name+".png"), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, s := range shots {
		info, err := os.Stat(filepath.Join(folder, s.name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > 150_000 || info.Size() < 10_000 {
			t.Errorf("%s: %d bytes", info.Name(), info.Size())
		}
	}
}
