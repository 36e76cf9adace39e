package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Transport serves requests in this process, whatever their host, without a
// port. Put it into the http.Client of an aws.Config.
func (s *Server) Transport() http.RoundTripper { return transport{server: s} }

type transport struct{ server *Server }

// RoundTrip answers a request as the server would over the network. It fails
// as a network does: when the request is cancelled, or the connection is lost.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, closing(req, err)
	}
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	t.server.ServeHTTP(w, serverSide(req))
	if err := closing(req, req.Context().Err()); err != nil {
		return nil, err
	}
	if w.lost {
		return nil, io.ErrUnexpectedEOF
	}
	return w.response(req), nil
}

// closing closes the request's body, as the contract of RoundTripper asks, and
// passes on an error found before.
func closing(req *http.Request, err error) error {
	if req.Body == nil {
		return err
	}
	if closeErr := req.Body.Close(); err == nil {
		err = closeErr
	}
	return err
}

// serverSide is a client's request as a server would see it.
func serverSide(req *http.Request) *http.Request {
	in := req.Clone(req.Context())
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	in.RequestURI = req.URL.RequestURI()
	return in
}

// recorder keeps one answer in memory.
type recorder struct {
	header http.Header
	body   bytes.Buffer
	status int
	lost   bool
	slow   time.Duration // over which the body is read
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
func (r *recorder) WriteHeader(status int)      { r.status = status }

// response is what a client makes of the answer. A body that is shorter than
// its Content-Length says breaks off.
func (r *recorder) response(req *http.Request) *http.Response {
	length, err := strconv.Atoi(r.header.Get("Content-Length"))
	if err != nil {
		length = r.body.Len()
		r.header.Set("Content-Length", strconv.Itoa(length))
	}
	var body io.Reader = bytes.NewReader(r.body.Bytes())
	if r.slow > 0 {
		body = newTrickle(req.Context(), r.body.Bytes(), r.slow)
	}
	if r.body.Len() < length {
		body = io.MultiReader(body, broken{})
	}
	return &http.Response{
		Status:        strconv.Itoa(r.status) + " " + http.StatusText(r.status),
		StatusCode:    r.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        r.header,
		Body:          io.NopCloser(body),
		ContentLength: int64(length),
		Request:       req,
	}
}

// broken is where a body breaks off.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
