package sandbox

import "testing"

func newTestServer(t *testing.T, opts Options) *Server {
	t.Helper()
	if opts.Seed == 0 {
		opts.Seed = 1
	}
	server, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}
