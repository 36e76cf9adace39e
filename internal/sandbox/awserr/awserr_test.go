package awserr

import (
	"errors"
	"fmt"
	"testing"
)

func TestStatusAndFault(t *testing.T) {
	for name, test := range map[string]struct {
		err    *Error
		status int
		fault  Fault
	}{
		"plain":    {New("C", "m"), 400, Sender},
		"conflict": {New("C", "m").WithStatus(409), 409, Sender},
		"ours":     {New("C", "m").WithStatus(503), 503, Receiver},
		"receiver": {&Error{Code: "C", Fault: Receiver}, 500, Receiver},
	} {
		t.Run(name, func(t *testing.T) {
			if test.err.HTTPStatus() != test.status || test.err.WhoseFault() != test.fault {
				t.Errorf("%d %s", test.err.HTTPStatus(), test.err.WhoseFault())
			}
		})
	}
}

func TestFrom(t *testing.T) {
	known := New("ResourceNotFoundException", "no %s", "thing")
	if got := From(fmt.Errorf("while reading: %w", known)); got != known || got.Error() != "ResourceNotFoundException: no thing" {
		t.Errorf("%v", got)
	}
	if got := From(errors.New("odd")); got.Code != "InternalFailure" || got.HTTPStatus() != 500 {
		t.Errorf("%v", got)
	}
}
