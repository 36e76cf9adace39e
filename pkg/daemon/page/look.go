package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
)

//go:embed assets
var assets embed.FS

// look is how pages look: their templates, style and script, the latter two
// known to browsers by their digests.
type look struct {
	templates     *template.Template
	style, script []byte
}

func newLook() (*look, error) {
	l := &look{}
	var err error
	if l.style, err = assets.ReadFile("assets/style.css"); err != nil {
		return nil, fmt.Errorf("the status page's style: %w", err)
	}
	if l.script, err = assets.ReadFile("assets/live.js"); err != nil {
		return nil, fmt.Errorf("the status page's script: %w", err)
	}
	if l.templates, err = template.ParseFS(assets, "assets/*.html"); err != nil {
		return nil, fmt.Errorf("the status page's templates: %w", err)
	}
	return l, nil
}

// headers keep browsers from loading, sending, framing and storing anything.
func (l *look) headers() map[string]string {
	return map[string]string{
		"Content-Security-Policy": fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			digest(l.style), digest(l.script)),
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "no-store",
	}
}

// css and js go into the page byte for byte, as their digests want it. Both are
// ours.
func (l *look) css() template.CSS { return template.CSS(l.style) } //nolint:gosec // see above
func (l *look) js() template.JS   { return template.JS(l.script) } //nolint:gosec // see above

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// head is what every page has.
type head struct {
	Title        string
	Icon         template.URL
	Style        template.CSS
	Script       template.JS
	At           Stamp
	Version      string
	Environments []place // for the navigation
}

type place struct {
	Name, URL string
	Here      bool
	Mark      mark
}

// icon is a dot in the colour of the state, and of another shape unless all is
// well.
func icon(m mark) template.URL {
	shape := "<circle cx='8' cy='8' r='6'/>"
	if m.Class != inSync.Class {
		shape = "<path d='M8 1l7.5 14H.5z'/>"
	}
	color := map[string]string{"sync": "%232e7d4f", "failed": "%23d93025", "refused": "%237b4bb3", "drifted": "%23b86e00", "pending": "%231a6dc4"}[m.Class]
	if color == "" {
		color = "%23777"
	}
	return template.URL("data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='" + color + "'>" + shape + "</svg>") //nolint:gosec // made of constants alone
}

// write renders whole before it sends, so that what fails is told as such.
func (p *Page) write(w http.ResponseWriter, code int, name string, view any) {
	var b bytes.Buffer
	if err := p.look.templates.ExecuteTemplate(&b, name, view); err != nil {
		plainText(w, http.StatusInternalServerError, "the page cannot be rendered: "+err.Error())
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes()) // who asked is gone
}
