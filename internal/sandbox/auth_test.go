package sandbox

import "testing"

func TestRegionName(t *testing.T) {
	for name, want := range map[string]bool{
		"us-west-2": true, "us-gov-west-1": true, "eusc-de-east-1": true, "ap-southeast-10": true, "mx-central-1": true,
		"": false, "us": false, "us-1": false, "us-west": false, "us-west-": false, "us-west-123": false, "us--1": false,
		"u-west-2": false, "eastern-west-2": false, "US-west-2": false, "us-we5t-2": false, "us-west-x": false, "../x-1": false, "us-west-2 ": false, "ü-west-2": false,
	} {
		if got := regionName(name); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
}
